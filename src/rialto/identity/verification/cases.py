"""Cases: what a person states to be verified to a level, and what became of it.

Owns the table `verification_cases`. A case is submitted, taken by an operator, and approved, refused with a reason, or
given back because more is wanted. Only who has taken a case decides it; two must agree to the second level, and to
whoever may be on a list. With the approval the person's level and country change in the same transaction; when a
document of an approved case runs out, the level it gave is lost and a new case is needed.

Invariants: a person has one open case at most; nobody decides a case twice or alone where two must.
"""

from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Connection, Engine, Row, insert, select, update

from rialto.identity.behaviour import BehaviourLog
from rialto.identity.countries import EVERYWHERE, Countries
from rialto.identity.mail import Mailer, MailQueueFull, NoAddress
from rialto.identity.people import People, Person
from rialto.identity.people_tables import people as people_table
from rialto.identity.screening.cases import ScreeningCases
from rialto.identity.screening.matching import Hit
from rialto.identity.screening.watching import WatchLists
from rialto.identity.verification.documents import Document, DocumentKind, Documents, NoSuchDocument, attach
from rialto.identity.verification.funds import FundsStatements
from rialto.identity.verification.model import (
    ADULT_YEARS,
    AGE_MAX_YEARS,
    LEVEL_MAX,
    SOURCE,
    TWO_AGREE_FROM,
    Case,
    CaseRefused,
    CaseState,
    CountryRefused,
    Decision,
    Stated,
    age_of,
    subject_of,
)
from rialto.identity.verification.tables import OPERATOR_LENGTH_MAX, REASON_LENGTH_MAX, verification_cases
from rialto.identity.verification.vault import Vault

CASES_AT_ONCE: Final = 200
"""How many cases one listing has."""

_log = structlog.stdlib.get_logger(__name__)

NEEDED: Final = {1: DocumentKind.IDENTITY, 2: DocumentKind.ADDRESS}
"""What a level takes a document of."""

_DECIDED: Final = {
    Decision.APPROVE: (CaseState.APPROVED, "verification-approved"),
    Decision.REFUSE: (CaseState.REFUSED, "verification-refused"),
    Decision.WANT_MORE: (CaseState.MORE_WANTED, "verification-more-wanted"),
}
"""Where a decision leads, and what is written to the person."""

_OPEN: Final = tuple(state.value for state in (CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.MORE_WANTED))


class Cases:
    """Everybody's cases. Calls block: off the event loop."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        people: People,
        behaviour: BehaviourLog,
        mailer: Mailer,
        lists: WatchLists,
        screening: ScreeningCases,
        countries: Countries = EVERYWHERE,
        funds_from_level: int = 0,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._people = people
        self._behaviour = behaviour
        self._mailer = mailer
        self._countries = countries
        self._funds_from_level = funds_from_level
        self._lists = lists
        self._screening = screening
        self.documents: Final = Documents(engine, vault)
        self.funds: Final = FundsStatements(engine, vault)

    def submit(self, person: Person, level: int, stated: Stated, document_ids: tuple[str, ...], now_us: int) -> Case:
        """Submit a case, or what was wanted more for the one that is open.

        Errors: `CaseRefused`, `CountryRefused`, `NoSuchDocument`, `DocumentRefused`.
        """
        self._check(person, level, stated, now_us)
        with self._vault.master_key.sealing(), self._engine.begin() as connection:
            # Whoever submits holds their own row, so that two at once do not both find no open case.
            connection.execute(
                update(people_table).where(people_table.c.owner == person.owner).values(level=people_table.c.level)
            )
            c = verification_cases.c
            found = connection.execute(_selected().where(c.owner == person.owner, c.state.in_(_OPEN))).one_or_none()
            case_id = self._case_id(connection, person, level, None if found is None else _case(found), now_us)
            sealed = self._vault.seal(connection, person.owner, _use(case_id), msgspec.msgpack.encode(stated))
            attached = attach(connection, person.owner, case_id, document_ids)
            _check_documents(level, attached, now_us)
            ends = [each.expires_at_us for each in attached if each.expires_at_us is not None]
            values = {"stated": sealed, "expires_at_us": min(ends) if ends else None}
            connection.execute(update(verification_cases).where(c.id == case_id).values(values))
            self._note(connection, person.owner, f"person {person.owner}", "verification-submitted", case_id, now_us)
            return _case(connection.execute(_selected().where(c.id == case_id)).one())

    def latest(self, owner: int) -> Case | None:
        """Return a person's newest case."""
        c = verification_cases.c
        with self._engine.connect() as connection:
            row = connection.execute(_selected().where(c.owner == owner).order_by(c.id.desc()).limit(1)).one_or_none()
        return None if row is None else _case(row)

    def owner_of(self, case_id: int) -> int:
        """Tell whose a case is. Errors: `CaseRefused`."""
        with self._engine.connect() as connection:
            return _locked(connection, case_id).owner

    def waiting(self, limit: int = CASES_AT_ONCE) -> list[Case]:
        """List what waits for an operator or is with one, the oldest first."""
        c = verification_cases.c
        states = (CaseState.SUBMITTED.value, CaseState.IN_REVIEW.value)
        statement = _selected().where(c.state.in_(states)).order_by(c.submitted_at_us, c.id)
        with self._engine.connect() as connection:
            return [_case(row) for row in connection.execute(statement.limit(min(limit, CASES_AT_ONCE)))]

    def stated(self, case_id: int, operator: str, now_us: int) -> Stated:
        """Show what was stated to the operator who has taken the case; that they looked is written down.

        Errors: `CaseRefused`, `BrokenSeal`.
        """
        with self._engine.begin() as connection:
            case = self._held(connection, case_id, operator)
            self._note(connection, case.owner, operator, "verification-viewed", case_id, now_us)
            return self._stated(connection, case)

    def document(self, case_id: int, operator: str, document_id: str, now_us: int) -> bytes:
        """Show a document to the operator who has taken its case; that they looked is written down.

        Errors: `CaseRefused`, `NoSuchDocument`, `BrokenSeal`.
        """
        with self._engine.begin() as connection:
            case = self._held(connection, case_id, operator)
            self._note(connection, case.owner, operator, "verification-document-viewed", case_id, now_us)
        if document_id not in [each.id for each in self.documents.of_case(case_id)]:
            raise NoSuchDocument(f"case {case_id} has no such document")
        return self.documents.content(document_id)

    def documents_of(self, case_id: int, operator: str) -> list[Document]:
        """List the documents of a case to the operator who has taken it. Errors: `CaseRefused`."""
        with self._engine.begin() as connection:
            self._held(connection, case_id, operator)
        return self.documents.of_case(case_id)

    def take(self, case_id: int, operator: str, now_us: int) -> Case:
        """Take a case to review it. Errors: `CaseRefused` if another has, or if who agreed first would decide again."""
        _check_operator(operator)
        c = verification_cases.c
        with self._engine.begin() as connection:
            case = _locked(connection, case_id)
            if case.state is CaseState.IN_REVIEW and case.taken_by == operator:
                return case
            if case.state is not CaseState.SUBMITTED:
                raise CaseRefused(f"case {case_id} cannot be taken: it is {case.state.value}")
            if case.agreed_by == operator:
                raise CaseRefused(f"{operator} agreed to case {case_id} already; another operator must")
            values = {"state": CaseState.IN_REVIEW.value, "taken_by": operator}
            connection.execute(update(verification_cases).where(c.id == case_id).values(values))
            self._note(connection, case.owner, operator, "verification-taken", case_id, now_us)
        return msgspec.structs.replace(case, state=CaseState.IN_REVIEW, taken_by=operator)

    def decide(self, case_id: int, operator: str, decision: Decision, reason: str, now_us: int) -> Case:
        """Decide a case one has taken. A reason is needed unless it is approved; the person reads it.

        Errors: `CaseRefused`.
        """
        if len(reason) > REASON_LENGTH_MAX or not (reason or decision is Decision.APPROVE):
            raise CaseRefused(f"give a reason of at most {REASON_LENGTH_MAX} characters")
        c = verification_cases.c
        with self._engine.begin() as connection:
            case = self._held(connection, case_id, operator)
            values: dict[str, object]
            if decision is Decision.APPROVE and case.agreed_by is None and self._two_must(connection, case):
                values = {"state": CaseState.SUBMITTED.value, "taken_by": None, "agreed_by": operator}
                self._note(connection, case.owner, operator, "verification-agreed", case_id, now_us)
            else:
                values = self._concluded(connection, case, operator, decision, reason, now_us)
            connection.execute(update(verification_cases).where(c.id == case_id).values(values))
            return _case(connection.execute(_selected().where(c.id == case_id)).one())

    def expire(self, now_us: int) -> int:
        """Take the level back from everyone whose documents have run out; return how many cases that were."""
        c = verification_cases.c
        due = _selected().where(c.state == CaseState.APPROVED.value, c.expires_at_us <= now_us)
        with self._engine.begin() as connection:
            rows = connection.execute(due.limit(CASES_AT_ONCE).with_for_update()).all()
            for case in map(_case, rows):
                gone = {"state": CaseState.EXPIRED.value}
                connection.execute(update(verification_cases).where(c.id == case.id).values(gone))
                if self._is_replaced(connection, case):
                    continue
                p = people_table.c
                lower = update(people_table).where(p.owner == case.owner, p.level >= case.level)
                connection.execute(lower.values(level=case.level - 1))
                self._note(connection, case.owner, "exchange", "verification-expired", case.id, now_us)
                self._tell(connection, case.owner, "verification-expired", level=case.level)
        return len(rows)

    def approved_of(self, owner: int) -> Stated | None:
        """Return what someone's newest approved case states, if it still is kept. Errors: `BrokenSeal`."""
        c = verification_cases.c
        approved = _selected().where(c.owner == owner, c.state == CaseState.APPROVED.value)
        with self._engine.connect() as connection:
            row = connection.execute(approved.order_by(c.id.desc()).limit(1)).one_or_none()
            return None if row is None else self._kept(connection, _case(row))

    def approved_after(self, case_id: int, limit: int) -> list[tuple[int, int, Stated | None]]:
        """List approved cases after one: their numbers, whose they are, and what was stated, if it still is kept.

        Errors: `BrokenSeal`.
        """
        c = verification_cases.c
        statement = _selected().where(c.state == CaseState.APPROVED.value, c.id > case_id).order_by(c.id).limit(limit)
        with self._engine.connect() as connection:
            cases = [_case(row) for row in connection.execute(statement)]
            return [(case.id, case.owner, self._kept(connection, case)) for case in cases]

    def submitted(self, case_id: int) -> tuple[int, Stated] | None:
        """Return the level and what was stated of a case that nobody has taken. Errors: `BrokenSeal`."""
        c = verification_cases.c
        statement = _selected().where(c.id == case_id, c.state == CaseState.SUBMITTED.value)
        with self._engine.connect() as connection:
            row = connection.execute(statement).one_or_none()
            stated = None if row is None else self._kept(connection, _case(row))
        return None if row is None or stated is None else (row.level, stated)

    def _is_replaced(self, connection: Connection, case: Case) -> bool:
        c = verification_cases.c
        newer = (c.owner == case.owner, c.level == case.level, c.state == CaseState.APPROVED.value, c.id > case.id)
        return connection.scalar(select(c.id).where(*newer).limit(1)) is not None

    def _check(self, person: Person, level: int, stated: Stated, now_us: int) -> None:
        if person.parent is not None:
            raise CaseRefused("a sub-account is verified with its master")
        if not 1 <= level <= LEVEL_MAX or level > person.level + 1:
            raise CaseRefused(f"you are verified to level {person.level}; level {person.level + 1} comes next")
        if self._countries.are_refused(stated.country):
            raise CountryRefused(stated.country)
        if level > self._countries.level_max(stated.country, LEVEL_MAX):
            raise CaseRefused(f"people of {stated.country} are not verified to level {level}")
        if 0 < self._funds_from_level <= level and self.funds.given_at_us(person.owner) is None:
            raise CaseRefused(f"state first where your money comes from; level {level} needs it")
        age = age_of(stated.birth_date, now_us)
        if not ADULT_YEARS <= age <= AGE_MAX_YEARS:
            raise CaseRefused(f"people of {ADULT_YEARS} years or more are verified; check the date of birth")

    def _case_id(self, connection: Connection, person: Person, level: int, found: Case | None, now_us: int) -> int:
        c = verification_cases.c
        values: dict[str, object] = {"state": CaseState.SUBMITTED.value, "reason": "", "submitted_at_us": now_us}
        if found is None:
            values |= {"owner": person.owner, "level": level, "stated": b""}
            return int(connection.execute(insert(verification_cases).values(values).returning(c.id)).scalar_one())
        if found.state is not CaseState.MORE_WANTED or found.level != level:
            raise CaseRefused(f"your case for level {found.level} is {found.state.value}; wait until it is decided")
        # Whoever agreed before did not see what came since.
        values |= {"taken_by": None, "agreed_by": None}
        connection.execute(update(verification_cases).where(c.id == found.id).values(values))
        return found.id

    def _held(self, connection: Connection, case_id: int, operator: str) -> Case:
        case = _locked(connection, case_id)
        if case.state is not CaseState.IN_REVIEW or case.taken_by != operator:
            raise CaseRefused(f"case {case_id} is not with {operator[:OPERATOR_LENGTH_MAX]}: take it first")
        return case

    def _concluded(
        self, connection: Connection, case: Case, operator: str, decision: Decision, reason: str, now_us: int
    ) -> dict[str, object]:
        values: dict[str, object] = {"reason": reason, "decided_by": operator, "decided_at_us": now_us}
        if decision is Decision.APPROVE:
            if case.expires_at_us is not None and case.expires_at_us <= now_us:
                raise CaseRefused(f"a document of case {case.id} has run out; want another")
            self._approve(connection, case, operator, now_us)
        if decision is Decision.WANT_MORE:
            values["agreed_by"] = None
        state, template = _DECIDED[decision]
        self._note(connection, case.owner, operator, template, case.id, now_us)
        self._tell(connection, case.owner, template, level=case.level, reason=reason)
        return {**values, "state": state.value}

    def hits(self, stated: Stated) -> list[Hit]:
        """Return who on the lists may be meant."""
        return self._lists.hits(f"{stated.first_name} {stated.last_name}", stated.birth_date, stated.country)

    def _two_must(self, connection: Connection, case: Case) -> bool:
        return case.level >= TWO_AGREE_FROM or bool(self.hits(self._stated(connection, case)))

    def _kept(self, connection: Connection, case: Case) -> Stated | None:
        try:
            return self._stated(connection, case)
        except KeyError:
            return None

    def _stated(self, connection: Connection, case: Case) -> Stated:
        sealed = connection.scalar(select(verification_cases.c.stated).where(verification_cases.c.id == case.id))
        assert sealed is not None
        plain = self._vault.open(connection, case.owner, _use(case.id), sealed)
        return msgspec.msgpack.decode(plain, type=Stated)

    def _approve(self, connection: Connection, case: Case, operator: str, now_us: int) -> None:
        stated = self._stated(connection, case)
        subject = subject_of(case.id, case.owner, stated)
        self._screening.remember(connection, SOURCE, subject, self.hits(stated), (case.agreed_by, operator), now_us)
        p = people_table.c
        held = connection.scalar(select(p.level).where(p.owner == case.owner)) or 0
        if case.level > held + 1:
            raise CaseRefused(f"the person is at level {held} now: level {held + 1} comes next")
        self._people.set_level(case.owner, max(held, case.level), now_us, connection)
        self._people.set_country(case.owner, stated.country, connection)

    def _tell(self, connection: Connection, owner: int, template: str, **values: object) -> None:
        try:
            self._mailer.send(owner, template, values, connection)
        except (MailQueueFull, NoAddress) as failure:
            _log.warning("mail not queued", template=template, failure=type(failure).__name__)

    def _note(self, connection: Connection, owner: int, actor: str, action: str, case_id: int, now_us: int) -> None:
        self._behaviour.note(owner, actor, action, "", "", "done", f"case {case_id}", now_us, connection)


def _check_documents(level: int, attached: list[Document], now_us: int) -> None:
    if not any(each.kind is NEEDED[level] for each in attached):
        raise CaseRefused(f"level {level} needs a document that shows: {NEEDED[level].value}")
    if any(each.expires_at_us is not None and each.expires_at_us <= now_us for each in attached):
        raise CaseRefused("a document has run out; show one that is valid")


def _check_operator(name: str) -> None:
    if not 1 <= len(name) <= OPERATOR_LENGTH_MAX or not name.isprintable() or " " in name:
        raise CaseRefused(f"{name[:OPERATOR_LENGTH_MAX]!r} is no operator's name: give one without spaces")


def _locked(connection: Connection, case_id: int) -> Case:
    row = connection.execute(_selected().where(verification_cases.c.id == case_id).with_for_update()).one_or_none()
    if row is None:
        raise CaseRefused(f"there is no case {case_id}")
    return _case(row)


def _selected() -> Any:
    return select(*(verification_cases.c[field] for field in Case.__struct_fields__))


def _case(row: Row[Any]) -> Case:
    return msgspec.convert(tuple(row), Case)


def _use(case_id: int) -> str:
    return f"case {case_id}"
