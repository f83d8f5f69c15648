"""Privacy, wired: what people agreed to, copies of what is known of them, its end, and what the law asks for."""

from dataclasses import dataclass
from typing import Any, Final

from rialto.admin.privacy_services import PrivacyServices
from rialto.backup.tables import ALL_TABLES
from rialto.bootstrap.directories import exports_directory
from rialto.bootstrap.parts import Parts
from rialto.foundation.database import Access, open_engine
from rialto.gateway.people.desk import Desk
from rialto.gateway.privacy.closing_calls import ClosingCalls
from rialto.gateway.privacy.consent_calls import ConsentCalls
from rialto.gateway.privacy.export_calls import ExportCalls
from rialto.gateway.privacy.retention_calls import RetentionCalls
from rialto.gateway.router import Route
from rialto.identity.privacy.archive import Archive
from rialto.identity.privacy.closings import Closings
from rialto.identity.privacy.consents import Consents
from rialto.identity.privacy.exports import Exports
from rialto.identity.privacy.holds import Holds
from rialto.identity.privacy.jobs import PrivacyJobs
from rialto.identity.privacy.lawful import LawfulRequests
from rialto.identity.privacy.obligations import Obligations
from rialto.identity.privacy.retention import Retention
from rialto.identity.privacy.schema import Schema
from rialto.identity.verification.vault import Vault

CAUGHT_UP_TIMEOUT_S: Final = 60.0
HOUR_US: Final = 3_600_000_000


@dataclass(frozen=True)
class PrivacyFamily:
    """What others need of it."""

    consents: Consents
    exports: Exports
    closings: Closings
    holds: Holds
    retention: Retention
    jobs: PrivacyJobs
    services: PrivacyServices
    routes: list[Route[Any]]


def open_privacy(parts: Parts, consents: Consents, desk: Desk) -> PrivacyFamily:
    """Open what is there, and go on with what was asked for before."""
    settings, identity, now_us = parts.settings, parts.identity, parts.wall_clock_us
    schema = Schema(ALL_TABLES)
    readers = open_engine(settings.database_url, Access.READ_ONLY, connections=2)
    parts.stack.callback(readers.dispose)
    exports = Exports(
        parts.people,
        readers,
        Archive(schema, Vault(parts.master_key)),
        identity.behaviour,
        identity.mailer,
        parts.master_key,
        exports_directory(settings),
        settings.privacy.export_hours * HOUR_US,
    )

    async def caught_up() -> None:
        await parts.projected.wait_for(parts.runtime.last_sequence, CAUGHT_UP_TIMEOUT_S)

    closings = Closings(parts.people, schema, identity.behaviour, identity.mailer, settings.privacy)
    obligations = Obligations(parts.runtime, schema, readers, caught_up)
    retention = Retention(parts.people, schema, identity.behaviour, settings.privacy)
    jobs = PrivacyJobs(exports, closings, obligations, retention, identity.people, parts.api_keys, caught_up, now_us)
    parts.jobs.add(jobs)
    holds = Holds(parts.people)
    services = PrivacyServices(exports, LawfulRequests(parts.people, exports), holds, jobs.wake)
    routes = [
        *ConsentCalls(desk, consents).routes(),
        *ExportCalls(desk, exports, jobs.wake).routes(),
        *ClosingCalls(desk, closings, obligations).routes(),
        *RetentionCalls(settings.privacy).routes(),
    ]
    return PrivacyFamily(consents, exports, closings, holds, retention, jobs, services, routes)
