"""The official connector's calls about withdrawals, unmodified; its models hold all that is answered."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from binance_sdk_wallet.wallet import Wallet

from tests.connectors import dumped, rest_configuration
from tests.contract.test_withdrawals import MAY, exchange


async def test_the_connector_withdraws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="10")
        configuration = rest_configuration(f"http://127.0.0.1:{whole.exchange.port}", alice.key.key, alice.secret)
        api = Wallet(config_rest_api=configuration).rest_api

        async def call(name: str, **parameters: Any) -> Any:
            response = await asyncio.to_thread(getattr(api, name), **parameters)
            return dumped(response.data())

        made = await call("withdraw", coin="LTC", address="ltc:theirs", amount="1.5", withdraw_order_id="w-1")
        assert len(made["id"]) == 32
        (found,) = await call("withdraw_history", withdraw_order_id="w-1")
        assert (found["id"], found["amount"], found["transactionFee"]) == (made["id"], "1.49950000", "0.0005")
        held = next(each for each in await call("all_coins_information") if each["coin"] == "LTC")
        assert (held["free"], held["locked"]) == ("8.5", "0")
        assert held["withdrawing"] in ("1.5", "0")
        assert await call("fetch_withdraw_address_list") == []
        quota = await call("fetch_withdraw_quota")
        assert set(quota) == {"wdQuota", "usedWdQuota"}
        assert await call("fetch_address_verification_list") == []
