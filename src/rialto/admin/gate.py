"""Who is let in at `/admin/v1`: an operator, from an admitted network, with a second factor; for decisions, stepped up.

That the session is an operator's is checked before, like any session's security. Whom it turns away is written down.
"""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from rialto.admin.action import name_of
from rialto.admin.machine import MachineCall
from rialto.gateway.call import Call
from rialto.gateway.security.proofs import on_clerks
from rialto.identity.behaviour import BY_OPERATORS, BehaviourLog
from rialto.identity.clerks import Clerks
from rialto.identity.factors.factors import Factors
from rialto.identity.operators import Operators, Role
from rialto.wire.errors import ApiError
from rialto.wire.operator_errors import OperatorError

EVERYONE: Final = frozenset(Role)
DENIED: Final = "denied"
"""The result of what an operator tried and may not; beside `refused`, which an operator says of a proposal."""
_FORBIDDEN: Final = 403


def read_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read networks separated by commas. Errors: ValueError."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


class Gate:
    """The gate."""

    def __init__(
        self,
        operators: Operators,
        factors: Factors,
        clerks: Clerks,
        behaviour: BehaviourLog,
        now_us: Callable[[], int],
        networks: tuple[IPv4Network | IPv6Network, ...],
    ) -> None:
        self._operators = operators
        self._factors = factors
        self._clerks = clerks
        self._behaviour = behaviour
        self._now_us = now_us
        self._networks = networks

    async def admit(self, call: Call, roles: frozenset[Role] = EVERYONE, *, decides: bool = False) -> None:
        """Raise `ApiError` unless who calls may: -42001, -42002, -42003, or -41201 for decisions."""
        if isinstance(call, MachineCall):
            return
        try:
            await self._check(call, roles, decides=decides)
        except ApiError as refusal:
            if refusal.status == _FORBIDDEN:
                await self.note_denied(call, refusal)
            raise

    async def note_denied(self, call: Call, refusal: ApiError, about: str = "") -> None:
        """Write down what an operator was refused."""
        tried = call.request.path.removeprefix("/admin/v1/").removeprefix("actions/")
        entry = (call.owner, name_of(call.owner), f"{BY_OPERATORS}{tried}", call.address, call.client, DENIED)
        detail = f"{about} {refusal.code} {refusal.message}".strip()
        await on_clerks(self._clerks, 0, lambda: self._behaviour.note(*entry, detail, self._now_us()))

    async def _check(self, call: Call, roles: frozenset[Role], *, decides: bool) -> None:
        if self._networks and not self._is_admitted(call.address):
            raise OperatorError.WRONG_NETWORK.error()
        if not roles & self._operators.roles_of(call.owner):
            raise OperatorError.WRONG_ROLE.error(", ".join(sorted(role.value for role in roles)))
        if not await on_clerks(self._clerks, 0, lambda: self._factors.required_for(call.owner)):
            raise OperatorError.FACTOR_NEEDED.error()
        if decides:
            call.require_step_up()

    def _is_admitted(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks if network.version == found.version)
