"""What an account is told of prevented matches, allocations and balances is what REST shows of them."""

from rialto.contracts.commands import Leg, ListSymbol, PoolSymbols, Post, Record, RegisterAsset
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason, StreamKey
from tests.core_words import ALICE, BOB
from tests.exchange import BTC, BTCUSDT, USDT, spec
from tests.gateway import Live
from tests.user_data import NOTHING, ORDER, POSITION, check_same, listen, taken


async def test_a_prevented_match_is_told_of_from_both_sides(exchange: Live) -> None:
    resting = await exchange.alice.place("BUY", "100", "6")
    mirror = listen(exchange, exchange.alice)
    placed = await exchange.alice.place("SELL", "99", "2", selfTradePreventionMode="DECREMENT")
    _new, taker, maker = taken(mirror, "NEW", "TRADE_PREVENTION", "TRADE_PREVENTION", POSITION)
    (match,) = placed["preventedMatches"]
    check_same(taker, placed, "v")
    assert (taker["i"], taker["X"], taker["v"]) == (placed["orderId"], "EXPIRED_IN_MATCH", match["preventedMatchId"])
    assert (taker["U"], taker["Cs"], taker["B"]) == (
        *(resting["orderId"], match["makerSymbol"], match["takerPreventedQuantity"]),
    )
    assert (maker["i"], maker["U"], maker["X"], maker["B"]) == (
        *(resting["orderId"], placed["orderId"], "NEW", match["makerPreventedQuantity"]),
    )
    for event in (taker, maker):
        assert (event["pl"], event["pL"], event["pY"]) == ("2.00000000", match["price"], "200.00000000")
        assert (event["l"], event["L"], event["Y"], event["t"]) == (NOTHING, NOTHING, NOTHING, -1)
        assert ("u" in event, event["A"]) == (False, "2.00000000")
        check_same(event, await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=event["i"]))


async def test_an_incoming_order_that_expires_tells_what_it_would_have_traded(exchange: Live) -> None:
    resting = await exchange.alice.place("BUY", "100", "1")
    mirror = listen(exchange, exchange.alice)
    placed = await exchange.alice.place("SELL", "100", "3", selfTradePreventionMode="EXPIRE_TAKER")
    _new, event = taken(mirror, "NEW", "TRADE_PREVENTION")
    check_same(event, placed, "v")
    assert (event["X"], event["B"], event["A"], event["U"]) == (
        *("EXPIRED_IN_MATCH", "3.00000000", "3.00000000", resting["orderId"]),
    )
    assert (event["pl"], event["pY"], "eR" in event) == ("1.00000000", "100.00000000", False)


async def test_an_allocation_is_told_of_as_its_reply_shows_it(exchange: Live) -> None:
    runtime = exchange.runtime
    await runtime.submit(RegisterAsset("USDC"))
    await runtime.submit(ListSymbol(spec(name="BTCUSDC", quote=2)))
    await runtime.submit(PoolSymbols(BTC, (BTCUSDT, 1)))
    for asset in (USDT, 2):
        await runtime.submit(Post(TREASURY_ACCOUNT, asset, "1000000", PostingReason.ADJUSTMENT))
    await exchange.bob.place("SELL", "50000", "1", symbol="BTCUSDC")
    takers, makers = listen(exchange, exchange.alice), listen(exchange, exchange.bob)
    routed = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "51000"}
    placed = await exchange.alice.do("POST", "/api/v3/sor/order", **routed, quantity="1.5")
    new, trade = taken(takers, "NEW", "TRADE", POSITION)
    (fill,) = placed["fills"]
    assert (trade["b"], trade["a"], trade["t"], trade["L"], trade["l"], trade["n"], trade["N"]) == (
        *(fill["matchType"], fill["allocId"], fill["tradeId"], fill["price"], fill["qty"], fill["commission"]),
        fill["commissionAsset"],
    )
    check_same(trade, placed)
    assert (new["k"], new["uS"], "b" in new) == ("SOR", True, False)
    (made,) = taken(makers, "TRADE", POSITION)
    assert (made["s"], made["m"], "a" in made, "uS" in made) == ("BTCUSDC", True, False, False)
    await exchange.bob.place("SELL", "51000", "0.5")
    (rest,) = taken(takers, "TRADE", POSITION)
    assert (rest["k"], rest["X"], rest["m"], "b" in rest) == ("EXCHANGE", "FILLED", True, False)


async def test_balances_are_told_as_rest_shows_them(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    await exchange.alice.place("BUY", "50000", "1")
    await exchange.bob.place("SELL", "50000", "0.4")
    account = await exchange.alice.do("GET", "/api/v3/account")
    assert mirror.balances == {each["asset"]: (each["free"], each["locked"]) for each in account["balances"]}
    assert mirror.events[-1]["u"] == account["updateTime"] == mirror.events[-1]["E"]


async def test_what_moves_otherwise_than_by_trading_is_told(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    deposit = await exchange.runtime.submit(Post(ALICE, BTC, "1.5", PostingReason.DEPOSIT))
    (event,) = taken(mirror, "balanceUpdate", POSITION)
    time = deposit.time_us // 1000
    assert event == {"e": "balanceUpdate", "E": time, "a": "BTC", "d": "1.50000000", "T": time}
    await exchange.runtime.submit(Post(ALICE, USDT, "-10", PostingReason.WITHDRAWAL))
    (event,) = taken(mirror, "balanceUpdate", POSITION)
    assert (event["a"], event["d"]) == ("USDT", "-10.00000000")
    legs = (
        Leg(ALICE, BTC, "-2", "2", PostingReason.PRODUCT_HOLD),
        Leg(ALICE, USDT, "-100", "0", PostingReason.TRANSFER),
        Leg(BOB, USDT, "100", "0", PostingReason.TRANSFER),
    )
    await exchange.runtime.submit(Record(StreamKey("loan", "one"), 0, legs, b""))
    moved, locked = taken(mirror, "balanceUpdate", "externalLockUpdate", POSITION)
    assert (moved["a"], moved["d"]) == ("USDT", "-100.00000000")
    assert {name: locked[name] for name in "ead"} == {"e": "externalLockUpdate", "a": "BTC", "d": "2.00000000"}


async def test_what_is_none_of_the_account_s_business_is_not_told(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    await exchange.bob.place("SELL", "50000", "1")
    await exchange.bob.place("BUY", "50000", "1")
    await exchange.runtime.submit(Post(BOB, BTC, "1", PostingReason.DEPOSIT))
    response = await exchange.bob.send(
        "POST", ORDER, {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "99.5"}
    )
    assert response.status_code == 400 or response.json()["status"] == "EXPIRED"
    assert mirror.events == []
