"""What an owner is told of deposits of theirs that are gone and were spent."""

from typing import Any, Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.custody.deposits.projection import CLAIMED
from rialto.custody.deposits.shortfalls import Shortfalls
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.decimals import plain_units
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.parameters import NoParameters


class ShownShortfall(msgspec.Struct, frozen=True, rename="camel"):
    """What lacks of a deposit, and whether it is taken from what its owner comes to have. Nothing leaves meanwhile."""

    deposit_id: str
    coin: str
    network: str
    tx_id: str
    lacking: str
    is_claimed: bool


SHORTFALLS: Final = Endpoint(
    "GET",
    "/account/v1/shortfalls",
    summary="List what is owed of deposits that are gone from their chain.",
    parameters=NoParameters,
    response=list[ShownShortfall],
    weight=10,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)
SHORTFALL_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (SHORTFALLS,)


class ShortfallCalls:
    """Serves it."""

    def __init__(self, shortfalls: Shortfalls) -> None:
        self._shortfalls = shortfalls

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(SHORTFALLS, self.list)]

    async def list(self, call: Call, parameters: NoParameters) -> list[ShownShortfall]:
        """List them, the oldest first."""
        _ = parameters
        return [
            ShownShortfall(
                deposit_id=str(each.number),
                coin=each.asset,
                network=each.network,
                tx_id=each.transaction_id,
                lacking=plain_units(units_of(each.shortfall)),
                is_claimed=each.lack == CLAIMED,
            )
            for each in await self._shortfalls.listed(call.owner)
        ]
