"""A person looks after their account in a real browser, with an authenticator app and a passkey."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import AccountClass, PostingReason
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.whole_exchange import ASSETS, Whole, whole_exchange


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    needs_the_page()
    # Passkeys are made for one origin, so its port is known before.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with whole_exchange(tmp_path / "data", page_directory=None, port=port) as whole:
        yield whole


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_person_looks_after_their_account(whole: Whole) -> None:
    parts = whole.exchange.parts

    def owner_of(email: str) -> int:
        person = parts.identity.people.find_by_email(email)
        assert person is not None
        return person.owner

    async def code(secret: str) -> str:
        return pyotp.TOTP(secret).now()

    async def credit(email: str) -> str:
        account = await parts.runtime.account_of(owner_of(email), AccountClass.SPOT)
        await parts.runtime.submit(Post(account, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))
        return "done"

    async def end(email: str) -> str:
        """End every session, as time would."""
        parts.identity.sessions.end_all(owner_of(email))
        return "done"

    asked = {"code": code, "credit": credit, "end": end}
    said = await walk("account", f"http://localhost:{whole.exchange.port}", asked)
    assert said == [
        "signsUp",
        "setsUpAnApp",
        "code",
        "addsAPasskey",
        "logsInByPasskey",
        "makesAKey",
        "hasASubAccount",
        "credit",
        "seesWhatWasDone",
        "choosesOnceForEverywhere",
        "goesOnWhereASessionEnded",
        "end",
        "freezesAndThaws",
    ]
