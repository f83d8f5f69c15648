"""Operators and the money that comes and goes: withdrawals that wait for them, networks, what banks left unclear."""

from pathlib import Path
from typing import Any

import pytest

from rialto.admin.action import MACHINE
from rialto.admin.actions import ACTIONS
from rialto.admin.actions.money import AdjustParameters
from rialto.admin.desk import Whence
from rialto.admin.proposals import Status
from rialto.contracts.commands import OpenAccount
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.foundation.settings.operators import OperatorSettings
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.identity.operators import Role
from rialto.products.fiat.references import unordered_id
from tests.bank import Booked, statement_file
from tests.contract.test_fiat import EVERYTHING, IBAN, euros, open_bank, prepared
from tests.contract.test_operators import customer, free_usdt, operator, operators, refused
from tests.contract.test_withdrawals import APPLY, MAY, exchange
from tests.custody_exchange import custody_exchange
from tests.gateway import Trader
from tests.person import Someone
from tests.whole_exchange import whole_exchange

RULES = WithdrawalSettings(valuations={"LTC": "100"}, one_approval_from=50, two_approvals_from=200)


async def test_withdrawals_take_as_many_operators_as_they_are_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        exchange(tmp_path, monkeypatch, withdrawals=RULES) as (whole, _),
        operators(whole, Role.RISK, count=3) as (alice, bob, carol),
    ):
        trader = await whole.trader("trader", MAY, LTC="10")
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "3"}
        made = (await trader.do("POST", APPLY, **asked))["id"]
        other = (await trader.do("POST", APPLY, **{**asked, "amount": "1"}))["id"]
        waiting = await alice.do("GET", "/admin/v1/withdrawals")
        assert {each["id"]: each["approvalsMissing"] for each in waiting} == {made: 2, other: 1}
        approve, refuse = "/admin/v1/actions/approve-withdrawal", "/admin/v1/actions/refuse-withdrawal"
        for _ in range(2):
            # Who agrees twice has agreed once.
            assert (await alice.do("POST", approve, withdrawal=made))["status"] == "done"
            (found,) = (each for each in await bob.do("GET", "/admin/v1/withdrawals") if each["id"] == made)
            assert (found["approvalsMissing"], found["agreed"]) == (1, [f"operator-{alice.owner}"])
        assert (await bob.do("POST", approve, withdrawal=made))["result"] == "the withdrawal is approved"
        assert (await carol.do("POST", approve, withdrawal=made))["status"] == "failed"
        done = await carol.do("POST", refuse, id=other, reason="not to this address")
        assert (done["status"], done["result"]) == ("done", "the withdrawal is refused")
        assert await alice.do("GET", "/admin/v1/withdrawals") == []
        shut = {"network": "LTC", "asset": "LTC", "depositsOpen": "true", "withdrawalsOpen": "false", "reason": "x"}
        done = await alice.do("POST", "/admin/v1/actions/switch-asset", **shut)
        assert done["result"] == "LTC on LTC: deposits open, withdrawals shut"
        assert (await trader.send("POST", APPLY, asked)).status_code == 400
        failed = await alice.do("POST", "/admin/v1/actions/switch-asset", **{**shut, "network": "NONE"})
        assert failed["status"] == "failed"


async def test_a_suspended_transfer_is_credited_once_two_agree(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        unclear = [Booked("B1", 7_000, name="Who", text="rent")]
        await fiat.statements.take(statement_file("S1", IBAN, 0, unclear))
        order = unordered_id("main", "B1")
        async with operators(whole, Role.FINANCE) as (alice, bob):
            given = {"order": order, "owner": ann.key.owner, "reason": "she showed the receipt"}
            first, again = [await alice.do("POST", "/admin/v1/actions/assign-fiat", **given) for _ in range(2)]
            approve = "/admin/v1/approvals/approve"
            assert await refused(await alice.send("POST", approve, id=first["id"])) == (403, -42006)
            assert (await bob.do("POST", approve, id=first["id"]))["status"] == "done"
            assert (await bob.do("POST", approve, id=again["id"]))["status"] == "failed"
            assert await euros(ann) == ("70", "0")
    async with whole_exchange(tmp_path) as whole:
        ann.client = whole.client
        assert await euros(ann) == ("70", "0")


async def test_what_is_shut_says_why_to_everyone_until_it_is_opened(tmp_path: Path) -> None:
    async def shown(trader: Trader) -> tuple[bool, bool, str, str]:
        coins = await trader.do("GET", "/sapi/v1/capital/config/getall")
        (coin,) = (each for each in coins if each["coin"] == "ETH")
        (on,) = (each for each in coin["networkList"] if each["network"] == "ETH")
        return on["depositEnable"], on["withdrawEnable"], on["depositDesc"], on["withdrawDesc"]

    shut = {"network": "ETH", "asset": "ETH", "depositsOpen": False, "withdrawalsOpen": False, "reason": "a new node"}
    path = "/admin/v1/actions/switch-asset"
    async with custody_exchange(tmp_path) as funded:
        trader = await funded.whole.trader("trader")
        async with operators(funded.whole, Role.SECURITY, count=1) as (alice,):
            await alice.do("POST", path, **shut)
            assert await shown(trader) == (False, False, "a new node", "a new node")
            await alice.do("POST", path, **{**shut, "depositsOpen": True})
    async with custody_exchange(tmp_path, funded.chains) as again:
        trader.client = again.whole.client
        assert await shown(trader) == (True, False, "", "a new node")


BY_WORTH = OperatorSettings(alone_below=100, officer_from=1_000)
ADJUST, APPROVE = "/admin/v1/actions/adjust-balance", "/admin/v1/approvals/approve"


async def given_by(who: Someone, owner: int, amount: str, asset: str = "USDT", direction: str = "GIVE") -> Any:
    """Propose to give somebody something, or to take it away; return the proposal."""
    about = {"owner": owner, "asset": asset, "amount": amount, "direction": direction, "reason": "a test"}
    return await who.do("POST", ADJUST, **about)


async def test_little_is_moved_by_one_more_by_two_and_much_with_an_officer(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, operators=BY_WORTH) as whole:
        owner = await customer(whole)
        async with (
            operators(whole, Role.FINANCE) as (alice, bob),
            operator(whole, "sue@example.com", [Role.SECURITY]) as sue,
        ):
            small = await given_by(alice, owner, "60")
            assert (small["status"], small["agreement"], small["worth"]) == ("done", "one", "60.00000000")
            assert await free_usdt(whole, owner) == 60_00000000
            # What is worth as much as the rest of a day's allowance, or has no price, takes two.
            waits = await given_by(alice, owner, "40")
            assert (waits["status"], waits["agreement"], waits["worth"]) == ("pending", "two", "40.00000000")
            priceless = await given_by(alice, owner, "0.00001", "BTC")
            assert (priceless["status"], priceless["agreement"], priceless["worth"]) == ("pending", "two", None)
            assert await refused(await alice.send("POST", APPROVE, id=waits["id"])) == (403, -42006)
            much = await given_by(alice, owner, "1000")
            assert (much["status"], much["agreement"]) == ("pending", "officer")
            assert await refused(await bob.send("POST", APPROVE, id=much["id"])) == (403, -42011)
            # Security agrees to what is much, and to nothing else of finance.
            assert await refused(await sue.send("POST", APPROVE, id=waits["id"])) == (403, -42001)
            paid = await sue.do("POST", APPROVE, id=much["id"])
            assert (paid["status"], await free_usdt(whole, owner)) == ("done", 1_060_00000000)


async def test_what_one_moves_alone_is_counted_for_a_day_also_after_a_restart(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, operators=BY_WORTH) as whole:
        owner = await customer(whole)
        async with operators(whole, Role.FINANCE, count=1) as (alice,):
            # What failed moved nothing.
            failed = await given_by(alice, owner, "70", direction="TAKE")
            assert (failed["status"], failed["agreement"]) == ("failed", "one")
            assert (await given_by(alice, owner, "70"))["status"] == "done"
            maker = alice.owner
    async with whole_exchange(tmp_path, operators=BY_WORTH) as whole:
        desk, seller = whole.exchange.families.operators.desk, await whole.trader("seller", BTC="1")
        buyer = await whole.trader("buyer", USDT="100000")
        await seller.place("SELL", "20000", "0.1")
        await buyer.place("BUY", "20000", "0.1")
        action = ACTIONS["adjust-balance"]
        for amount, asset, status in (("70", "USDT", Status.PENDING), ("0.0015", "BTC", Status.PENDING),
                                      ("0.0001", "BTC", Status.FAILED)):  # fmt: skip
            asked = AdjustParameters(owner=owner, asset=asset, direction="GIVE", amount=amount, reason="a test")
            assert (await desk.propose(action, asked, Whence(maker))).status is status
        # Nobody at the machine goes around it.
        asked = AdjustParameters(owner=owner, asset="USDT", direction="GIVE", amount="1", reason="a test")
        assert (await desk.propose(action, asked, Whence(MACHINE))).status is Status.PENDING


async def test_nobody_gives_themselves_anything_alone_or_agrees_to_it(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, operators=BY_WORTH) as whole:
        await customer(whole)
        async with operators(whole, Role.FINANCE, count=3) as (alice, bob, carol):
            await whole.exchange.runtime.submit(OpenAccount(alice.owner, AccountKind(AccountClass.SPOT)))
            own = await given_by(alice, alice.owner, "1")
            assert (own["status"], own["agreement"]) == ("pending", "two")
            for_alice = await given_by(bob, alice.owner, "200")
            assert await refused(await alice.send("POST", APPROVE, id=for_alice["id"])) == (403, -42013)
            assert (await carol.do("POST", APPROVE, id=for_alice["id"]))["status"] == "done"
            assert await free_usdt(whole, alice.owner) == 200_00000000


async def test_what_cannot_be_moved_is_not_proposed(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, Role.FINANCE, count=1) as (alice,):
        about = {"owner": alice.owner, "asset": "NOSUCH", "amount": "1", "direction": "GIVE", "reason": "a test"}
        assert await refused(await alice.send("POST", ADJUST, **about)) == (400, -42007)
        shared = {"asset": "BNB", "pool": "1", "heldAsset": "BTC", "day": 20_000}
        for named in ({"distribution": "d" * 41, "label": "for all"}, {"distribution": "d", "label": "f" * 81}):
            response = await alice.send("POST", "/admin/v1/actions/distribute", **shared, **named)
            assert await refused(response) == (400, -1100)
        assert await alice.do("GET", "/admin/v1/approvals") == []
