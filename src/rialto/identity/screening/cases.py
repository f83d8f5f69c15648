"""Screening cases: someone who may be on a list, until operators say whether they are.

Owns the table `screening_cases`. A case opens with its owner's account: under review they log in and read, and can
neither trade nor take anything out. Two operators clear a case, one confirms it, which freezes the account. What was
cleared stays known, so that the same person is not taken for the same entry again.

Invariants: for an owner, a subject and an entry there is one case; an owner is under review while one is not cleared.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from rialto.foundation.failures import ExpectedFailure
from rialto.identity.behaviour import BY_OPERATORS, BehaviourLog
from rialto.identity.people import NoSuchPerson, People
from rialto.identity.screening.matching import Hit
from rialto.identity.screening.subjects import Subject
from rialto.identity.screening.tables import TEXT_LENGTH_MAX, screening_cases

CASES_AT_ONCE: Final = 500
"""How many one listing has."""


class ScreeningState(Enum):
    """Where a case is."""

    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


_BEFORE: Final = {
    ScreeningState.CLEARED: (ScreeningState.OPEN, ScreeningState.CONFIRMED),
    ScreeningState.CONFIRMED: (ScreeningState.OPEN,),
}
"""From where a case comes to a state."""


class ScreeningCase(msgspec.Struct, frozen=True, array_like=True):
    """A case."""

    id: int
    owner: int
    source: str
    record: int
    subject: str
    name: str
    reference: str
    score: int
    why: str
    state: ScreeningState
    reason: str
    proposed_by: str | None
    decided_by: str | None
    opened_at_us: int
    decided_at_us: int | None


class NoSuchCase(ExpectedFailure):
    """There is no such case, or it is decided otherwise: the message says which."""


class ScreeningCases:
    """Everybody's cases. Calls block: off the event loop."""

    def __init__(self, people: People, behaviour: BehaviourLog) -> None:
        self._engine = people.engine
        self._people = people
        self._behaviour = behaviour

    def open(self, source: str, subject: Subject, hits: Sequence[Hit], now_us: int) -> int:
        """Open a case for each hit there was none of before, and lock the account; return how many those are."""
        with self._engine.begin() as connection:
            opened = [hit for hit in hits if _add(connection, source, subject, hit, now_us, ScreeningState.OPEN)]
            if not opened:
                return 0
            self._people.set_under_review(subject.owner, connection, is_under_review=True)
            detail = ", ".join(hit.reference for hit in opened)[:TEXT_LENGTH_MAX]
            self._note(connection, subject.owner, "exchange", "screening-hit", detail, now_us)
        self._people.refresh()
        return len(opened)

    def note_decided(self, source: str, subject: Subject, hits: Sequence[Hit], by: str, now_us: int) -> None:
        """Note that hits are decided on elsewhere."""
        with self._engine.begin() as connection:
            self.remember(connection, source, subject, hits, (None, by), now_us)

    def remember(
        self,
        connection: Connection,
        source: str,
        subject: Subject,
        hits: Sequence[Hit],
        operators: tuple[str | None, str],
        now_us: int,
    ) -> None:
        """Note that operators saw the hits and found that someone else is meant."""
        for hit in hits:
            _add(connection, source, subject, hit, now_us, ScreeningState.CLEARED, operators)

    def waiting(self, limit: int = CASES_AT_ONCE) -> list[ScreeningCase]:
        """List the open cases, the oldest first."""
        c = screening_cases.c
        statement = _selected().where(c.state == ScreeningState.OPEN.value).order_by(c.id)
        with self._engine.connect() as connection:
            return [_case(row) for row in connection.execute(statement.limit(min(limit, CASES_AT_ONCE)))]

    def find(self, case_id: int) -> ScreeningCase:
        """Return a case. Errors: `NoSuchCase`."""
        with self._engine.connect() as connection:
            return _one(connection, case_id)

    def clear(self, case_id: int, operators: tuple[str, str], reason: str, now_us: int) -> ScreeningCase:
        """State that someone else is meant; with an owner's last case their account is under review no more.

        Who was frozen stays so until they are unfrozen. Errors: `NoSuchCase`.
        """
        case = self._decide(case_id, ScreeningState.CLEARED, operators, reason, now_us)
        self._people.refresh()
        return case

    def confirm(self, case_id: int, operator: str, reason: str, now_us: int) -> ScreeningCase:
        """State that they are who is on the list: the account is frozen. Errors: `NoSuchCase`."""
        case = self._decide(case_id, ScreeningState.CONFIRMED, (operator, operator), reason, now_us)
        try:
            self._people.freeze(case.owner, now_us)
        except NoSuchPerson:
            # An owner that is no person has nothing to log in with; its keys are an operator's to revoke.
            self._people.refresh()
        return case

    def _decide(
        self, case_id: int, state: ScreeningState, operators: tuple[str, str], reason: str, now_us: int
    ) -> ScreeningCase:
        """Decide it, once: to decide the same again changes nothing."""
        c = screening_cases.c
        values = {
            "state": state.value,
            "reason": reason[:TEXT_LENGTH_MAX],
            "proposed_by": operators[0],
            "decided_by": operators[1],
            "decided_at_us": now_us,
        }
        with self._engine.begin() as connection:
            found = _one(connection, case_id, for_update=True)
            if found.state is state:
                return found
            if found.state not in _BEFORE[state]:
                raise NoSuchCase(f"screening case {case_id} is {found.state.value}")
            connection.execute(update(screening_cases).where(c.id == case_id).values(values))
            is_held = (c.owner == found.owner, c.state != ScreeningState.CLEARED.value)
            if connection.scalar(select(c.id).where(*is_held).limit(1)) is None:
                self._people.set_under_review(found.owner, connection, is_under_review=False)
            return _one(connection, case_id)

    def _note(self, connection: Connection, owner: int, actor: str, action: str, detail: str, now_us: int) -> None:
        # As an operator's action it is not shown to whom it concerns.
        self._behaviour.note(owner, actor, f"{BY_OPERATORS}{action}", "", "", "done", detail, now_us, connection)


def _add(
    connection: Connection,
    source: str,
    subject: Subject,
    hit: Hit,
    now_us: int,
    state: ScreeningState,
    operators: tuple[str | None, str | None] = (None, None),
) -> bool:
    """Add a case unless there is one of this owner, subject and entry; tell whether it was added."""
    c = screening_cases.c
    known = (c.owner == subject.owner, c.subject == subject.key, c.entry == hit.entry)
    if connection.scalar(select(c.id).where(*known)) is not None:
        return False
    values = {
        "owner": subject.owner,
        "source": source,
        "record": subject.record,
        "subject": subject.key,
        "entry": hit.entry,
        "name": hit.name[:TEXT_LENGTH_MAX],
        "reference": hit.reference[:TEXT_LENGTH_MAX],
        "score": hit.score,
        "why": hit.why[:TEXT_LENGTH_MAX],
        "state": state.value,
        "reason": "",
        "proposed_by": operators[0],
        "decided_by": operators[1],
        "opened_at_us": now_us,
        "decided_at_us": None if state is ScreeningState.OPEN else now_us,
    }
    connection.execute(insert(screening_cases).values(values))
    return True


def _one(connection: Connection, case_id: int, *, for_update: bool = False) -> ScreeningCase:
    statement = _selected().where(screening_cases.c.id == case_id)
    row = connection.execute(statement.with_for_update() if for_update else statement).one_or_none()
    if row is None:
        raise NoSuchCase(f"there is no screening case {case_id}")
    return _case(row)


def _selected() -> Any:
    return select(*(screening_cases.c[field] for field in ScreeningCase.__struct_fields__))


def _case(row: Row[Any]) -> ScreeningCase:
    return msgspec.convert(tuple(row), ScreeningCase)
