"""Block trades: trades that were agreed elsewhere and stated here, from history."""

from typing import Any, Final

import msgspec

from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import LIMIT_DEFAULT, Identifier, Limit, SymbolName, find_symbol
from rialto.projections.history import History
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import Parameters


class BlockTradesParameters(Parameters, frozen=True):
    """Which block trades, from which on, and how many."""

    symbol: SymbolName
    from_id: Identifier
    limit: Limit = LIMIT_DEFAULT


class BlockTrade(msgspec.Struct, frozen=True, rename="camel"):
    """A block trade as everyone sees it."""

    id: int
    price: str
    qty: str
    quote_qty: str
    time: int
    is_buyer_maker: bool


HISTORICAL_BLOCK_TRADES: Final = Endpoint(
    "GET",
    "/api/v3/historicalBlockTrades",
    summary="List block trades of a symbol from an id on.",
    parameters=BlockTradesParameters,
    response=list[BlockTrade],
    sbe_message="BlockTradesResponse",
    weight=25,
    websocket_method="blockTrades.historical",
)


class BlockTrades:
    """Reads block trades."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(HISTORICAL_BLOCK_TRADES, self.historical)]

    async def historical(self, call: Call, parameters: BlockTradesParameters) -> list[BlockTrade]:
        """List block trades from an id on, oldest first."""
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        trades = await self._history.block_trades(symbol.id, from_id=parameters.from_id, limit=parameters.limit)
        return [
            BlockTrade(
                trade.block_trade_id,
                trade.price,
                trade.quantity,
                trade.quote_quantity,
                call.time(trade.reported_at_us),
                trade.buyer_is_maker,
            )
            for trade in trades
        ]
