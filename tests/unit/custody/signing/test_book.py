"""The signer's record: it survives, it is one process's, and nobody alters it unnoticed."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from rialto.custody.signing.book import FILE_NAME, Book, BookUnusable, ReleasedEntry
from rialto.custody.signing.requests import Refusal, SigningRefused
from rialto.foundation.clock import SettableClock
from tests.unit.custody.signing import glass
from tests.unit.custody.signing.glass import withdrawal


def filled(directory: Path, count: int = 3) -> str:
    keeper = glass.keeper(directory, SettableClock(1))
    for number in range(count):
        keeper.answer(withdrawal(f"w{number}", spends=[f"coin:{number}"]))
    keeper.book.close()
    return keeper.book.head


def altered(directory: Path, *statements: str) -> None:
    with sqlite3.connect(directory / FILE_NAME) as database:
        for statement in ("DROP TRIGGER entries_stay", "DROP TRIGGER entries_last", *statements):
            database.execute(statement)
    database.close()


def test_entries_cannot_be_changed_or_removed(tmp_path: Path) -> None:
    filled(tmp_path)
    database = sqlite3.connect(tmp_path / FILE_NAME)
    for statement in ("UPDATE entries SET head = ''", "DELETE FROM entries WHERE number = 3"):
        with pytest.raises(sqlite3.IntegrityError, match="entries stay"):
            database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = replace(body, 'w1', 'w7') WHERE number = 2",
        "DELETE FROM entries WHERE number = 2",
        "DELETE FROM entries WHERE number = 1",
        "DELETE FROM entries WHERE number = 3",
        "DELETE FROM settled WHERE reference = 'w1'",
        "DELETE FROM transactions WHERE number = 2",
    ],
)
def test_damage_is_found_at_the_start(tmp_path: Path, statement: str) -> None:
    filled(tmp_path)
    altered(tmp_path, statement)
    with pytest.raises(BookUnusable, match="restore it from a backup"):
        Book(tmp_path)


def test_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"something else, long enough to have a header of its own" * 100)
    with pytest.raises(BookUnusable, match="restore it from a backup"):
        Book(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes().startswith(b"something else")


def test_only_one_process_holds_it(tmp_path: Path) -> None:
    book = Book(tmp_path)
    with pytest.raises(BookUnusable, match="another signer"):
        Book(tmp_path)
    book.close()
    Book(tmp_path).close()


def test_its_head_is_that_of_all_entries(tmp_path: Path) -> None:
    head = filled(tmp_path)
    book = Book(tmp_path)
    assert (book.number, book.head) == (3, head)
    book.close()


def test_a_release_lets_a_reference_be_signed_with_other_coins_but_for_the_same_payment(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    keeper = glass.keeper(tmp_path, SettableClock(1))
    with pytest.raises(SigningRefused):
        keeper.answer(withdrawal("w0", spends=["coin:5"]))
    keeper.book.append(ReleasedEntry(1, "w0", "its nonce was used by another"))
    with pytest.raises(SigningRefused) as refused:
        keeper.answer(withdrawal("w0", glass.pay(glass.OTHER), spends=["coin:5"]))
    assert refused.value.refusal is Refusal.REUSED
    keeper.answer(withdrawal("w0", spends=["coin:5"]))
    keeper.book.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from rialto.custody.signing.book import Book
from rialto.foundation.clock import SettableClock
from tests.unit.custody.signing import glass

append = Book.append
def killed(self, entry):
    if sys.argv[2] == "after":
        append(self, entry)
    os.kill(os.getpid(), signal.SIGKILL)
Book.append = killed
glass.keeper(Path(sys.argv[1]), SettableClock(1)).answer(glass.withdrawal())
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_between_signing_and_answering(tmp_path: Path, when: str) -> None:
    program = [sys.executable, "-c", KILLED, str(tmp_path), when]
    ended = subprocess.run(program, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    keeper = glass.keeper(tmp_path, SettableClock(1))
    assert keeper.book.number == (1 if when == "after" else 0)
    if when == "after":
        # The first may have left: no other may.
        with pytest.raises(SigningRefused):
            keeper.answer(withdrawal(spends=["coin:1"]))
    again = keeper.answer(withdrawal())
    assert again.entry == 1
    with pytest.raises(SigningRefused):
        keeper.answer(withdrawal(spends=["coin:1"]))
    keeper.book.close()
