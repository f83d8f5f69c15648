"""What is taken out of a managed sub-account on a later day: it happens then, once, or is told to have failed."""

import time
from pathlib import Path
from typing import Any

import pytest

from rialto.bootstrap.front import Exchange
from rialto.products.transfers.plans.service import WAITING_MAX, Plans
from tests.contract.test_sub_accounts import Family, family
from tests.gateway import Trader, refusal
from tests.whole_exchange import whole_exchange

DAY_MS = 86_400_000
WITHDRAW = "/sapi/v1/managed-subaccount/withdraw"
LOGS = "/sapi/v1/managed-subaccount/"


def day(ahead: int) -> int:
    """The middle of a day of UTC, in milliseconds."""
    return (time.time_ns() // 1_000_000 // DAY_MS + ahead) * DAY_MS + DAY_MS // 2


def plans_of(exchange: Exchange) -> Plans:
    return exchange.families.transfers.plans


async def logged(trader: Trader, path: str = "queryTransLogForInvestor", **changes: object) -> Any:
    now = time.time_ns() // 1_000_000
    asked = {"startTime": now - DAY_MS, "endTime": now + DAY_MS, "page": 1, "limit": 10, **changes}
    return await trader.do("GET", f"{LOGS}{path}", **asked)


async def planned(them: Family, amount: str = "30", ahead: int = 1) -> int:
    asked = {"fromEmail": them.managed.email, "asset": "USDT", "amount": amount, "transferDate": day(ahead)}
    return int((await them.bob.do("POST", WITHDRAW, **asked))["tranId"])


async def test_it_happens_when_the_day_begins_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins_us = day(1) // DAY_MS * DAY_MS * 1_000
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        managed = them.managed.email
        number = await planned(them, "20")
        (waiting, _funding) = (await logged(them.bob, email=managed))["managerSubTransferHistoryVos"]
        assert (waiting["tranId"], waiting["status"], waiting["amount"]) == (number, "PROCESS", "20")
        assert waiting["scheduledData"] * 1_000 == begins_us
        await plans_of(whole.exchange).carry_out(begins_us - 1)
        before = [await them.held(each) for each in (them.managed.owner, them.bob.key.owner)]
        assert before == ["30.00000000", "70.00000000"]
        # The process dies after the money moved, before that is written down.
        decisions = plans_of(whole.exchange)._decisions
        with monkeypatch.context() as dying:
            dying.setattr(decisions, "decide", _dies)
            with pytest.raises(_Died):
                await plans_of(whole.exchange).carry_out(begins_us)
        assert await them.held(them.bob.key.owner) == "90.00000000"
    async with whole_exchange(tmp_path) as again:
        them.whole = again
        for client in (them.bob, them.alice, them.managed_key):
            client.client = again.client
        for _ in range(2):
            await plans_of(again.exchange).carry_out(begins_us)
        after = [await them.held(each) for each in (them.managed.owner, them.bob.key.owner)]
        assert after == ["10.00000000", "90.00000000"]
        for client, path, more in (
            (them.bob, "queryTransLogForInvestor", {"email": managed}),
            (them.alice, "queryTransLogForTradeParent", {"email": managed}),
            (them.managed_key, "query-trans-log", {"transfers": "from"}),
        ):
            log = await logged(client, path, **more)
            done = log["managerSubTransferHistoryVos"][0]
            assert (done["tranId"], done["status"], done["toEmail"]) == (number, "SUCCESS", "bob"), path
            assert log["count"] == (1 if "transfers" in more else 2)
        put_in = await logged(them.managed_key, "query-trans-log", transfers="to")
        assert [each["amount"] for each in put_in["managerSubTransferHistoryVos"]] == ["30"]


async def test_what_is_not_there_on_the_day_is_not_moved(tmp_path: Path) -> None:
    begins_us = day(1) // DAY_MS * DAY_MS * 1_000
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        first, second = await planned(them, "25"), await planned(them, "25")
        later = await planned(them, "1", ahead=2)
        await plans_of(whole.exchange).carry_out(begins_us)
        rows = (await logged(them.bob, email=them.managed.email))["managerSubTransferHistoryVos"]
        told = {each["tranId"]: each["status"] for each in rows}
        assert [told[number] for number in (first, second, later)] == ["SUCCESS", "FAILURE", "PROCESS"]
        assert await them.held(them.managed.owner) == "5.00000000"
        await plans_of(whole.exchange).carry_out(begins_us)
        assert await them.held(them.managed.owner) == "5.00000000", "what failed is not tried again"
        page = await logged(them.bob, email=them.managed.email, page=2, limit=1)
        assert (page["count"], page["managerSubTransferHistoryVos"][0]["tranId"]) == (4, second)


async def test_days_that_are_none_are_refused_and_plans_are_bounded(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, endpoint_weight_per_address_max=10**8) as whole:
        them = await family(whole)
        asked = {"fromEmail": them.managed.email, "asset": "USDT", "amount": "1"}
        far = await them.bob.send("POST", WITHDRAW, {**asked, "transferDate": day(400)})
        assert refusal(far)[:2] == (400, -1130)
        nothing = await them.bob.send("POST", WITHDRAW, {**asked, "amount": "0", "transferDate": day(1)})
        assert refusal(nothing)[1] == -5007
        stranger = await them.alice.send("POST", WITHDRAW, {**asked, "transferDate": day(1)})
        assert refusal(stranger)[1] == -5021
        await them.bob.do("POST", WITHDRAW, **asked, transferDate=day(0))
        assert await them.held(them.managed.owner) == "29.00000000", "today's day has begun"
        for _ in range(WAITING_MAX):
            await planned(them, "0.01", ahead=3)
        more = await them.bob.send("POST", WITHDRAW, {**asked, "transferDate": day(3)})
        assert refusal(more)[:2] == (400, -4001)


class _Died(BaseException):
    pass


async def _dies(*_arguments: object) -> None:
    raise _Died
