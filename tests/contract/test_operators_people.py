"""What operators do to people and to what is owed them: seen by these people, the same after a restart."""

from pathlib import Path

from sqlalchemy import update

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.foundation.database import Access, open_engine
from rialto.identity.operators import Role
from rialto.identity.people_tables import people
from tests.contract.test_deposits import address, eventually, followed, free
from tests.contract.test_distributions import bnb_of, holders
from tests.contract.test_operators import agreed, operator, operators, refused
from tests.contract.test_recoveries import RECOVERIES, statuses
from tests.custody_exchange import custody_exchange
from tests.person import Someone, someone
from tests.whole_exchange import ASSETS, Whole, whole_exchange

DAY_US = 86_400_000_000


async def test_who_is_frozen_acts_again_once_two_agree(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SECURITY) as (alice, bob),
        someone(whole, "mallory@example.com") as mallory,
    ):
        await alice.do("POST", "/admin/v1/actions/freeze-person", owner=mallory.owner, reason="a stolen phone")
        assert (await mallory.send("GET", "/account/v1/sessions")).status_code == 401
        await agreed(alice, bob, "unfreeze-person", owner=mallory.owner, reason="found")
        owner = mallory.owner
    async with whole_exchange(tmp_path) as whole:
        assert whole.exchange.parts.identity.people.is_active(owner)


async def with_an_order(whole: Whole, person: Someone) -> None:
    """Let a person trade, and have an order open."""
    runtime = whole.exchange.runtime
    outcome = await runtime.submit(OpenAccount(person.owner, AccountKind(AccountClass.SPOT)))
    opened = outcome.events[0]
    assert isinstance(opened, AccountOpened)
    await runtime.submit(Post(opened.account, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": "99"}
    await person.do("POST", "/api/v3/order", **order)


async def bids(whole: Whole) -> list[list[str]]:
    found: list[list[str]] = (await whole.client.get("/api/v3/depth", params={"symbol": "BTCUSDT"})).json()["bids"]
    return found


async def test_the_orders_of_who_is_frozen_are_taken_back_also_after_a_crash(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.SECURITY, count=1) as (alice,),
        someone(whole, "mallory@example.com") as mallory,
        someone(whole, "victor@example.com") as victor,
    ):
        await with_an_order(whole, mallory)
        assert len(await bids(whole)) == 1
        await alice.do("POST", "/admin/v1/actions/freeze-person", owner=mallory.owner, reason="a stolen phone")
        await eventually(lambda: bids(whole), [])
        await with_an_order(whole, victor)
        engine = open_engine(whole.exchange.settings.database_url, Access.DURABLE)
    # It ended after the freeze was written and before anything was canceled.
    with engine.begin() as connection:
        is_victor = people.c.owner == victor.owner
        connection.execute(update(people).where(is_victor).values(status="frozen", frozen_by="operator"))
    engine.dispose()
    async with whole_exchange(tmp_path) as whole:
        await eventually(lambda: bids(whole), [])


async def test_owners_say_who_is_an_operator(tmp_path: Path) -> None:
    async with (
        whole_exchange(tmp_path) as whole,
        operators(whole, Role.OWNER) as (alice, bob),
        operator(whole, "carol@example.com", [Role.SUPPORT]) as carol,
    ):
        assert await refused(await carol.send("GET", "/admin/v1/log")) == (403, -42001)
        await agreed(alice, bob, "set-roles", owner=carol.owner, roles='["security","risk"]')
        assert (await carol.send("GET", "/admin/v1/log")).status_code == 200
        for who in (bob, alice):
            proposed = await who.do("POST", "/admin/v1/actions/set-roles", owner=who.owner, roles="NONE")
            other = alice if who is bob else bob
            done = await other.send("POST", "/admin/v1/approvals/approve", id=proposed["id"])
            if who is bob:
                assert done.json()["status"] == "done"
            else:
                # Bob is no operator any more: nobody but Alice is left to name any, and she cannot agree with herself.
                assert await refused(done) == (401, -2015)
        kept = {"owner": carol.owner}
    async with whole_exchange(tmp_path) as whole:
        roles = whole.exchange.parts.identity.operators.roles_of(kept["owner"])
        assert roles == {Role.SECURITY, Role.RISK}


async def test_a_pool_is_divided_once_two_agree(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, Role.FINANCE) as (alice, bob):
        holder, other = await holders(whole)
        parts = whole.exchange.parts
        await parts.projected.wait_for(parts.runtime.last_sequence, 60)
        given = {"distribution": "2026-11", "label": "BNB for holders", "asset": "BNB", "pool": "8", "heldAsset": "BTC"}
        done = await agreed(alice, bob, "distribute", **given, day=parts.runtime.now_us() // DAY_US)
        assert done["result"] == "2 shares are paid"
    async with whole_exchange(tmp_path) as whole:
        for trader, share in ((holder, "6"), (other, "2")):
            trader.client = whole.client
            assert await bnb_of(trader) == share


async def test_reserves_are_published_when_asked(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, Role.FINANCE, count=1) as (alice,):
        await whole.trader("trader", USDT="100")
        assert (await alice.do("POST", "/admin/v1/actions/publish-reserves"))["status"] == "done"
    async with whole_exchange(tmp_path) as whole:
        (published,) = (await whole.client.get("/account/v1/reserves/publications")).json()
        assert published


async def test_a_recovery_is_settled_by_two_or_refused_by_one(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded, operators(funded.whole, Role.FINANCE) as (alice, bob):
        theirs, liar = await funded.whole.trader("theirs"), await funded.whole.trader("liar")
        where, _ = await address(theirs, "LTC", "TAG")
        made = funded.tag.pay(where, 5_000)
        funded.tag.mine()
        await followed(funded, funded.tag)
        for who in (theirs, liar):
            await who.do("POST", RECOVERIES, network="TAG", txId=made, coin="LTC")
        ids = {each["owner"]: each["id"] for each in await alice.do("GET", "/admin/v1/recoveries")}
        wrong = {"id": ids[liar.key.owner], "reason": "you did not send it"}
        assert (await alice.do("POST", "/admin/v1/actions/refuse-recovery", **wrong))["status"] == "done"
        done = await agreed(alice, bob, "settle-recovery", recovery=ids[theirs.key.owner], fee="0.000001")
        assert done["result"] == "the deposit is given"
    async with custody_exchange(tmp_path, funded.chains) as again:
        theirs.client = liar.client = again.whole.client
        assert await statuses(theirs) == [("settled", "0.000049", "0.000001", "")]
        assert await statuses(liar) == [("refused", "0", "0", "you did not send it")]
        assert await free(theirs, "LTC") == "0.00004900"
