"""Figures about people, for Prometheus: what they did since the start, their mail, and who waits to be verified."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from prometheus_client.metrics_core import Metric
from sqlalchemy import Engine, func, select

from rialto.foundation.metrics import Collect, counters, gauge, gauges
from rialto.foundation.periodic import PeriodicRead
from rialto.identity.behaviour import DONE, REFUSED, BehaviourLog
from rialto.identity.mail import MailState
from rialto.identity.people_tables import mail
from rialto.identity.verification.model import CaseState
from rialto.identity.verification.tables import verification_cases

ACTS: Final = (
    *(("sign-up", DONE), ("sign-up-confirmed", DONE)),
    *(("login", DONE), ("login", REFUSED)),
    *(("step-up", DONE), ("step-up", REFUSED)),
    *(("factor-added", DONE), ("factor-removed", DONE)),
    *(("password-changed", DONE), ("password-reset", DONE), ("account-frozen", DONE)),
)
"""What is counted of what the behaviour log says, and with which results."""

WAITING: Final = (CaseState.SUBMITTED, CaseState.IN_REVIEW)


class PeopleFound(NamedTuple):
    """How many mails there are by state, how many cases wait, and since when the oldest of them does."""

    mails: dict[str, int]
    cases: dict[str, int]
    oldest_case_us: int | None


def read_people(engine: Engine) -> PeopleFound:
    """Count mails and cases. Blocks."""
    c = verification_cases.c
    states = [state.value for state in WAITING]
    with engine.connect() as connection:
        mails = connection.execute(select(mail.c.state, func.count()).group_by(mail.c.state)).all()
        waiting = c.state.in_(states)
        cases = connection.execute(select(c.state, func.count()).where(waiting).group_by(c.state)).all()
        oldest = connection.scalar(select(func.min(c.submitted_at_us)).where(waiting))
    return PeopleFound({row[0]: row[1] for row in mails}, {row[0]: row[1] for row in cases}, oldest)


def people_metrics(behaviour: BehaviourLog, people: PeriodicRead[PeopleFound], now_us: Callable[[], int]) -> Collect:
    """Tell what people did, what became of mail, and who waits for whom."""

    def collect() -> Iterable[Metric]:
        yield counters(
            "rialto_people_acts_total",
            "What people did about their accounts since the start, and what was refused.",
            ("act", "result"),
            {act: behaviour.counts[act] for act in ACTS},
        )
        found = people.newest
        if found is None:
            return
        yield gauges(
            "rialto_mails",
            "How many mails wait, were sent or given up in the last thirty days, or are kept for want of a server.",
            ("state",),
            {state.value: found.mails.get(state.value, 0) for state in MailState},
        )
        yield gauges(
            "rialto_verification_cases",
            "How many cases of verification wait for an operator, or are with one.",
            ("state",),
            {state.value: found.cases.get(state.value, 0) for state in WAITING},
        )
        oldest_us = found.oldest_case_us
        yield gauge(
            "rialto_verification_oldest_case_seconds",
            "For how long the oldest of them waits.",
            0 if oldest_us is None else max(0, now_us() - oldest_us) // 1_000_000,
        )

    return collect
