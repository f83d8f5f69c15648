"""What every look of operators has: how many rows, the gate, threads that read of people, the line in the log."""

from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from rialto.admin.action import name_of
from rialto.admin.actions.parameters import Reason
from rialto.admin.gate import Gate
from rialto.admin.services import Services
from rialto.gateway.call import Call
from rialto.gateway.security.proofs import on_clerks
from rialto.identity.behaviour import BY_OPERATORS
from rialto.identity.operators import Role
from rialto.wire.kinds import Integer
from rialto.wire.parameters import Parameters

LIMIT_MAX: Final = 500
SEES_ADDRESSES: Final = frozenset((Role.SUPPORT, Role.SECURITY))
SEES_MONEY: Final = frozenset((Role.SUPPORT, Role.RISK, Role.FINANCE, Role.SECURITY))

Limit = Annotated[int, Integer(1, LIMIT_MAX)]
T = TypeVar("T")


class LimitParameters(Parameters, frozen=True):
    """How many at most."""

    limit: Limit = 100


class OwnerParameters(Parameters, frozen=True):
    """Whose, and why one looks."""

    owner: Annotated[int, Integer(1)]
    reason: Reason


class Looking:
    """What the parts that serve looks are made of."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._on = services
        self._gate = gate

    async def _read(self, do: Callable[[], T]) -> T:
        """Read of people, off the loop. Raises `ApiError` if there is no time."""
        return await on_clerks(self._on.clerks, self._on.now_us(), do)

    async def _note_look(self, call: Call, owner: int | None, what: str, why: str = "") -> None:
        """Write down that an operator looked at what is a person's; before it is shown."""
        about = (owner, name_of(call.owner), f"{BY_OPERATORS}{what}", call.address, call.client, "done", why)
        await self._read(lambda: self._on.behaviour.note(*about, self._on.now_us()))


def masked(email: str) -> str:
    """Show of an address what tells it from others, and no more."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain}"
