"""The background check of conservation finds what was altered, and nothing in what is sound."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Engine, text

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import PostingReason, Side
from rialto.core.runtime import Runtime
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.projections.projector import Projector
from rialto.watch import conservation
from rialto.watch.conservation import ConservationCheck
from tests.exchange import USDT, found, limit, running


@asynccontextmanager
async def checked(directory: Path) -> AsyncIterator[tuple[Runtime, Projector, ConservationCheck, Engine]]:
    """A small exchange with projections, and the check behind them, which has looked once."""
    url = f"sqlite:///{directory / 'rialto.sqlite'}"
    migrate(url)
    writer, reader = open_engine(url, Access.REBUILDABLE), open_engine(url, Access.READ_ONLY)
    async with running(directory / "journal") as runtime:
        projector = Projector(writer, lag_max=10_000)
        projector.start(runtime.last_sequence)
        runtime.subscribe(projector.accept, vital=True)
        check = ConservationCheck(reader, runtime, projector)
        await check.round()
        yield runtime, projector, check, writer
        await projector.close(5)
    writer.dispose()
    reader.dispose()


async def trade(runtime: Runtime, projector: Projector) -> tuple[int, int]:
    """Let two people trade, and their trade reach SQL."""
    first, second = await found(runtime)
    for number in range(10):
        await runtime.submit(limit(first, Side.SELL, "10.00", "1", f"sell{number}"))
        await runtime.submit(limit(second, Side.BUY, "10.00", "0.5", f"buy{number}"))
    await projector.wait_for(runtime.last_sequence, 10)
    return first, second


async def test_a_sound_exchange_is_sound(tmp_path: Path) -> None:
    async with checked(tmp_path) as (runtime, projector, check, _):
        await trade(runtime, projector)
        await check.round()
        assert check.wrong is None
        assert check.checked_sequence == runtime.last_sequence
        assert check.compared == 4, "both people, the outside world and the house were held against the core"


async def test_pages_end_with_whole_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conservation, "PAGE_ROWS", 3)
    async with checked(tmp_path) as (runtime, projector, check, _):
        await trade(runtime, projector)
        await check.round()
        assert (check.wrong, check.checked_sequence) == (None, runtime.last_sequence)


TRADER = "(select min(account) from ledger_entries where reason = 'trade')"


@pytest.mark.parametrize(
    ("alteration", "expected"),
    [
        (f"update ledger_entries set amount = '7.00000000' where account = {TRADER} and reason = 'trade'", "asset"),
        ("delete from ledger_entries where rowid = (select max(rowid) from ledger_entries)", "sum to"),
        ("update ledger_entries set balance = '1.00000000' where reason = 'trade'", "but it held"),
    ],
)
async def test_an_altered_entry_is_found(tmp_path: Path, alteration: str, expected: str) -> None:
    async with checked(tmp_path) as (runtime, projector, check, writer):
        await trade(runtime, projector)
        with writer.begin() as connection:
            changed: sqlalchemy.CursorResult[object] = connection.execute(text(alteration))
            assert changed.rowcount > 0
        await check.round()
        assert check.wrong is not None
        assert expected in check.wrong


async def test_sql_that_differs_from_the_core_is_found(tmp_path: Path) -> None:
    async with checked(tmp_path) as (runtime, projector, check, writer):
        first, second = await trade(runtime, projector)
        # Two entries altered alike: they sum to zero, and each goes on from the balance before.
        await runtime.submit(Post(first, USDT, "5", PostingReason.DEPOSIT))
        await projector.wait_for(runtime.last_sequence, 10)
        with writer.begin() as connection:
            entries = connection.execute(
                text("select position, amount, balance, account from ledger_entries where sequence = :s"),
                {"s": runtime.last_sequence},
            ).all()
            for position, amount, balance, _ in entries:
                more = "1.00000000" if not amount.startswith("-") else "-1.00000000"
                connection.execute(
                    text("update ledger_entries set amount = :a, balance = :b where sequence = :s and position = :p"),
                    {"a": plus(amount, more), "b": plus(balance, more), "s": runtime.last_sequence, "p": position},
                )
        await check.round()
        assert check.wrong is not None
        assert "in the core and" in check.wrong
        assert second != first


def plus(left: str, right: str) -> str:
    units = int(left.replace(".", "")) + int(right.replace(".", ""))
    return f"{'-' if units < 0 else ''}{abs(units) // 10**8}.{abs(units) % 10**8:08d}"
