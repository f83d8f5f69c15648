"""Logging in and out.

A login is complete with the password, or with the password and then a second factor where a person has one: between the
two there is a ticket, which opens nothing but the second step. Whatever is wrong with address or password, the answer
is one and the same, and so is the work before it.
"""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import (
    Desk,
    check_active,
    check_no_secret_in_query,
    check_wait,
    origin_of,
)
from rialto.gateway.people.parameters import Email, FactorParameters, Password, Token
from rialto.gateway.router import Route
from rialto.identity.accounts import LoginFacts
from rialto.identity.browser_session import BrowserSession
from rialto.identity.factors.factors import Factors
from rialto.identity.factors.kinds import FactorChallenge, FactorProof, FactorRefused, TooManyAttempts
from rialto.identity.operators import Role
from rialto.identity.people import Person
from rialto.identity.sessions import LoginOvertaken, hash_of
from rialto.identity.throttles import Delays
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.parameters import NoParameters, Parameters
from rialto.wire.people_errors import PeopleError
from rialto.wire.verification_errors import VerificationError

TICKETS_MAX: Final = 10_000
TICKET_US: Final = 300_000_000
TICKET_ATTEMPTS_MAX: Final = 5


class Notice(msgspec.Struct, frozen=True):
    """Something that is held against an account, as an error would tell it."""

    code: int
    msg: str


class SessionView(msgspec.Struct, frozen=True, rename="camel"):
    """A session as its person sees it. Its token is in a cookie, out of reach of the page."""

    session_id: str
    csrf_token: str
    """For the header `x-csrf-token` of everything that changes something."""
    user_id: int
    email: str
    level: int
    created_time: int
    stepped_up_until: int
    roles: list[str]
    """What they may act on as an operator; empty for who is none."""
    notice: Notice | None = None
    """What holds the account back, if anything does."""


class LoginAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """`COMPLETE` with a session, or `SECOND_FACTOR` with a ticket for the next step and what may be shown in it."""

    status: str
    session: SessionView | None = None
    ticket: str | None = None
    challenge: FactorChallenge | None = None


class LoggedOut(msgspec.Struct, frozen=True, rename="camel"):
    """How many sessions ended."""

    sessions_ended: int


class LoginParameters(Parameters, frozen=True):
    """Who, and the password."""

    email: Email
    password: Password


class SecondStepParameters(FactorParameters, frozen=True, kw_only=True):
    """The ticket of the first step, and what proves a second factor."""

    ticket: Token


LOGIN: Final = Endpoint(
    "POST",
    "/account/v1/login",
    summary="Log in with an address and a password.",
    parameters=LoginParameters,
    response=LoginAnswer,
    weight=1,
    refused_with=(401, 403, 429, 503),
)
SECOND_STEP: Final = Endpoint(
    "POST",
    "/account/v1/login/factor",
    summary="Complete a login with a second factor.",
    parameters=SecondStepParameters,
    response=LoginAnswer,
    weight=1,
    refused_with=(401, 403, 429, 503),
)
LOGOUT: Final = Endpoint(
    "POST",
    "/account/v1/logout",
    summary="End this session.",
    parameters=NoParameters,
    response=LoggedOut,
    weight=1,
    security=Security.SESSION,
)
LOGOUT_EVERYWHERE: Final = Endpoint(
    "POST",
    "/account/v1/logout-everywhere",
    summary="End every session of one's own, this one too.",
    parameters=NoParameters,
    response=LoggedOut,
    weight=1,
    security=Security.SESSION,
)

LOGIN_ENDPOINTS: Final = (LOGIN, SECOND_STEP, LOGOUT, LOGOUT_EVERYWHERE)


class _Ticket:
    """A login that waits for its second factor."""

    __slots__ = ("attempts", "client", "expires_at_us", "person", "since")

    def __init__(self, person: Person, client: str, expires_at_us: int) -> None:
        self.person = person
        self.client = client
        self.expires_at_us = expires_at_us
        self.attempts = 0


class LoginDesk:
    """Begins sessions, for whoever has made sure who it is."""

    def __init__(self, desk: Desk, factors: Factors, open_accounts: Callable[[int], Awaitable[None]]) -> None:
        """`open_accounts` gives an owner the accounts that everyone has, those they have not."""
        self._desk = desk
        self.factors: Final = factors
        self._open_accounts = open_accounts

    async def complete(
        self, call: Call, person: Person, how: str, since: int, *, is_first: bool = False
    ) -> SessionView:
        """Begin a session for a person who has proven who they are; the answer sets its cookies.

        A session that the browser had before ends: nobody can prepare one for another to log in to. `since` are the
        person's `endings` as they were read before the proof was looked at. Raises `ApiError` -41010 or -41018 if the
        person may not act, -41011 if what proved who they are may have been changed meanwhile.
        """
        check_active(person)
        await self._open_accounts(person.owner)
        desk, origin = self._desk, origin_of(call)
        sessions, accounts = desk.browsers.sessions, desk.accounts
        shown = desk.browsers.device_of(call.request)
        before = desk.browsers.find(call.request)

        def begin() -> tuple[BrowserSession, str, str | None]:
            # A device's cookie that the person never had may be another's, planted here.
            is_known = shown is not None and accounts.devices.is_known(person.owner, hash_of(shown))
            made = None if is_known else secrets.token_urlsafe(32)
            device = hash_of(made or shown or "")
            session, token = sessions.open(
                *(person.owner, device, origin.client, origin.address, desk.now_us()),
                since=since,
                ending=before,
                along=lambda connection: accounts.note_login(
                    connection, person, device, origin, how, is_first=is_first
                ),
            )
            return session, token, made

        try:
            session, token, device = await desk.run(begin)
        except LoginOvertaken:
            raise PeopleError.LOGIN_EXPIRED.error() from None
        call.headers = desk.browsers.cookies(token, device)
        return view_of(session, person, call, desk.roles_of(person.owner))


class LoginCalls:
    """Serves them."""

    def __init__(self, desk: Desk, logins: LoginDesk) -> None:
        self._desk = desk
        self._logins = logins
        self._tickets: OrderedDict[str, _Ticket] = OrderedDict()

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(LOGIN, self.login),
            Route(SECOND_STEP, self.second_step),
            Route(LOGOUT, self.logout),
            Route(LOGOUT_EVERYWHERE, self.logout_everywhere),
        ]

    async def login(self, call: Call, parameters: LoginParameters) -> LoginAnswer:
        """Check the password; begin a session, or ask for the second factor."""
        desk = self._desk
        desk.browsers.check_site(call.request)
        check_no_secret_in_query(call)
        person = await self._check_password(call, parameters)
        check_active(person)
        factors = self._logins.factors
        if not await desk.run(lambda: factors.required_for(person.owner)):
            return LoginAnswer("COMPLETE", await self._logins.complete(call, person, "password", person.endings))
        challenge = await desk.run(lambda: factors.begin(person.owner, desk.now_us()))
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = _Ticket(person, call.client, desk.now_us() + TICKET_US)
        if len(self._tickets) > TICKETS_MAX:
            self._tickets.popitem(last=False)
        return LoginAnswer("SECOND_FACTOR", ticket=ticket, challenge=challenge)

    async def second_step(self, call: Call, parameters: SecondStepParameters) -> LoginAnswer:
        """Check the second factor and begin a session."""
        desk = self._desk
        desk.browsers.check_site(call.request)
        check_no_secret_in_query(call)
        proof = parameters.proof()
        ticket = self._tickets.get(parameters.ticket)
        if ticket is None or ticket.expires_at_us < desk.now_us() or ticket.client != call.client:
            raise PeopleError.LOGIN_EXPIRED.error()
        ticket.attempts += 1
        if ticket.attempts > TICKET_ATTEMPTS_MAX:
            self._tickets.pop(parameters.ticket, None)
            raise PeopleError.LOGIN_EXPIRED.error()
        await check_factor(desk, self._logins.factors, call, ticket.person, proof)
        if self._tickets.pop(parameters.ticket, None) is None:
            raise PeopleError.LOGIN_EXPIRED.error()
        person = await desk.run(lambda: desk.accounts.people.find(ticket.person.owner))
        if person is None or proof is None:
            raise PeopleError.LOGIN_EXPIRED.error()
        how = f"password and {proof.kind.value}"
        return LoginAnswer("COMPLETE", await self._logins.complete(call, person, how, ticket.person.endings))

    async def logout(self, call: Call, _parameters: NoParameters) -> LoggedOut:
        """End the session."""
        return await self._log_out(call, everywhere=False)

    async def logout_everywhere(self, call: Call, _parameters: NoParameters) -> LoggedOut:
        """End all sessions."""
        return await self._log_out(call, everywhere=True)

    async def _log_out(self, call: Call, *, everywhere: bool) -> LoggedOut:
        desk, session, origin = self._desk, call.browser_session, origin_of(call)
        sessions = desk.browsers.sessions

        def end() -> int:
            desk.accounts.note(session.owner, "logout-everywhere" if everywhere else "logout", origin)
            if everywhere:
                return sessions.end_all(session.owner)
            sessions.end([session])
            return 1

        ended = await desk.run(end)
        call.headers = desk.browsers.forgetting()
        return LoggedOut(ended)

    async def _check_password(self, call: Call, parameters: LoginParameters) -> Person:
        desk = self._desk
        device = hash_of(desk.browsers.device_of(call.request) or "")
        check_wait(desk.by_address.wait_us(call.address, desk.now_us()))
        facts = await desk.run(lambda: desk.accounts.login_facts(parameters.email, device))
        delays, key = self._delays_of(device, facts)
        now_us = desk.now_us()
        check_wait(max(delays.wait_us(key, now_us), desk.by_address.wait_us(call.address, now_us)))
        delays.begin(key, now_us)
        desk.by_address.begin(call.address, now_us)
        try:
            answer = await desk.compare(parameters.password, facts.password_hash)
        except BaseException:
            delays.take_back(key)
            desk.by_address.take_back(call.address)
            raise
        person, stored = facts.person, facts.password_hash
        if person is None or stored is None or not answer.matches:
            origin = origin_of(call)
            await desk.run(lambda: desk.accounts.note_refused_login(person, origin, "the password was wrong"))
            raise PeopleError.WRONG_CREDENTIALS.error()
        delays.succeed(key)
        # Only its own: who may log in to one account must not be able to wash an address clean for guessing others.
        desk.by_address.take_back(call.address)
        new_hash = answer.new_hash
        if new_hash is not None:
            await desk.run(lambda: desk.accounts.set_new_hash(person.owner, stored, new_hash))
        return person

    def _delays_of(self, device: str, facts: LoginFacts) -> tuple[Delays, str]:
        desk = self._desk
        return (desk.by_device, f"{facts.key} {device}") if facts.is_known_device else (desk.by_account, facts.key)


async def check_factor(desk: Desk, factors: Factors, call: Call, person: Person, proof: FactorProof | None) -> None:
    """Accept a person's second factor. Raises `ApiError` -41012, -41002."""
    origin = origin_of(call)
    try:
        if proof is None:
            raise FactorRefused("none was sent")
        await desk.run(lambda: factors.check(person.owner, proof, desk.now_us()))
    except TooManyAttempts as waiting:
        check_wait(max(waiting.until_us - desk.now_us(), 1))
    except FactorRefused:
        why = "the second factor was refused"
        await desk.run(lambda: desk.accounts.note_refused_login(person, origin, why))
        raise PeopleError.FACTOR_REFUSED.error() from None


def view_of(session: BrowserSession, person: Person, call: Call, roles: frozenset[Role]) -> SessionView:
    """Show a session."""
    return SessionView(
        session.id,
        session.csrf,
        person.owner,
        person.email,
        person.level,
        call.time(session.created_at_us),
        call.time(session.stepped_up_until_us),
        sorted(role.value for role in roles),
        _notice_of(person),
    )


def _notice_of(person: Person) -> Notice | None:
    if not person.is_under_review:
        return None
    told = VerificationError.UNDER_REVIEW.error()
    return Notice(told.code, told.message)
