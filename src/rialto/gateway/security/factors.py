"""A person's second factors: set up, listed, removed.

Adding one takes a session that has stepped up; removing one takes another one, shown in the same request. Both lock
withdrawals for a day. Secrets and recovery codes are in one answer and never again.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.security.proofs import (
    Challenge,
    Code,
    Credential,
    ProofParameters,
    on_clerks,
    refuse_secrets_in_query,
)
from rialto.gateway.security.record import Doer, SecurityRecord
from rialto.identity.clerks import Clerks
from rialto.identity.factors.factors import Factors
from rialto.identity.factors.kinds import FactorChallenge, PasskeyCreation
from rialto.identity.factors.passkeys import Passkey
from rialto.identity.factors.totp import AuthenticatorSetup
from rialto.identity.people import People
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ApiError
from rialto.wire.kinds import Text, line
from rialto.wire.parameters import NoParameters, Parameters

WEIGHT: Final = 10
LABEL_RANGE: Final = line(64)

T = TypeVar("T")


class PasskeyShown(msgspec.Struct, frozen=True, rename="camel"):
    """A passkey. Times are in milliseconds."""

    id: str
    label: str
    is_backed_up: bool
    created_at: int
    used_at: int | None


class FactorsShown(msgspec.Struct, frozen=True, rename="camel"):
    """What a person has. Times are in milliseconds."""

    authenticator_since: int | None
    passkeys: list[PasskeyShown]
    recovery_codes_left: int


class Added(msgspec.Struct, frozen=True, rename="camel"):
    """A factor counts from now on; with recovery codes if it is the first."""

    recovery_codes: tuple[str, ...]


class PasskeyAdded(msgspec.Struct, frozen=True, rename="camel"):
    """The same of a passkey."""

    passkey: PasskeyShown
    recovery_codes: tuple[str, ...]


class Removed(msgspec.Struct, frozen=True):
    """It is gone."""


class CodeParameters(Parameters, frozen=True):
    """The first code of an authenticator app."""

    code: Code


class PasskeyParameters(Parameters, frozen=True):
    """A new passkey, made for a challenge, and what to remember it by."""

    challenge: Challenge
    credential: Credential
    label: Annotated[str, Text(LABEL_RANGE)] = "passkey"


class RemovePasskeyParameters(ProofParameters, frozen=True, kw_only=True):
    """Which passkey to remove, and another factor."""

    passkey: Annotated[str, Text("^[0-9a-f]{16}$")]


def _declare(method: str, name: str, summary: str, response: Any, parameters: Any = NoParameters) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"/account/v1/factors{name}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=WEIGHT,
        security=Security.SESSION,
    )


LIST: Final = _declare("GET", "", "List your second factors.", FactorsShown)
ASK: Final = _declare("POST", "/challenge", "Ask which factors may be shown, and for a passkey.", FactorChallenge)
BEGIN_APP: Final = _declare("POST", "/totp", "Begin to set up an authenticator app.", AuthenticatorSetup)
CONFIRM_APP: Final = _declare(
    "POST", "/totp/confirm", "Let the authenticator app count, by its first code.", Added, CodeParameters
)
REMOVE_APP: Final = _declare(
    "DELETE", "/totp", "Remove the authenticator app, by another factor.", Removed, ProofParameters
)
BEGIN_PASSKEY: Final = _declare("POST", "/passkeys/options", "Begin to make a passkey.", PasskeyCreation)
ADD_PASSKEY: Final = _declare("POST", "/passkeys", "Keep a new passkey.", PasskeyAdded, PasskeyParameters)
REMOVE_PASSKEY: Final = _declare(
    "DELETE", "/passkeys", "Remove a passkey, by another factor.", Removed, RemovePasskeyParameters
)
RENEW_CODES: Final = _declare("POST", "/recovery-codes", "Replace the recovery codes.", Added)

FACTOR_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    LIST,
    ASK,
    BEGIN_APP,
    CONFIRM_APP,
    REMOVE_APP,
    BEGIN_PASSKEY,
    ADD_PASSKEY,
    REMOVE_PASSKEY,
    RENEW_CODES,
)


class OwnFactors:
    """Serves the person whose session it is."""

    def __init__(self, people: People, factors: Factors, clerks: Clerks, record: SecurityRecord) -> None:
        self._people = people
        self._factors = factors
        self._clerks = clerks
        self._record = record

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(LIST, self.list),
            Route(ASK, self.ask),
            Route(BEGIN_APP, self.begin_app),
            Route(CONFIRM_APP, self.confirm_app),
            Route(REMOVE_APP, self.remove_app),
            Route(BEGIN_PASSKEY, self.begin_passkey),
            Route(ADD_PASSKEY, self.add_passkey),
            Route(REMOVE_PASSKEY, self.remove_passkey),
            Route(RENEW_CODES, self.renew_codes),
        ]

    async def list(self, call: Call, _parameters: NoParameters) -> FactorsShown:
        """List what the person has."""
        owner = call.owner
        held = await self._do(lambda: self._factors.held_by(owner))
        since_us = held.authenticator_since_us
        return FactorsShown(
            None if since_us is None else call.time(since_us),
            [_shown(call, passkey) for passkey in held.passkeys],
            held.recovery_codes_left,
        )

    async def ask(self, call: Call, _parameters: NoParameters) -> FactorChallenge:
        """Tell which factors may be shown, with a challenge for a passkey."""
        owner, now_us = call.owner, self._record.now_us()
        return await self._do(lambda: self._factors.begin(owner, now_us))

    async def begin_app(self, call: Call, _parameters: NoParameters) -> AuthenticatorSetup:
        """Make a secret for an authenticator app."""
        call.require_step_up()
        owner, now_us = call.owner, self._record.now_us()
        return await self._do(lambda: self._factors.apps.begin(owner, self._name_of(owner), now_us))

    async def confirm_app(self, call: Call, parameters: CodeParameters) -> Added:
        """Let the app count."""
        refuse_secrets_in_query(call)
        call.require_step_up()
        doer, now_us = Doer(call), self._record.now_us()

        def confirm() -> tuple[str, ...]:
            also = self._record.changed_factor(doer, "factor-added", "an authenticator app was added")
            return self._factors.confirm_app(doer.owner, parameters.code, now_us, also)

        return Added(await self._changing(doer, "factor-added", confirm))

    async def remove_app(self, call: Call, parameters: ProofParameters) -> Removed:
        """Forget the app."""
        refuse_secrets_in_query(call)
        doer, now_us = Doer(call), self._record.now_us()

        def remove() -> None:
            also = self._record.changed_factor(doer, "factor-removed", "the authenticator app was removed")
            self._factors.remove_app(doer.owner, parameters.proof(), now_us, also)

        await self._changing(doer, "factor-removed", remove)
        return Removed()

    async def begin_passkey(self, call: Call, _parameters: NoParameters) -> PasskeyCreation:
        """Return what a new passkey is made with."""
        call.require_step_up()
        owner, now_us = call.owner, self._record.now_us()
        return await self._do(lambda: self._factors.passkeys.begin_registration(owner, self._name_of(owner), now_us))

    async def add_passkey(self, call: Call, parameters: PasskeyParameters) -> PasskeyAdded:
        """Keep a passkey."""
        refuse_secrets_in_query(call)
        call.require_step_up()
        doer, now_us = Doer(call), self._record.now_us()

        def add() -> tuple[Passkey, tuple[str, ...]]:
            also = self._record.changed_factor(doer, "factor-added", f"the passkey {parameters.label} was added")
            return self._factors.add_passkey(
                doer.owner, parameters.challenge, parameters.credential, parameters.label, now_us, also
            )

        passkey, codes = await self._changing(doer, "factor-added", add)
        return PasskeyAdded(_shown(call, passkey), codes)

    async def remove_passkey(self, call: Call, parameters: RemovePasskeyParameters) -> Removed:
        """Forget a passkey."""
        refuse_secrets_in_query(call)
        doer, now_us = Doer(call), self._record.now_us()

        def remove() -> None:
            also = self._record.changed_factor(doer, "factor-removed", "a passkey was removed")
            self._factors.remove_passkey(doer.owner, parameters.passkey, parameters.proof(), now_us, also)

        await self._changing(doer, "factor-removed", remove)
        return Removed()

    async def renew_codes(self, call: Call, _parameters: NoParameters) -> Added:
        """Replace the recovery codes of who has something to recover."""
        call.require_step_up()
        doer = Doer(call)

        def renew() -> tuple[str, ...]:
            also = self._record.changed_factor(doer, "recovery-codes-renewed", "the recovery codes were replaced")
            return self._factors.renew_recovery_codes(doer.owner, also)

        return Added(await self._changing(doer, "recovery-codes-renewed", renew))

    def _name_of(self, owner: int) -> str:
        """Return what the person is called in an authenticator: it shows which account it is for."""
        person = self._people.find(owner)
        return f"owner {owner}" if person is None else person.email

    async def _do(self, do: Callable[[], T]) -> T:
        return await on_clerks(self._clerks, self._record.now_us(), do)

    async def _changing(self, doer: Doer, action: str, do: Callable[[], T]) -> T:
        """Have something changed, and write it down if it is refused."""
        try:
            return await self._do(do)
        except ApiError as refused:
            code = str(refused.code)
            if refused.status != 503:
                await self._do(lambda: self._record.note(doer, action, "refused", code))
            raise


def _shown(call: Call, passkey: Passkey) -> PasskeyShown:
    used_us = passkey.used_at_us
    return PasskeyShown(
        passkey.id,
        passkey.label,
        passkey.is_backed_up,
        call.time(passkey.created_at_us),
        None if used_us is None else call.time(used_us),
    )
