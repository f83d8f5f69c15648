"""Matches that self-trade prevention prevented, as history has them."""

from typing import Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import LIMIT_DEFAULT, Identifier, Limit, SymbolName, find_symbol
from rialto.projections.history import History
from rialto.projections.records import PreventedMatchRecord
from rialto.wire import errors
from rialto.wire.decimals import ZERO
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import SELF_TRADE_PREVENTION_NAMES


class PreventedMatchesParameters(Parameters, frozen=True):
    """Which match, or which order's."""

    symbol: SymbolName
    prevented_match_id: Identifier | None = None
    order_id: Identifier | None = None
    from_prevented_match_id: Identifier | None = None
    limit: Limit = LIMIT_DEFAULT

    def check(self) -> None:
        """Refuse what names neither a match nor an order, or both."""
        if self.prevented_match_id is None and self.order_id is None:
            raise errors.one_of("preventedMatchId", "orderId")
        is_of_order = self.order_id is not None or self.from_prevented_match_id is not None
        if self.prevented_match_id is not None and is_of_order:
            raise errors.bad_combination()


class PreventedMatch(msgspec.Struct, frozen=True, rename="camel", gc=False, omit_defaults=True, kw_only=True):
    """A match that was prevented. What it took from an order is told where it took something."""

    symbol: str
    prevented_match_id: int
    taker_order_id: int
    maker_symbol: str
    maker_order_id: int
    trade_group_id: int
    self_trade_prevention_mode: str
    price: str
    taker_prevented_quantity: str | None = None
    maker_prevented_quantity: str | None = None
    transact_time: int


def _weight(parameters: PreventedMatchesParameters) -> int:
    return 2 if parameters.order_id is None else 20


PREVENTED_MATCHES: Final = Endpoint(
    "GET",
    "/api/v3/myPreventedMatches",
    summary="List matches of the account's orders that self-trade prevention prevented.",
    parameters=PreventedMatchesParameters,
    response=list[PreventedMatch],
    sbe_message="AccountPreventedMatchesResponse",
    weight=_weight,
    weight_when_refused=2,
    security=Security.USER_DATA,
    websocket_method="myPreventedMatches",
)


class PreventedMatches:
    """Reads prevented matches."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(PREVENTED_MATCHES, self.prevented_matches)]

    async def prevented_matches(self, call: Call, parameters: PreventedMatchesParameters) -> list[PreventedMatch]:
        """List prevented matches, oldest first."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        if parameters.order_id is None:
            assert parameters.prevented_match_id is not None, "checked"
            match = await self._history.prevented_match(account, symbol.id, parameters.prevented_match_id)
            found = [] if match is None else [match]
        else:
            found = await self._history.prevented_matches(
                account,
                symbol.id,
                parameters.order_id,
                from_id=parameters.from_prevented_match_id,
                limit=parameters.limit,
            )
        return [_shown(call, symbol.name, match) for match in found]


def _shown(call: Call, symbol: str, match: PreventedMatchRecord) -> PreventedMatch:
    return PreventedMatch(
        symbol=symbol,
        prevented_match_id=match.prevented_match_id,
        taker_order_id=match.taker_order_id,
        maker_symbol=symbol,
        maker_order_id=match.maker_order_id,
        trade_group_id=match.trade_group_id,
        self_trade_prevention_mode=SELF_TRADE_PREVENTION_NAMES[match.mode],
        price=match.price,
        taker_prevented_quantity=None if match.taker_quantity == ZERO else match.taker_quantity,
        maker_prevented_quantity=None if match.maker_quantity == ZERO else match.maker_quantity,
        transact_time=call.time(match.prevented_at_us),
    )
