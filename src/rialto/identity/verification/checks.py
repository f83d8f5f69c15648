"""Checks by a provider: begun for every case that is submitted, and what they said is done with the case.

Owns the tables `verification_checks` and `verification_messages`. A case waits for operators all the while: who takes
it before the provider has spoken decides it. The provider decides like one operator: where two must agree it is one of
them. What it cannot decide, what it leaves to people, and what it does not answer, stays with operators.

Before a provider is asked it is written down that it will be, by a reference under which asking twice is asking once.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from rialto.identity.verification.cases import Cases
from rialto.identity.verification.model import CaseRefused, CaseState, Decision
from rialto.identity.verification.provider import (
    Begun,
    Outcome,
    Provider,
    ProviderRefused,
    ProviderUnavailable,
    Verdict,
)
from rialto.identity.verification.tables import (
    REASON_LENGTH_MAX,
    verification_cases,
    verification_checks,
    verification_messages,
)
from rialto.identity.verification.webhooks import TOLERANCE_S

AT_ONCE: Final = 50
"""How many checks are begun or asked about in one round."""

FAILURES_MAX: Final = 12
"""After how many failures in a row a case is left to operators."""

BACK_OFF_US: Final = 10_000_000
BACK_OFF_US_MAX: Final = 3_600_000_000
PENDING_US_MAX: Final = 7 * 86_400_000_000
"""How long a check may be pending before its case is left to operators."""

_STARTING: Final = "starting"
_RUNNING: Final = "running"
_DONE: Final = "done"
_MANUAL: Final = "manual"

_log = structlog.stdlib.get_logger(__name__)


class Check(msgspec.Struct, frozen=True, array_like=True):
    """A check."""

    case_id: int
    reference: str
    check_id: str | None
    state: str
    failures: int
    begun_at_us: int


class Checks:
    """Every check."""

    def __init__(
        self, engine: Engine, cases: Cases, provider: Provider, poll_us: int, now_us: Callable[[], int]
    ) -> None:
        """`poll_us` is how often a check is asked about that nobody has sent a message of."""
        self._engine = engine
        self._cases = cases
        self._provider = provider
        self._poll_us = poll_us
        self._now_us = now_us

    async def step(self) -> None:
        """Begin checks that are due, and ask about those that run. Errors: SQLAlchemy's own."""
        await asyncio.to_thread(self._note_new)
        for state, look in ((_STARTING, self._start), (_RUNNING, self._ask)):
            for check in await asyncio.to_thread(self._due, state):
                try:
                    await look(check)
                except ProviderUnavailable as failure:
                    # Who does not answer one does not answer the next: the others are due still.
                    await self._wait(check, failure)
                    break

    def note_message(self, id_: str, check_id: str) -> bool:
        """Take a message that something happened to a check; False for one that came before. Blocks."""
        now_us = self._now_us()
        c, m = verification_checks.c, verification_messages.c
        try:
            with self._engine.begin() as connection:
                # One that is older is refused for its time.
                old = m.received_at_us < now_us - 2 * TOLERANCE_S * 1_000_000
                connection.execute(delete(verification_messages).where(old))
                connection.execute(insert(verification_messages).values(id=id_, received_at_us=now_us))
                running = update(verification_checks).where(c.check_id == check_id, c.state == _RUNNING)
                connection.execute(running.values(next_at_us=now_us))
        except IntegrityError:
            return False
        return True

    def link_of(self, case_id: int) -> str | None:
        """Return where a person goes on with a case's check; None where it is not theirs to do anything. Blocks."""
        c = verification_checks.c
        with self._engine.connect() as connection:
            return connection.scalar(select(c.link).where(c.case_id == case_id, c.state == _RUNNING))

    def _note_new(self) -> None:
        """Write down that a check will be begun for each case that nobody has looked at."""
        v, c, now_us = verification_cases.c, verification_checks.c, self._now_us()
        known = select(c.case_id).where(c.case_id == v.id).exists()
        wanted = select(v.id).where(v.state == CaseState.SUBMITTED.value, v.agreed_by.is_(None), ~known)
        with self._engine.begin() as connection:
            found = list(connection.scalars(wanted.order_by(v.id).limit(AT_ONCE)))
            for case_id in found:
                values = {"case_id": case_id, "reference": secrets.token_hex(16), "state": _STARTING, "failures": 0}
                connection.execute(insert(verification_checks).values(**values, next_at_us=now_us, begun_at_us=now_us))

    def _due(self, state: str) -> list[Check]:
        c = verification_checks.c
        columns = [c[field] for field in Check.__struct_fields__]
        due = select(*columns).where(c.state == state, c.next_at_us <= self._now_us())
        with self._engine.connect() as connection:
            rows = connection.execute(due.order_by(c.next_at_us).limit(AT_ONCE)).all()
        return [msgspec.convert(tuple(row), Check) for row in rows]

    async def _start(self, check: Check) -> None:
        waiting = await asyncio.to_thread(self._cases.submitted, check.case_id)
        if waiting is None:
            await self._set(check, state=_MANUAL)
            return
        level, stated = waiting
        begun = await self._asked(check, self._provider.start(check.reference, level, stated))
        if isinstance(begun, Begun):
            values = {"check_id": begun.check, "link": begun.link, "failures": 0}
            await self._set(check, state=_RUNNING, next_at_us=self._now_us() + self._poll_us, **values)

    async def _ask(self, check: Check) -> None:
        assert check.check_id is not None, "a check that runs has a name"
        outcome = await self._asked(check, self._provider.outcome(check.check_id))
        if not isinstance(outcome, Outcome):
            return
        now_us = self._now_us()
        if outcome.verdict is Verdict.PENDING and now_us - check.begun_at_us <= PENDING_US_MAX:
            await self._set(check, failures=0, next_at_us=now_us + self._poll_us)
        elif outcome.verdict in (Verdict.PENDING, Verdict.REVIEW):
            await self._set(check, state=_MANUAL)
        else:
            await asyncio.to_thread(self._decide, check.case_id, outcome)
            await self._set(check, state=_DONE)

    def _decide(self, case_id: int, outcome: Outcome) -> None:
        """Decide as an operator does, unless one has the case already."""
        is_good = outcome.verdict is Verdict.APPROVED
        decision = Decision.APPROVE if is_good else Decision.REFUSE
        reason = "" if is_good else outcome.reason[:REASON_LENGTH_MAX] or "You could not be verified."
        operator, now_us = self._provider.operator, self._now_us()
        try:
            self._cases.take(case_id, operator, now_us)
            self._cases.decide(case_id, operator, decision, reason, now_us)
        except CaseRefused as refused:
            _log.info("the provider's word changes nothing", case=case_id, reason=str(refused))

    async def _asked(self, check: Check, asking: Any) -> object:
        """Ask; None where the check is left to operators. Errors: `ProviderUnavailable`."""
        try:
            return await asking
        except ProviderRefused as refused:
            _log.warning("a check is left to operators", case=check.case_id, reason=str(refused))
            await self._set(check, state=_MANUAL)
        return None

    async def _wait(self, check: Check, failure: ProviderUnavailable) -> None:
        failures = check.failures + 1
        wait_us = min(BACK_OFF_US << check.failures, BACK_OFF_US_MAX)
        _log.warning("the provider is unavailable", case=check.case_id, reason=str(failure), failures=failures)
        state = _MANUAL if failures >= FAILURES_MAX else check.state
        await self._set(check, state=state, failures=failures, next_at_us=self._now_us() + wait_us)

    async def _set(self, check: Check, **values: object) -> None:
        def write() -> None:
            with self._engine.begin() as connection:
                c = verification_checks.c
                connection.execute(
                    update(verification_checks).where(c.case_id == check.case_id, c.state == check.state).values(values)
                )

        await asyncio.to_thread(write)
