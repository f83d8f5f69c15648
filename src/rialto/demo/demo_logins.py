"""Demo logins: the e-mail address and password that a demonstration's users open the page with.

Stands beside a running exchange or in place of one. Owns no state: a password is worked out, one way, from the secret
of the user's first demo key, which is sealed under the master key. So it is nowhere at rest but as the hash that it is
compared with, and the same at every start, also after that key was revoked or the master key changed. Who may be shown
the secret of a user's demo key may be shown this too.

A user who is a person already is left as they are, whatever has become of them: a password they have changed since is
not shown, and not changed back.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

import msgspec
import structlog
from sqlalchemy import Engine, select

from rialto.foundation.secrets import MasterKey
from rialto.identity.passwords import hashed, matches
from rialto.identity.people import EmailTaken, People, normalised
from rialto.identity.tables import api_keys
from rialto.identity.verification.model import LEVEL_MAX

DOMAIN: Final = "example.com"
PASSWORD_BYTES: Final = 15
PURPOSE: Final = b"rialto demonstration password"
GROUP: Final = 6
"""How many characters of a password stand together."""

_log = structlog.stdlib.get_logger(__name__)


class DemoLogin(msgspec.Struct, frozen=True):
    """What somebody logs in with; no password where they have changed it. Its text leaves the password out."""

    email: str
    password: str | None

    def __repr__(self) -> str:
        return f"DemoLogin(email={self.email!r})"


def make_logins(engine: Engine, master_key: MasterKey, users: Iterable[tuple[str, int]], now_us: int) -> None:
    """Make persons of users, named with their owners, who are none yet: verified as far as anyone can be.

    Each is made whole or not at all. Where somebody else has the address, a user stays without a login. Blocks: off the
    event loop. Errors: `BrokenSeal`.
    """
    people = People(engine)
    for name, owner in users:
        password = _password(engine, master_key, owner)
        if password is None or people.find(owner) is not None:
            continue
        try:
            with engine.begin() as connection:
                people.register(
                    f"{name}@{DOMAIN}", now_us, password_hash=hashed(password), owner=owner, connection=connection
                )
                people.set_level(owner, LEVEL_MAX, now_us, connection)
        except EmailTaken:
            _log.warning("somebody else has the address of a demonstration user, who has no login", user=name)


def demo_login(engine: Engine, master_key: MasterKey, owner: int) -> DemoLogin | None:
    """Return what a user logs in with, if they are a person. Blocks: off the event loop. Errors: `BrokenSeal`."""
    people = People(engine)
    person = people.find(owner)
    if person is None:
        return None
    _, stored = people.with_password(normalised(person.email)[1])
    password = _password(engine, master_key, owner)
    is_unchanged = password is not None and stored is not None and matches(password, stored)
    return DemoLogin(person.email, password if is_unchanged else None)


def _password(engine: Engine, master_key: MasterKey, owner: int) -> str | None:
    """Work out the password of a user; None for an owner who never had a demo key."""
    first = select(api_keys.c.key, api_keys.c.sealed_secret).where(api_keys.c.owner == owner, api_keys.c.demo)
    with engine.connect() as connection:
        row = connection.execute(first.order_by(api_keys.c.created_at_us, api_keys.c.key).limit(1)).one_or_none()
    if row is None:
        return None
    secret = master_key.unseal(row.sealed_secret, row.key.encode())
    derived = hmac.digest(secret, PURPOSE, hashlib.sha256)[:PASSWORD_BYTES]
    letters = base64.b32encode(derived).decode().lower()
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
