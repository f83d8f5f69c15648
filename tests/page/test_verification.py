"""A person is verified to both levels, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.identity.passwords import hashed
from rialto.identity.verification.model import CaseState, Decision
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "zoe@example.com"
SETTINGS = """
[verification]
refused_countries = ["KP"]
limited_countries = ["IR"]
source_of_funds_from_level = 2
"""


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    data = tmp_path / "data"
    data.mkdir()
    (data / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    async with whole_exchange(data, page_directory=None) as whole:
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_person_is_verified_to_both_levels(whole: Whole) -> None:
    exchange = whole.exchange
    parts, cases, now_us = exchange.parts, exchange.families.verification.cases, exchange.parts.wall_clock_us
    person = parts.identity.people.register(EMAIL, now_us(), password_hash=hashed(PASSWORD))

    async def decide(what: str) -> str:
        """Decide the case that waits, with as many operators as it takes."""
        how, _, reason = what.partition(" ")
        for operator in ("olga", "otto"):
            (case,) = cases.waiting()
            cases.take(case.id, operator, now_us())
            if cases.decide(case.id, operator, Decision(how), reason, now_us()).state is not CaseState.SUBMITTED:
                break
        return "done"

    url = f"http://127.0.0.1:{exchange.port}"
    words = await walk("verification", url, {"decide": decide}, EMAIL, PASSWORD)
    assert words.count("decide") == 3
    assert cases.approved_of(person.owner) is not None
