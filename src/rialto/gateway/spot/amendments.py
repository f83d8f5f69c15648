"""How an order became smaller, as history has it."""

from typing import Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import LIMIT_DEFAULT, Identifier, Limit, SymbolName, find_symbol
from rialto.projections.history import History
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.parameters import Parameters


class AmendmentsParameters(Parameters, frozen=True):
    """Which order's amendments."""

    symbol: SymbolName
    order_id: Identifier
    from_execution_id: Identifier | None = None
    limit: Limit = LIMIT_DEFAULT


class PastAmendment(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One amendment of an order."""

    symbol: str
    order_id: int
    execution_id: int
    orig_client_order_id: str
    new_client_order_id: str
    orig_qty: str
    new_qty: str
    time: int


AMENDMENTS: Final = Endpoint(
    "GET",
    "/api/v3/order/amendments",
    summary="List the amendments of an order.",
    parameters=AmendmentsParameters,
    response=list[PastAmendment],
    sbe_message="OrderAmendmentsResponse",
    weight=4,
    security=Security.USER_DATA,
    websocket_method="order.amendments",
)


class Amendments:
    """Reads amendments."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(AMENDMENTS, self.amendments)]

    async def amendments(self, call: Call, parameters: AmendmentsParameters) -> list[PastAmendment]:
        """List amendments, oldest first; none for an order that is not the account's."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        found = await self._history.amendments(
            account, symbol.id, parameters.order_id, from_id=parameters.from_execution_id, limit=parameters.limit
        )
        return [
            PastAmendment(
                symbol.name,
                each.order_id,
                each.execution_id,
                each.previous_client_order_id,
                each.client_order_id,
                each.previous_quantity,
                each.quantity,
                call.time(each.amended_at_us),
            )
            for each in found
        ]
