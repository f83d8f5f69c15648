"""Commands of every kind that orders know, made of small numbers, on a pool of two symbols."""

from rialto.contracts import commands
from rialto.contracts.commands import (
    Command,
    Leg,
    ListSymbol,
    NewOrder,
    OrderReference,
    PoolSymbols,
    Post,
    RegisterAsset,
)
from rialto.contracts.queries import OpenOrders, OrdersAnswer
from rialto.contracts.symbol_rules import SymbolRules
from rialto.contracts.vocabulary import (
    TREASURY_ACCOUNT,
    Contingency,
    OrderTerms,
    OrderType,
    Peg,
    PegPrice,
    PostingReason,
    SelfTradePrevention,
    Side,
    StreamKey,
    TimeInForce,
    prevention_modes,
)
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from tests.core_words import ALICE, BOB
from tests.exchange import BTC, BTCUSDT, USDT, found, spec

Step = tuple[int, int, int, int]
"""What is done, and three choices."""

KINDS = 20
USDC, BTCUSDC = 2, 1
MODES = list(SelfTradePrevention)
GTC = TimeInForce.GOOD_TILL_CANCELED


async def found_pool(runtime: Runtime, trade_group: int | None = None) -> tuple[int, int]:
    """Found the usual exchange with a second book of the same base, pooled, and a treasury that can pay."""
    rules = {"notional_min": "0", "rules": SymbolRules(), "prevention_allowed": prevention_modes(*SelfTradePrevention)}
    accounts = await found(runtime, trade_group=trade_group, **rules)
    await runtime.submit(RegisterAsset("USDC"))
    await runtime.submit(ListSymbol(spec(name="BTCUSDC", quote=USDC, **rules)))
    await runtime.submit(PoolSymbols(BTC, (BTCUSDT, BTCUSDC)))
    for account, reason in ((TREASURY_ACCOUNT, PostingReason.ADJUSTMENT), (ALICE, PostingReason.DEPOSIT)):
        for asset in (USDT, USDC):
            await runtime.submit(Post(account, asset, "100000", reason))
    await runtime.submit(Post(BOB, USDC, "100000", PostingReason.DEPOSIT))
    return accounts


class RandomOrders:
    """Makes commands of steps and submits them; what is refused is of no interest."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._number = 0
        self._records = 0

    async def submit(self, step: Step) -> bool:
        """Do one thing, and tell whether it was accepted."""
        self._number += 1
        try:
            outcome = await self._runtime.submit(await self._command(*step))
        except CommandRefused:
            return False
        self._records += any(type(event).__name__ == "Recorded" for event in outcome.events)
        return True

    async def _command(self, kind: int, choice: int, price: int, size: int) -> Command:
        account, symbol = (ALICE, BOB)[choice % 2], (BTCUSDT, BTCUSDC)[choice // 2 % 2]
        reference = OrderReference(order_id=1)
        if kind % KINDS in (16, 17, 18):
            answer = await self._runtime.ask(OpenOrders(account, symbol))
            assert isinstance(answer, OrdersAnswer)
            if answer.orders and size:
                reference = OrderReference(order_id=answer.orders[price % len(answer.orders)].order_id)
        match kind % KINDS:
            case 12 | 13 | 14 | 15:
                return self._list(kind % KINDS, account, choice, price, size)
            case 16:
                return commands.AmendOrder(account, symbol, reference, f"amended-{self._number}", f"{size // 2}.5")
            case 17:
                new, mode = self._order(0, choice, price, size), list(commands.ReplaceMode)[size % 2]
                return commands.ReplaceOrder(account, symbol, reference, None, f"replaced-{self._number}", mode, new)
            case 18 if size % 5 == 0:
                return commands.CancelAllOrders(account, symbol, f"all-{self._number}")
            case 18:
                return commands.CancelOrder(account, symbol, reference, None, f"canceled-{self._number}")
            case 19 if choice % 2:
                return Post(account, choice % 3, f"{size}", PostingReason.DEPOSIT)
            case 19:
                return self._record(account, size)
            case order_kind:
                new = self._order(order_kind, choice, price, size)
                return commands.PlaceOrder(account, symbol, new, is_routed=order_kind == 11)

    def _order(self, kind: int, choice: int, price: int, size: int) -> NewOrder:
        side = Side.BUY if choice // 4 % 2 else Side.SELL
        limit, quantity, mode = f"{90 + price % 21}", f"{1 + size % 6}", MODES[choice // 8 % len(MODES)]
        stop = OrderTerms(stop_price=f"{90 + price % 21}")
        types: dict[int, tuple[OrderType, TimeInForce, str | None, str | None, str | None, OrderTerms | None]] = {
            3: (OrderType.LIMIT, TimeInForce.IMMEDIATE_OR_CANCEL, limit, quantity, None, None),
            4: (OrderType.LIMIT, TimeInForce.FILL_OR_KILL, limit, quantity, None, None),
            5: (OrderType.MARKET, GTC, None, quantity, None, None),
            6: (OrderType.MARKET, GTC, None, None, f"{1 + size * 40}.5", None),
            7: ((OrderType.STOP_LOSS, OrderType.TAKE_PROFIT)[size % 2], GTC, None, quantity, None, stop),
            8: ((OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT)[size % 2], GTC, limit, quantity, None, stop),
            9: (
                (OrderType.STOP_LOSS, OrderType.TAKE_PROFIT)[size % 2],
                *(GTC, None, quantity, None),
                OrderTerms(stop_price=stop.stop_price if size % 3 else None, trailing_delta=100 + price * 20),
            ),
            10: (OrderType.LIMIT, GTC, None, quantity, None, OrderTerms(peg=Peg(list(PegPrice)[size % 2], price % 2))),
            2: (OrderType.LIMIT, GTC, limit, quantity, None, OrderTerms(iceberg_quantity="1", strategy_id=size)),
        }
        order_type, time_in_force, price_, quantity_, quote, terms = types.get(
            kind, (OrderType.LIMIT, GTC, limit, quantity, None, None)
        )
        return NewOrder(f"mine-{self._number}", side, order_type, time_in_force, price_, quantity_, quote, mode, terms)

    def _list(self, kind: int, account: int, choice: int, price: int, size: int) -> Command:
        name, quantity = f"list-{self._number}", f"{1 + size % 6}"
        working = NewOrder(f"{name}-w", Side.BUY, OrderType.LIMIT, GTC, f"{90 + price % 21}", quantity)
        sells = quantity if kind != 15 else None
        above = NewOrder(f"{name}-a", Side.SELL, OrderType.LIMIT_MAKER, GTC, f"{101 + price % 9}", sells)
        below = NewOrder(
            *(f"{name}-b", Side.SELL, OrderType.STOP_LOSS, GTC, None, sells),
            terms=OrderTerms(stop_price=f"{99 - size % 9}"),
        )
        contingency, orders = {
            12: (Contingency.ONE_CANCELS_THE_OTHER, (above, below)),
            13: (Contingency.ONE_TRIGGERS_THE_OTHER, (working, (above, below)[choice % 2])),
            14: (Contingency.ONE_TRIGGERS_ONE_CANCELS_THE_OTHER, (working, above, below)),
            15: (Contingency.ONE_TRIGGERS_ONE_CANCELS_THE_OTHER, (working, above, below)),
        }[kind]
        return commands.PlaceOrderList(account, BTCUSDT, name, contingency, kind == 15, orders)

    def _record(self, account: int, size: int) -> Command:
        """A product that locks some and gives some back, and moves some to the other."""
        change = size - 4
        reason = PostingReason.PRODUCT_HOLD if change >= 0 else PostingReason.PRODUCT_RELEASE
        other = ALICE + BOB - account
        legs = (
            Leg(account, USDT, f"{-change}", f"{change}", reason),
            Leg(account, BTC, "-0.1", "0", PostingReason.TRANSFER),
            Leg(other, BTC, "0.1", "0", PostingReason.TRANSFER),
        )
        return commands.Record(StreamKey("loan", "one"), self._records, legs, b"")
