"""Cards over a provider: paid, declined, asked, captured once whatever the provider says how often, given back."""

import asyncio
import contextlib
import gc
import time
import warnings
from pathlib import Path

import pytest

from rialto.bootstrap.families.cards import CardsFamily
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT
from rialto.products.fiat.cards.configuration import read_cards
from rialto.products.fiat.cards.provider import ProviderRefused, ProviderUnavailable
from rialto.products.fiat.cards.routes import EVENTS_PATH
from rialto.products.fiat.cards.signatures import signature_of
from rialto.products.fiat.cards.stand_in.house import Event
from tests.card_house import EVERYTHING, SECRET, card_house, standing_in
from tests.gateway import refusal
from tests.whole_exchange import whole_exchange

PAYS, ASKS, DECLINED, NO_FUNDS = "4242424242424242", "4000000000003220", "4000000000000002", "4000000000009995"


async def test_a_deposit_by_card_is_credited_when_it_is_captured(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        made = await house.order(ann, "100")
        assert (made["fee"], made["obtainAmount"]) == ("2.00000000", "98.00000000")
        shown = await house.detail(ann, made["orderId"])
        assert (shown["orderStatus"], shown["ext"]) == ("ORDER_INITIAL", {"url": made["url"]})
        assert await house.of(ann, "EUR") == ("0", "0")
        assert (await house.pay(made["url"], PAYS)).status_code == 303
        await house.until_status(ann, made["orderId"], "ORDER_SUCCESS")
        assert await house.of(ann, "EUR") == ("98", "0")
        assert await house.held(FEES_ACCOUNT, "EUR") == ("2.00000000", "0.00000000")
        custody = house.cards.service.needed().custody["EUR"]
        assert await house.held(custody, "EUR") == ("-100.00000000", "0.00000000")
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/orders", transactionType="0"))["data"]
        assert (row["method"], row["status"], row["indicatedAmount"], row["totalFee"]) == (
            *("Card", "Successful"),
            *("100.00", "2.00"),
        )
        assert (await ann.do("GET", "/sapi/v1/fiat/payments", transactionType="0"))["data"] == []
        assert await house.reconciled() == 0
    async with card_house(tmp_path) as house:
        ann.client = house.whole.client
        assert await house.of(ann, "EUR") == ("98", "0")
        assert (await house.detail(ann, made["orderId"]))["orderStatus"] == "ORDER_SUCCESS"
        assert await house.reconciled() == 0


async def test_coins_are_bought_at_the_price_that_was_told(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        refused = await ann.send(
            "POST",
            "/fiat/v1/card/purchases",
            {"currency": "EUR", "amount": "100", "asset": "BTC", "returnUrl": "https://shop.example"},
        )
        assert refusal(refused)[1:] == (
            -16010,
            "Not supported currency or payment method: nobody knows now what BTC costs",
        )
        await house.price_bitcoin("50000")
        made = await house.order(ann, "100", "BTC")
        # 98 after the fee, at the best offer of 50,500 and one percent.
        assert (made["price"], made["obtainAmount"]) == ("51005.00000000", "0.00192138")
        assert await house.held(TREASURY_ACCOUNT, "BTC") == ("4.99807862", "0.00192138")
        assert (await house.pay(made["url"], ASKS)).status_code == 303
        await house.until_status(ann, made["orderId"], "ORDER_SUCCESS")
        assert await house.of(ann, "BTC") == ("0.00192138", "0")
        assert await house.held(TREASURY_ACCOUNT, "BTC") == ("4.99807862", "0.00000000")
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/payments", transactionType="0"))["data"]
        assert {name: row[name] for name in ("sourceAmount", "fiatCurrency", "obtainAmount", "cryptoCurrency")} == {
            "sourceAmount": "100.00", "fiatCurrency": "EUR", "obtainAmount": "0.00192138", "cryptoCurrency": "BTC",
        }  # fmt: skip
        assert (row["price"], row["totalFee"], row["status"], row["paymentMethod"]) == (
            *("51005.00", "2.00"),
            *("Completed", "Credit Card"),
        )
        assert (await ann.do("GET", "/sapi/v1/fiat/orders", transactionType="0"))["data"] == []
        assert await house.reconciled() == 0


async def test_declined_cards_are_told_why_and_another_may_be_tried(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        await house.price_bitcoin("50000")
        ann = await house.whole.trader("ann", EVERYTHING)
        made = await house.order(ann, "100", "BTC")
        order, url = made["orderId"], made["url"]
        page = await house.pay(url, NO_FUNDS)
        assert page.headers["location"].startswith("/pay/")
        assert "insufficient funds" in (await house.browser.get(url)).text
        assert "no card" in (await house.pay(url, "4242424242424241")).text
        for _ in range(2):
            assert (await house.pay(url, ASKS, code="000000")).headers["location"].startswith("/pay/")
        assert "authentication failed" in (await house.browser.get(url)).text
        await house.pay(url, DECLINED)
        last = await house.pay(url, DECLINED)
        assert last.headers["location"].startswith("https://shop.example")
        await house.until_status(ann, order, "ORDER_FAILED")
        assert await house.of(ann, "BTC") == ("0", "0")
        assert await house.held(TREASURY_ACCOUNT, "BTC") == ("5.00000000", "0.00000000")
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/payments", transactionType="0"))["data"]
        assert row["status"] == "Failed"
        assert (await house.cards.service.order(order)).declines == 5
        assert await house.reconciled() == 0


async def test_what_the_provider_says_twice_late_or_never_happens_once(tmp_path: Path) -> None:
    async with card_house(tmp_path, delivers=False) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        made = await house.order(ann, "100")
        await house.pay(made["url"], PAYS)
        # No event came through: looking after it finds it.
        await house.cards.following.look(made["orderId"])
        assert await house.of(ann, "EUR") == ("98", "0")
        # The events come now, in the wrong order, each five times, at once.
        events = [*reversed(house.stand_in.house.events)] * 5
        assert len({event.type for event in events}) >= 2

        async def deliver(event: Event) -> int:
            body, headers = house.stand_in.signed(event)
            return (await house.whole.client.post(EVENTS_PATH, content=body, headers=headers)).status_code

        assert set(await asyncio.gather(*(deliver(event) for event in events))) == {200}
        assert await house.of(ann, "EUR") == ("98", "0")
        assert await house.reconciled() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("nothing", 200),
        ("body", -44001),
        ("secret", -44001),
        ("old", -44001),
        ("future", -44001),
        ("none", -44001),
        ("not json", -44002),
    ],
)
async def test_an_event_is_believed_only_when_it_is_signed_now(tmp_path: Path, change: str, code: int) -> None:
    async with card_house(tmp_path, delivers=False) as house:
        now_s = time.time_ns() // 1_000_000_000
        body = b'{"id":"evt_1","type":"payment.captured","reference":"0123456789ABCDEF","created":1}'
        if change == "not json":
            body = b"reference=0123456789ABCDEF"
        at_s = now_s + {"old": -3_600, "future": 3_600}.get(change, 0)
        secret = "another secret entirely" if change == "secret" else SECRET
        headers = {} if change == "none" else {"card-signature": signature_of(secret, at_s, body)}
        sent = body + b" " if change == "body" else body
        response = await house.whole.client.post(EVENTS_PATH, content=sent, headers=headers)
        assert (response.status_code if code == 200 else response.json()["code"]) == code, response.text


async def test_what_is_not_paid_in_time_expires_and_cannot_be_paid_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with card_house(tmp_path) as house:
        await house.price_bitcoin("50000")
        ann = await house.whole.trader("ann", EVERYTHING)
        made = await house.order(ann, "100", "BTC")
        monkeypatch.setattr("rialto.products.fiat.cards.following.MINUTE_US", 0)
        await house.cards.following.sweep()
        assert (await house.detail(ann, made["orderId"]))["orderStatus"] == "ORDER_EXPIRED"
        assert await house.held(TREASURY_ACCOUNT, "BTC") == ("5.00000000", "0.00000000")
        assert "canceled" in (await house.browser.get(made["url"])).text
        late = await house.browser.post(made["url"], data={"number": PAYS})
        assert "the payment is canceled" in late.text
        assert await house.reconciled() == 0


async def test_a_crash_between_authorised_and_captured_captures_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with card_house(tmp_path, delivers=False) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        made = await house.order(ann, "100")
        await house.pay(made["url"], PAYS)

        def crash(*_arguments: object, **_named: object) -> None:
            raise ConnectionError("the process dies here")

        with monkeypatch.context() as dying, pytest.raises(ConnectionError):
            dying.setattr("rialto.products.fiat.cards.rules.captured", crash)
            await house.cards.following.look(made["orderId"])
        assert (await house.detail(ann, made["orderId"]))["orderStatus"] == "ORDER_PROCESSING"
        assert await house.of(ann, "EUR") == ("0", "0")
    async with card_house(tmp_path, delivers=False) as house:
        ann.client = house.whole.client
        await house.cards.following.sweep()
        await house.cards.following.sweep()
        assert await house.of(ann, "EUR") == ("98", "0")
        assert await house.reconciled() == 0


async def test_limits_are_by_person_and_by_how_often(tmp_path: Path) -> None:
    async with card_house(tmp_path, delivers=False) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        path, usual = (
            "/fiat/v1/card/purchases",
            {"currency": "EUR", "asset": "EUR", "returnUrl": "https://shop.example"},
        )
        for changes, code in (
            ({"amount": "9.99"}, -16007),
            ({"amount": "2000.01"}, -16007),
            ({"amount": "50.001"}, -16007),
            ({"amount": "50", "currency": "USD"}, -16010),
            ({"amount": "50", "asset": "ETH"}, -16010),
            ({"amount": "50", "returnUrl": "javascript:alert(1)"}, -1100),
            ({"amount": "50", "returnUrl": 'https://a.example/"><script>'}, -1100),
        ):
            assert refusal(await ann.send("POST", path, {**usual, **changes}))[1] == code, changes
        for _ in range(3):
            await house.order(ann, "50")
        refused = refusal(await ann.send("POST", path, {**usual, "amount": "50"}))
        assert refused[1:] == (-44003, "Cards were used too often: 3 orders are open; finish one first.")
        bob = await house.whole.trader("bob", EVERYTHING)
        sent = [bob.send("POST", path, {**usual, "amount": "50"}) for _ in range(5)]
        assert sorted(each.status_code for each in await asyncio.gather(*sent)) == [200, 200, 200, 400, 400]


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://shop.example", True),
        ("https://shop.example/", True),
        ("https://shop.example?order=1", True),
        ("https://shop.example#paid", True),
        ("https://exchange.example/wallet/fiat?way=card", True),
        ("http://shop.example/back", False),
        ("https://shop.example:8443/back", False),
        ("https://shop.example.evil.example/back", False),
        ("https://shop.example@evil.example/back", False),
        ("https://shop.example:443@evil.example/back", False),
        ("https://shop.example\\@evil.example/back", False),
        ("https://evil.example/https://shop.example/", False),
        ("https://evil.example/?https://shop.example/", False),
        ("https://evil.example/#https://shop.example/", False),
        ("https://evil.example", False),
        ("https:///evil.example/", False),
        ("https://SHOP.example/", False),
        ("http://127.0.0.1:8000/", False),
    ],
)
async def test_the_way_back_leads_to_nobody_who_was_not_named(tmp_path: Path, url: str, is_taken: bool) -> None:
    async with card_house(tmp_path, public_url="https://exchange.example") as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        sent = {"currency": "EUR", "amount": "50", "asset": "EUR", "returnUrl": url}
        response = await ann.send("POST", "/fiat/v1/card/purchases", sent)
        if is_taken:
            page = response.json()["url"]
            paid = await house.browser.post(page, data={"number": PAYS, "expiry": "12/30", "cvc": "123"})
            assert (paid.status_code, paid.headers["location"]) == (303, url)
        else:
            assert refusal(response) == (400, -1130, "Data sent for parameter 'returnUrl' is not valid.")
            assert (await ann.do("GET", "/sapi/v1/fiat/orders", transactionType="0"))["data"] == []


async def test_by_default_the_way_back_is_the_exchanges_own_page(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        port = house.whole.exchange.port
        ann = await house.whole.trader("ann", EVERYTHING)
        sent = {"currency": "EUR", "amount": "50", "asset": "EUR"}
        for host in ("127.0.0.1", "localhost"):
            await ann.do("POST", "/fiat/v1/card/purchases", **sent, returnUrl=f"http://{host}:{port}/wallet/fiat")
        elsewhere = {**sent, "returnUrl": f"http://127.0.0.1:{port + 1}/"}
        assert refusal(await ann.send("POST", "/fiat/v1/card/purchases", elsewhere))[1] == -1130


async def test_what_the_provider_refuses_or_does_not_answer_holds_nothing(tmp_path: Path) -> None:
    sent = {"currency": "EUR", "amount": "100", "asset": "BTC", "returnUrl": "https://shop.example"}
    async with card_house(tmp_path, key="sk_test_of_somebody_else") as house:
        await house.price_bitcoin("50000")
        ann = await house.whole.trader("ann", EVERYTHING)
        assert refusal(await ann.send("POST", "/fiat/v1/card/purchases", sent))[:2] == (503, -44006)
    async with card_house(tmp_path) as house:
        ann.client = house.whole.client
        house.stand_in.house.amount_max = 1_000
        assert refusal(await ann.send("POST", "/fiat/v1/card/purchases", sent))[:2] == (400, -44007)
        await house.stand_in.stop()
        assert refusal(await ann.send("POST", "/fiat/v1/card/purchases", sent))[:2] == (503, -44006)
        assert await house.held(TREASURY_ACCOUNT, "BTC") == ("5.00000000", "0.00000000")
        assert {
            row["status"] for row in (await ann.do("GET", "/sapi/v1/fiat/payments", transactionType="0"))["data"]
        } == {"Failed"}
        await house.stand_in.start()


async def test_without_a_provider_no_card_is_taken(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        ann = await whole.trader("ann", EVERYTHING)
        sent = {"currency": "EUR", "amount": "100", "asset": "EUR", "returnUrl": "https://shop.example"}
        assert refusal(await ann.send("POST", "/fiat/v1/card/purchases", sent))[1] == -16010
        assert await ann.do("GET", "/fiat/v1/card/terms") == []
        assert refusal(await whole.client.post(EVENTS_PATH, content=b"{}"))[1] == -16010


class AsksAtTheEnd:
    """A job that still asks the provider as it ends, as clients do who are answered to the last."""

    def __init__(self, cards: CardsFamily) -> None:
        self._cards = cards

    def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        with contextlib.suppress(ProviderRefused, ProviderUnavailable):
            await self._cards.service.needed().provider.payment("none")


async def connected_late(data: Path) -> None:
    """Run an exchange to which the provider comes when it is there already, as in a demonstration."""
    elsewhere = data / "elsewhere"
    async with standing_in(elsewhere), whole_exchange(data) as whole:
        cards = whole.exchange.families.fiat.cards
        file = read_cards(elsewhere)
        assert file is not None
        await cards.parts.jobs.join(AsksAtTheEnd(cards))
        await cards.connect(file)


async def test_no_connection_to_a_provider_outlives_the_exchange(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always", ResourceWarning)
        await connected_late(tmp_path)
        gc.collect()
    assert [str(each.message) for each in left if "client session" in str(each.message)] == []
