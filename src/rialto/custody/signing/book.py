"""The signer's own record of what it signed: what it knows of the past is nobody else's to say.

Entries are numbered and hash-chained, and written to the disk before a signature leaves; nothing changes or removes
one. State: one SQLite file in the signer's directory, held by one process at a time. The tables beside `entries` are
indexes over it, filled in the same transaction; sums of the last day are kept in memory and read anew at a start. Time
does not go back here: an entry is never older than the one before it, whatever the machine's clock says.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from rialto.custody.chains.adapter import Payment
from rialto.custody.signing.requests import Purpose
from rialto.custody.signing.rules import Known, Spent, Variant
from rialto.foundation.failures import ExpectedFailure

FILE_NAME: Final = "signed.sqlite"
HOUR_US: Final = 3_600_000_000
DAY_US: Final = 24 * HOUR_US

_BEGINNING: Final = hashlib.sha256(b"rialto signed 1").hexdigest()
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, body BLOB NOT NULL, head TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settled (reference TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (reference, number));
CREATE TABLE IF NOT EXISTS transactions (digest BLOB PRIMARY KEY, number INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries stay'); END;
CREATE TRIGGER IF NOT EXISTS entries_last BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries stay'); END;
"""


class BookUnusable(ExpectedFailure):
    """The record is damaged, held by another process, or could not be written."""


class Settled(msgspec.Struct, frozen=True):
    """One payment to others."""

    reference: str
    payment: Payment
    is_new: bool
    """Whether it counts: a transaction in another's place pays nothing twice."""


class SignedEntry(msgspec.Struct, frozen=True, tag="signed.1", tag_field="kind"):
    """A transaction was signed."""

    time_us: int
    network: str
    purpose: Purpose
    references: tuple[str, ...]
    transaction: bytes
    spends: tuple[str, ...]
    fee_max: int
    payments: tuple[Settled, ...]
    digests: dict[str, bytes]
    """Of each reference's payment; empty where only ourselves are paid."""
    approved_by: tuple[str, ...]
    signatures: tuple[bytes, ...]


class ReleasedEntry(msgspec.Struct, frozen=True, tag="released.1", tag_field="kind"):
    """The signer's operator stated that what was signed for a reference can never confirm: it may be signed anew."""

    time_us: int
    reference: str
    reason: str


class StatedEntry(msgspec.Struct, frozen=True, tag="stated.1", tag_field="kind"):
    """A statement was signed."""

    time_us: int
    network: str
    path: str
    text: str


Entry = SignedEntry | ReleasedEntry | StatedEntry
_entries = msgspec.json.Decoder(Entry)


class Book:
    """The record, open. For one thread at a time."""

    def __init__(self, directory: Path) -> None:
        """Open it, or begin one; check all of it. Errors: `BookUnusable`."""
        self._path = directory / FILE_NAME
        self._broken = ""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise BookUnusable(f"another signer runs on {directory}; stop it first") from error
        self._number, self._head, self._time_us = 0, _BEGINNING, 0
        self._paid: dict[tuple[str, str | None], _Window] = {}
        self._fees: dict[str, _Window] = {}
        try:
            self._database = _open(self._path)
            try:
                self._check()
            except BaseException:
                self._database.close()
                raise
        except sqlite3.Error as error:
            os.close(self._lock)
            raise BookUnusable(f"{self._path}: {error}; restore it from a backup") from error
        except BaseException:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Let go of the file; nothing is written any more."""
        self._broken = "the signer has stopped"
        self._database.close()
        os.close(self._lock)

    @property
    def number(self) -> int:
        """The number of the last entry."""
        return self._number

    @property
    def head(self) -> str:
        """The hash of all entries."""
        return self._head

    def head_at(self, number: int) -> str:
        """Return the hash of all entries up to one; empty where there is none of this number."""
        if number == 0:
            return _BEGINNING
        if self._broken:
            return ""
        row = self._database.execute("SELECT head FROM entries WHERE number = ?", (number,)).fetchone()
        return "" if row is None else str(row[0])

    def time_us(self, now_us: int) -> int:
        """Return the time of an entry made now: never before the last one's."""
        return max(now_us, self._time_us)

    def signed(self, transaction: bytes) -> tuple[int, SignedEntry] | None:
        """Find the entry of a transaction by its digest. Errors: `BookUnusable`."""
        if self._broken:
            raise BookUnusable(self._broken)
        row = self._database.execute(
            "SELECT number, body FROM entries WHERE number = (SELECT number FROM transactions WHERE digest = ?)",
            (transaction,),
        ).fetchone()
        if row is None:
            return None
        entry = _entries.decode(row[1])
        assert isinstance(entry, SignedEntry)
        return row[0], entry

    def known(self, reference: str) -> Known | None:
        """Tell what was signed for a reference; what was before it was released does not count, but for its payment."""
        rows = self._database.execute(
            "SELECT body FROM entries WHERE number IN (SELECT number FROM settled WHERE reference = ?) ORDER BY number",
            (reference,),
        )
        payment, variants, found = b"", list[Variant](), False
        for (body,) in rows:
            match _entries.decode(body):
                case SignedEntry() as entry:
                    found = True
                    payment = entry.digests.get(reference, payment)
                    # What paid only ourselves in a payment's stead excludes nothing and need not be excluded.
                    if reference in entry.digests or entry.purpose is not Purpose.BUMP:
                        variants.append(Variant(entry.transaction, entry.spends))
                case ReleasedEntry():
                    variants = []
        return Known(payment, tuple(variants)) if found else None

    def past(self, network: str, now_us: int) -> "Past":
        """Tell what was paid on a network, as of now."""
        return Past(self._paid, self._fees, network, self.time_us(now_us))

    def append(self, entry: Entry) -> int:
        """Write an entry to the disk and return its number. Errors: `BookUnusable`, after which nothing is written."""
        if self._broken:
            raise BookUnusable(self._broken)
        body = msgspec.json.encode(entry)
        number, head = self._number + 1, _chained(self._head, body)
        try:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.execute("INSERT INTO entries VALUES (?, ?, ?)", (number, body, head))
                self._index(number, entry)
        except sqlite3.Error as error:
            # It may or may not be on the disk: only a new start can tell.
            self._broken = f"{self._path} could not be written: {error}; make room, then start the signer again"
            raise BookUnusable(self._broken) from error
        self._number, self._head = number, head
        self._count(entry)
        return number

    def _check(self) -> None:
        """Walk the whole record: the chain, and that the indexes hold what it says."""
        settled, transactions = 0, 0
        for number, body, head in self._database.execute(
            "SELECT number, CAST(body AS BLOB), head FROM entries ORDER BY number"
        ):
            if number != self._number + 1 or head != _chained(self._head, body):
                raise BookUnusable(
                    f"{self._path} was altered at entry {number}: it does not follow from the one before; restore it "
                    "from a backup, and compare its last entries with the exchange's withdrawals before signing again"
                )
            entry = _entries.decode(body)
            self._number, self._head = number, head
            self._count(entry)
            if isinstance(entry, SignedEntry):
                settled += len(entry.references)
                transactions += 1
            elif isinstance(entry, ReleasedEntry):
                settled += 1
        counts = [self._database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _INDEXES]  # noqa: S608
        if counts != [settled, transactions]:
            raise BookUnusable(f"{self._path}: its indexes do not hold what its entries say; restore it from a backup")

    def _index(self, number: int, entry: Entry) -> None:
        if isinstance(entry, SignedEntry):
            rows = [(reference, number) for reference in entry.references]
            self._database.executemany("INSERT INTO settled VALUES (?, ?)", rows)
            self._database.execute("INSERT INTO transactions VALUES (?, ?)", (entry.transaction, number))
        elif isinstance(entry, ReleasedEntry):
            self._database.execute("INSERT INTO settled VALUES (?, ?)", (entry.reference, number))

    def _count(self, entry: Entry) -> None:
        self._time_us = max(self._time_us, entry.time_us)
        if not isinstance(entry, SignedEntry):
            return
        for each in entry.payments:
            if each.is_new:
                window = self._paid.setdefault((entry.network, each.payment.contract), _Window())
                window.add(entry.time_us, each.payment.amount)
        self._fees.setdefault(entry.network, _Window()).add(entry.time_us, entry.fee_max)


_INDEXES: Final = ("settled", "transactions")


class _Window:
    """Sums over the last hour and day."""

    def __init__(self) -> None:
        self._hour: deque[tuple[int, int]] = deque()
        self._day: deque[tuple[int, int]] = deque()
        self._hour_sum = self._day_sum = 0

    def add(self, time_us: int, amount: int) -> None:
        self._forget(time_us)
        self._hour.append((time_us, amount))
        self._day.append((time_us, amount))
        self._hour_sum += amount
        self._day_sum += amount

    def sums(self, now_us: int) -> Spent:
        self._forget(now_us)
        return Spent(self._hour_sum, self._day_sum)

    def within_at(self, hour_room: int | None, day_room: int, now_us: int) -> int:
        """Tell when enough has been forgotten; precondition: no room is below zero."""
        self._forget(now_us)
        hour = now_us if hour_room is None else _drained_at(self._hour, self._hour_sum, hour_room, HOUR_US, now_us)
        return max(hour, _drained_at(self._day, self._day_sum, day_room, DAY_US, now_us))

    def _forget(self, now_us: int) -> None:
        while self._hour and self._hour[0][0] <= now_us - HOUR_US:
            self._hour_sum -= self._hour.popleft()[1]
        while self._day and self._day[0][0] <= now_us - DAY_US:
            self._day_sum -= self._day.popleft()[1]


class Past:
    """What was paid on one network, as of one time."""

    def __init__(
        self,
        paid: Mapping[tuple[str, str | None], _Window],
        fees: Mapping[str, _Window],
        network: str,
        now_us: int,
    ) -> None:
        self._paid = paid
        self._fees = fees
        self._network = network
        self._now_us = now_us

    def spent(self, contract: str | None) -> Spent:
        """Tell what was paid to others of an asset within the last hour and day."""
        window = self._paid.get((self._network, contract))
        return window.sums(self._now_us) if window else Spent()

    def payable_at_us(self, contract: str | None, hour_room: int, day_room: int) -> int:
        """Tell from when on no more than so much of an asset was paid within the last hour and day."""
        window = self._paid.get((self._network, contract))
        return window.within_at(hour_room, day_room, self._now_us) if window else self._now_us

    def fees_today(self) -> int:
        """Tell what the transactions of the last day may cost together."""
        window = self._fees.get(self._network)
        return window.sums(self._now_us).day if window else 0

    def fees_payable_at_us(self, day_room: int) -> int:
        """Tell from when on they may cost no more than so much."""
        window = self._fees.get(self._network)
        return window.within_at(None, day_room, self._now_us) if window else self._now_us


def _drained_at(entries: deque[tuple[int, int]], total: int, room: int, span_us: int, now_us: int) -> int:
    at_us = now_us
    for time_us, amount in entries:
        if total <= room:
            break
        total -= amount
        at_us = time_us + span_us
    return at_us


def _open(path: Path) -> sqlite3.Connection:
    mask = os.umask(0o077)
    try:
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_SCHEMA)
    finally:
        os.umask(mask)
    return database


def _chained(head: str, body: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(head) + body).hexdigest()
