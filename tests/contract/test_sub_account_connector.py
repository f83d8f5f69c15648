"""The official connector for sub-accounts, unmodified but for the address: every call it has.

Each answer must pass the connector's own model with nothing left over, and say what the course makes true.
"""

import inspect
import time
from pathlib import Path
from typing import Final

import pytest
from binance_common.errors import BadRequestError
from binance_sdk_sub_account.rest_api.models import MovePositionForSubAccountOrderArgsParameterInner as OrderArgument
from binance_sdk_sub_account.rest_api.rest_api import SubAccountRestAPI
from binance_sdk_sub_account.sub_account import SubAccount

from rialto.identity.restrictions import Permission
from rialto.identity.sub_accounts import SubAccounts
from tests.connectors import Connector, rest_configuration
from tests.gateway import Trader
from tests.whole_exchange import Whole, whole_exchange

CALLS: Final = frozenset(
    name for name, _ in inspect.getmembers(SubAccountRestAPI, inspect.isfunction) if not name.startswith(("_", "send_"))
)
PERMISSIONS: Final = (Permission.READ, Permission.TRADE, Permission.TRANSFER)


def client(whole: Whole, key: str, secret: str, called: set[str]) -> Connector:
    """The connector's client with somebody's key."""
    configuration = rest_configuration(f"http://127.0.0.1:{whole.exchange.port}", key, secret)
    return Connector(SubAccount(config_rest_api=configuration).rest_api, called)


async def test_every_call_of_the_connector_is_answered(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        called: set[str] = set()
        alice = await whole.trader("alice", PERMISSIONS, USDT="1000", BTC="2")
        master = client(whole, alice.key.key, alice.secret, called)
        first = (await master.call("create_a_virtual_sub_account", sub_account_string="first"))["email"]
        second = (await master.call("create_a_virtual_sub_account", sub_account_string="Second"))["email"]
        assert first.startswith("first_virtual@")
        assert first.endswith("noemail.com")
        await manage(master, first)
        member = await keep_keys(whole, master, first, called)
        await move(master, member, first, second)
        await look(master, first, second)
        await invest(whole, alice, master, called)
        assert called == CALLS


async def manage(master: Connector, email: str) -> None:
    assert await master.call("enable_futures_for_sub_account", email=email) == {
        "email": email,
        "isFuturesEnabled": True,
    }
    assert await master.call("enable_options_for_sub_account", email=email) == {
        "email": email,
        "isEOptionsEnabled": True,
    }
    (status,) = await master.call("get_sub_accounts_status_on_margin_or_futures", email=email)
    assert (status["isFutureEnabled"], status["isMarginEnabled"], status["isUserActive"]) == (True, False, True)
    listed = await master.call("query_sub_account_list", limit=10)
    assert [each["isFreeze"] for each in listed["subAccounts"]] == [False, False]
    statistics = await master.call("query_sub_account_transaction_statistics")
    assert (statistics["recent30BtcTotal"], statistics["tradeInfoVos"]) == ("0", [])


async def keep_keys(whole: Whole, master: Connector, email: str, called: set[str]) -> Connector:
    """Make a key of the sub-account, change it, make another and end it; return a client with the first."""
    made = await master.call(
        "create_sub_account_api_key", email=email, api_name="mine", status=2, can_trade=True, ip_address="127.0.0.1"
    )
    key = {"email": email, "sub_account_api_key": made["apiKey"]}
    assert (made["canTrade"], made["canUniversalTransfer"], made["status"]) == (True, False, 2)
    changed = await master.call("modify_sub_account_api_key_permission", **key, can_universal_transfer=True)
    assert (changed["canTrade"], changed["canUniversalTransfer"]) == (True, True)
    restricted = await master.call(
        "add_ip_restriction_for_sub_account_api_key", **key, status=2, ip_address="192.0.2.1,192.0.2.2"
    )
    assert (restricted["status"], restricted["ipList"]) == ("2", ["127.0.0.1", "192.0.2.1", "192.0.2.2"])
    left = await master.call("delete_ip_list_for_a_sub_account_api_key", **key, ip_address="192.0.2.1")
    assert left["ipList"] == ["127.0.0.1", "192.0.2.2"]
    assert await master.call("get_ip_restriction_for_a_sub_account_api_key", **key) == left
    other = await master.call("create_sub_account_api_key", email=email, api_name="other", status=1)
    listed = await master.call("query_sub_account_api_key", email=email)
    assert (listed["total"], [row["apiName"] for row in listed["rows"]]) == (2, ["mine", "other"])
    await master.call("delete_sub_account_api_key", email=email, sub_account_api_key=other["apiKey"])
    assert (await master.call("query_sub_account_api_key", email=email))["total"] == 1
    return client(whole, made["apiKey"], made["secretKey"], called)


async def move(master: Connector, member: Connector, first: str, second: str) -> None:
    """Move 300 USDT to the first sub-account and on, and find every step in the histories."""
    given = await master.call(
        "universal_transfer",
        from_account_type="SPOT",
        to_account_type="SPOT",
        asset="USDT",
        amount=300.5,
        to_email=first,
        client_tran_id="one",
    )
    assert given["clientTranId"] == "one"
    into = await master.call("futures_transfer_for_sub_account", email=first, asset="USDT", amount=50.0, type=1)
    await master.call("margin_transfer_for_sub_account", email=first, asset="USDT", amount=20.0, type=1)
    await master.call("enable_futures_for_sub_account", email=second)
    between = await master.call(
        "sub_account_futures_asset_transfer",
        from_email=first,
        to_email=second,
        futures_type=1,
        asset="USDT",
        amount=10.0,
    )
    assert between["success"]
    up = await member.call("transfer_to_master", asset="USDT", amount=0.5)
    across = await member.call("transfer_to_sub_account_of_same_master", to_email=second, asset="USDT", amount=5.0)
    numbers = [given["tranId"], *(int(each["txnId"]) for each in (into, between, up, across))]
    assert numbers == sorted(set(numbers))
    history = await master.call("query_universal_transfer_history", to_email=first)
    assert history["totalCount"] == 1
    told = history["result"][0]
    assert (told["fromEmail"], told["toEmail"], told["amount"]) == ("alice", first, "300.5")
    assert (told["clientTranId"], told["tranId"]) == ("one", given["tranId"])
    spot = await master.call("query_sub_account_spot_asset_transfer_history", from_email=first)
    assert [(row["to"], row["qty"]) for row in spot] == [(second, "5"), ("alice", "0.5")]
    futures = await master.call("query_sub_account_futures_asset_transfer_history", email=second, futures_type=1)
    assert [(row["from"], row["qty"]) for row in futures["transfers"]] == [(first, "10")]
    outgoing = await member.call("sub_account_transfer_history", asset="USDT")
    assert [(row["counterParty"], row["qty"]) for row in outgoing] == [
        ("subAccount", "5"),
        ("master", "0.5"),
        ("subAccount", "10"),
    ]
    incoming = await member.call("sub_account_transfer_history", type=1)
    assert [(row["email"], row["qty"]) for row in incoming] == [("alice", "300.5")]


async def look(master: Connector, first: str, second: str) -> None:
    """See what the sub-accounts hold."""
    assets = await master.call("query_sub_account_assets_asset_management", email=first)
    assert assets["balances"] == [{"freeze": "0", "withdrawing": "0", "asset": "USDT", "free": "225", "locked": "0"}]
    numbers = await master.call("query_sub_account_assets", email=first)
    assert [(row["free"], row["locked"]) for row in numbers["balances"]] == [(225, 0)]
    summary = await master.call("query_sub_account_spot_assets_summary")
    assert (summary["totalCount"], summary["masterAccountTotalAsset"]) == (2, "2.00000000")
    account = await master.call("get_detail_on_sub_accounts_futures_account", email=first)
    assert (account["totalWalletBalance"], account["assets"][0]["maxWithdrawAmount"]) == ("40.00000000", "40.00000000")
    usd = await master.call("get_detail_on_sub_accounts_futures_account_v2", email=first, futures_type=1)
    assert usd["futureAccountResp"]["totalMarginBalance"] == "40.00000000"
    coin = await master.call("get_detail_on_sub_accounts_futures_account_v2", email=first, futures_type=2)
    assert coin["deliveryAccountResp"]["assets"] == []
    totals = await master.call("get_summary_of_sub_accounts_futures_account", page=1, limit=10)
    assert totals["totalWalletBalance"] == "50.00000000"
    v2 = await master.call("get_summary_of_sub_accounts_futures_account_v2", futures_type=1)
    assert [row["totalWalletBalance"] for row in v2["futureAccountSummaryResp"]["subAccountList"]] == [
        "40.00000000",
        "10.00000000",
    ]
    v2 = await master.call("get_summary_of_sub_accounts_futures_account_v2", futures_type=2)
    assert v2["deliveryAccountSummaryResp"]["totalWalletBalanceOfBTC"] == "0.00000000"
    margin = await master.call("get_detail_on_sub_accounts_margin_account", email=first)
    assert [(row["asset"], row["netAsset"]) for row in margin["marginUserAssetVoList"]] == [("USDT", "20.00000000")]
    assert (await master.call("get_summary_of_sub_accounts_margin_account"))["totalLiabilityOfBtc"] == "0.00000000"
    assert await master.call("get_futures_position_risk_of_sub_account", email=first) == []
    for futures_type in (1, 2):
        risk = await master.call("get_futures_position_risk_of_sub_account_v2", email=first, futures_type=futures_type)
        assert list(risk.values()) == [[]]
    moved = await master.call("get_move_position_history_for_sub_account", symbol="BTCUSDT", page=1, rows=10)
    assert moved == {"total": 0, "futureMovePositionOrderVoList": []}
    positions = [OrderArgument(symbol="BTCUSDT", quantity=1, positionSide="BOTH")]
    with pytest.raises(BadRequestError, match="has no position"):
        await master.call(
            "move_position_for_sub_account",
            from_user_email=first,
            to_user_email=second,
            product_type="UM",
            order_args=positions,
        )
    with pytest.raises(BadRequestError, match="We don't have this asset"):
        await master.call("get_sub_account_deposit_address", email=first, coin="USDT")
    assert await master.call("get_sub_account_deposit_history", email=first, include_source=True) == []


async def invest(whole: Whole, alice: Trader, master: Connector, called: set[str]) -> None:
    """Put money into a sub-account that alice trades, take some out, and see it from all three sides."""
    bob = await whole.trader("bob", PERMISSIONS, USDT="100")
    investor = client(whole, bob.key.key, bob.secret, called)
    sub_accounts = SubAccounts(whole.exchange.parts.identity.people)
    managed = sub_accounts.create(alice.key.owner, "fund", 1_700_000_000_000_000, investor=bob.key.owner)
    made = await master.call("create_sub_account_api_key", email=managed.email, api_name="fund", status=1)
    fund = client(whole, made["apiKey"], made["secretKey"], called)
    put = await investor.call(
        "deposit_assets_into_the_managed_sub_account", to_email=managed.email, asset="USDT", amount=40.0
    )
    taken = await investor.call(
        "withdrawl_assets_from_the_managed_sub_account", from_email=managed.email, asset="USDT", amount=15.0
    )
    (asset,) = await investor.call("query_managed_sub_account_asset_details", email=managed.email)
    assert (asset["coin"], asset["totalBalance"], asset["inOrder"]) == ("USDT", "25", "0")
    listed = await investor.call("query_managed_sub_account_list")
    assert (listed["total"], listed["managerSubUserInfoVoList"][0]["bindParentEmail"]) == (1, "alice")
    now = time.time_ns() // 1_000_000
    span = {"start_time": now - 86_400_000, "end_time": now + 60_000, "page": 1, "limit": 10}
    logs = [
        await investor.call(
            "query_managed_sub_account_transfer_log_master_account_investor", email=managed.email, **span
        ),
        await master.call("query_managed_sub_account_transfer_log_master_account_trading", email=managed.email, **span),
        await fund.call("query_managed_sub_account_transfer_log_sub_account_trading", **span),
    ]
    assert logs[0] == logs[1] == logs[2]
    assert [row["tranId"] for row in logs[0]["managerSubTransferHistoryVos"]] == [taken["tranId"], put["tranId"]]
    one = await fund.call("query_managed_sub_account_transfer_log_sub_account_trading", **span, transfers="to")
    assert (one["count"], one["managerSubTransferHistoryVos"][0]["fromEmail"]) == (1, "bob")
    margin = await investor.call("query_managed_sub_account_margin_asset_details", email=managed.email)
    assert (margin["marginLevel"], margin["userAssets"]) == ("999", [])
    futures = await investor.call("query_managed_sub_account_futures_asset_details", email=managed.email)
    assert futures["snapshotVos"][0]["data"] == {"assets": [], "position": []}
    snapshot = await investor.call("query_managed_sub_account_snapshot", email=managed.email, type="SPOT")
    assert (snapshot["code"], snapshot["snapshotVos"]) == (200, [])
    with pytest.raises(BadRequestError, match="We don't have this asset"):
        await investor.call("get_managed_sub_account_deposit_address", email=managed.email, coin="USDT")
