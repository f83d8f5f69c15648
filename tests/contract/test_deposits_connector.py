"""The official connector for wallets, unmodified but for the address: its calls about deposits, models checked."""

import asyncio
from pathlib import Path
from typing import Any

from binance_sdk_wallet.rest_api.models import DepositHistoryStatusEnum
from binance_sdk_wallet.wallet import Wallet

from tests.connectors import dumped, rest_configuration
from tests.contract.test_deposits import ETHER, eventually, followed, free
from tests.custody_exchange import custody_exchange


async def test_every_call_about_deposits(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", USDT="5")
        configuration = rest_configuration(
            f"http://127.0.0.1:{funded.whole.exchange.port}", alice.key.key, alice.secret
        )
        api = Wallet(config_rest_api=configuration).rest_api

        async def call(name: str, **parameters: Any) -> Any:
            response = await asyncio.to_thread(getattr(api, name), **parameters)
            return dumped(response.data())

        coins = {each["coin"]: each for each in await call("all_coins_information")}
        assert coins["USDT"]["free"] == "5"
        assert [each["network"] for each in coins["USDT"]["networkList"]] == ["ETH", "TAG"]
        where = (await call("deposit_address", coin="ETH", network="ETH", amount=1))["address"]
        (listed,) = await call("fetch_deposit_address_list_with_network", coin="ETH", network="ETH")
        assert listed["address"] == where
        made = funded.eth.pay(where, ETHER)
        small = funded.eth.pay(where, ETHER // 1_000)
        funded.eth.mine(4)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "ETH"), "1.00000000")
        (found,) = await call("deposit_history", coin="ETH", status=DepositHistoryStatusEnum(1), tx_id=made)
        assert (found["txId"], found["amount"], found["confirmTimes"]) == (made, "1", "2/2")
        (held,) = await call("deposit_history", tx_id=small)
        applied = await call("one_click_arrival_deposit_apply", deposit_id=int(held["id"]))
        assert applied == {"code": "000000", "message": "success", "data": True, "success": True}
