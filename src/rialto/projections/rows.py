"""Events as rows: a batch of outcomes, turned into what has to be written. Pure; knows no database.

Invariants: the rows of a batch do not depend on how outcomes were split into batches. Within a batch an order has
either one row to insert, in its final state, or one change of an existing row.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, assert_never

import msgspec
from sqlalchemy import Table

from rialto.contracts.amounts import ZERO, sum_of
from rialto.contracts.events import (
    AccountDiscountSet,
    AccountOpened,
    AllocationMade,
    AssetLimitSet,
    AssetRegistered,
    BlockTradeReported,
    CommandRejected,
    CommissionSet,
    DiscountSet,
    ExchangeLimitsSet,
    Fill,
    MatchPrevented,
    OrderActivated,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderListEnded,
    OrderListPlaced,
    OrderPlaced,
    OrderTriggered,
    Outcome,
    PartRefused,
    Posted,
    Prevention,
    Recorded,
    ReferencePriceSet,
    SettingEvent,
    SymbolListed,
    SymbolsPooled,
    SymbolStatusChanged,
    TradeExecuted,
    TrailingStarted,
)
from rialto.contracts.executions import after_fill, after_prevention, after_routing, execution_id
from rialto.contracts.market import CandleClosed, TradesAggregated
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, OrderListState, OrderState, Side
from rialto.projections import tables
from rialto.projections.mapping import as_column, row_maker
from rialto.projections.records import StreamRecord

Row = tuple[Any, ...]

DAY_US: Final = 86_400_000_000

UNKEPT_INTERVAL: Final = "1s"
"""The interval whose candles are served from memory only: kept, they would outnumber everything else."""

ORDER_CHANGE_KEY: Final = ("order_id", "symbol")
ORDER_CHANGE_VALUES: Final = (
    "client_order_id",
    "quantity",
    "executed",
    "executed_quote",
    "prevented",
    "prevented_match_id",
    "status",
    "updated_at_us",
    "working_at_us",
    "trailing_since_us",
    "pegged_price",
    "working_floor",
    "expiry_reason",
)
"""What may change of an order that is open; None where it does not. An order by quote amount, whose quantity changes
with its trades, is never open: it is inserted in its final state, because an outcome is never split between batches."""

RarerEvent = (
    Recorded
    | AccountOpened
    | AssetRegistered
    | SymbolListed
    | CommandRejected
    | OrderEvent
    | OrderListPlaced
    | OrderListEnded
    | AllocationMade
    | PartRefused
    | BlockTradeReported
    | SettingEvent
)

_asset_row = row_maker(AssetRegistered)
_symbol_row = row_maker(SymbolListed)
_account_row = row_maker(AccountOpened)
_order_row = row_maker(OrderState)
_candle_row = row_maker(CandleClosed)
_aggregate_row = row_maker(TradesAggregated)


class Batch:
    """Rows of consecutive outcomes."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.last_sequence: Final = outcomes[-1].sequence
        self._rows: defaultdict[Table, list[Row]] = defaultdict(list)
        self._records: list[StreamRecord] = []
        self._closing: dict[tuple[int, int, int], tuple[str, str]] = {}
        self._placed: dict[tuple[int, int], OrderState] = {}
        self._changes: defaultdict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
        for outcome in outcomes:
            self._add(outcome)
        if self._placed:
            self._rows[tables.orders] = [_order_row(order) for order in self._placed.values()]

    @property
    def inserts(self) -> dict[Table, list[Row]]:
        """Rows to insert, by table."""
        return self._rows

    @property
    def records(self) -> list[StreamRecord]:
        """What products recorded, in order."""
        return self._records

    @property
    def closing_balances(self) -> list[Row]:
        """What every balance that was touched holds at the end of the day, as far as it is known: `daily_balances`."""
        return [(*key, *held) for key, held in self._closing.items()]

    @property
    def order_changes(self) -> list[Row]:
        """Changes of orders that are there already: `ORDER_CHANGE_KEY`, then `ORDER_CHANGE_VALUES`."""
        return [
            (order_id, symbol, *map(change.get, ORDER_CHANGE_VALUES))
            for (symbol, order_id), change in self._changes.items()
        ]

    def _add(self, outcome: Outcome) -> None:
        routed: OrderState | None = None
        for position, event in enumerate(outcome.events):
            match event:  # The commonest first.
                case Posted():
                    self._posted(event, outcome, position)
                case TradeExecuted():
                    self._trade_executed(event, outcome.time_us)
                case MatchPrevented():
                    self._match_prevented(event, outcome.time_us)
                case OrderPlaced():
                    self._placed[event.order.symbol, event.order.order_id] = event.order
                    routed = event.order if event.order.working_floor is not None else routed
                case OrderCanceled() | OrderExpired():
                    self._order_restated(event.order)
                case _:
                    self._add_rarer(event, outcome, position)
        if routed is not None:
            self._order_routed(routed.symbol, routed.order_id)
        for update in outcome.market:
            if type(update) is TradesAggregated:
                self._rows[tables.aggregated_trades].append(_aggregate_row(update))
            elif type(update) is CandleClosed and update.interval != UNKEPT_INTERVAL:
                self._rows[tables.candles].append(_candle_row(update))

    def _order_routed(self, symbol: int, order_id: int) -> None:
        order = self._placed[symbol, order_id]
        if order.status.is_open:
            self._placed[symbol, order_id] = after_routing(order)

    def _add_rarer(self, event: RarerEvent, outcome: Outcome, position: int) -> None:
        match event:
            case Recorded():
                self._recorded(event, outcome)
            case AccountOpened():
                self._rows[tables.accounts].append(_account_row(event))
            case AssetRegistered():
                self._rows[tables.assets].append(_asset_row(event))
            case SymbolListed():
                self._rows[tables.symbols].append(_symbol_row(event))
            case OrderActivated() | OrderTriggered() | TrailingStarted():
                self._order_restated(event.order)
            case OrderAmended():
                self._order_amended(event, outcome, position)
            case AllocationMade():
                self._allocation_made(event, outcome.time_us)
            case OrderListPlaced():
                self._list_placed(event.list)
            case CommandRejected() | PartRefused():
                pass  # Nothing changed.
            case BlockTradeReported():
                self._block_trade_reported(event, outcome.time_us)
            case OrderListEnded():
                pass  # The core knows which lists are open.
            case (
                SymbolStatusChanged()
                | ReferencePriceSet()
                | CommissionSet()
                | DiscountSet()
                | AccountDiscountSet()
                | ExchangeLimitsSet()
                | AssetLimitSet()
                | SymbolsPooled()
            ):
                pass  # The core has it.
            case _:
                assert_never(event)

    def _posted(self, event: Posted, outcome: Outcome, position: int) -> None:
        self._closing[event.account, event.asset, outcome.time_us // DAY_US] = (event.free, event.locked)
        amount = sum_of(event.free_change, event.locked_change)
        if amount == ZERO:
            return
        balance = sum_of(event.free, event.locked)
        self._rows[tables.ledger_entries].append(
            (
                outcome.sequence,
                position,
                event.account,
                event.asset,
                amount,
                balance,
                event.reason.value,
                outcome.time_us,
            )
        )

    def _recorded(self, event: Recorded, outcome: Outcome) -> None:
        record = StreamRecord(
            event.stream.kind, event.stream.id, event.version, event.payload, outcome.sequence, outcome.time_us
        )
        self._records.append(record)
        self._rows[tables.stream_records].append(msgspec.structs.astuple(record))

    def _list_placed(self, placed: OrderListState) -> None:
        self._rows[tables.order_lists].append(
            (
                placed.list_id,
                placed.symbol,
                placed.account,
                placed.client_order_id,
                placed.contingency.value,
                placed.one_pays_the_other,
                *placed.orders,
                placed.placed_at_us,
            )
        )

    def _order_amended(self, event: OrderAmended, outcome: Outcome, position: int) -> None:
        order = event.order
        self._rows[tables.amendments].append(
            (
                order.symbol,
                order.order_id,
                execution_id(outcome.sequence, position),
                order.account,
                event.previous_client_order_id,
                order.client_order_id,
                event.previous_quantity,
                order.quantity,
                outcome.time_us,
            )
        )
        self._order_restated(order)

    def _allocation_made(self, event: AllocationMade, time_us: int) -> None:
        fill = event.fill
        self._rows[tables.allocations].append(
            (
                event.allocation_id,
                event.symbol,
                fill.account,
                fill.order_id,
                event.price,
                event.quantity,
                event.quote_quantity,
                fill.fee,
                fill.fee_asset,
                time_us,
                event.side is Side.BUY,
            )
        )
        self._order_filled(event.symbol, fill, time_us)

    def _block_trade_reported(self, event: BlockTradeReported, time_us: int) -> None:
        self._rows[tables.block_trades].append(
            (
                event.symbol,
                event.block_trade_id,
                event.price,
                event.quantity,
                event.quote_quantity,
                time_us,
                event.taker_side is Side.SELL,
            )
        )

    def _order_restated(self, order: OrderState) -> None:
        key = (order.symbol, order.order_id)
        if key in self._placed:
            self._placed[key] = order
        else:
            self._changes[key] = {name: as_column(getattr(order, name)) for name in ORDER_CHANGE_VALUES}

    def _trade_executed(self, event: TradeExecuted, time_us: int) -> None:
        taker_buys = event.taker_side is Side.BUY
        for fill, is_buyer, is_maker in ((event.maker, not taker_buys, True), (event.taker, taker_buys, False)):
            self._rows[tables.fills].append(
                (
                    event.trade_id,
                    fill.order_id,
                    event.symbol,
                    fill.account,
                    event.price,
                    event.quantity,
                    event.quote_quantity,
                    fill.fee,
                    fill.fee_asset,
                    time_us,
                    is_buyer,
                    is_maker,
                )
            )
            if fill.account != TREASURY_ACCOUNT:  # Its orders stand in for others' and are not orders of their own.
                self._order_filled(event.symbol, fill, time_us)

    def _order_filled(self, symbol: int, fill: Fill, time_us: int) -> None:
        key = (symbol, fill.order_id)
        order = self._placed.get(key)
        if order is None:
            self._changes[key].update(
                executed=fill.executed,
                executed_quote=fill.executed_quote,
                status=fill.status.value,
                updated_at_us=time_us,
            )
            return
        self._placed[key] = after_fill(order, fill, time_us)

    def _match_prevented(self, event: MatchPrevented, time_us: int) -> None:
        group = -1 if event.trade_group is None else event.trade_group
        for symbol, side in ((event.symbol, event.maker), (event.taker_symbol, event.taker)):
            self._rows[tables.prevented_matches].append(
                (
                    event.prevented_match_id,
                    event.symbol,
                    side.account,
                    side.order_id,
                    event.maker.order_id,
                    event.taker.order_id,
                    event.mode.value,
                    event.price,
                    event.maker.quantity,
                    event.taker.quantity,
                    group,
                    time_us,
                )
            )
            if side.quantity != ZERO:
                self._order_prevented((symbol, side.order_id), event, side, time_us)

    def _order_prevented(self, key: tuple[int, int], event: MatchPrevented, side: Prevention, time_us: int) -> None:
        """Write down what an order lost. If that ended it, its end is stated too."""
        match_id, order = event.prevented_match_id, self._placed.get(key)
        if order is not None:
            self._placed[key] = after_prevention(order, match_id, side, time_us)
            return
        self._changes[key].update(prevented=side.prevented, prevented_match_id=match_id, updated_at_us=time_us)
