"""Codes of authenticator apps: TOTP (RFC 6238), SHA-1, six digits, steps of thirty seconds.

Owns `authenticator_apps`. A secret is sealed under the master key and shown once, while it is set up; it counts as a
factor when its first code was right. A code is accepted once ever: the number of its step is written down in the same
statement that checks that none so late was accepted before, so that of two at once one is refused, and after a restart
all that were accepted. The step before and the one after are accepted too, for clocks that differ.
"""

import hmac
import io
from typing import Final

import msgspec
import pyotp
import segno
from sqlalchemy import Engine, delete, insert, select, update

from rialto.foundation.resealing import SealedColumn
from rialto.foundation.secrets import MasterKey
from rialto.identity.factors.kinds import Also, FactorExists, FactorRefused, NoSuchFactor, nothing_else
from rialto.identity.factors.tables import authenticator_apps

STEP_US: Final = 30_000_000
STEPS_AROUND: Final = 1
"""How many steps a clock may be off, either way."""

DIGITS: Final = 6


class AuthenticatorSetup(msgspec.Struct, frozen=True, rename="camel"):
    """What an authenticator app is set up with; shown once."""

    secret: str
    """In base32, to be typed."""
    uri: str
    qr_svg: str
    """The URI as a QR code, an SVG image."""

    def __repr__(self) -> str:
        return "AuthenticatorSetup(…)"


class AuthenticatorApps:
    """At most one authenticator app for each person."""

    def __init__(self, engine: Engine, master_key: MasterKey, issuer: str) -> None:
        """`issuer` is what the exchange is called in the app."""
        self._engine = engine
        self._master_key = master_key
        self._issuer = issuer

    def begin(self, owner: int, name: str, now_us: int) -> AuthenticatorSetup:
        """Make a secret for an app in which the person is called `name`; one begun before is forgotten.

        Errors: `FactorExists`.
        """
        secret = pyotp.random_base32()
        of_owner = authenticator_apps.c.owner == owner
        with self._master_key.sealing(), self._engine.begin() as connection:
            connection.execute(
                delete(authenticator_apps).where(of_owner, authenticator_apps.c.confirmed_at_us.is_(None))
            )
            if connection.scalar(select(authenticator_apps.c.owner).where(of_owner)) is not None:
                raise FactorExists("there is an authenticator app already; remove it before you set up another")
            sealed = self._master_key.seal(secret.encode(), _belongs_to(owner))
            connection.execute(
                insert(authenticator_apps).values(owner=owner, sealed_secret=sealed, last_step=-1, created_at_us=now_us)
            )
        uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=self._issuer)
        drawn = io.BytesIO()
        segno.make(uri, error="m").save(drawn, kind="svg", scale=4, xmldecl=False)
        return AuthenticatorSetup(secret, uri, drawn.getvalue().decode())

    def confirm(self, owner: int, code: str, now_us: int, also: Also = nothing_else) -> None:
        """Let the app count from now on, whose first code this is. Errors: `NoSuchFactor`, `FactorRefused`."""
        self._accept(owner, code, now_us, is_confirmed=False, also=also)

    def check(self, owner: int, code: str, now_us: int) -> None:
        """Accept a code, once. Errors: `FactorRefused`."""
        try:
            self._accept(owner, code, now_us, is_confirmed=True)
        except NoSuchFactor as error:
            raise FactorRefused("the code is wrong or was used before") from error

    def is_set_up(self, owner: int) -> bool:
        """Tell whether the person has an app that counts."""
        return self.set_up_at_us(owner) is not None

    def set_up_at_us(self, owner: int) -> int | None:
        """Tell since when the person has an app that counts; None if they have none."""
        statement = select(authenticator_apps.c.confirmed_at_us).where(authenticator_apps.c.owner == owner)
        with self._engine.connect() as connection:
            since: int | None = connection.scalar(statement)
        return since

    def remove(self, owner: int, also: Also = nothing_else) -> None:
        """Forget the app. Errors: `NoSuchFactor`."""
        statement = delete(authenticator_apps).where(
            authenticator_apps.c.owner == owner, authenticator_apps.c.confirmed_at_us.is_not(None)
        )
        with self._engine.begin() as connection:
            if connection.execute(statement).rowcount != 1:
                raise NoSuchFactor("there is no authenticator app")
            also(connection)

    def _accept(self, owner: int, code: str, now_us: int, *, is_confirmed: bool, also: Also = nothing_else) -> None:
        confirmed = authenticator_apps.c.confirmed_at_us
        chosen = (authenticator_apps.c.owner == owner, confirmed.is_not(None) if is_confirmed else confirmed.is_(None))
        with self._engine.connect() as connection:
            sealed = connection.scalar(select(authenticator_apps.c.sealed_secret).where(*chosen))
        if sealed is None:
            raise NoSuchFactor("there is no authenticator app to be confirmed; begin again")
        step = _step_of(self._master_key.unseal(sealed, _belongs_to(owner)).decode(), code, now_us)
        if step is None:
            raise FactorRefused("the code is wrong or was used before")
        values = {"last_step": step} if is_confirmed else {"last_step": step, "confirmed_at_us": now_us}
        statement = update(authenticator_apps).where(
            *chosen, authenticator_apps.c.sealed_secret == sealed, authenticator_apps.c.last_step < step
        )
        with self._engine.begin() as connection:
            if connection.execute(statement.values(values)).rowcount != 1:
                raise FactorRefused("the code is wrong or was used before")
            also(connection)


def _belongs_to(owner: int) -> bytes:
    """Return what the secret of a person's app is sealed for."""
    return b"authenticator app of %d" % owner


SEALED_APPS: Final = SealedColumn(authenticator_apps, "sealed_secret", "owner", _belongs_to)


def _step_of(secret: str, code: str, now_us: int) -> int | None:
    """Return the step whose code this is; None if it is none's. Takes no longer for a better guess."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    app = pyotp.TOTP(secret, digits=DIGITS)
    now = now_us // STEP_US
    found = None
    for step in range(max(0, now - STEPS_AROUND), now + STEPS_AROUND + 1):
        if hmac.compare_digest(app.generate_otp(step), code):
            found = step
    return found
