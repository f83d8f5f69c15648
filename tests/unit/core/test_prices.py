"""Values by the newest trades."""

from fractions import Fraction
from pathlib import Path

from rialto.contracts.commands import ListSymbol, RegisterAsset
from rialto.contracts.vocabulary import AccountClass, Side
from rialto.core.prices import Prices
from rialto.core.runtime import Runtime
from tests.exchange import BTC, USDT, found, limit, running, spec

ETH, LTC = 2, 3
ONE = 100_000_000


async def trade(runtime: Runtime, price: str) -> None:
    first, second = [await runtime.account_of(owner, AccountClass.SPOT) for owner in (1, 2)]
    await runtime.submit(limit(first, Side.SELL, price, "1", f"s{price}"))
    await runtime.submit(limit(second, Side.BUY, price, "1", f"b{price}"))


async def test_the_last_trade_values_both_ways(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime)
        prices = Prices(runtime)
        assert prices.value(BTC, ONE, USDT) is None
        assert prices.value(BTC, ONE, BTC) == ONE
        await trade(runtime, "20000")
        await trade(runtime, "30000")
        assert prices.value(BTC, 2 * ONE, USDT) == 60_000 * ONE
        assert prices.value(USDT, ONE, BTC) == 3_333  # Rounded down, once.
        await runtime.submit(RegisterAsset("ETH"))
        await runtime.submit(ListSymbol(spec(name="ETHUSDT", base=ETH)))
        assert prices.value(ETH, ONE, BTC) is None
        assert prices.rate(7, BTC) is None


async def test_no_way_leads_in_circles(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime)
        await trade(runtime, "20000")
        for name in ("ETH", "LTC"):
            await runtime.submit(RegisterAsset(name))
        await runtime.submit(ListSymbol(spec(name="BTCUSDT2", base=BTC)))
        await runtime.submit(ListSymbol(spec(name="LTCETH", base=LTC, quote=ETH)))
        assert Prices(runtime).rate(LTC, USDT) is None


async def test_who_trades_at_a_price_of_their_own_is_named_none_by_one_trade(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime)
        prices = Prices(runtime)
        await trade(runtime, "20000")
        assert prices.at_most(BTC, USDT) is prices.at_least(BTC, USDT) is None  # Nobody offers anything.
        first = await runtime.account_of(1, AccountClass.SPOT)
        await runtime.submit(limit(first, Side.SELL, "20500", "1", "offer"))
        await runtime.submit(limit(first, Side.BUY, "19500", "1", "bid"))
        assert [prices.at_most(BTC, USDT), prices.at_least(BTC, USDT)] == [Fraction(20_500), Fraction(19_500)]
        assert prices.at_most(USDT, BTC) == Fraction(1, 19_500)
        assert prices.at_least(USDT, BTC) == Fraction(1, 20_500)
        # One trade at a price that suits somebody changes nothing for the better.
        for price in ("19600", "20400"):
            await trade(runtime, price)
            assert [prices.at_most(BTC, USDT), prices.at_least(BTC, USDT)] == [Fraction(20_500), Fraction(19_500)]
        await runtime.submit(limit(first, Side.SELL, "19700", "1", "bait"))
        assert prices.at_most(BTC, USDT) == 20_400
        assert prices.rate(BTC, USDT) == 20_400
