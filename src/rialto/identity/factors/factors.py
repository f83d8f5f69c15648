"""Second factors of people: which one has, what they are asked for, whether what they show proves it.

A person with an authenticator app or a passkey must show one at every login, or a recovery code in its place. A login
by passkey alone needs nothing else. Flow of a login: the password, then `required_for`; if it names anything, `begin`
tells the page what to ask for, and `check` accepts the answer, once. Everything here reads or writes the database: call
it off the event loop. Who does what is written down by the callers, who know from where, by what they have done in the
same transaction (`also`).
"""

from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Engine, delete

from rialto.foundation.secrets import MasterKey
from rialto.identity.factors.attempts import Attempts
from rialto.identity.factors.challenges import Challenges
from rialto.identity.factors.kinds import (
    Also,
    FactorChallenge,
    FactorKind,
    FactorProof,
    FactorRefused,
    NoSuchFactor,
    nothing_else,
)
from rialto.identity.factors.passkeys import Passkey, Passkeys, RelyingParty
from rialto.identity.factors.recovery import RecoveryCodes
from rialto.identity.factors.tables import metadata
from rialto.identity.factors.totp import AuthenticatorApps

NONE: Final[frozenset[FactorKind]] = frozenset()


class FactorsHeld(msgspec.Struct, frozen=True, rename="camel"):
    """What a person has. Times are in microseconds."""

    authenticator_since_us: int | None
    passkeys: list[Passkey]
    recovery_codes_left: int


class Factors:
    """The second factors of everyone."""

    def __init__(self, engine: Engine, master_key: MasterKey, party: RelyingParty) -> None:
        self._engine = engine
        self.attempts: Final = Attempts(engine)
        self.apps: Final = AuthenticatorApps(engine, master_key, party.name)
        self.passkeys: Final = Passkeys(engine, Challenges(engine), party)
        self.recovery_codes: Final = RecoveryCodes(engine)

    def held_by(self, owner: int) -> FactorsHeld:
        """Tell what a person has."""
        return FactorsHeld(
            self.apps.set_up_at_us(owner), self.passkeys.of_owner(owner), self.recovery_codes.left(owner)
        )

    def required_for(self, owner: int) -> frozenset[FactorKind]:
        """Tell which kinds a person may show, one of which they must; none if they have no second factor."""
        kinds = set()
        if self.apps.is_set_up(owner):
            kinds.add(FactorKind.TOTP)
        if self.passkeys.count(owner):
            kinds.add(FactorKind.PASSKEY)
        if not kinds:
            return NONE
        if self.recovery_codes.left(owner):
            kinds.add(FactorKind.RECOVERY_CODE)
        return frozenset(kinds)

    def begin(self, owner: int, now_us: int) -> FactorChallenge:
        """Return what to ask a person for, with a challenge for their passkeys if they have any."""
        kinds = tuple(sorted(self.required_for(owner), key=lambda kind: kind.value))
        asked = self.passkeys.begin(owner, now_us) if FactorKind.PASSKEY in kinds else None
        return FactorChallenge(kinds) if asked is None else FactorChallenge(kinds, *asked)

    def check(self, owner: int, proof: FactorProof, now_us: int) -> FactorKind:
        """Accept a proof, once; return its kind. Errors: `FactorRefused`, `TooManyAttempts`."""
        self.check_apart_from(owner, proof, None, now_us)
        return proof.kind

    def begin_login(self, now_us: int) -> FactorChallenge:
        """Return what to ask someone for who logs in by passkey alone and need not say who they are."""
        return FactorChallenge((FactorKind.PASSKEY,), *self.passkeys.begin_login(now_us))

    def check_login(self, proof: FactorProof, now_us: int) -> int:
        """Accept a passkey for password and second factor, once; return whose it is. Errors: `FactorRefused`."""
        if proof.kind is not FactorKind.PASSKEY:
            raise FactorRefused("only a passkey stands for a password")
        return self.passkeys.check_login(proof.challenge, proof.credential, now_us)

    def check_apart_from(self, owner: int, proof: FactorProof, excluded: str | None, now_us: int) -> None:
        """Accept a proof by a factor other than one, which is a passkey's id or a kind.

        Errors: `FactorRefused`, `TooManyAttempts`.
        """
        if proof.kind.value == excluded:
            raise FactorRefused("to remove a factor, show another one: a recovery code, if there is nothing else")
        if proof.kind is FactorKind.TOTP:
            self.attempts.count(owner, now_us)
            self.apps.check(owner, proof.code, now_us)
            self.attempts.clear(owner)
        elif proof.kind is FactorKind.RECOVERY_CODE:
            self.recovery_codes.use(owner, proof.code, now_us)
        elif self.passkeys.check(owner, proof.challenge, proof.credential, now_us) == excluded:
            raise FactorRefused("to remove a passkey, show another factor: a recovery code, if there is nothing else")

    def confirm_app(self, owner: int, code: str, now_us: int, also: Also = nothing_else) -> tuple[str, ...]:
        """Let an authenticator app count whose first code this is; return recovery codes if these are the first.

        Errors: `NoSuchFactor`, `FactorRefused`, `TooManyAttempts`.
        """
        self.attempts.count(owner, now_us)
        self.apps.confirm(owner, code, now_us, also)
        self.attempts.clear(owner)
        return self._first_recovery_codes(owner)

    def add_passkey(
        self, owner: int, challenge: str, credential: str, label: str, now_us: int, also: Also = nothing_else
    ) -> tuple[Passkey, tuple[str, ...]]:
        """Keep a passkey made for a challenge; return it, and recovery codes if these are the first.

        Errors: `FactorRefused`, `FactorExists`, `TooManyFactors`.
        """
        made = self.passkeys.register(owner, challenge, credential, label, now_us, also)
        return made, self._first_recovery_codes(owner)

    def remove_app(self, owner: int, proof: FactorProof, now_us: int, also: Also = nothing_else) -> None:
        """Forget the authenticator app of who shows another factor.

        Errors: `NoSuchFactor`, `FactorRefused`, `TooManyAttempts`.
        """
        if not self.apps.is_set_up(owner):
            raise NoSuchFactor("there is no authenticator app")
        self._remove(owner, proof, FactorKind.TOTP.value, now_us, lambda: self.apps.remove(owner, also))

    def remove_passkey(
        self, owner: int, passkey: str, proof: FactorProof, now_us: int, also: Also = nothing_else
    ) -> None:
        """Forget a passkey of who shows another factor.

        Errors: `NoSuchFactor`, `FactorRefused`, `TooManyAttempts`.
        """
        if all(held.id != passkey for held in self.passkeys.of_owner(owner)):
            raise NoSuchFactor(f"there is no passkey {passkey[:32]!r}")
        self._remove(owner, proof, passkey, now_us, lambda: self.passkeys.remove(owner, passkey, also))

    def renew_recovery_codes(self, owner: int, also: Also = nothing_else) -> tuple[str, ...]:
        """Replace the recovery codes of who has something to recover, and return them.

        Errors: `NoSuchFactor`.
        """
        if not self.required_for(owner):
            raise NoSuchFactor("recovery codes stand in for another factor; add one first")
        return self.recovery_codes.renew(owner, also)

    def forget(self, owner: int) -> None:
        """Forget everything of a person: they are erased, or an operator has made sure who they are."""
        with self._engine.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(delete(table).where(table.c.owner == owner))

    def _remove(self, owner: int, proof: FactorProof, excluded: str, now_us: int, remove: Callable[[], None]) -> None:
        self.check_apart_from(owner, proof, excluded, now_us)
        remove()
        if not self.required_for(owner):
            self.recovery_codes.remove(owner)

    def _first_recovery_codes(self, owner: int) -> tuple[str, ...]:
        return () if self.recovery_codes.left(owner) else self.recovery_codes.renew(owner)
