"""Verification, wired: the cases of people, and the hourly look for documents that have run out."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from rialto.bootstrap.families.provider import open_provider
from rialto.bootstrap.jobs import Loop
from rialto.bootstrap.parts import Parts
from rialto.gateway.router import Route
from rialto.gateway.verification.calls import VerificationCalls
from rialto.gateway.verification.funds_calls import FundsCalls
from rialto.gateway.verification.rules_calls import RulesCalls
from rialto.identity.screening.cases import ScreeningCases
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.vault import Vault

LOOK_SECONDS: Final = 3_600

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class VerificationFamily:
    """What others need of verification."""

    cases: Cases
    screening: ScreeningCases
    vault: Vault
    routes: list[Route[Any]]


def open_verification(parts: Parts) -> VerificationFamily:
    """Wire it, and begin to look for what runs out."""
    identity, vault = parts.identity, Vault(parts.master_key)
    screening = ScreeningCases(identity.people, identity.behaviour)
    about = (identity.people, identity.behaviour, identity.mailer, identity.lists, screening)
    cases = Cases(
        parts.people, vault, *about, identity.countries, parts.settings.verification.source_of_funds_from_level
    )
    provider = open_provider(parts, cases)
    calls = VerificationCalls(cases, identity.people, identity.clerks, parts.wall_clock_us, provider.link_of)
    funds = FundsCalls(cases.funds, identity.clerks, parts.wall_clock_us)
    rules = RulesCalls(identity.countries, parts.settings.verification, parts.settings.withdrawals)
    parts.jobs.add(Loop("verification expiry", lambda: _look(cases, parts.wall_clock_us)))
    return VerificationFamily(
        cases, screening, vault, [*calls.routes(), *funds.routes(), *rules.routes(), *provider.routes]
    )


async def _look(cases: Cases, now_us: Callable[[], int]) -> None:
    while True:
        try:
            expired = await asyncio.to_thread(cases.expire, now_us())
        except SQLAlchemyError:
            _log.exception("documents that have run out were not looked for")
        else:
            if expired:
                _log.info("verifications expired", count=expired)
        await asyncio.sleep(LOOK_SECONDS)
