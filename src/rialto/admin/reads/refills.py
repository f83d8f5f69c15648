"""What operators read of refills: which there are, and the file that is carried to the keepers."""

from typing import Annotated, Any, Final

import msgspec

from rialto.admin.actions.parameters import Id
from rialto.admin.actions.refills import MOVERS
from rialto.admin.reads.shared import Looking
from rialto.admin.routes import declare
from rialto.custody.refills.desk import RefillShown as Held
from rialto.custody.refills.model import NoSuchRefill
from rialto.custody.refills.rules import RefillRefused
from rialto.custody.signing.requests import SigningRequest
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.kinds import Integer
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import Parameters

LISTED_MAX: Final = 100


class LimitParameters(Parameters, frozen=True):
    """How many at most."""

    limit: Annotated[int, Integer(1, LISTED_MAX)] = 20


class RefillParameters(Parameters, frozen=True):
    """Which refill."""

    refill: Id


class RefillShown(msgspec.Struct, frozen=True, rename="camel"):
    """What should move, or did, in the chain's smallest unit; and how many keepers have signed of those who must."""

    id: str
    network: str
    asset: str
    direction: str
    tier: str
    amount: str
    hot: str
    total: str
    reason: str
    state: str
    operators: list[str]
    signed: int
    signatures_needed: int
    result: str
    proposed_at: int
    ended_at: int | None


REFILLS: Final = declare(
    "GET", "/admin/v1/refills", "List what should move between tiers.", LimitParameters, list[RefillShown]
)
FILE: Final = declare(
    "GET", "/admin/v1/refills/file", "Take a refill's transaction to its keepers.", RefillParameters, SigningRequest
)

REFILL_READS: Final = (REFILLS, FILE)


class RefillLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(REFILLS, self.refills), Route(FILE, self.file)]

    async def refills(self, call: Call, parameters: LimitParameters) -> list[RefillShown]:
        """List them, the newest first."""
        await self._gate.admit(call, MOVERS)
        return [_shown(call, each) for each in await self._on.refills.listed(parameters.limit)]

    async def file(self, call: Call, parameters: RefillParameters) -> SigningRequest:
        """Return the file, as keepers' signers read it."""
        await self._gate.admit(call, MOVERS)
        try:
            return await self._on.refills.export(parameters.refill)
        except (RefillRefused, NoSuchRefill) as refused:
            raise OperatorError.NO_SUCH_FILE.error(refused) from None


def _shown(call: Call, held: Held) -> RefillShown:
    row = held.row
    return RefillShown(
        *(row.id, row.network, row.asset, row.direction, row.tier, row.amount, row.hot, row.total, row.reason),
        row.state.value,
        row.operators.split(),
        held.signed,
        held.needed,
        row.result,
        call.time(row.proposed_at_us),
        None if row.ended_at_us is None else call.time(row.ended_at_us),
    )
