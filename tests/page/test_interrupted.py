"""Sessions that end in the middle of a withdrawal or an approval, and going back over dialogs, in a real browser."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rialto.identity.operators import Role
from rialto.identity.restrictions import Permission
from tests.contract.test_operators_money import RULES
from tests.contract.test_withdrawals import HISTORY, exchange
from tests.contract.test_withdrawals_people import code_in, funded, mailed
from tests.gateway import Trader
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD, Someone, someone

ALICE, OLGA = "alice@example.com", "olga@example.com"


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_nothing_is_lost_that_somebody_was_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_the_page()
    async with (
        AsyncExitStack() as stack,
        exchange(tmp_path, monkeypatch, withdrawals=RULES, page_directory=None) as (whole, _),
    ):
        people: dict[str, Someone] = {}
        for email in (ALICE, OLGA):
            people[email] = await stack.enter_async_context(someone(whole, email))
        await funded(whole, people[ALICE])
        secret, _ = await people[OLGA].with_app()
        parts = whole.exchange.parts
        identity = parts.identity
        reads = (Permission.READ,)
        key = Trader(whole.client, *parts.api_keys.create(people[ALICE].owner, "tests", reads, parts.wall_clock_us()))
        identity.operators.name(people[OLGA].owner, [Role.RISK], 1)

        async def end_sessions(email: str) -> str:
            identity.sessions.end_all(people[email].owner)
            return "done"

        async def code(email: str) -> str:
            return await people[email].next_code(secret)

        async def mail(_what: str) -> str:
            return code_in(mailed(whole, "confirm-withdrawal")[0])

        async def withdrawals(_what: str) -> str:
            return str(len(await key.do("GET", HISTORY)))

        asked = {"endSessions": end_sessions, "code": code, "mail": mail, "withdrawals": withdrawals}
        await walk("interrupted", f"http://127.0.0.1:{whole.exchange.port}", asked, ALICE, OLGA, PASSWORD)
