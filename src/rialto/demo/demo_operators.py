"""Demo operators: people with every role, a password and an authenticator app, for the back office of a demonstration.

Stands beside a running exchange or in place of one. Two are made with each call, because much takes two. Only an
exchange that was founded as a demonstration gets them: whoever owns its data may name operators anyway.
"""

import secrets
from typing import Final

import msgspec
import pyotp
from sqlalchemy import Engine, select

from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.secrets import MasterKey
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.factors.factors import Factors
from rialto.identity.factors.passkeys import RelyingParty
from rialto.identity.operators import Operators, Role
from rialto.identity.passwords import hashed
from rialto.identity.people import People
from rialto.identity.tables import api_keys

MADE_TOGETHER: Final = 2
STEP_US: Final = 30_000_000
ACTOR: Final = "operator on the command line"


class NoDemonstration(ExpectedFailure):
    """The exchange is no demonstration."""


class DemoOperator(msgspec.Struct, frozen=True):
    """What somebody logs in with. Its text leaves out what is secret."""

    email: str
    password: str
    app_secret: str
    recovery_codes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"DemoOperator(email={self.email!r})"


def make_operators(engine: Engine, master_key: MasterKey, party: RelyingParty, now_us: int) -> list[DemoOperator]:
    """Make two people with every role. Errors: `NoDemonstration`."""
    with engine.connect() as connection:
        is_demonstration = connection.scalar(select(api_keys.c.key).where(api_keys.c.demo).limit(1)) is not None
    if not is_demonstration:
        raise NoDemonstration("this exchange is no demonstration: people sign up, then rialto operator add names them")
    return [_make(engine, Factors(engine, master_key, party), now_us) for _ in range(MADE_TOGETHER)]


def _make(engine: Engine, factors: Factors, now_us: int) -> DemoOperator:
    email, password = f"operator-{secrets.token_hex(3)}@example.com", secrets.token_urlsafe(12)
    owner = People(engine).register(email, now_us, password_hash=hashed(password)).owner
    secret = factors.apps.begin(owner, email, now_us).secret
    # The code of the step before is accepted too, and leaves the one that an app shows now for logging in.
    factors.apps.confirm(owner, pyotp.TOTP(secret).generate_otp(now_us // STEP_US - 1), now_us)
    codes = factors.renew_recovery_codes(owner)
    Operators(engine).name(owner, Role, now_us)
    words = " ".join(sorted(role.value for role in Role))
    BehaviourLog(engine).note(owner, ACTOR, "operator:roles", "", "", "done", words, now_us)
    return DemoOperator(email, password, secret, codes)
