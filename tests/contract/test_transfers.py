"""Transfers between one's own accounts, as a client sees them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from binance_sdk_wallet.wallet import Wallet

from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import AccountClass
from rialto.identity.restrictions import Permission
from rialto.products.transfers.routes import TRANSFER_TYPES
from tests.connectors import rest_configuration
from tests.gateway import Trader, refusal
from tests.whole_exchange import Whole, whole_exchange

PERMISSIONS = (Permission.READ, Permission.TRADE, Permission.TRANSFER)
PATH = "/sapi/v1/asset/transfer"


async def held(whole: Whole, trader: Trader, account_class: AccountClass) -> dict[int, str]:
    account = await whole.exchange.runtime.account_of(trader.key.owner, account_class)
    answer = await whole.exchange.runtime.ask(Balances(account))
    assert isinstance(answer, BalancesAnswer)
    return {balance.asset: balance.free for balance in answer.balances}


async def test_what_is_moved_is_there_and_told_after_a_restart(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", PERMISSIONS, USDT="100", BTC="1")
        first = await alice.do("POST", PATH, type="MAIN_FUNDING", asset="USDT", amount="30.5")
        second = await alice.do("POST", PATH, type="FUNDING_MAIN", asset="USDT", amount="0.5")
        third = await alice.do("POST", PATH, type="MAIN_FUNDING", asset="BTC", amount="0.10000000")
        assert first["tranId"] < second["tranId"] < third["tranId"]
        assert await held(whole, alice, AccountClass.SPOT) == {0: "0.90000000", 1: "70.00000000"}
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        told = await alice.do("GET", PATH, type="MAIN_FUNDING")
        assert told["total"] == 2
        assert [(row["asset"], row["amount"], row["tranId"]) for row in told["rows"]] == [
            ("BTC", "0.1", third["tranId"]),
            ("USDT", "30.5", first["tranId"]),
        ]
        assert {row["status"] for row in told["rows"]} == {"CONFIRMED"}
        page = await alice.do("GET", PATH, type="MAIN_FUNDING", current=2, size=1)
        assert (page["total"], [row["tranId"] for row in page["rows"]]) == (2, [first["tranId"]])
        assert await alice.do("GET", PATH, type="MAIN_MARGIN") == {"total": 0}
        assert await alice.do("GET", PATH, type="MAIN_FUNDING", endTime=1) == {"total": 0}
        again = await alice.do("POST", PATH, type="MAIN_FUNDING", asset="USDT", amount="1")
        assert again["tranId"] > third["tranId"]
        assert await alice.do("POST", "/sapi/v1/asset/get-funding-asset", asset="USDT") == [
            {
                "asset": "USDT",
                "free": "31",
                "locked": "0",
                "freeze": "0",
                "withdrawing": "0",
                "btcValuation": "0",
            }
        ]


async def test_every_type_moves_between_the_accounts_it_names(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, request_weight_per_minute_max=1_000_000) as whole:
        alice = await whole.trader("alice", PERMISSIONS, USDT="100")
        for opened in ("FUNDING", "MARGIN", "UMFUTURE", "CMFUTURE", "OPTION"):
            await alice.do("POST", PATH, type=f"MAIN_{opened}", asset="USDT", amount="10")
        isolated = {"type": "MARGIN_ISOLATEDMARGIN", "toSymbol": "BTCUSDT"}
        await alice.do("POST", PATH, **isolated, asset="USDT", amount="5")
        for name, kind in TRANSFER_TYPES.items():
            symbols = {}
            if name.startswith("ISOLATED"):
                symbols["fromSymbol"] = "BTCUSDT"
            if name.endswith("ISOLATEDMARGIN"):
                symbols["toSymbol"] = "BTCUSDT"
            sent = await alice.send("POST", PATH, {"type": name, "asset": "USDT", "amount": "0.00000001", **symbols})
            if kind.classes is None or name == "ISOLATEDMARGIN_ISOLATEDMARGIN":
                assert refusal(sent) == (400, -5010, "Asset transfer fail.")
            else:
                assert sent.status_code == 200, (name, sent.text)
                told = await alice.do("GET", PATH, type=name, **symbols)
                assert told["rows"][0]["tranId"] == sent.json()["tranId"]


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        ({"amount": "100.00000001"}, -5013, "Asset transfer failed: insufficient balance"),
        ({"type": "FUNDING_MAIN"}, -5013, "Asset transfer failed: insufficient balance"),
        ({"amount": "0"}, -5007, "Quantity must be greater than zero."),
        ({"amount": "-1"}, -1100, None),
        ({"amount": "0.000000001"}, -1111, None),
        ({"asset": "DOGE"}, -4018, "We don't have this asset."),
        ({"asset": "usdt"}, -1100, None),
        ({"type": "MAIN_ELSEWHERE"}, -1130, "Data sent for parameter 'type' is not valid."),
        ({"type": "MARGIN_ISOLATEDMARGIN"}, -1102, None),
        ({"type": "MARGIN_ISOLATEDMARGIN", "toSymbol": "NOPE"}, -1121, "Invalid symbol."),
        ({"type": "MARGIN_ISOLATEDMARGIN", "toSymbol": "BTCUSDT", "asset": "ETH"}, -5010, "Asset transfer fail."),
        ({"toSymbol": "BTCUSDT"}, -1106, None),
        ({"owner": "1"}, -1101, None),
    ],
)
async def test_what_cannot_be_moved_is_refused_and_moves_nothing(
    tmp_path: Path, parameters: dict[str, str], code: int, message: str | None
) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", PERMISSIONS, USDT="100")
        usual = {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "1"}
        if "owner" in parameters:
            usual |= {"fromSymbol": "A", "toSymbol": "B", "a": "1", "b": "1"}
        status, met, said = refusal(await alice.send("POST", PATH, usual | parameters))
        assert (status, met) == (400, code)
        assert message is None or said == message
        assert await held(whole, alice, AccountClass.SPOT) == {1: "100.00000000"}


async def test_a_key_without_the_permission_moves_nothing(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", USDT="100")
        sent = await alice.send("POST", PATH, {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "1"})
        assert refusal(sent)[:2] == (401, -2015)


async def test_many_at_once_all_happen_and_never_more_than_there_is(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", PERMISSIONS, USDT="10")
        asked = {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "1"}
        sent = await asyncio.gather(*(alice.send("POST", PATH, asked) for _ in range(14)))
        assert sorted(each.status_code for each in sent) == [200] * 10 + [400] * 4
        numbers = {each.json()["tranId"] for each in sent if each.status_code == 200}
        assert len(numbers) == 10
        told = await alice.do("GET", PATH, type="MAIN_FUNDING", size=100)
        assert {row["tranId"] for row in told["rows"]} == numbers


async def test_the_official_connector_moves_and_finds_it(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", PERMISSIONS, USDT="100")
        address = f"http://127.0.0.1:{whole.exchange.port}"
        api = Wallet(config_rest_api=rest_configuration(address, alice.key.key, alice.secret)).rest_api

        async def call(name: str, **parameters: object) -> Any:
            answer = await asyncio.to_thread(getattr(api, name), **parameters)
            return answer.data()

        moved = await call("user_universal_transfer", type="MAIN_FUNDING", asset="USDT", amount=12.5)
        told = await call("query_user_universal_transfer_history", type="MAIN_FUNDING")
        (row,) = told.rows
        assert (told.total, row.tran_id, row.amount, row.status) == (1, moved.tran_id, "12.5", "CONFIRMED")
        assert not row.additional_properties
        (held,) = await call("funding_wallet", need_btc_valuation=True)
        assert (held.asset, held.free, held.btc_valuation) == ("USDT", "12.5", "0.00000000")
        assert not held.additional_properties
