"""The official wallet connector, unmodified: what is held, what it costs, what is announced, dust and snapshots.

Deposits, withdrawals, transfers and the account's standing are asked by it in tests of their own.
"""

from pathlib import Path
from typing import Any, Final

from binance_sdk_wallet.rest_api.models.enums import DailyAccountSnapshotTypeEnum
from binance_sdk_wallet.wallet import Wallet

from rialto.contracts.commands import Post, SetDiscount
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, PostingReason
from rialto.gateway.wallet.listings import Change
from tests.connectors import Connector, rest_configuration
from tests.contract.test_dust import BNB, markets
from tests.whole_exchange import whole_exchange

HOUR_US: Final = 3_600_000_000
TIMES: Final[dict[str, Any]] = {"start_time": 1_700_000_000_000, "end_time": 1_700_000_100_000}


async def test_the_connector_understands_every_answer(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, dust_period_hours=0) as whole:
        alice = await markets(whole)
        runtime = whole.exchange.runtime
        await runtime.submit(Post(TREASURY_ACCOUNT, BNB, "5", PostingReason.ADJUSTMENT))
        await runtime.submit(SetDiscount(BNB, "0.75"))
        listings = whole.exchange.families.wallet.listings
        now_us = runtime.now_us()
        listings.schedule("LTCBTC", Change.DELIST, now_us + HOUR_US, now_us)
        listings.schedule("ETHBTC", Change.OPEN, now_us + HOUR_US, now_us)
        listings.describe("BTC", "Bitcoin", ["Layer1"])
        called: set[str] = set()
        configuration = rest_configuration(f"http://127.0.0.1:{whole.exchange.port}", alice.key.key, alice.secret)
        wallet = Connector(Wallet(config_rest_api=configuration).rest_api, called)
        assert await wallet.call("system_status") == {"status": 0, "msg": "normal"}
        assert [each["symbols"] for each in await wallet.call("get_symbols_delist_schedule_for_spot")] == [["LTCBTC"]]
        assert [each["symbols"] for each in await wallet.call("get_open_symbol_list")] == [["ETHBTC"]]
        assert [each["assetName"] for each in await wallet.call("get_spot_asset_tags", tag="Layer1")] == ["Bitcoin"]
        assert {each["asset"] for each in await wallet.call("user_asset", need_btc_valuation=True)} >= {"LTC", "BTC"}
        balances = await wallet.call("query_user_wallet_balance", need_balance_detail=True)
        assert balances[0]["walletName"] == "Spot"
        assert len(await wallet.call("trade_fee")) == 3
        await wallet.call("asset_detail")
        switched = await wallet.call("toggle_bnb_burn_on_spot_trade_and_margin_interest", spot_bnb_burn="true")
        assert switched == {"spotBNBBurn": True, "interestBNBBurn": False}
        assert (await wallet.call("get_assets_that_can_be_converted_into_bnb"))["totalTransferBNB"] == "0.08"
        convertible = await wallet.call("dust_convertible_assets", target_asset="BNB")
        assert [each["asset"] for each in convertible["details"]] == ["LTC"]
        assert (await wallet.call("dust_transfer", asset="LTC"))["totalTransfered"] == "0.0784"
        await runtime.submit(Post(await _account(whole), 3, "0.1", PostingReason.DEPOSIT))
        assert (await wallet.call("dust_convert", asset="LTC", target_asset="BNB"))["totalTransfered"] == "0.0392"
        assert (await wallet.call("dustlog"))["total"] == 2
        assert (await wallet.call("asset_dividend_record"))["rows"] == []
        spot = DailyAccountSnapshotTypeEnum.SPOT
        assert (await wallet.call("daily_account_snapshot", type=spot))["snapshotVos"] == []
        assert (await wallet.call("get_cloud_mining_payment_and_refund_history", **TIMES))["total"] == 0
        assert (await wallet.call("query_user_delegation_history", email="a@example.com", **TIMES))["rows"] == []


async def _account(whole: Any) -> int:
    owner = whole.exchange.owners.find_named("alice").id
    return int(await whole.exchange.runtime.account_of(owner, AccountClass.SPOT))
