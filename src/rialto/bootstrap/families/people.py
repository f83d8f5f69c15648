"""Wires people: who they are, their sessions, what they did, and mail to them."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from ipaddress import ip_address
from typing import Final

import structlog
from sqlalchemy import Engine

from rialto.bootstrap.factor_rules import relying_party, trading_rules
from rialto.bootstrap.jobs import Jobs
from rialto.bootstrap.parts import Identity
from rialto.bootstrap.screening import open_watch_lists
from rialto.foundation.configuration import Settings
from rialto.foundation.secrets import MasterKey
from rialto.gateway.authentication import Standing
from rialto.gateway.browser import Browsers
from rialto.gateway.standing.locks import TradingLocks
from rialto.gateway.standing.switches import FastWithdrawals
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.browser_session import SessionKey
from rialto.identity.clerks import Clerks
from rialto.identity.countries import Countries
from rialto.identity.email_proofs import EmailProofs
from rialto.identity.factors.factors import Factors
from rialto.identity.hashing import Hashing
from rialto.identity.mail import Mailer
from rialto.identity.mail_sender import MailSender, MailServer
from rialto.identity.operators import Operators
from rialto.identity.people import People
from rialto.identity.sessions import SessionRules, Sessions

REFRESHED_EVERY_S: Final = 1.0
"""How often who was frozen by other processes is looked for."""
FLUSHED_EVERY: Final = 10
"""After how many such looks it is written when sessions were last used."""

_log = structlog.stdlib.get_logger(__name__)


def open_identity(
    settings: Settings,
    engine: Engine,
    master_key: MasterKey,
    now_us: Callable[[], int],
    stack: AsyncExitStack,
    jobs: Jobs,
) -> Identity:
    """Open the people there are, and send them their mail if there is a mail server."""
    mailer = Mailer(engine, now_us, has_server=bool(settings.smtp_host))
    if settings.smtp_host:
        jobs.add(MailSender(mailer, _mail_server(settings), now_us))
    clerks, hashing = Clerks(), Hashing(waiting_max=settings.password_hashes_waiting_max)
    stack.callback(clerks.stop)
    stack.push_async_callback(hashing.stop)
    people, sessions = People(engine), Sessions(engine, _session_rules(settings), is_shared=jobs.are_shared)
    people.when_inactive(sessions.end_all)
    url = public_url(settings)
    is_secure = url.startswith("https://") or not is_loopback(settings.host)
    browsers = Browsers(sessions, clerks, now_us, is_secure=is_secure, public_url=url)
    operators = Operators(engine)
    keeping = asyncio.create_task(_keep(people, operators, sessions, EmailProofs(engine), now_us), name="people")
    stack.callback(keeping.cancel)
    return Identity(
        people,
        BehaviourLog(engine),
        mailer,
        sessions,
        browsers,
        clerks,
        hashing,
        Factors(engine, master_key, relying_party(settings)),
        TradingLocks(engine, trading_rules(settings)),
        FastWithdrawals(engine),
        operators,
        open_watch_lists(settings),
        Countries(settings.verification.refused_countries, settings.verification.limited_countries),
    )


def standing_of(identity: Identity, now_us: Callable[[], int]) -> Standing:
    """Tell the gateway who may act, and in which sessions."""

    def find_session(name: str) -> SessionKey | None:
        session = identity.sessions.by_id(name, now_us())
        return None if session is None else session.key

    return Standing(
        is_active=identity.people.is_active,
        is_under_review=identity.people.is_under_review,
        is_operator=identity.operators.is_operator,
        find_session=find_session,
        is_locked=identity.trading_locks.locks_now(now_us),
        now_us=now_us,
    )


def public_url(settings: Settings) -> str:
    """Return how people reach the exchange."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address that is listened on."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _keep(
    people: People, operators: Operators, sessions: Sessions, proofs: EmailProofs, now_us: Callable[[], int]
) -> None:
    """Take over who is frozen, write when sessions were used, and end those that are over. Goes on whatever happens."""
    looks = 0
    while True:
        await asyncio.sleep(REFRESHED_EVERY_S)
        looks += 1
        try:
            await asyncio.to_thread(people.refresh)
            await asyncio.to_thread(operators.refresh)
            if sessions.is_shared:
                await asyncio.to_thread(sessions.refresh)
            if looks % FLUSHED_EVERY == 0:
                await asyncio.to_thread(sessions.flush, now_us())
                await asyncio.to_thread(proofs.forget_expired, now_us())
        except Exception:
            _log.exception("people not refreshed; who was frozen elsewhere may still act here")


def _session_rules(settings: Settings) -> SessionRules:
    return SessionRules(
        idle_us=settings.session_idle_seconds * 1_000_000, absolute_us=settings.session_seconds_max * 1_000_000
    )


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_username,
        settings.smtp_password,
        settings.mail_from,
        settings.smtp_certificates,
    )
