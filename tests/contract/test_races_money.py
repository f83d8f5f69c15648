"""Money asked for by many at the same moment: nothing is moved twice, no limit is passed, nothing is made or lost."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from rialto.contracts.commands import Post
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import REWARDS_ACCOUNT, TREASURY_ACCOUNT, AccountClass, PostingReason
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.identity.operators import Role
from rialto.identity.restrictions import Permission
from tests.bank import Booked, statement_file
from tests.contract.test_distributions import settled
from tests.contract.test_dust import DUST, fund, markets
from tests.contract.test_fiat import EVERYTHING, IBAN, THEIRS, euros, open_bank, ordered, prepared
from tests.contract.test_operators import adjustment, customer, free_usdt, operators
from tests.contract.test_transfers import PATH as TRANSFER
from tests.contract.test_withdrawals import APPLY, HISTORY, MAY, exchange
from tests.contract.test_withdrawals_people import VALUED, apply, code_in, funded, mailed, status
from tests.custody_exchange import custody_exchange
from tests.gateway import Trader
from tests.person import Someone, someone
from tests.plain_http import plain_client
from tests.whole_exchange import ASSETS, Whole, whole_exchange

AT_ONCE = 8
FAMILY = tuple(each for each in Permission if each is not Permission.WITHDRAW)
LTC, USDT, BNB = (ASSETS.index(name) for name in ("LTC", "USDT", "BNB"))


async def at_once(asked: Sequence[Awaitable[httpx.Response]]) -> Counter[int]:
    """Ask all at the same moment; count the answers: 200, or the code of the refusal."""
    answers = await asyncio.gather(*asked)
    assert all(each.status_code < 500 for each in answers), [each.text for each in answers]
    return Counter(200 if each.status_code == 200 else each.json()["code"] for each in answers)


async def held(whole: Whole, owner: int, asset: int, kind: AccountClass = AccountClass.SPOT) -> tuple[str, str]:
    """What is free and what is locked of an asset."""
    account = await whole.exchange.runtime.account_of(owner, kind)
    answer = await whole.exchange.runtime.ask(Balances(account))
    assert isinstance(answer, BalancesAnswer)
    return next(((each.free, each.locked) for each in answer.balances if each.asset == asset), ("0", "0"))


async def second_session(whole: Whole, alice: Someone) -> Someone:
    """Another session of someone, stepped up."""
    parts = whole.exchange.parts
    opened, token = parts.identity.sessions.open(
        alice.owner, alice.session.device, alice.session.client, "127.0.0.1", parts.wall_clock_us()
    )
    client = plain_client(alice.client.base_url, headers=alice.client.headers)
    client.cookies.set("rialto_session", token, domain="127.0.0.1", path="/")
    client.cookies.set("rialto_device", "device-of-tests", domain="127.0.0.1", path="/")
    other = Someone(whole, client, opened)
    await other.step_up()
    return other


async def test_transfers_at_once_move_no_more_than_there_is(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", FAMILY, USDT="100")
        parts = whole.exchange.parts
        made, secret = parts.api_keys.create(alice.key.owner, "second", FAMILY, 1)
        keys = [alice, Trader(whole.client, made, secret)]
        move = {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "30"}
        answered = await at_once([keys[n % 2].send("POST", TRANSFER, move) for n in range(AT_ONCE)])
        assert answered[200] == 3
        assert await held(whole, alice.key.owner, USDT) == ("10.00000000", "0.00000000")
        assert await held(whole, alice.key.owner, USDT, AccountClass.FUNDING) == ("90.00000000", "0.00000000")


async def test_a_transfer_and_an_order_share_one_balance(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", FAMILY, USDT="100")
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        order |= {"price": "20000", "quantity": "0.003"}
        move = {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "60"}
        asked = [alice.send("POST", *(("/api/v3/order", order), (TRANSFER, move))[n % 2]) for n in range(AT_ONCE)]
        assert (await at_once(asked))[200] == 1
        free, locked = await held(whole, alice.key.owner, USDT)
        assert (free, locked) in (("40.00000000", "60.00000000"), ("40.00000000", "0.00000000"))


async def test_a_family_moves_both_ways_at_once(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, endpoint_weight_per_owner_max=1_000_000) as whole, someone(whole) as _:
        master = await whole.trader("master", FAMILY, USDT="100")
        email = (await master.do("POST", "/sapi/v1/sub-account/virtualSubAccount", subAccountString="one"))["email"]
        path = "/sapi/v1/sub-account/universalTransfer"
        spot = {"fromAccountType": "SPOT", "toAccountType": "SPOT", "asset": "USDT", "amount": "60"}
        there, back = {**spot, "toEmail": email}, {**spot, "fromEmail": email}
        answered = await at_once([master.send("POST", path, (there, back)[n % 2]) for n in range(AT_ONCE)])
        parts = whole.exchange.parts
        sub = parts.identity.people.find_by_email(email)
        assert sub is not None
        ours, _ = await held(whole, master.key.owner, USDT)
        theirs, _ = await held(whole, sub.owner, USDT)
        assert sorted((ours, theirs)) in (
            ["0", "100.00000000"],
            ["0.00000000", "100.00000000"],
            ["40.00000000", "60.00000000"],
        )
        assert answered[200] >= 1


async def test_dust_is_exchanged_once(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await markets(whole)
        await fund(whole)
        answered = await at_once([alice.send("POST", DUST, {"asset": "LTC"}) for _ in range(AT_ONCE)])
        assert answered[200] == 1
        assert await held(whole, alice.key.owner, BNB) == ("0.07840000", "0.00000000")


async def test_a_distribution_paid_by_many_at_once_is_paid_once(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        traders = [await whole.trader(f"holder {number}") for number in range(3)]
        await whole.exchange.runtime.submit(Post(REWARDS_ACCOUNT, BNB, "30", PostingReason.ADJUSTMENT))
        services = [(await settled(whole)).distributions for _ in range(4)]
        shares = {each.key.owner: 1_00000000 for each in traders}
        await services[0].plan("a", "reward", BNB, shares, "ann")
        await services[0].approve("a", "bea")
        await asyncio.gather(*(each.pay("a") for each in services))
        assert {await held(whole, each.key.owner, BNB) for each in traders} == {("1.00000000", "0.00000000")}


async def test_a_proposal_is_performed_once(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, Role.FINANCE, count=3) as (alice, *others):
        owner = await customer(whole)
        proposed = await alice.do("POST", "/admin/v1/actions/adjust-balance", **adjustment(owner))
        asked = [other.send("POST", "/admin/v1/approvals/approve", id=proposed["id"]) for other in others * 4]
        assert (await at_once(asked))[200] == 1
        assert await free_usdt(whole, owner) == 25_00000000


async def test_one_address_is_made_for_one_owner(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path, endpoint_weight_per_owner_max=1_000_000) as custody:
        whole = custody.whole
        traders = [await whole.trader(name, [Permission.READ]) for name in ("alice", "bob")]
        asked = {"coin": "ETH", "network": "ETH"}
        answers = await asyncio.gather(
            *(each.do("GET", "/sapi/v1/capital/deposit/address", **asked) for each in traders * AT_ONCE)
        )
        assert len({each["address"] for each in answers[::2]}) == 1
        assert len({each["address"] for each in answers[1::2]}) == 1
        assert len({each["address"] for each in answers}) == 2


async def test_a_withdrawal_is_confirmed_or_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(VALUED, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _), someone(whole) as alice:
        await funded(whole, alice)
        await alice.step_up()
        id_ = (await apply(alice)).json()["id"]
        code = code_in(mailed(whole, "confirm-withdrawal")[0])
        path = "/account/v1/withdrawals/confirm"
        answered = await at_once([alice.send("POST", path, withdrawalId=id_, code=code) for _ in range(AT_ONCE)])
        assert answered == {200: 1, -41006: AT_ONCE - 1}
        asked = [alice.send("DELETE", "/account/v1/withdrawals", withdrawalId=id_) for _ in range(AT_ONCE)]
        answered = await at_once(asked)
        # The payout may have been quicker than all of them.
        assert answered[200] <= 1
        free, locked = await held(whole, alice.owner, LTC)
        assert (free, locked) == (("1000.00000000", "0.00000000") if answered[200] else ("999.00000000", locked))


async def test_two_sessions_pass_no_limit_and_no_id_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(VALUED, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _), someone(whole) as alice:
        await funded(whole, alice)
        await alice.step_up()
        other = await second_session(whole, alice)
        both = (alice, other)
        asked = [apply(both[n % 2], amount="1", withdrawOrderId="mine") for n in range(AT_ONCE)]
        answers = await asyncio.gather(*asked)
        assert len({each.json()["id"] for each in answers}) == 1
        # 500 of the asset are what level 1 may take out in a day.
        answered = await at_once([apply(both[n % 2], amount="300") for n in range(AT_ONCE)])
        assert answered == {200: 1, -4023: AT_ONCE - 1}
        listed = await alice.do("GET", HISTORY)
        assert sorted(each["amount"] for each in listed) == ["0.99950000", "299.99950000"]
        assert {await status(alice, each["id"]) for each in listed} == {0}
        await other.client.aclose()


async def test_withdrawals_of_two_keys_take_no_more_than_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with exchange(tmp_path, monkeypatch, withdrawals=WithdrawalSettings(one_approval_from=1)) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="10")
        await whole.exchange.runtime.submit(Post(TREASURY_ACCOUNT, LTC, "1", PostingReason.ADJUSTMENT))
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "4"}
        answered = await at_once([alice.send("POST", APPLY, asked) for _ in range(AT_ONCE)])
        assert answered[200] == 2
        assert set(answered) == {200, -4026}


async def test_operators_who_refuse_and_approve_at_once_agree_on_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = WithdrawalSettings(valuations={"LTC": "100"}, one_approval_from=50, two_approvals_from=100_000)
    async with AsyncExitStack() as stack:
        whole, _ = await stack.enter_async_context(exchange(tmp_path, monkeypatch, withdrawals=rules))
        alice, bob = await stack.enter_async_context(operators(whole, Role.RISK))
        trader = await whole.trader("trader", MAY, LTC="10")
        made = (await trader.do("POST", APPLY, coin="LTC", address="ltc:theirs", amount="3"))["id"]
        answers = await asyncio.gather(
            alice.send("POST", "/admin/v1/actions/approve-withdrawal", withdrawal=made),
            bob.send("POST", "/admin/v1/actions/refuse-withdrawal", id=made, reason="not to this address"),
            bob.send("POST", "/admin/v1/actions/refuse-withdrawal", id=made, reason="not to this address"),
        )
        assert all(each.status_code == 200 for each in answers), [each.text for each in answers]
        found = (await trader.do("GET", HISTORY, idList=made))[0]["status"]
        free, locked = await held(whole, trader.key.owner, LTC)
        assert (free, locked) == (("10.00000000", "0.00000000") if found == 3 else ("7.00000000", locked))


async def test_fiat_is_paid_out_once(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path), endpoint_weight_per_owner_max=100_000_000) as whole:
        fiat = await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        order = await ordered(ann, "100")
        reference = (await ann.do("GET", "/sapi/v1/fiat/get-order-detail", orderNo=order))["data"]["ext"]["reference"]
        file = statement_file("S1", IBAN, 0, [Booked("B1", 10_000, name="Ann Lee", structured=reference)])
        await asyncio.gather(*(fiat.statements.take(file) for _ in range(4)))
        assert await euros(ann) == ("100", "0")
        sent = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "60"}
        sent["accountInfo"] = f'{{"accountNumber":"{THEIRS}","accountHolder":"Ann Lee"}}'
        answered = await at_once([ann.send("POST", "/sapi/v2/fiat/withdraw", sent) for _ in range(AT_ONCE)])
        assert answered[200] == 1
        assert await euros(ann) == ("40", "60")
