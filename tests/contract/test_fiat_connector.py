"""The official connector for fiat money, unmodified but for the address: every call it has."""

import inspect
from pathlib import Path
from typing import Final

from binance_sdk_fiat.fiat import Fiat
from binance_sdk_fiat.rest_api.models import FiatWithdrawRequestAccountInfo
from binance_sdk_fiat.rest_api.models.enums import DepositApiPaymentMethodEnum, FiatWithdrawApiPaymentMethodEnum
from binance_sdk_fiat.rest_api.rest_api import FiatRestAPI

from rialto.contracts.commands import Post, RegisterAsset
from rialto.contracts.vocabulary import AccountClass, PostingReason
from rialto.identity.restrictions import Permission
from tests.connectors import Connector, rest_configuration
from tests.whole_exchange import whole_exchange

CALLS: Final = frozenset(
    name for name, _ in inspect.getmembers(FiatRestAPI, inspect.isfunction) if not name.startswith(("_", "send_"))
)
BANKS: Final = """
[banks.main]
scope = 1000001
currency = "BRL"
holder = "Example Exchange Ltd"
account = "0001056894"
deposit_methods = ["pix"]
withdrawal_methods = ["bank_transfer"]
"""


async def test_every_call_of_the_connector_is_answered(tmp_path: Path) -> None:
    (tmp_path / "banks.toml").write_text(BANKS)
    async with whole_exchange(tmp_path) as whole:
        await whole.exchange.runtime.submit(RegisterAsset("BRL"))
        ann = await whole.trader("ann", [Permission.READ, Permission.TRADE, Permission.WITHDRAW])
        account = await whole.exchange.runtime.account_of(ann.key.owner, AccountClass.SPOT)
        brl = whole.exchange.runtime.catalog.asset_named("BRL")
        assert brl is not None
        await whole.exchange.runtime.submit(Post(account, brl.id, "50", PostingReason.DEPOSIT))
        called: set[str] = set()
        configuration = rest_configuration(f"http://127.0.0.1:{whole.exchange.port}", ann.key.key, ann.secret)
        connector = Connector(Fiat(config_rest_api=configuration).rest_api, called)
        deposit = await connector.call(
            "deposit", currency="BRL", api_payment_method=DepositApiPaymentMethodEnum.pix, amount="10.00"
        )
        withdrawal = await connector.call(
            "fiat_withdraw",
            currency="BRL",
            api_payment_method=FiatWithdrawApiPaymentMethodEnum.bank_transfer,
            amount=20,
            account_info=FiatWithdrawRequestAccountInfo(accountNumber="1056894222", accountType="checking"),
        )
        detail = await connector.call("get_order_detail", order_no=deposit["data"]["orderId"])
        assert (detail["data"]["orderStatus"], detail["data"]["amount"]) == ("ORDER_INITIAL", "10.00")
        for kind, order in (("0", deposit), ("1", withdrawal)):
            history = await connector.call("get_fiat_deposit_withdraw_history", transaction_type=kind)
            assert [row["orderNo"] for row in history["data"]] == [order["data"]["orderId"]]
        assert (await connector.call("get_fiat_payments_history", transaction_type="0"))["data"] == []
        assert called == CALLS
