"""Logging in by passkey alone: the browser offers what it has, and nobody says who they are beforehand."""

from typing import Annotated, Any, Final

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk, check_no_secret_in_query, check_wait, origin_of
from rialto.gateway.people.login_calls import LoginAnswer, LoginDesk
from rialto.gateway.people.parameters import CREDENTIAL_RANGE
from rialto.gateway.router import Route
from rialto.identity.factors.kinds import FactorChallenge, FactorKind, FactorProof, FactorRefused
from rialto.identity.people import Person
from rialto.wire.endpoints import Endpoint
from rialto.wire.kinds import Text
from rialto.wire.parameters import NoParameters, Parameters
from rialto.wire.people_errors import PeopleError


class PasskeyParameters(Parameters, frozen=True):
    """The challenge, and the passkey's answer to it."""

    challenge: Annotated[str, Text("^[A-Za-z0-9_-]{1,128}$")]
    credential: Annotated[str, Text(CREDENTIAL_RANGE)]


def _declare(path: str, summary: str, parameters: type[Parameters], response: Any) -> Endpoint[Any]:
    return Endpoint(
        "POST",
        f"/account/v1/login/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=1,
        refused_with=(401, 403, 429, 503),
    )


BEGIN: Final = _declare("passkey/begin", "Ask for what a passkey logs in with.", NoParameters, FactorChallenge)
COMPLETE: Final = _declare("passkey", "Log in by a passkey alone.", PasskeyParameters, LoginAnswer)

PASSKEY_ENDPOINTS: Final = (BEGIN, COMPLETE)


class PasskeyCalls:
    """Serves them."""

    def __init__(self, desk: Desk, logins: LoginDesk) -> None:
        self._desk = desk
        self._logins = logins

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(BEGIN, self.begin), Route(COMPLETE, self.complete)]

    async def begin(self, call: Call, _parameters: NoParameters) -> FactorChallenge:
        """Return a challenge."""
        desk = self._desk
        desk.browsers.check_site(call.request)
        check_wait(desk.by_address.wait_us(call.address, desk.now_us()))
        check_wait(desk.challenges.take(call.address, desk.now_us()))
        return await desk.run(lambda: self._logins.factors.begin_login(desk.now_us()))

    async def complete(self, call: Call, parameters: PasskeyParameters) -> LoginAnswer:
        """Check the answer, and begin a session."""
        desk, origin = self._desk, origin_of(call)
        desk.browsers.check_site(call.request)
        check_no_secret_in_query(call)
        now_us = desk.now_us()
        check_wait(desk.by_address.wait_us(call.address, now_us))
        desk.by_address.begin(call.address, now_us)
        proof = FactorProof(FactorKind.PASSKEY, "", parameters.challenge, parameters.credential)
        try:
            person = await desk.run(lambda: self._checked(proof, now_us))
        except FactorRefused:
            why = "the passkey was refused"
            await desk.run(lambda: desk.accounts.note_refused_login(None, origin, why))
            raise PeopleError.FACTOR_REFUSED.error() from None
        desk.by_address.take_back(call.address)
        if person is None:
            raise PeopleError.FACTOR_REFUSED.error()
        return LoginAnswer("COMPLETE", await self._logins.complete(call, person, "passkey", person.endings))

    def _checked(self, proof: FactorProof, now_us: int) -> Person | None:
        """Return who proves who they are, as they were before the proof was looked at. Errors: `FactorRefused`."""
        factors = self._logins.factors
        owner = factors.passkeys.owner_of(proof.credential)
        person = None if owner is None else self._desk.accounts.people.find(owner)
        is_theirs = factors.check_login(proof, now_us) == owner
        return person if is_theirs else None
