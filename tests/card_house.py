"""An exchange that takes cards from a stand-in of a provider, and people who pay on its pages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from rialto.bootstrap.families.cards import CardsFamily
from rialto.contracts.commands import Leg, ListSymbol, Post, Record, RegisterAsset
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, PostingReason, StreamKey
from rialto.identity.restrictions import Permission
from rialto.products.fiat.cards.routes import EVENTS_PATH
from rialto.products.fiat.cards.stand_in.pages import CODE
from rialto.products.fiat.cards.stand_in.server import StandIn
from tests.exchange import spec
from tests.gateway import Trader
from tests.whole_exchange import Whole, whole_exchange

KEY = "sk_test_0123456789"
SECRET = "whsec_test_0123456789"
EVERYTHING = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)
BACK = "https://shop.example/back"
TERMS = """
url = "{url}"
key = "{key}"
webhook_secret = "{secret}"
return_origins = ["https://shop.example"]

[currencies.EUR]
scope = 2000001
assets = ["BTC"]
fee_basis_points = 200
spread_basis_points = 100
payment_min = "10"
payment_max = "2000"
payout_fee = "1"
"""


@dataclass(frozen=True)
class CardHouse:
    """The exchange and the stand-in."""

    whole: Whole
    stand_in: StandIn
    browser: httpx.AsyncClient

    @property
    def cards(self) -> CardsFamily:
        """The exchange's side of it."""
        return self.whole.exchange.families.fiat.cards

    def asset(self, name: str) -> int:
        """Return an asset's number."""
        found = self.whole.exchange.runtime.catalog.asset_named(name)
        assert found is not None
        return found.id

    async def order(self, trader: Trader, amount: str = "100", asset: str = "EUR") -> Any:
        """Order something to be paid by card."""
        return await trader.do(
            "POST", "/fiat/v1/card/purchases", currency="EUR", amount=amount, asset=asset, returnUrl=BACK
        )

    async def pay(self, url: str, number: str, code: str = CODE) -> httpx.Response:
        """Pay on the provider's page as a browser does; return where it ended."""
        page = await self.browser.get(url)
        assert "Card number" in page.text, page.text
        answer = await self.browser.post(url, data={"number": number, "expiry": "12/30", "cvc": "123"})
        if answer.status_code == 303 and answer.headers["location"].endswith("/challenge"):
            challenge = self.stand_in.url + answer.headers["location"]
            assert "Is it you" in (await self.browser.get(challenge)).text
            answer = await self.browser.post(challenge, data={"code": code})
        return answer

    async def bought(self, trader: Trader, number: str, amount: str = "100", asset: str = "EUR") -> str:
        """Buy something to the end; return the order."""
        made = await self.order(trader, amount, asset)
        answer = await self.pay(made["url"], number)
        assert (answer.status_code, answer.headers["location"]) == (303, BACK)
        await self.until_status(trader, made["orderId"], "ORDER_SUCCESS")
        return str(made["orderId"])

    async def detail(self, trader: Trader, order: str) -> Any:
        """Show an order."""
        return (await trader.do("GET", "/sapi/v1/fiat/get-order-detail", orderNo=order))["data"]

    async def until_status(self, trader: Trader, order: str, status: str) -> None:
        """Wait until an order is somewhere."""

        async def is_there() -> bool:
            return bool((await self.detail(trader, order))["orderStatus"] == status)

        await until(is_there)

    async def payment_of(self, order: str) -> str:
        """Return what the provider calls an order."""
        return (await self.cards.service.order(order)).payment

    async def held(self, account: int, asset: str) -> tuple[str, str]:
        """Return what an account of the ledger holds."""
        answer = await self.whole.exchange.runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        number = self.asset(asset)
        return next(((each.free, each.locked) for each in answer.balances if each.asset == number), ("0", "0"))

    async def of(self, trader: Trader, asset: str) -> tuple[str, str]:
        """Return what a trader holds, free and locked."""
        shown: list[Any] = await trader.do("POST", "/sapi/v3/asset/getUserAsset", asset=asset)
        return (str(shown[0]["free"]), str(shown[0]["locked"])) if shown else ("0", "0")

    async def reconciled(self) -> int:
        """Read the provider's books until they are compared; return the difference."""
        for _ in range(100):
            self.cards.books.differences.clear()
            await self.cards.books.read()
            if "EUR" in self.cards.books.differences:
                return self.cards.books.differences["EUR"]
            await asyncio.sleep(0.05)
        raise AssertionError("the books were never compared")

    async def price_bitcoin(self, euros: str) -> None:
        """Have a bitcoin traded for so many euros; another is bid for at that price, and one offered for 1% more."""
        runtime = self.whole.exchange.runtime
        await runtime.submit(
            ListSymbol(msgspec.structs.replace(spec(), name="BTCEUR", base=self.asset("BTC"), quote=self.asset("EUR")))
        )
        seller, buyer = [await self.whole.trader(name, BTC="2") for name in ("seller", "buyer")]
        account = await runtime.account_of(buyer.key.owner, AccountClass.SPOT)
        await runtime.submit(Post(account, self.asset("EUR"), "100000", PostingReason.DEPOSIT))
        await seller.place("SELL", euros, "1", "BTCEUR")
        await buyer.place("BUY", euros, "2", "BTCEUR")
        await seller.place("SELL", str(int(euros) * 101 // 100), "1", "BTCEUR")

    async def take(self, trader: Trader, euros: str) -> None:
        """Have a trader spend euros: somebody else has them then."""
        other = await self.whole.trader(f"paid-by-{trader.key.owner}")
        runtime = self.whole.exchange.runtime
        accounts = [await runtime.account_of(each.key.owner, AccountClass.SPOT) for each in (trader, other)]
        legs = tuple(
            Leg(account, self.asset("EUR"), f"{sign}{euros}", "0", PostingReason.TRANSFER)
            for account, sign in zip(accounts, ("-", ""), strict=True)
        )
        await runtime.submit(Record(StreamKey("spending", str(trader.key.owner)), 0, legs, b"spent"))

    async def give(self, trader: Trader, euros: str) -> None:
        """Give a trader euros from outside."""
        runtime = self.whole.exchange.runtime
        account = await runtime.account_of(trader.key.owner, AccountClass.SPOT)
        await runtime.submit(Post(account, self.asset("EUR"), euros, PostingReason.DEPOSIT))

    async def give_treasury(self, asset: str, amount: str) -> None:
        """Give the treasury something to sell."""
        post = Post(TREASURY_ACCOUNT, self.asset(asset), amount, PostingReason.ADJUSTMENT)
        await self.whole.exchange.runtime.submit(post)


@asynccontextmanager
async def standing_in(data: Path, key: str = KEY) -> AsyncIterator[StandIn]:
    """Run a stand-in, and name it in the file of an exchange that is about to start on the directory."""
    data.mkdir(exist_ok=True)
    stand_in = StandIn(KEY, SECRET, path=data / "stand-in.json", dispute_after_s=0, tick_s=0.05)
    await stand_in.start()
    path = data / "cards.toml"
    path.write_text(TERMS.format(url=stand_in.url, key=key, secret=SECRET))
    path.chmod(0o600)
    try:
        yield stand_in
    finally:
        await stand_in.stop()


@asynccontextmanager
async def house_of(whole: Whole, stand_in: StandIn, *, delivers: bool = True) -> AsyncIterator[CardHouse]:
    """Give an exchange EUR and a treasury that has some of everything, and tell the stand-in where it is."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        house = CardHouse(whole, stand_in, browser)
        if whole.exchange.runtime.catalog.asset_named("EUR") is None:
            await whole.exchange.runtime.submit(RegisterAsset("EUR"))
            await house.give_treasury("EUR", "1000")
            await house.give_treasury("BTC", "5")
        if delivers:
            stand_in.webhook_url = f"http://127.0.0.1:{whole.exchange.port}{EVENTS_PATH}"
        yield house


@asynccontextmanager
async def card_house(
    data: Path, *, key: str = KEY, delivers: bool = True, **settings: object
) -> AsyncIterator[CardHouse]:
    """Run an exchange that takes cards, with EUR and a treasury that has some of everything.

    What the exchange and the stand-in wrote before goes on. With `delivers` unset, the provider's events wait; a `key`
    of one's own is one that it does not know.
    """
    async with (
        standing_in(data, key) as stand_in,
        whole_exchange(data, **settings) as whole,
        house_of(whole, stand_in, delivers=delivers) as house,
    ):
        yield house


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so, for as long as it may take on a busy machine."""
    for _ in range(1_200):
        if await is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to be")
