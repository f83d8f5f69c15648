"""Wires the calls of people about their own accounts."""

from pathlib import Path
from typing import Any, NamedTuple

from rialto.bootstrap.families.people import is_loopback, public_url
from rialto.bootstrap.parts import Parts
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.foundation.periodic import PeriodicRead
from rialto.gateway.people.desk import Desk
from rialto.gateway.people.login_calls import LoginCalls, LoginDesk
from rialto.gateway.people.page_calls import PageCalls
from rialto.gateway.people.pages.site import MailPages
from rialto.gateway.people.passkey_calls import PasskeyCalls
from rialto.gateway.people.record_calls import RecordCalls
from rialto.gateway.people.security_calls import SecurityCalls
from rialto.gateway.people.session_calls import SessionCalls
from rialto.gateway.people.sign_up_calls import SignUpCalls
from rialto.gateway.router import Route
from rialto.gateway.standing.freezing import OrdersOfFrozen
from rialto.identity.accounts import Accounts
from rialto.identity.devices import Devices, Places
from rialto.identity.email_proofs import EmailProofs
from rialto.identity.figures import people_metrics, read_people
from rialto.identity.page_preferences import PagePreferences
from rialto.identity.privacy.consents import Consents
from rialto.products.transfers.accounts import Accounts as LedgerAccounts

OPENED = (AccountClass.SPOT, AccountClass.FUNDING)
"""What everyone has from the start."""


class AccountsFamily(NamedTuple):
    """What others need of it."""

    logins: LoginDesk
    desk: Desk
    consents: Consents
    pages: MailPages
    routes: list[Route[Any]]


async def open_accounts(parts: Parts, ledger: LedgerAccounts) -> AccountsFamily:
    """Wire sign-up, login and what people do with their accounts."""
    settings, identity = parts.settings, parts.identity
    places = Places(Path(settings.place_database) if settings.place_database else None)
    url = public_url(settings)
    accounts = Accounts(
        identity.people,
        EmailProofs(parts.people),
        Devices(parts.people, places),
        identity.behaviour,
        identity.mailer,
        parts.wall_clock_us,
        url,
    )
    desk = Desk(
        accounts,
        identity.browsers,
        identity.clerks,
        identity.hashing,
        parts.wall_clock_us,
        sign_ups_per_hour_max=settings.sign_ups_per_hour_max,
        roles_of=identity.operators.roles_of,
    )

    async def open_ledger_accounts(owner: int) -> None:
        for account_class in OPENED:
            await ledger.opened(owner, AccountKind(account_class))

    consents = Consents(parts.people, settings.privacy.documents)
    figures = PeriodicRead("people", lambda: read_people(parts.people))
    await figures.start()
    parts.stack.push_async_callback(figures.stop)
    parts.metrics.add(people_metrics(identity.behaviour, figures, parts.wall_clock_us))
    freezing = OrdersOfFrozen(parts.runtime, identity.people)
    freezing.start()
    parts.stack.push_async_callback(freezing.stop)
    logins = LoginDesk(desk, identity.factors, open_ledger_accounts)
    shows_mailbox = not settings.smtp_host and is_loopback(settings.host)
    calls = (
        SignUpCalls(desk, logins, consents, identity.countries),
        LoginCalls(desk, logins),
        PasskeyCalls(desk, logins),
        SessionCalls(desk, places),
        SecurityCalls(desk, logins),
        RecordCalls(desk, identity.behaviour, identity.mailer, shows_mailbox=shows_mailbox),
        PageCalls(desk, PagePreferences(parts.people), identity.trading_locks),
    )
    routes = [route for each in calls for route in each.routes()]
    return AccountsFamily(logins, desk, consents, MailPages(routes), routes)
