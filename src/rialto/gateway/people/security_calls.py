"""Changes of what protects an account: password, address, anti-phishing code; and freezing it.

A new password or address ends every other session and locks withdrawals for a day; who has a second factor must have
shown it lately.
"""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, check_no_secret_in_query, check_wait, origin_of, read_email
from rialto.gateway.people.login_calls import LoginDesk, check_factor
from rialto.gateway.people.parameters import Email, FactorParameters, MailedCode, Password, Token
from rialto.gateway.people.session_calls import Ended
from rialto.gateway.people.sign_up_calls import MailSent, SignUpParameters
from rialto.gateway.router import Route
from rialto.identity.email_proofs import Purpose
from rialto.identity.people import FrozenBy, Person, PersonStatus
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Text
from rialto.wire.parameters import Parameters
from rialto.wire.people_errors import PeopleError


class PasswordParameters(Parameters, frozen=True):
    """The password there is, and the one there is to be."""

    password: Password
    new_password: Password


class ResetParameters(FactorParameters, frozen=True, kw_only=True):
    """What the mail said, the new password, and a second factor for a frozen account that has one."""

    token: Token | None = None
    email: Email | None = None
    code: MailedCode | None = None
    password: Password


class FreezeParameters(Parameters, frozen=True):
    """The token of the link in the mail."""

    token: Token


class EmailParameters(Parameters, frozen=True):
    """The new address, and the password."""

    email: Email
    password: Password


class EmailCodesParameters(Parameters, frozen=True):
    """The new address, and the codes that went to it and to the one there is."""

    email: Email
    old_code: MailedCode
    new_code: MailedCode


class AntiPhishingParameters(Parameters, frozen=True):
    """What every mail is to begin with; nothing for no code."""

    code: Annotated[str | None, Text(r"^[A-Za-z0-9 _-]{4,20}$")] = None


class EmailChanged(msgspec.Struct, frozen=True, rename="camel"):
    """The new address."""

    email: str


def _declare(
    path: str,
    summary: str,
    parameters: type[Parameters],
    response: Any = Ended,
    security: Security = Security.NONE,
) -> Endpoint[Any]:
    return Endpoint(
        "POST",
        f"/account/v1/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=1,
        security=security,
        refused_with=(401, 403, 429, 503),
    )


PASSWORD: Final = _declare("password", "Change one's password.", PasswordParameters, security=Security.SESSION)
FORGOTTEN: Final = _declare(
    "password/forgotten", "Ask for the mail that lets one set a new password.", SignUpParameters, MailSent
)
RESET: Final = _declare("password/reset", "Set a new password with what the mail said.", ResetParameters)
FREEZE: Final = _declare("freeze", "Freeze one's account by the link in a mail.", FreezeParameters)
EMAIL: Final = _declare(
    "email", "Ask for the codes that change one's address.", EmailParameters, MailSent, Security.SESSION
)
EMAIL_CONFIRM: Final = _declare(
    "email/confirm", "Change one's address with both codes.", EmailCodesParameters, EmailChanged, Security.SESSION
)
ANTI_PHISHING: Final = _declare(
    "anti-phishing-code", "Set what every mail begins with.", AntiPhishingParameters, security=Security.SESSION
)

SECURITY_ENDPOINTS: Final = (PASSWORD, FORGOTTEN, RESET, FREEZE, EMAIL, EMAIL_CONFIRM, ANTI_PHISHING)


class SecurityCalls:
    """Serves them."""

    def __init__(self, desk: Desk, logins: LoginDesk) -> None:
        self._desk = desk
        self._logins = logins

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(PASSWORD, self.password),
            Route(FORGOTTEN, self.forgotten),
            Route(RESET, self.reset),
            Route(FREEZE, self.freeze),
            Route(EMAIL, self.email),
            Route(EMAIL_CONFIRM, self.email_confirm),
            Route(ANTI_PHISHING, self.anti_phishing),
        ]

    async def password(self, call: Call, parameters: PasswordParameters) -> Ended:
        """Change the password, and end every other session."""
        check_no_secret_in_query(call)
        desk, origin = self._desk, origin_of(call)
        person = await self._proven(call, parameters.password)
        password_hash = await desk.hash(parameters.new_password, person.email)
        await desk.run(lambda: desk.accounts.change_password(person, password_hash, origin))
        await self._end_others(call)
        return Ended()

    async def forgotten(self, call: Call, parameters: SignUpParameters) -> MailSent:
        """Send the mail."""
        desk, origin = self._desk, origin_of(call)
        desk.browsers.check_site(call.request)
        key = read_email(parameters.email)
        check_wait(desk.sign_ups.take(call.address, desk.now_us()))
        if desk.may_mail("reset", key):
            await desk.run(lambda: desk.accounts.begin_reset(parameters.email, origin))
        return MailSent()

    async def reset(self, call: Call, parameters: ResetParameters) -> Ended:
        """Set the password, and end every session."""
        desk, origin = self._desk, origin_of(call)
        desk.browsers.check_site(call.request)
        check_no_secret_in_query(call)
        proof = await desk.proof(Purpose.RESET, call, parameters.token, parameters.email, parameters.code)
        owner = proof.owner
        person = None if owner is None else await desk.run(lambda: desk.accounts.people.find(owner))
        if person is None or person.status is PersonStatus.CLOSED:
            raise PeopleError.INVALID_PROOF.error()
        if person.status is PersonStatus.FROZEN:
            await self._check_may_unfreeze(call, person, parameters)
        password_hash = await desk.hash(parameters.password, proof.email)

        def reset() -> None:
            desk.accounts.reset_password(proof, person, password_hash, origin)
            desk.browsers.sessions.end_all(person.owner)

        await desk.run(reset)
        return Ended()

    async def freeze(self, call: Call, parameters: FreezeParameters) -> Ended:
        """Freeze the account whose link it is."""
        desk, origin = self._desk, origin_of(call)
        desk.browsers.check_site(call.request)
        check_no_secret_in_query(call)
        proof = await desk.proof(Purpose.FREEZE, call, parameters.token, None, None)
        await desk.run(lambda: desk.accounts.freeze(proof, origin))
        return Ended()

    async def email(self, call: Call, parameters: EmailParameters) -> MailSent:
        """Send a code to either address."""
        check_no_secret_in_query(call)
        desk, origin = self._desk, origin_of(call)
        key = read_email(parameters.email)
        person = await self._proven(call, parameters.password)
        if key == read_email(person.email):
            raise PeopleError.EMAIL_UNCHANGED.error()
        if desk.may_mail("address", key) and desk.may_mail("address-of", str(person.owner)):
            await desk.run(lambda: desk.accounts.begin_email_change(person, parameters.email, origin))
        return MailSent()

    async def email_confirm(self, call: Call, parameters: EmailCodesParameters) -> EmailChanged:
        """Change the address, and end every other session."""
        desk, origin = self._desk, origin_of(call)
        check_no_secret_in_query(call)
        person = await desk.person(call)
        old = await desk.proof(Purpose.OLD_ADDRESS, call, None, person.email, parameters.old_code)
        new = await desk.proof(Purpose.NEW_ADDRESS, call, None, parameters.email, parameters.new_code)
        changed = await desk.run(lambda: desk.accounts.change_email(person, old, new, origin))
        await self._end_others(call)
        return EmailChanged(changed)

    async def anti_phishing(self, call: Call, parameters: AntiPhishingParameters) -> Ended:
        """Set the code."""
        check_no_secret_in_query(call)
        desk, origin = self._desk, origin_of(call)
        person = await desk.person(call)
        await desk.run(lambda: desk.accounts.set_anti_phishing_code(person.owner, parameters.code, origin))
        return Ended()

    async def _proven(self, call: Call, password: str) -> Person:
        """Return who calls, once they have shown their password, and lately their second factor if they have one."""
        desk = self._desk
        person = await desk.person(call)
        if await desk.run(lambda: self._logins.factors.required_for(person.owner)):
            call.require_step_up()
        await desk.check_password(person, password, call)
        return person

    async def _check_may_unfreeze(self, call: Call, person: Person, parameters: ResetParameters) -> None:
        desk, factors = self._desk, self._logins.factors
        if not await desk.run(lambda: desk.accounts.people.is_frozen_by(person.owner, FrozenBy.OWNER)):
            raise PeopleError.FROZEN.error()
        if await desk.run(lambda: factors.required_for(person.owner)):
            await check_factor(desk, factors, call, person, parameters.proof())

    async def _end_others(self, call: Call) -> None:
        """End every other session, and give this one another token."""
        desk, session = self._desk, call.browser_session
        await desk.run(lambda: desk.browsers.sessions.end_all(session.owner, apart_from=session))
        call.headers = await desk.browsers.rotate(session)
