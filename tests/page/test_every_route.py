"""Every page there is, in a real browser, on an exchange whose every text is hostile, as everybody there is."""

import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rialto.identity.operators import Role
from tests.contract.test_account_security import ORIGIN
from tests.contract.test_fiat import prepared
from tests.contract.test_operators import operator
from tests.contract.test_operators_money import RULES
from tests.contract.test_screening_people import SETTINGS, listed
from tests.contract.test_withdrawals import exchange
from tests.page.hostile import Cast, fill
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import CLIENT, DEVICE, Someone, someone


def cookie_of(who: Someone) -> str:
    """The token of somebody's session, as it is by now."""
    return [each.value or "" for each in who.client.cookies.jar if each.name == "rialto_session"][-1]


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_every_page_is_well_whoever_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_the_page()
    prepared(tmp_path)
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    listed(tmp_path, "")
    async with AsyncExitStack() as stack:
        whole, _ = await stack.enter_async_context(
            exchange(tmp_path, monkeypatch, withdrawals=RULES, page_directory=None, public_url=ORIGIN)
        )
        people = {
            name: await stack.enter_async_context(someone(whole, f"{name}@example.com"))
            for name in ("rich", "fresh", "shy", "listed")
        }
        for name in ("alice", "bob"):
            people[name] = await stack.enter_async_context(operator(whole, f"{name}@example.com", list(Role)))
        parts = await fill(whole, Cast(**people))
        cookies = {name: cookie_of(who) for name, who in people.items()}
        given = json.dumps({"cookies": cookies, "device": DEVICE, "client": CLIENT, "parts": parts})
        assert await walk("every-route", f"http://127.0.0.1:{whole.exchange.port}", {}, given) == [
            "asWhoHasEverything",
            "asAnOperator",
            "asSomebodyNew",
            "asAStranger",
            "fromRightToLeft",
        ]
