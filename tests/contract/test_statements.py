"""Statements of account: what was held, what moved it, what was held then, over every kind of account."""

import asyncio
import time
from pathlib import Path
from typing import Any

from rialto.identity.restrictions import Permission
from tests.contract.test_fiat import open_bank, prepared
from tests.gateway import Trader, refusal
from tests.person import someone
from tests.whole_exchange import whole_exchange

PATH = "/account/v1/statement"
PERMISSIONS = (Permission.READ, Permission.TRADE, Permission.TRANSFER)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def statement(trader: Trader, start: int, end: int, **more: Any) -> dict[str, Any]:
    return dict(await trader.do("GET", PATH, startTime=start, endTime=end, **more))


def lines(shown: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str, dict[str, tuple[str, int]]]]:
    return {
        (each["account"], each["asset"]): (
            each["opening"],
            each["closing"],
            {move["reason"]: (move["amount"], move["count"]) for move in each["movements"]},
        )
        for each in shown["lines"]
    }


async def test_a_statement_adds_up(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        began = now_ms() - 60_000
        ann = await whole.trader("ann", PERMISSIONS, USDT="1000")
        bob = await whole.trader("bob", BTC="2")
        await bob.place("SELL", "100.00", "2")
        await ann.place("BUY", "100.00", "1")
        await ann.place("BUY", "100.00", "0.5")
        await ann.do("POST", "/sapi/v1/asset/transfer", type="MAIN_FUNDING", asset="USDT", amount="50")
        await ann.place("BUY", "50.00", "1")
        whole_period = await statement(ann, began, now_ms(), entries="true")
        shown = lines(whole_period)
        assert shown["spot", "USDT"][0] == "0"
        moved = shown["spot", "USDT"][2]
        # What an open order locks belongs to the account and moves nothing.
        assert moved["deposit"] == ("1000", 1)
        assert moved["trade"] == ("-150", 2)
        assert moved["transfer"] == ("-50", 1)
        assert shown["spot", "USDT"][1] == "800"
        assert shown["funding", "USDT"] == ("0", "50", {"transfer": ("50", 1)})
        assert shown["spot", "BTC"][2]["trade"] == ("1.5", 2)
        assert "fee" in shown["spot", "BTC"][2]
        assert len(whole_period["entries"]) == sum(
            count for _, _, moves in shown.values() for _, count in moves.values()
        )
        await asyncio.sleep(0.005)
        later = now_ms()
        await asyncio.sleep(0.005)
        await ann.do("POST", "/sapi/v1/asset/transfer", type="FUNDING_MAIN", asset="USDT", amount="20")
        second = lines(await statement(ann, later, now_ms()))
        assert second["spot", "USDT"] == ("800", "820", {"transfer": ("20", 1)})
        assert second["spot", "BTC"][0] == second["spot", "BTC"][1]
        assert second["spot", "BTC"][2] == {}
        before = await statement(ann, began - 10_000, began)
        assert before["lines"] == []


async def test_only_periods_of_a_year_at_most_are_told(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        ann = await whole.trader("ann", PERMISSIONS)
        end = now_ms()
        for start in (end + 1, end - 367 * 86_400_000):
            assert refusal(await ann.send("GET", PATH, {"startTime": start, "endTime": end}))[1] == -1128


async def test_the_page_is_told_withdrawals_and_what_banks_do(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole, someone(whole) as person:
        await open_bank(whole)
        assert await person.do("GET", "/account/v1/withdrawals", limit=10) == []
        assert await person.do("GET", "/fiat/v1/bank/terms") == [
            {
                "currency": "EUR", "depositMethods": ["bank_transfer", "pix"], "withdrawalMethods": ["bank_transfer"],
                "depositFee": "0", "depositMin": "0.01", "withdrawalFee": "1", "withdrawalMin": "10",
                "withdrawalMax": "5000", "takesIbans": True, "orderDays": 3,
            }
        ]  # fmt: skip
