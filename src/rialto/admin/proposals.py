"""Proposals: what operators asked for, durably, from the first word to the result.

    pending ─▶ approved ─▶ done | failed        pending ─▶ refused | expired

Owns the table `operator_actions`. Each step is one conditional change of one row, written together with its line in the
behaviour log: of two who approve at once, one does. What is approved and not ended is found again after a crash.
Everything here blocks.
"""

import secrets
from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, func, insert, select, tuple_, update

from rialto.admin.agreements import Agreement
from rialto.identity.operator_tables import RESULT_LENGTH_MAX, operator_actions

PENDING_MAX: Final = 1_000
LISTED_MAX: Final = 500
DAY_US: Final = 86_400_000_000
EXPIRES_AFTER_US: Final = DAY_US
"""For how long a proposal waits for another operator."""

Note = Callable[[Connection, "Proposal"], None]
"""Writes the line of the log that goes with a step, in its transaction."""


class Status(Enum):
    """Where a proposal is."""

    PENDING = "pending"
    APPROVED = "approved"
    """It is being performed, and will be again after a crash until it has ended."""
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"


class NoSuchProposal(Exception):
    """There is none of this id."""


class NotPending(Exception):
    """It was decided on already; carries its status."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.value)
        self.status: Final = status


class TooManyPending(Exception):
    """As many wait as may."""


class Proposal(msgspec.Struct, frozen=True, array_like=True):
    """A row. `parameters` is JSON."""

    id: str
    action: str
    parameters: str
    shown: str
    proposer: int
    approver: int | None
    status: Status
    result: str
    agreement: Agreement
    worth_units: int | None
    """What it moves is worth, in units of 1e-8 of the valuation asset."""
    proposed_at_us: int
    expires_at_us: int
    ended_at_us: int | None


class Asked(NamedTuple):
    """What somebody proposes."""

    action: str
    parameters: str
    shown: str
    proposer: int
    worth_units: int | None
    now_us: int


class Wanted(NamedTuple):
    """Which proposals are wanted; what is None does not matter."""

    status: Status | None = None
    action: str | None = None
    operator: int | None = None
    """Who proposed or decided."""
    before: tuple[int, str] | None = None
    """When one was proposed, and its id: those before it."""
    limit: int = LISTED_MAX
    id: str | None = None


class Proposals:
    """The proposals there are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, asked: Asked, note: Note, agreement: Callable[[int], Agreement]) -> Proposal:
        """Write one down; one that one agrees to is approved by this. Errors: `TooManyPending`.

        `agreement` says who must agree, given what the proposer moved alone in the last 24 hours, in units of 1e-8 of
        the valuation asset.
        """
        proposal = Proposal(
            secrets.token_hex(16),
            asked.action,
            asked.parameters,
            asked.shown[:RESULT_LENGTH_MAX],
            asked.proposer,
            None,
            Status.PENDING,
            "",
            Agreement.TWO,
            asked.worth_units,
            asked.now_us,
            asked.now_us + EXPIRES_AFTER_US,
            None,
        )
        with self._engine.begin() as connection:
            # The log's head is locked by this: of two proposals at once, one sees what the other moves alone.
            note(connection, proposal)
            found = agreement(_moved_alone(connection, asked))
            if found is Agreement.ONE:
                proposal = msgspec.structs.replace(proposal, agreement=found, status=Status.APPROVED)
            else:
                proposal = msgspec.structs.replace(proposal, agreement=found)
                _check_room(connection, asked.now_us)
            words = {"status": proposal.status.value, "agreement": proposal.agreement.value}
            connection.execute(insert(operator_actions).values({**msgspec.structs.asdict(proposal), **words}))
        return proposal

    def find(self, id_: str, now_us: int) -> Proposal:
        """Find one. Errors: `NoSuchProposal`."""
        with self._engine.connect() as connection:
            return _found(connection, id_, now_us)

    def listed(self, wanted: Wanted, now_us: int) -> list[Proposal]:
        """List those that fit, the newest first."""
        c, status = operator_actions.c, wanted.status
        statement = select(operator_actions).order_by(c.proposed_at_us.desc(), c.id.desc()).limit(wanted.limit)
        if wanted.action is not None:
            statement = statement.where(c.action == wanted.action)
        if wanted.operator is not None:
            statement = statement.where((c.proposer == wanted.operator) | (c.approver == wanted.operator))
        if wanted.id is not None:
            statement = statement.where(c.id == wanted.id)
        if wanted.before is not None:
            statement = statement.where(tuple_(c.proposed_at_us, c.id) < tuple_(*wanted.before))
        if status in (Status.PENDING, Status.EXPIRED):
            is_over = c.expires_at_us <= now_us
            statement = statement.where(
                c.status == Status.PENDING.value, is_over if status is Status.EXPIRED else ~is_over
            )
        elif status is not None:
            statement = statement.where(c.status == status.value)
        with self._engine.connect() as connection:
            return [_read(tuple(row), now_us) for row in connection.execute(statement)]

    def decide(self, id_: str, by: int, status: Status, reason: str, now_us: int, note: Note) -> Proposal:
        """Approve or refuse what is pending, once. Errors: `NoSuchProposal`, `NotPending`."""
        ended_at_us = None if status is Status.APPROVED else now_us
        values = {"status": status.value, "approver": by, "result": reason, "ended_at_us": ended_at_us}
        c = operator_actions.c
        is_open = (c.id == id_) & (c.status == Status.PENDING.value) & (c.expires_at_us > now_us)
        with self._engine.begin() as connection:
            is_ours = connection.execute(update(operator_actions).where(is_open).values(values)).rowcount == 1
            found = _found(connection, id_, now_us)
            if not is_ours:
                raise NotPending(found.status)
            note(connection, found)
        return found

    def end(self, id_: str, status: Status, result: str, now_us: int, note: Note) -> Proposal:
        """Write the result of what was performed; what has one keeps it. Errors: `NoSuchProposal`."""
        values = {"status": status.value, "result": result[:RESULT_LENGTH_MAX], "ended_at_us": now_us}
        c = operator_actions.c
        is_open = (c.id == id_) & (c.status == Status.APPROVED.value)
        with self._engine.begin() as connection:
            is_ours = connection.execute(update(operator_actions).where(is_open).values(values)).rowcount == 1
            found = _found(connection, id_, now_us)
            if is_ours:
                note(connection, found)
        return found


def _moved_alone(connection: Connection, asked: Asked) -> int:
    """Return what the proposer moved alone in the last 24 hours; what failed, moved nothing."""
    c = operator_actions.c
    theirs = (c.proposer == asked.proposer) & (c.proposed_at_us > asked.now_us - DAY_US)
    alone = theirs & (c.agreement == Agreement.ONE.value) & (c.status != Status.FAILED.value)
    return int(connection.scalar(select(func.sum(c.worth_units)).where(alone)) or 0)


def _check_room(connection: Connection, now_us: int) -> None:
    c = operator_actions.c
    pending = select(func.count()).where(c.status == Status.PENDING.value, c.expires_at_us > now_us)
    if (connection.scalar(pending) or 0) >= PENDING_MAX:
        raise TooManyPending


def _found(connection: Connection, id_: str, now_us: int) -> Proposal:
    row = connection.execute(select(operator_actions).where(operator_actions.c.id == id_)).one_or_none()
    if row is None:
        raise NoSuchProposal
    return _read(tuple(row), now_us)


def _read(row: tuple[object, ...], now_us: int) -> Proposal:
    proposal = msgspec.convert(row, Proposal)
    if proposal.status is Status.PENDING and proposal.expires_at_us <= now_us:
        return msgspec.structs.replace(proposal, status=Status.EXPIRED)
    return proposal
