"""Signing up: an address is asked for, proven by the mail it gets, and only then is there a password and a person.

So nothing is hashed for an address that nobody reads, and a stranger learns nothing: whatever the address, the answer
and the work are the same.
"""

from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import Connection

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, check_no_secret_in_query, check_wait, origin_of, read_email
from rialto.gateway.people.login_calls import LoginDesk, SessionView
from rialto.gateway.people.parameters import Email, Password, ProofParameters
from rialto.gateway.router import Route
from rialto.identity.countries import Countries, exists
from rialto.identity.email_proofs import Purpose
from rialto.identity.privacy.consents import (
    ACCEPTED_RANGE,
    Accepted,
    Consents,
    MissingConsent,
    NoSuchDocument,
    read_accepted,
)
from rialto.wire import errors
from rialto.wire.endpoints import Endpoint
from rialto.wire.kinds import Text
from rialto.wire.parameters import Parameters
from rialto.wire.privacy_errors import PrivacyError
from rialto.wire.wallet_errors import WalletError


class MailSent(msgspec.Struct, frozen=True, rename="camel"):
    """A mail is on its way to the address, if it may have one now; whether there is an account is not told."""

    status: str = "MAIL_SENT"


class SignUpParameters(Parameters, frozen=True):
    """With which address."""

    email: Email


class ConfirmParameters(ProofParameters, frozen=True, kw_only=True):
    """What the mail said, the password chosen, and which documents are accepted: `name:version`, with commas.

    `country` is where one lives; it is asked where people of some countries are not taken.
    """

    password: Password
    country: Annotated[str, Text("^[A-Z]{2}$")] | None = None
    accept: Annotated[str | None, Text(ACCEPTED_RANGE)] = None


SIGN_UP: Final = Endpoint(
    "POST",
    "/account/v1/sign-up",
    summary="Ask for the mail that lets one sign up with an address.",
    parameters=SignUpParameters,
    response=MailSent,
    weight=1,
    refused_with=(429, 503),
)
CONFIRM: Final = Endpoint(
    "POST",
    "/account/v1/sign-up/confirm",
    summary="Sign up with what the mail said and a password; begins a session.",
    parameters=ConfirmParameters,
    response=SessionView,
    weight=1,
    refused_with=(429, 503),
)

SIGN_UP_ENDPOINTS: Final = (SIGN_UP, CONFIRM)


class SignUpCalls:
    """Serves them."""

    def __init__(self, desk: Desk, logins: LoginDesk, consents: Consents, countries: Countries) -> None:
        self._desk = desk
        self._logins = logins
        self._consents = consents
        self._countries = countries

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(SIGN_UP, self.sign_up), Route(CONFIRM, self.confirm)]

    async def sign_up(self, call: Call, parameters: SignUpParameters) -> MailSent:
        """Send the mail."""
        desk = self._desk
        desk.browsers.check_site(call.request)
        key = read_email(parameters.email)
        check_wait(desk.sign_ups.take(call.address, desk.now_us()))
        if desk.may_mail("sign-up", key):
            origin = origin_of(call)
            await desk.run(lambda: desk.accounts.begin_sign_up(parameters.email, origin))
        return MailSent()

    async def confirm(self, call: Call, parameters: ConfirmParameters) -> SessionView:
        """Make the person and let them in."""
        desk = self._desk
        desk.browsers.check_site(call.request)
        check_no_secret_in_query(call)
        accepted, country = self._read_accepted(parameters.accept), self._taken(parameters.country)
        proof = await desk.proof(Purpose.SIGN_UP, call, parameters.token, parameters.email, parameters.code)
        password_hash = await desk.hash(parameters.password, proof.email)
        origin = origin_of(call)

        def agree(connection: Connection, owner: int) -> None:
            self._consents.record(connection, owner, accepted, origin.address, origin.client, desk.now_us())
            desk.accounts.people.set_country(owner, country, connection)

        person = await desk.run(lambda: desk.accounts.sign_up(proof, password_hash, origin, agree))
        return await self._logins.complete(call, person, "sign-up", person.endings, is_first=True)

    def _read_accepted(self, text: str | None) -> tuple[Accepted, ...]:
        """Return what is accepted. Raises `ApiError` -41401, -41402."""
        accepted = () if text is None else read_accepted(text)
        try:
            self._consents.check_sign_up(accepted)
        except NoSuchDocument as unknown:
            raise PrivacyError.NO_SUCH_DOCUMENT.error(unknown) from None
        except MissingConsent as missing:
            raise PrivacyError.CONSENT_NEEDED.error(missing) from None
        return accepted

    def _taken(self, country: str | None) -> str | None:
        """Return where someone lives. Raises `ApiError` -4044 if people of there are not taken, -1102, -1130."""
        if country is None:
            if self._countries.are_any:
                raise errors.mandatory("country")
            return None
        if not exists(country):
            raise errors.invalid_value("country")
        if self._countries.are_refused(country):
            raise WalletError.COUNTRY_REFUSED.error()
        return country
