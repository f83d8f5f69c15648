"""Outcomes for tests of what is derived from them: a small exchange that trades as it is told.

It states what a core would. Each step is three numbers: what is done, and two choices. Its own order states are the
plain model that projections are compared with. It keeps the promises that projections rely on: sequence numbers without
gaps, times that never decrease, order and trade ids that grow, order states as of each event, market orders that end
with their command.
"""

from collections.abc import Sequence
from itertools import cycle

from msgspec.structs import replace

from rialto.contracts.events import (
    AccountOpened,
    AssetRegistered,
    CommandRejected,
    Event,
    Fill,
    MatchPrevented,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    Outcome,
    Posted,
    Prevention,
    Recorded,
    SymbolListed,
    TradeExecuted,
)
from rialto.contracts.market import BookTickerChanged, Candle, CandleClosed, MarketUpdate
from rialto.contracts.rejections import UnknownOrder
from rialto.contracts.vocabulary import (
    USUAL_PREVENTION_MODES,
    AccountClass,
    AccountKind,
    ExpiryReason,
    OrderState,
    OrderStatus,
    OrderType,
    PostingReason,
    SelfTradePrevention,
    Side,
    StreamKey,
    SymbolSpec,
    TimeInForce,
    commission_of,
)

Step = tuple[int, int, int]

UNIT = 10**8
START_US = 1_700_000_000_000_000
SYMBOLS = 2
FIRST_ACCOUNT = 5
ACCOUNTS = 4
KINDS = 9
"""How many kinds of steps there are."""


def amount(units: int) -> str:
    """Spell an amount as the contracts do."""
    whole, part = divmod(abs(units), UNIT)
    return f"{'-' if units < 0 else ''}{whole}.{part:08d}"


def spec(name: str) -> SymbolSpec:
    one = amount(UNIT)
    return SymbolSpec(
        name=name,
        base=0,
        quote=1,
        tick="0.01000000",
        price_min=one,
        price_max="100000.00000000",
        lot="0.00001000",
        quantity_min="0.00001000",
        quantity_max="9000.00000000",
        market_lot=amount(0),
        market_quantity_min=amount(0),
        market_quantity_max="100.00000000",
        notional_min="5.00000000",
        notional_min_applies_to_market=True,
        notional_max=amount(0),
        notional_max_applies_to_market=False,
        open_orders_max=200,
        prevention_default=SelfTradePrevention.NONE,
        prevention_allowed=USUAL_PREVENTION_MODES,
        commission=commission_of("0.00100000", "0.00100000"),
        is_discounted=True,
    )


class Exchange:
    """States outcomes, step by step."""

    def __init__(self) -> None:
        self.orders: dict[tuple[int, int], OrderState] = {}
        self._resting: list[tuple[int, int]] = []
        self._last_order_id = [0] * SYMBOLS
        self._last_trade_id = [0] * SYMBOLS
        self._last_prevented_match_id = [0] * SYMBOLS
        self._balances: dict[tuple[int, int], list[int]] = {}
        self._versions: dict[str, int] = {}
        self._sequence = 0
        self._time_us = START_US
        self._events: list[Event] = []
        self._market: list[MarketUpdate] = []

    def opening(self) -> list[Outcome]:
        """State the assets, symbols and accounts there are."""
        facts: list[Event] = [AssetRegistered(0, "BTC"), AssetRegistered(1, "USDT")]
        facts += [SymbolListed(symbol, spec(f"PAIR{symbol}")) for symbol in range(SYMBOLS)]
        facts += [
            AccountOpened(FIRST_ACCOUNT + number, number + 1, AccountKind(AccountClass.SPOT), number or None)
            for number in range(ACCOUNTS)
        ]
        return [self._outcome([fact]) for fact in facts]

    def run(self, steps: Sequence[Step]) -> list[Outcome]:
        """State the opening and one outcome for each step."""
        return [*self.opening(), *(self.step(step) for step in steps)]

    def step(self, step: Step) -> Outcome:
        """Do one thing and state what came of it."""
        kind, choice, size = step
        self._time_us += size % 3 * 1_000
        actions = (
            *(self._place, self._place, self._trade, self._trade),
            *(self._by_quote, self._cancel, self._deposit, self._prevent),
        )
        if kind % KINDS < len(actions):
            actions[kind % KINDS](choice, size)
        else:
            self._record(choice, size)
        outcome = self._outcome(self._events or [CommandRejected(UnknownOrder())], self._market)
        self._events, self._market = [], []
        return outcome

    def _outcome(self, events: list[Event], market: list[MarketUpdate] | None = None) -> Outcome:
        self._sequence += 1
        return Outcome(0, self._sequence, self._time_us, events, market or [])

    def _new_order(self, choice: int, order_type: OrderType, quantity: int, quote_quantity: int) -> OrderState:
        symbol = choice % SYMBOLS
        self._last_order_id[symbol] += 1
        order_id = self._last_order_id[symbol]
        order = OrderState(
            order_id=order_id,
            symbol=symbol,
            account=FIRST_ACCOUNT + choice // 2 % ACCOUNTS,
            client_order_id=f"mine-{order_id % 7}",
            side=Side.BUY if choice // 8 % 2 else Side.SELL,
            order_type=order_type,
            time_in_force=TimeInForce.GOOD_TILL_CANCELED,
            price=amount(0 if order_type is OrderType.MARKET else (100 + choice % 9) * UNIT),
            quantity=amount(quantity),
            quote_quantity=amount(quote_quantity),
            executed=amount(0),
            executed_quote=amount(0),
            self_trade_prevention=SelfTradePrevention.NONE,
            prevented=amount(0),
            prevented_match_id=0,
            status=OrderStatus.NEW,
            placed_at_us=self._time_us,
            updated_at_us=self._time_us,
            working_at_us=self._time_us,
        )
        self.orders[symbol, order_id] = order
        self._events.append(OrderPlaced(order))
        return order

    def _place(self, choice: int, size: int) -> None:
        order = self._new_order(choice, OrderType.LIMIT, (1 + size) * 1_000, 0)
        self._post(order.account, 1, -100 * UNIT, 100 * UNIT, PostingReason.ORDER_HOLD)
        self._resting.append((order.symbol, order.order_id))
        self._market.append(BookTickerChanged(order.symbol, order.order_id, "1.0", "1.0", "2.0", "1.0"))

    def _trade(self, choice: int, size: int) -> None:
        """A limit order that takes up to three resting ones, each in part or whole."""
        quantities = [(1 + size % 5) * 1_000] * (1 + choice % 3)
        order = self._new_order(choice, OrderType.LIMIT, sum(quantities), 0)
        self._take(order, quantities, is_whole=True)
        if self.orders[order.symbol, order.order_id].status.is_open:
            self._resting.append((order.symbol, order.order_id))

    def _by_quote(self, choice: int, size: int) -> None:
        """A market order by quote amount, filled if anything rests, else expired."""
        order = self._new_order(choice, OrderType.MARKET, 0, (1 + size) * UNIT)
        self._take(order, [(1 + size % 5) * 1_000] * (1 + choice % 3), is_whole=size % 2 == 0)
        taken = self.orders[order.symbol, order.order_id]
        if taken.status is not OrderStatus.FILLED:
            expired = replace(taken, quantity=taken.executed, status=OrderStatus.EXPIRED)
            self.orders[order.symbol, order.order_id] = expired
            self._events.append(OrderExpired(expired, ExpiryReason.NO_LIQUIDITY))
        elif order.quantity == amount(0):
            self.orders[order.symbol, order.order_id] = replace(taken, quantity=taken.executed)

    def _take(self, order: OrderState, quantities: list[int], *, is_whole: bool) -> None:
        """Trade against the symbol's resting orders, oldest first. With `is_whole` the last trade may fill it."""
        makers = [key for key in self._resting if key[0] == order.symbol]
        traded = list(zip(quantities, makers, strict=False))
        for number, (wanted, maker_key) in enumerate(traded, start=1):
            maker = self.orders[maker_key]
            open_units = _open_units(maker)
            quantity = min(wanted, open_units)
            is_last = is_whole and number == len(quantities)
            self._execute(order.symbol, order.order_id, maker_key[1], quantity, is_last)
            if quantity == open_units:
                self._resting.remove(maker_key)

    def _execute(self, symbol: int, taker_id: int, maker_id: int, quantity: int, is_last: bool) -> None:
        self._last_trade_id[symbol] += 1
        trade_id = self._last_trade_id[symbol]
        quote = quantity * 101
        maker = self._fill(symbol, maker_id, quantity, quote, None)
        taker = self._fill(symbol, taker_id, quantity, quote, is_last)
        taker_side = self.orders[symbol, taker_id].side
        sizes = (amount(101 * UNIT), amount(quantity), amount(quote))
        self._events.append(TradeExecuted(symbol, trade_id, *sizes, taker_side, maker, taker))
        for account, asset, change in zip(
            (maker.account, taker.account, maker.account, taker.account, 1, 1),
            cycle((0, 1)),
            (-quantity, quantity, quote, -quote, 7, 9),
            strict=False,
        ):
            self._post(account, asset, change, 0, PostingReason.TRADE)
        if trade_id % 5 == 0:
            for interval in ("1s", "1m", "1h"):
                self._market.append(CandleClosed(symbol, interval, self._candle(trade_id)))

    def _fill(self, symbol: int, order_id: int, quantity: int, quote: int, is_last: bool | None) -> Fill:
        """Fill an order; a limit order ends when nothing is left, one by quote amount when told."""
        order = self.orders[symbol, order_id]
        executed = units(order.executed) + quantity
        ends = quantity == _open_units(order) if units(order.quantity) else bool(is_last)
        filled = replace(
            order,
            executed=amount(executed),
            executed_quote=amount(units(order.executed_quote) + quote),
            status=OrderStatus.FILLED if ends else OrderStatus.PARTIALLY_FILLED,
            updated_at_us=self._time_us,
        )
        self.orders[symbol, order_id] = filled
        return Fill(order_id, order.account, filled.executed, filled.executed_quote, filled.status, amount(3), 1)

    def _prevent(self, choice: int, size: int) -> None:
        """A limit order that meets the oldest resting one, which it must not trade with; none rests: a refusal."""
        makers = [key for key in self._resting if key[0] == choice % SYMBOLS]
        if not makers:
            return
        taker, maker = self._new_order(choice, OrderType.LIMIT, (1 + size % 5) * 1_000, 0), self.orders[makers[0]]
        both = min(_open_units(taker), _open_units(maker))
        mode, from_maker, from_taker = (
            (SelfTradePrevention.DECREMENT, both, both),
            (SelfTradePrevention.EXPIRE_MAKER, _open_units(maker), 0),
            (SelfTradePrevention.EXPIRE_TAKER, 0, _open_units(taker)),
            (SelfTradePrevention.EXPIRE_BOTH, _open_units(maker), _open_units(taker)),
        )[size % 4]
        self._last_prevented_match_id[taker.symbol] += 1
        match_id = self._last_prevented_match_id[taker.symbol]
        maker, taker = self._lose(maker, from_maker, match_id), self._lose(taker, from_taker, match_id)
        sides = [
            Prevention(order.order_id, order.account, amount(lost), order.prevented)
            for order, lost in ((maker, from_maker), (taker, from_taker))
        ]
        would_trade = (amount(both), amount(both * 101))
        group = None if taker.account == FIRST_ACCOUNT else taker.account
        self._events.append(
            MatchPrevented(taker.symbol, match_id, mode, taker.symbol, maker.price, *would_trade, group, *sides)
        )
        for order in (maker, taker):
            if order.status is OrderStatus.EXPIRED_IN_MATCH:
                self._events.append(OrderExpired(order, ExpiryReason.SELF_TRADE_PREVENTION))
        if not maker.status.is_open:
            self._resting.remove(makers[0])
        if taker.status.is_open:
            self._resting.append((taker.symbol, taker.order_id))

    def _lose(self, order: OrderState, lost: int, match_id: int) -> OrderState:
        if lost:
            order = replace(
                order,
                prevented=amount(units(order.prevented) + lost),
                prevented_match_id=match_id,
                status=OrderStatus.EXPIRED_IN_MATCH if lost == _open_units(order) else order.status,
                updated_at_us=self._time_us,
            )
            self.orders[order.symbol, order.order_id] = order
        return order

    def _candle(self, trade_id: int) -> Candle:
        opened_us = START_US + trade_id * 60_000_000
        price, volume = amount(101 * UNIT), amount(trade_id * UNIT)
        return Candle(
            opened_us,
            opened_us + 60_000_000,
            price,
            price,
            price,
            price,
            volume,
            volume,
            5,
            volume,
            volume,
            1,
            trade_id,
        )

    def _cancel(self, choice: int, size: int) -> None:
        """Cancel some resting orders; none rests: a refusal."""
        for _ in range(min(1 + size % 3, len(self._resting))):
            key = self._resting.pop(choice % len(self._resting))
            canceled = replace(self.orders[key], status=OrderStatus.CANCELED, updated_at_us=self._time_us)
            self.orders[key] = canceled
            self._post(canceled.account, 1, 50 * UNIT, -50 * UNIT, PostingReason.ORDER_RELEASE)
            self._events.append(OrderCanceled(canceled))

    def _deposit(self, choice: int, size: int) -> None:
        account, asset = FIRST_ACCOUNT + choice % ACCOUNTS, choice % 2
        self._post(0, asset, -(1 + size) * UNIT, 0, PostingReason.DEPOSIT)
        self._post(account, asset, (1 + size) * UNIT, 0, PostingReason.DEPOSIT)

    def _record(self, choice: int, size: int) -> None:
        stream = f"stream-{choice % 3}"
        self._versions[stream] = self._versions.get(stream, 0) + 1
        self._post(FIRST_ACCOUNT, 1, -size, size, PostingReason.PRODUCT_HOLD)
        self._events.append(Recorded(StreamKey("loan", stream), self._versions[stream], bytes([size % 256, 0, 255])))

    def _post(self, account: int, asset: int, free: int, locked: int, reason: PostingReason) -> None:
        balance = self._balances.setdefault((account, asset), [0, 0])
        balance[0] += free
        balance[1] += locked
        changes = (amount(free), amount(locked), amount(balance[0]), amount(balance[1]))
        self._events.append(Posted(account, asset, *changes, reason))


def units(text: str) -> int:
    """Read an amount spelled by `amount`."""
    return int(text.replace(".", ""))


def _open_units(order: OrderState) -> int:
    return units(order.quantity) - units(order.executed) - units(order.prevented)
