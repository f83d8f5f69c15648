"""A person's API keys: made, listed, changed, revoked. Every change takes a session that has stepped up.

The secret of a key is in the answer that makes it, and in no other.
"""

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Final, TypeVar

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.security.proofs import on_clerks
from rialto.gateway.security.record import Doer, SecurityRecord
from rialto.identity.api_keys import KEEP, ApiKey, ApiKeys, InvalidApiKey, NoSuchApiKey, TooManyApiKeys
from rialto.identity.clerks import Clerks
from rialto.identity.restrictions import InvalidRestriction, Permission, Restrictions
from rialto.identity.signatures import InvalidPublicKey
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.factor_errors import FactorError
from rialto.wire.kinds import Text, Timestamp, WordOrWords, line
from rialto.wire.parameters import NoParameters, Parameters

WEIGHT: Final = 10
ANY: Final = "*"
PERMISSION_WORDS: Final = tuple(permission.value for permission in Permission)

T = TypeVar("T")

KeyName = Annotated[str, Text("^[A-Za-z0-9]{1,128}$")]
Label = Annotated[str, Text(line(64))]
Words = Annotated[frozenset[str], WordOrWords(PERMISSION_WORDS)]
Addresses = Text("^(\\*|[0-9A-Fa-f:./]{2,50}(,[0-9A-Fa-f:./]{2,50}){0,29})$")
Symbols = Text("^(\\*|[A-Z0-9_.-]{1,20}(,[A-Z0-9_.-]{1,20}){0,99})$")


class CreateParameters(Parameters, frozen=True):
    """What a key is for; with a public key in PEM, only who has the private one can sign with it."""

    label: Label
    permissions: Words = frozenset((Permission.READ.value,))
    public_key: Annotated[str | None, Text("^[ -~\\r\\n]{1,4096}$")] = None
    addresses: Annotated[str, Addresses] = ANY
    symbols: Annotated[str, Symbols] = ANY
    expires_at: Annotated[int | None, Timestamp()] = None


class ChangeParameters(Parameters, frozen=True):
    """What to change of a key. What is not given stays; `*` lifts a restriction, 0 lets it expire never."""

    api_key: KeyName
    label: Annotated[str | None, Text(line(64))] = None
    permissions: Annotated[frozenset[str] | None, WordOrWords(PERMISSION_WORDS)] = None
    addresses: Annotated[str | None, Addresses] = None
    symbols: Annotated[str | None, Symbols] = None
    expires_at: Annotated[int | None, Timestamp()] = None


class RevokeParameters(Parameters, frozen=True):
    """Which key to end."""

    api_key: KeyName


class KeyState(Enum):
    """Whether a key is accepted."""

    ACTIVE = "ACTIVE"
    LAPSED = "LAPSED"
    """It may not trade any more: it may be used from anywhere, and its permissions were given long ago."""
    EXPIRED = "EXPIRED"


class KeyShown(msgspec.Struct, frozen=True, rename="camel"):
    """A key, without its secret. Times are in milliseconds; None for never."""

    api_key: str
    label: str
    type: str
    state: KeyState
    permissions: list[str]
    addresses: list[str]
    symbols: list[str]
    created_at: int
    expires_at: int | None
    trades_until: int | None
    used_at: int | None
    """When it last signed something that was accepted."""


class KeyMade(msgspec.Struct, frozen=True, rename="camel"):
    """A new key; with its secret, this once, if it has one."""

    key: KeyShown
    secret_key: str | None

    def __repr__(self) -> str:
        return "KeyMade(…)"


class Revoked(msgspec.Struct, frozen=True):
    """It is refused from now on."""


def _declare(method: str, summary: str, response: Any, parameters: Any = NoParameters) -> Endpoint[Any]:
    return Endpoint(
        method,
        "/account/v1/keys",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=WEIGHT,
        security=Security.SESSION,
    )


LIST: Final = _declare("GET", "List your API keys.", list[KeyShown])
CREATE: Final = _declare("POST", "Make an API key; its secret is shown this once.", KeyMade, CreateParameters)
CHANGE: Final = _declare("PUT", "Change what an API key may do.", KeyShown, ChangeParameters)
REVOKE: Final = _declare("DELETE", "End an API key for ever.", Revoked, RevokeParameters)

KEY_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (LIST, CREATE, CHANGE, REVOKE)


class OwnKeys:
    """Serves the person whose session it is."""

    def __init__(self, keys: ApiKeys, clerks: Clerks, record: SecurityRecord) -> None:
        self._keys = keys
        self._clerks = clerks
        self._record = record

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(LIST, self.list),
            Route(CREATE, self.create),
            Route(CHANGE, self.change),
            Route(REVOKE, self.revoke),
        ]

    def list(self, call: Call, _parameters: NoParameters) -> "list[KeyShown]":
        """List the keys that are not revoked, oldest first."""
        return [self._shown(call, key) for key in self._keys.of_owner(call.owner)]

    async def create(self, call: Call, parameters: CreateParameters) -> KeyMade:
        """Make a key."""
        call.require_step_up()
        doer, given = Doer(call), parameters

        def make() -> tuple[ApiKey, str | None]:
            restrictions = Restrictions.read(_parts(given.addresses), _parts(given.symbols))
            about = (doer.owner, given.label, _permissions(given.permissions), self._record.now_us())
            secret = None
            if given.public_key is not None:
                made = self._keys.register(
                    *about, given.public_key, restrictions=restrictions, expires_at_us=given.expires_at
                )
            else:
                made, secret = self._keys.create(*about, restrictions=restrictions, expires_at_us=given.expires_at)
            self._changed(doer, "key-created", made)
            return made, secret

        made, secret = await self._changing(make)
        return KeyMade(self._shown(call, made), secret)

    async def change(self, call: Call, parameters: ChangeParameters) -> KeyShown:
        """Change a key."""
        call.require_step_up()
        doer, given = Doer(call), parameters

        def change() -> ApiKey:
            held = self._keys.held_by(doer.owner, given.api_key)
            addresses = _or_kept(given.addresses, [str(network) for network in held.restrictions.networks])
            symbols = _or_kept(given.symbols, sorted(held.restrictions.symbols))
            changed = self._keys.restrict(
                given.api_key,
                None if given.permissions is None else _permissions(given.permissions),
                Restrictions.read(addresses, symbols),
                label=given.label,
                expires_at_us=KEEP if given.expires_at is None else given.expires_at or None,
            )
            self._changed(doer, "key-changed", changed)
            return changed

        return self._shown(call, await self._changing(change))

    async def revoke(self, call: Call, parameters: RevokeParameters) -> Revoked:
        """End a key. Anyone in the session may: it can only make the account safer."""
        doer = Doer(call)

        def revoke() -> None:
            held = self._keys.held_by(doer.owner, parameters.api_key)
            self._keys.revoke(parameters.api_key, self._record.now_us())
            self._changed(doer, "key-revoked", held)

        await self._changing(revoke)
        return Revoked()

    def _changed(self, doer: Doer, action: str, key: ApiKey) -> None:
        permissions = ", ".join(sorted(permission.value for permission in key.permissions))
        self._record.note(doer, action, detail=f"…{key.key[-4:]} {key.label}: {permissions}")
        self._record.tell(doer, action, label=key.label, permissions=permissions)

    async def _changing(self, do: Callable[[], T]) -> T:
        try:
            return await on_clerks(self._clerks, self._record.now_us(), do)
        except NoSuchApiKey:
            raise FactorError.NO_SUCH_KEY.error() from None
        except (InvalidApiKey, InvalidPublicKey, InvalidRestriction, TooManyApiKeys) as wrong:
            raise FactorError.INVALID_KEY.error(wrong) from None

    def _shown(self, call: Call, key: ApiKey) -> KeyShown:
        used_us = self._keys.used_at_us(key.key)
        now_us, until_us, expires_us = self._record.now_us(), self._keys.trades_until_us(key), key.expires_at_us
        state = KeyState.ACTIVE
        if expires_us is not None and now_us >= expires_us:
            state = KeyState.EXPIRED
        elif until_us is not None and now_us >= until_us:
            state = KeyState.LAPSED
        return KeyShown(
            key.key,
            key.label,
            key.type.value.upper(),
            state,
            sorted(permission.value for permission in key.permissions),
            [str(network) for network in key.restrictions.networks],
            sorted(key.restrictions.symbols),
            call.time(key.created_at_us),
            None if expires_us is None else call.time(expires_us),
            None if until_us is None else call.time(until_us),
            None if used_us is None else call.time(used_us),
        )


def _permissions(words: frozenset[str]) -> frozenset[Permission]:
    return frozenset(Permission(word) for word in words)


def _parts(text: str) -> list[str]:
    return [] if text == ANY else text.split(",")


def _or_kept(text: str | None, held: list[str]) -> list[str]:
    return held if text is None else _parts(text)
