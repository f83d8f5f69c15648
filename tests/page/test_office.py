"""Operators' path through the back office in a real browser: they verify, agree, halt, and read what they did."""

import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, AccountKind, PostingReason
from rialto.identity.operators import Role
from tests.contract.test_operators_money import RULES
from tests.contract.test_verification import show, submit
from tests.contract.test_withdrawals import APPLY, MAY, exchange
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import Someone, someone
from tests.whole_exchange import ASSETS, Whole

ROLES = {
    "sue@example.com": [Role.SUPPORT],
    "alice@example.com": [Role.SUPPORT, Role.RISK, Role.FINANCE],
    "bob@example.com": list(Role),
}


def picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG that a browser can draw: grey stripes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((x * 4) % 256 for x in range(width)) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
async def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Whole]:
    needs_the_page()
    async with exchange(tmp_path, monkeypatch, withdrawals=RULES, page_directory=None) as (whole, _):
        yield whole


async def wait_for_work(whole: Whole, zoe: Someone) -> None:
    """Have a case of verification and a withdrawal wait, and the treasury hold something to give."""
    await whole.exchange.runtime.submit(OpenAccount(zoe.owner, AccountKind(AccountClass.SPOT)))
    await zoe.step_up()
    await submit(zoe, (await show(zoe, picture()))["documentId"])
    trader = await whole.trader("trader", MAY, LTC="10")
    await trader.do("POST", APPLY, coin="LTC", address="ltc:theirs", amount="3")
    funds = Post(TREASURY_ACCOUNT, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT)
    await whole.exchange.runtime.submit(funds)


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_operators_do_their_days_work(whole: Whole) -> None:
    secrets: dict[str, str] = {}
    people: dict[str, Someone] = {}

    async def code(email: str) -> str:
        return await people[email].next_code(secrets[email])

    async with AsyncExitStack() as stack:
        for email, roles in ROLES.items():
            people[email] = await stack.enter_async_context(someone(whole, email))
            secrets[email], _ = await people[email].with_app()
            whole.exchange.parts.identity.operators.name(people[email].owner, roles, 1)
        await wait_for_work(whole, await stack.enter_async_context(someone(whole, "zoe@example.com")))
        words = await walk("office", f"http://127.0.0.1:{whole.exchange.port}", {"code": code})
    assert [each for each in words if each != "code"] == [
        "turnsStrangersAway",
        "deniesSupportMoney",
        "verifiesSomebody",
        "agreesToAWithdrawal",
        "haltsASymbol",
        "proposesMoney",
        "agreesAsASecond",
        "findsItInTheLog",
        "isWellEverywhere",
    ]
