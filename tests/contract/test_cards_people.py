"""Cards and who people are: limits by level, how often, demonstrations; operators who give back; secrets resealed."""

from pathlib import Path

import httpx
import pytest

from rialto import bootstrap
from rialto.bootstrap.people import SEALED_ELSEWHERE
from rialto.contracts.commands import OpenAccount
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.foundation.configuration import InvalidConfiguration
from rialto.identity.operators import Role
from rialto.identity.resealing import reseal
from rialto.products.fiat.cards.configuration import read_cards
from tests.card_house import BACK, EVERYTHING, card_house, until
from tests.contract.test_operators import operators
from tests.founded import settings_in
from tests.gateway import Trader, refusal
from tests.person import someone

PAYS, DECLINED = "4242424242424242", "4000000000000002"
PURCHASES = "/fiat/v1/card/purchases"
USUAL = {"currency": "EUR", "asset": "EUR", "returnUrl": BACK}


async def test_how_much_may_be_paid_in_a_day_is_by_level(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house, someone(house.whole) as alice:
        runtime, people = house.whole.exchange.runtime, house.whole.exchange.parts.identity.people
        await runtime.submit(OpenAccount(alice.owner, AccountKind(AccountClass.SPOT)))
        refused = refusal(await alice.send("POST", PURCHASES, **USUAL, amount="10"))
        assert refused[1:] == (-16007, "Not enough limit: 0.00000000 is left for 24 hours")
        people.set_level(alice.owner, 1, 1)
        made = await alice.do("POST", PURCHASES, **USUAL, amount="900")
        assert refusal(await alice.send("POST", PURCHASES, **USUAL, amount="101"))[1] == -16007
        # What comes to nothing does not count.
        for _ in range(5):
            await house.pay(made["url"], DECLINED)

        async def has_failed() -> bool:
            path = "/sapi/v1/fiat/get-order-detail"
            shown = (await alice.do("GET", path, orderNo=made["orderId"]))["data"]
            return bool(shown["orderStatus"] == "ORDER_FAILED")

        await until(has_failed)
        await alice.do("POST", PURCHASES, **USUAL, amount="1000")
        people.set_level(alice.owner, 3, 1)
        await alice.do("POST", PURCHASES, **USUAL, amount="2000")


async def test_who_was_declined_too_often_waits(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        for _ in range(2):
            made = await house.order(ann, "50")
            for _ in range(5):
                await house.pay(made["url"], DECLINED)
            await house.until_status(ann, made["orderId"], "ORDER_FAILED")
        refused = refusal(await ann.send("POST", PURCHASES, {**USUAL, "amount": "50"}))
        assert refused[1:] == (-44003, "Cards were used too often: cards were declined 10 times within a day.")


async def test_two_operators_give_a_payment_back_once(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        order = await house.bought(ann, PAYS, "100")
        async with operators(house.whole, Role.FINANCE) as (alice, bob):
            refund, approve = "/admin/v1/actions/refund-card-payment", "/admin/v1/approvals/approve"
            given = {"order": order, "amount": "50", "reason": "she asked for half"}
            first = await alice.do("POST", refund, **given)
            assert (await bob.do("POST", approve, id=first["id"]))["status"] == "done"
            more = await alice.do("POST", refund, **{**given, "amount": "51"})
            assert (await bob.do("POST", approve, id=more["id"]))["status"] == "failed"
        assert await house.of(ann, "EUR") == ("49", "0")

        async def is_paid() -> bool:
            return (await house.cards.service.order(order)).refunds[0].is_paid

        await until(is_paid)
        assert await house.reconciled() == 0


async def test_cards_open_after_the_master_key_was_changed(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        await house.bought(ann, PAYS, "100")
        before = await ann.do("GET", "/fiat/v1/card/cards")
        parts = house.whole.exchange.parts
        reseal(parts.people, parts.master_key, SEALED_ELSEWHERE)
        assert await ann.do("GET", "/fiat/v1/card/cards") == before
    async with card_house(tmp_path) as house:
        ann.client = house.whole.client
        assert await ann.do("GET", "/fiat/v1/card/cards") == before


async def test_a_demonstration_takes_cards(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, port=0, replica=False, portal=False)
    async with bootstrap.running_exchange(settings) as exchange, bootstrap.demonstrating(exchange, 1) as demonstration:
        url = f"http://127.0.0.1:{exchange.port}"
        async with (
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client,
            httpx.AsyncClient(trust_env=False, timeout=30) as browser,
        ):
            key = next(each for each in demonstration.keys if each.name == "carol")
            found = exchange.api_keys.find(key.api_key)
            assert found is not None
            carol = Trader(client, found, key.secret)
            (terms,) = await carol.do("GET", "/fiat/v1/card/terms")
            assert {"EUR", "BTC"} <= set(terms["assets"])
            back = f"{url}/wallet/fiat"
            made = await carol.do("POST", PURCHASES, currency="EUR", amount="200", asset="EUR", returnUrl=back)
            assert made["url"].startswith(str(demonstration.card_pages))
            assert (await browser.post(made["url"], data={"number": PAYS})).status_code == 303

            async def is_done() -> bool:
                shown = await carol.do("GET", "/sapi/v1/fiat/get-order-detail", orderNo=made["orderId"])
                return bool(shown["data"]["orderStatus"] == "ORDER_SUCCESS")

            await until(is_done)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("scope", "scope", ""),
        ("scope = 2000001", "scope = 1000001", "scope"),
        ('url = "https', 'url = "ftp', "url"),
        ("fee_basis_points = 200", "fee_basis_points = 20000", "fee_basis_points"),
        ("fee_basis_points", "fee_points", "unknown field"),
        ('"0123456789abcdef"', '"short"', "webhook_secret"),
    ],
)
def test_a_file_with_anything_wrong_in_it_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    text = (
        'url = "https://payments.example"\nkey = "0123456789abcdefg"\nwebhook_secret = "0123456789abcdef"\n'
        "[currencies.EUR]\nscope = 2000001\nfee_basis_points = 200\n"
    )
    path = tmp_path / "cards.toml"
    assert read_cards(tmp_path) is None
    path.write_text(text.replace(old, new))
    path.chmod(0o600)
    if complaint:
        with pytest.raises(InvalidConfiguration, match=complaint):
            read_cards(tmp_path)
    else:
        found = read_cards(tmp_path)
        assert found is not None
        assert "0123456789abcdef" not in repr(found)
        path.chmod(0o640)
        with pytest.raises(InvalidConfiguration, match="chmod 600"):
            read_cards(tmp_path)
