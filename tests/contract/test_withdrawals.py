"""Withdrawals over the API: what is taken, what is refused and why, what history shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rialto.bootstrap.families import withdrawals
from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, PostingReason
from rialto.custody.chains.network import Family
from rialto.custody.networks import registry
from rialto.custody.signing.requests import Signer
from rialto.identity.restrictions import Permission
from tests.custody_bench import Fate, TestSigner
from tests.gateway import Trader, refusal
from tests.model_chain import ModelChain
from tests.whole_exchange import ASSETS, Whole, whole_exchange

NETWORKS = """
[networks.LTC]
scope = 7
family = "evm"
title = "Model"
node = "http://127.0.0.1:1"
xpub = "none"
confirmations = 1
unlock_confirmations = 2
poll_milliseconds = 10

[[networks.LTC.assets]]
asset = "LTC"
decimals = 8
withdrawal_min = "0.002"
withdrawal_fee = "0.0005"

[[networks.LTC.assets]]
asset = "USDT"
decimals = 6
contract = "token"
"""

APPLY = "/sapi/v1/capital/withdraw/apply"
HISTORY = "/sapi/v1/capital/withdraw/history"
MAY = (Permission.READ, Permission.WITHDRAW)
KEPT: dict[Path, ModelChain] = {}


@asynccontextmanager
async def exchange(
    data: Path, monkeypatch: pytest.MonkeyPatch, *, signer: Signer | None = None, **settings: Any
) -> AsyncIterator[tuple[Whole, ModelChain]]:
    """An exchange with one network, whose hot address holds 100 LTC; its chain outlives the exchange."""
    (data / "networks.toml").write_text(NETWORKS, encoding="utf-8")
    made: list[ModelChain] = []

    def open_chain(network: Any, _node: Any) -> ModelChain:
        chain = KEPT.get(data) or ModelChain(network)
        KEPT[data] = chain
        made.append(chain)
        return chain

    def open_signer(_parts: Any) -> Signer:
        return signer or TestSigner(Fate())

    monkeypatch.setitem(registry.ADAPTERS, Family.EVM, open_chain)
    monkeypatch.setattr(withdrawals, "SIGNERS", [open_signer])
    async with whole_exchange(data, endpoint_weight_per_owner_max=100_000_000, **settings) as whole:
        if not made[0].height:
            made[0].pay(made[0].derive("1/0"), 100_00000000)
            made[0].mine()
            treasury = Post(TREASURY_ACCOUNT, ASSETS.index("LTC"), "1", PostingReason.ADJUSTMENT)
            await whole.exchange.runtime.submit(treasury)
        yield whole, made[0]


async def withdraw(trader: Trader, amount: str = "1", **changes: object) -> Any:
    """Ask for a withdrawal that is taken."""
    return await trader.do("POST", APPLY, **{"coin": "LTC", "address": "ltc:theirs", "amount": amount, **changes})


async def refused(trader: Trader, **changes: object) -> tuple[int, int, str]:
    """Ask for one that is not."""
    return refusal(await trader.send("POST", APPLY, {"coin": "LTC", "address": "ltc:theirs", "amount": "1", **changes}))


async def settled(trader: Trader, chain: ModelChain, id_: str) -> Any:
    """Let the chain grow until a withdrawal is over."""
    found = None
    for _ in range(400):
        chain.mine()
        await asyncio.sleep(0.01)
        (found,) = await trader.do("GET", HISTORY, idList=id_)
        if found["status"] in (1, 3, 5, 6):
            return found
    raise AssertionError(f"never over: {found}")


async def test_a_withdrawal_is_paid_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with exchange(tmp_path, monkeypatch) as (whole, chain):
        alice = await whole.trader("alice", MAY, LTC="10")
        answer = await withdraw(alice, "2.5", withdrawOrderId="mine-1")
        assert set(answer) == {"id"}
        found = await settled(alice, chain, answer["id"])
        assert chain.balance("ltc:theirs") == 2_49950000
        assert {**found, "txId": "", "applyTime": "", "completeTime": ""} == {
            "id": answer["id"],
            "amount": "2.49950000",
            "transactionFee": "0.0005",
            "coin": "LTC",
            "status": 6,
            "address": "ltc:theirs",
            "txId": "",
            "applyTime": "",
            "network": "LTC",
            "transferType": 0,
            "withdrawOrderId": "mine-1",
            "info": "",
            "confirmNo": found["confirmNo"],
            "walletType": 0,
            "txKey": "",
            "completeTime": "",
        }
        assert found["txId"] in chain.seen
        assert len(found["applyTime"]) == len("2019-10-12 11:12:02")
        assert await alice.do("GET", HISTORY, withdrawOrderId="mine-1") == [found]
        assert await alice.do("GET", HISTORY, status=4) == []
        assert await alice.do("GET", HISTORY, coin="BTC") == []
        bob = await whole.trader("bob", MAY, LTC="10")
        assert await bob.do("GET", HISTORY, idList=answer["id"]) == []


async def test_one_client_id_is_one_withdrawal_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with exchange(tmp_path, monkeypatch) as (whole, chain):
        alice = await whole.trader("alice", MAY, LTC="10")
        first = await withdraw(alice, withdrawOrderId="once")
        assert await withdraw(alice, withdrawOrderId="once") == first
        assert (await refused(alice, withdrawOrderId="once", amount="2"))[1] == -4001
        assert (await refused(alice, withdrawOrderId="once", address="ltc:others"))[1] == -4001
    async with exchange(tmp_path, monkeypatch) as (whole, chain):
        alice = Trader(whole.client, alice.key, alice.secret)
        assert await withdraw(alice, withdrawOrderId="once") == first
        await settled(alice, chain, first["id"])
        assert chain.balance("ltc:theirs") == 99950000


async def test_refusals_name_their_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with exchange(tmp_path, monkeypatch) as (whole, chain):
        alice = await whole.trader("alice", MAY, LTC="10", USDT="5")
        assert await refused(alice, coin="XYZ") == (400, -4018, "We don't have this asset.")
        assert await refused(alice, coin="BTC") == (400, -4019, "Current asset is not open for withdrawal.")
        assert await refused(alice, network="BTC") == (400, -4019, "Current asset is not open for withdrawal.")
        code, number, message = await refused(alice, address="btc:somebody")
        assert (code, number) == (400, -4007)
        assert message.endswith("it is one of BTC.")
        assert (await refused(alice, addressTag="7"))[1] == -4008
        for path in ("1/0", "2/0"):
            assert (await refused(alice, address=chain.derive(path)))[1] == -4033
        assert (await refused(alice, coin="USDT", amount="1.0000001"))[1:] == (
            -4021,
            "Asset withdrawal must be an integral multiple of 0.000001.",
        )
        assert (await refused(alice, amount="0.001"))[1:] == (
            -4022,
            "Not less than the minimum pick-up quantity 0.002.",
        )
        assert (await refused(alice, amount="11"))[1:] == (-4026, "You have insufficient balance.")
        assert (await refused(alice, walletType=1))[1:] == (-4024, "You don't have this asset.")
        assert (await refused(alice, address="nobody@example.com"))[1:] == (-4039, "The user does not exist.")
        assert (await refused(alice, address="999"))[1] == -4039
        reader = await whole.trader("reader", (Permission.READ,), LTC="10")
        assert (await refused(reader))[0] == 401
        assert await alice.do("GET", HISTORY) == []
        for start, end in ((0, 91 * 86_400_000), (2_000, 1_000)):
            response = await alice.send("GET", HISTORY, {"startTime": start, "endTime": end})
            assert refusal(response) == (400, -4047, "Time interval must be within 0-90 days")


async def test_an_amount_that_the_fee_eats_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dear = NETWORKS.replace('withdrawal_min = "0.002"', 'withdrawal_min = "0"')
    assert dear != NETWORKS
    monkeypatch.setattr("tests.contract.test_withdrawals.NETWORKS", dear)
    async with exchange(tmp_path, monkeypatch) as (whole, _chain):
        alice = await whole.trader("alice", MAY, LTC="10")
        assert (await refused(alice, amount="0.0005"))[1] == -4028
        assert (await refused(alice, amount="0.00000001"))[1] == -4028


async def test_people_of_the_exchange_are_paid_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with exchange(tmp_path, monkeypatch) as (whole, _chain):
        alice = await whole.trader("alice", MAY, LTC="10")
        bob = await whole.trader("bob", MAY)
        answer = await withdraw(alice, "3", address=str(bob.key.owner))
        (found,) = await alice.do("GET", HISTORY, idList=answer["id"])
        assert (found["status"], found["transferType"], found["transactionFee"]) == (6, 1, "0")
        assert found["txId"] == f"Internal transfer {answer['id']}"
        account = await bob.do("GET", "/api/v3/account")
        assert [each["free"] for each in account["balances"] if each["asset"] == "LTC"] == ["3.00000000"]
        assert (await refused(alice, address=str(alice.key.owner)))[1] == -4033


async def test_two_operators_agree_on_what_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(
        "[withdrawals]\none_approval_from = 100\ntwo_approvals_from = 300\n[withdrawals.valuations]\nLTC = '100'\n",
        encoding="utf-8",
    )
    async with exchange(tmp_path, monkeypatch) as (whole, _chain):
        alice = await whole.trader("alice", MAY, LTC="10")
        answer = await withdraw(alice, "3")
        (found,) = await alice.do("GET", HISTORY, idList=answer["id"])
        assert found["status"] == 2
        quota = await alice.do("GET", "/sapi/v1/capital/withdraw/quota")
        assert quota == {"wdQuota": "9999999999", "usedWdQuota": "300"}
        assert await alice.do("GET", "/sapi/v1/capital/withdraw/address/list") == []
        assert await alice.do("GET", "/sapi/v1/addressVerify/list") == []


async def test_fast_withdrawals_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with exchange(tmp_path, monkeypatch) as (whole, chain):
        alice = await whole.trader("alice", (*MAY, Permission.TRADE), LTC="10")
        bob = await whole.trader("bob", MAY)
        address = (await bob.do("GET", "/sapi/v1/capital/deposit/address", coin="LTC", network="LTC"))["address"]
        fast = await withdraw(alice, address=address)
        (found,) = await alice.do("GET", HISTORY, idList=fast["id"])
        assert (found["status"], found["transferType"], chain.balance(address)) == (6, 1, 0)
        await alice.do("POST", "/sapi/v1/account/disableFastWithdrawSwitch")
        assert (await refused(alice, address=address))[2].startswith(
            "Illegal address. It is an address of this exchange"
        )
        own = (await alice.do("GET", "/sapi/v1/capital/deposit/address", coin="LTC", network="LTC"))["address"]
        assert (await refused(alice, address=own))[1] == -4033
        await alice.do("POST", "/sapi/v1/account/enableFastWithdrawSwitch")
        again = await withdraw(alice, address=address)
        (found,) = await alice.do("GET", HISTORY, idList=again["id"])
        assert found["transferType"] == 1
