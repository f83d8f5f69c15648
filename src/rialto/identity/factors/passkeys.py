"""Passkeys: WebAuthn credentials, as a second factor and as the only thing to log in with.

Owns `passkeys`. The ceremonies are the library's; here is what must be remembered between them. A passkey that counts
its signatures is refused when it counts backwards, which a copy of it would do. As the only thing to log in with, the
authenticator must have verified who holds it (a fingerprint, a PIN): it then stands for password and second factor.
"""

import secrets
from typing import Any, Final

import msgspec
import webauthn
from sqlalchemy import Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import bytes_to_base64url, options_to_json, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from rialto.foundation.database import one_at_a_time
from rialto.identity.factors.challenges import LIFE_US, Challenges, Purpose
from rialto.identity.factors.kinds import (
    Also,
    FactorExists,
    FactorRefused,
    NoSuchFactor,
    PasskeyCreation,
    TooManyFactors,
    nothing_else,
)
from rialto.identity.factors.tables import passkeys

PASSKEYS_PER_OWNER_MAX: Final = 10
HANDLE_BYTES: Final = 32
CREDENTIAL_TEXT_MAX: Final = 8_192
_TIMEOUT_MS: Final = LIFE_US // 1_000
_MALFORMED: Final = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
"""What the library raises for answers that are wrong, and for such as are none."""


class RelyingParty(msgspec.Struct, frozen=True):
    """Who passkeys are made for: the exchange's domain, its name, and the origins its pages come from."""

    id: str
    name: str
    origins: tuple[str, ...]


class Passkey(msgspec.Struct, frozen=True, rename="camel"):
    """A passkey as its owner sees it. Times are in microseconds."""

    id: str
    label: str
    is_backed_up: bool
    created_at_us: int
    used_at_us: int | None


class Passkeys:
    """The passkeys of each person."""

    def __init__(self, engine: Engine, challenges: Challenges, party: RelyingParty) -> None:
        self._engine = engine
        self._challenges = challenges
        self._party = party

    def of_owner(self, owner: int) -> list[Passkey]:
        """List a person's passkeys, oldest first."""
        return [
            Passkey(row.id, row.label, row.is_backed_up, row.created_at_us, row.used_at_us) for row in self._rows(owner)
        ]

    def begin_registration(self, owner: int, name: str, now_us: int) -> PasskeyCreation:
        """Return what a new passkey is made with, for someone called `name`. Errors: `TooManyFactors`."""
        held = self._rows(owner)
        if len(held) >= PASSKEYS_PER_OWNER_MAX:
            raise TooManyFactors(f"{PASSKEYS_PER_OWNER_MAX} passkeys are the most there can be; remove one")
        handle = held[0].user_handle if held else secrets.token_bytes(HANDLE_BYTES)
        challenge_name, challenge = self._challenges.make(Purpose.REGISTER, owner, now_us, handle)
        options = webauthn.generate_registration_options(
            rp_id=self._party.id,
            rp_name=self._party.name,
            user_name=name,
            user_id=handle,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
            exclude_credentials=_descriptors(held),
        )
        return PasskeyCreation(challenge_name, _plain(options))

    def register(
        self, owner: int, challenge: str, credential: str, label: str, now_us: int, also: Also = nothing_else
    ) -> Passkey:
        """Keep a passkey that was made for a challenge. Errors: `FactorRefused`, `FactorExists`, `TooManyFactors`."""
        expected = self._challenges.take(challenge, Purpose.REGISTER, owner, now_us)
        try:
            made = webauthn.verify_registration_response(
                credential=_bounded(credential),
                expected_challenge=expected.signed,
                expected_rp_id=self._party.id,
                expected_origin=list(self._party.origins),
            )
        except _MALFORMED as error:
            raise FactorRefused("this is no new passkey for this exchange and this challenge") from error
        passkey = Passkey(secrets.token_hex(8), label, made.credential_backed_up, now_us, None)
        try:
            with self._engine.begin() as connection:
                one_at_a_time(connection, f"passkeys of {owner}")
                held = select(func.count()).where(passkeys.c.owner == owner)
                if (connection.scalar(held) or 0) >= PASSKEYS_PER_OWNER_MAX:
                    raise TooManyFactors(f"{PASSKEYS_PER_OWNER_MAX} passkeys are the most there can be; remove one")
                connection.execute(
                    insert(passkeys).values(
                        credential=bytes_to_base64url(made.credential_id),
                        id=passkey.id,
                        owner=owner,
                        user_handle=expected.user_handle,
                        public_key=made.credential_public_key,
                        sign_count=made.sign_count,
                        label=label,
                        is_backed_up=made.credential_backed_up,
                        created_at_us=now_us,
                    )
                )
                also(connection)
        except IntegrityError as error:
            raise FactorExists("this passkey is registered already") from error
        return passkey

    def begin(self, owner: int, now_us: int) -> tuple[str, dict[str, Any]] | None:
        """Ask for a passkey of a person; return the challenge's name and the options; None if they have none."""
        held = self._rows(owner)
        if not held:
            return None
        name, challenge = self._challenges.make(Purpose.PROVE, owner, now_us)
        return name, self._request(challenge, held, UserVerificationRequirement.PREFERRED)

    def begin_login(self, now_us: int) -> tuple[str, dict[str, Any]]:
        """Ask for any passkey of this exchange, of whomever; return the challenge's name and the options."""
        name, challenge = self._challenges.make(Purpose.LOG_IN, None, now_us)
        return name, self._request(challenge, [], UserVerificationRequirement.REQUIRED)

    def check(self, owner: int, challenge: str, credential: str, now_us: int) -> str:
        """Accept a passkey's answer for a person; return the passkey's id. Errors: `FactorRefused`."""
        expected = self._challenges.take(challenge, Purpose.PROVE, owner, now_us).signed
        row = self._verified(expected, credential, now_us, owner=owner)
        passkey: str = row.id
        return passkey

    def check_login(self, challenge: str, credential: str, now_us: int) -> int:
        """Accept a passkey's answer for whomever it belongs to, and return who. Errors: `FactorRefused`."""
        expected = self._challenges.take(challenge, Purpose.LOG_IN, None, now_us).signed
        owner: int = self._verified(expected, credential, now_us, owner=None).owner
        return owner

    def owner_of(self, credential: str) -> int | None:
        """Tell whose passkey an answer names, which proves nothing yet."""
        try:
            answer = parse_authentication_credential_json(_bounded(credential))
        except _MALFORMED:
            return None
        with self._engine.connect() as connection:
            owner: int | None = connection.scalar(select(passkeys.c.owner).where(passkeys.c.credential == answer.id))
        return owner

    def remove(self, owner: int, passkey: str, also: Also = nothing_else) -> None:
        """Forget a passkey. Errors: `NoSuchFactor`."""
        statement = delete(passkeys).where(passkeys.c.owner == owner, passkeys.c.id == passkey)
        with self._engine.begin() as connection:
            if connection.execute(statement).rowcount != 1:
                raise NoSuchFactor(f"there is no passkey {passkey[:32]!r}")
            also(connection)

    def count(self, owner: int) -> int:
        """Count a person's passkeys."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).where(passkeys.c.owner == owner)) or 0

    def _rows(self, owner: int) -> list[Row[Any]]:
        statement = select(passkeys).where(passkeys.c.owner == owner).order_by(passkeys.c.created_at_us)
        with self._engine.connect() as connection:
            return list(connection.execute(statement).all())

    def _request(
        self, challenge: bytes, held: list[Row[Any]], verification: UserVerificationRequirement
    ) -> dict[str, Any]:
        options = webauthn.generate_authentication_options(
            rp_id=self._party.id,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            allow_credentials=_descriptors(held),
            user_verification=verification,
        )
        return _plain(options)

    def _verified(self, expected: bytes, credential: str, now_us: int, *, owner: int | None) -> Row[Any]:
        """Verify an answer by the passkey it names, a given person's or whosever it is."""
        refused = FactorRefused("the passkey does not answer this challenge")
        try:
            answer = parse_authentication_credential_json(_bounded(credential))
        except _MALFORMED as error:
            raise refused from error
        row = self._named(answer, owner)
        if row is None:
            raise refused
        try:
            verified = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=expected,
                expected_rp_id=self._party.id,
                expected_origin=list(self._party.origins),
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=owner is None,
            )
        except _MALFORMED as error:
            raise refused from error
        of_row = (passkeys.c.credential == row.credential, passkeys.c.sign_count == row.sign_count)
        values = {
            "sign_count": verified.new_sign_count,
            "is_backed_up": verified.credential_backed_up,
            "used_at_us": now_us,
        }
        with self._engine.begin() as connection:
            if connection.execute(update(passkeys).where(*of_row).values(values)).rowcount != 1:
                raise refused
        return row

    def _named(self, answer: AuthenticationCredential, owner: int | None) -> Row[Any] | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(passkeys).where(passkeys.c.credential == answer.id)).one_or_none()
        if row is None:
            return None
        if owner is not None:
            return row if row.owner == owner else None
        handle = answer.response.user_handle
        return row if handle is not None and secrets.compare_digest(handle, row.user_handle) else None


def _descriptors(rows: list[Row[Any]]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(row.credential)) for row in rows]


def _plain(options: PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions) -> dict[str, Any]:
    return msgspec.json.decode(options_to_json(options), type=dict[str, Any])


def _bounded(credential: str) -> str:
    if len(credential) > CREDENTIAL_TEXT_MAX:
        raise ValueError("an answer longer than any passkey gives")
    return credential
