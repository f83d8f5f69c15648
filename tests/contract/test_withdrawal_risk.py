"""What makes a withdrawal risky: each signal as operators see it, raised by what people do, and gone in time."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from rialto.custody.withdrawals import risk, signals
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.identity.operators import Role
from rialto.identity.people import LockReason
from rialto.identity.people_tables import devices
from rialto.identity.people_tables import people as people_table
from rialto.identity.restrictions import Permission, Restrictions
from tests.contract.test_operators import operators
from tests.contract.test_withdrawals import exchange, settled, withdraw
from tests.contract.test_withdrawals_people import apply, funded
from tests.gateway import Trader
from tests.model_chain import ModelChain
from tests.person import Someone, someone
from tests.tidy import sources
from tests.whole_exchange import Whole

RULES = WithdrawalSettings(
    valuations={"LTC": "100"}, risk_review_points=1, one_approval_from=10**9, two_approvals_from=10**9
)
MAY = (Permission.READ, Permission.WITHDRAW)
DAY_US = 86_400_000_000
UNKNOWN = {"first_withdrawal": 15, "new_address": 15}


@asynccontextmanager
async def watched(data: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Whole, ModelChain, Someone]]:
    """An exchange where everything with a point is looked at, and who looks."""
    async with (
        exchange(data, monkeypatch, withdrawals=RULES) as (whole, chain),
        operators(whole, Role.RISK, count=1) as (olga,),
    ):
        yield whole, chain, olga


async def seen(olga: Someone, id_: str) -> Any:
    """What makes a withdrawal risky, as operators see it; nothing for one that nobody has to look at."""
    return next((each["risk"] for each in await olga.do("GET", "/admin/v1/withdrawals") if each["id"] == id_), {})


async def paid(olga: Someone, trader: Trader, chain: ModelChain, id_: str) -> None:
    """Agree to a withdrawal and let it arrive."""
    done = await olga.do("POST", "/admin/v1/actions/approve-withdrawal", withdrawal=id_)
    assert done["status"] == "done"
    await settled(trader, chain, id_)


async def test_what_is_asked_is_held_against_what_was_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(tmp_path, monkeypatch) as (whole, chain, olga):
        trader = await whole.trader("trader", MAY, LTC="20")
        first = (await withdraw(trader, "0.1"))["id"]
        assert await seen(olga, first) == UNKNOWN
        await paid(olga, trader, chain, first)
        usual = (await withdraw(trader, "0.5"))["id"]
        assert await seen(olga, usual) == {}
        large = (await withdraw(trader, "10"))["id"]
        assert await seen(olga, large) == {"above_history": 15}
        elsewhere = (await withdraw(trader, "0.1", address="ltc:elsewhere"))["id"]
        assert await seen(olga, elsewhere) == {"new_address": 15}
        rest = (await withdraw(trader, "9.3"))["id"]
        assert await seen(olga, rest) == {"above_history": 15, "share_of_balance": 20}


async def test_many_in_a_day_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(tmp_path, monkeypatch) as (whole, _, olga):
        trader = await whole.trader("trader", MAY, LTC="20")
        ids = [(await withdraw(trader, "0.1"))["id"] for _ in range(11)]
        assert await seen(olga, ids[9]) == UNKNOWN
        assert await seen(olga, ids[10]) == {**UNKNOWN, "velocity": 30}


async def test_a_key_that_was_just_made_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(tmp_path, monkeypatch) as (whole, _, olga):
        trader = await whole.trader("trader", MAY, LTC="20")
        parts = whole.exchange.parts
        here = Restrictions.read(["127.0.0.1"], [])
        made = parts.api_keys.create(trader.key.owner, "new", MAY, parts.wall_clock_us(), restrictions=here)
        fresh = (await withdraw(Trader(whole.client, *made), "0.1"))["id"]
        assert await seen(olga, fresh) == {**UNKNOWN, "new_key": 20}


async def test_a_new_device_and_a_recent_change_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watched(tmp_path, monkeypatch) as (whole, _, olga), someone(whole) as alice:
        now_us, engine = whole.exchange.parts.wall_clock_us(), whole.exchange.parts.people
        await funded(whole, alice)
        await alice.with_app()

        async def asked(amount: str = "1") -> Any:
            return await seen(olga, (await apply(alice, amount=amount)).json()["id"])

        def person(**values: object) -> None:
            with engine.begin() as connection:
                connection.execute(update(people_table).where(people_table.c.owner == alice.owner).values(**values))

        person(withdrawals_locked_until_us=0)
        assert await asked() == UNKNOWN, "the device of the day they signed up"
        person(created_at_us=now_us - 30 * DAY_US)
        assert await asked() == {**UNKNOWN, "new_device": 30}, "one that nobody logged in from"
        known = {"client": "x", "address": "127.0.0.1", "place": "unknown", "last_seen_at_us": now_us}
        device = {"owner": alice.owner, "device": alice.session.device, **known}
        with engine.begin() as connection:
            connection.execute(insert(devices).values(first_seen_at_us=now_us - 2 * DAY_US, **device))
        assert await asked() == {**UNKNOWN, "new_device": 30}
        with engine.begin() as connection:
            connection.execute(update(devices).values(first_seen_at_us=now_us - 4 * DAY_US))
        person(withdrawals_locked_until_us=now_us - DAY_US, lock_reason=LockReason.PASSWORD_CHANGED.value)
        assert await asked() == {**UNKNOWN, "recent_change": 20}
        person(withdrawals_locked_until_us=now_us - 7 * DAY_US)
        assert await asked("251") == {**UNKNOWN, "share_of_limit": 10}


def test_the_page_says_what_each_weighs() -> None:
    written = dict(re.findall(r"^\| `([a-z_]+)` \| ([0-9]+) \|", sources.read("docs/OPERATIONS.md"), re.MULTILINE))
    code = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in (risk, signals))
    assert written == dict(re.findall(r'RiskPart\("([a-z_]+)", ([0-9]+),', code))
