"""Demo keys: show a demo user's API key with its secret, and their login, from the identity store alone.

Stands beside a running exchange or in place of one: it reads the database and the master key and writes neither. Only
keys that were made for demonstration can be shown.
"""

from pathlib import Path

import msgspec
from sqlalchemy.exc import OperationalError, ProgrammingError

from rialto.demo.demo_logins import DemoLogin, demo_login
from rialto.foundation.database import Access, database_url, open_engine
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.secrets import MasterKey
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners


class DemoKeyUnavailable(ExpectedFailure):
    """There is no demo key to show. The message says why, and what to do."""


class DemoKey(msgspec.Struct, frozen=True):
    """What a client signs requests with, and what its user logs in with. Its text leaves the secrets out."""

    name: str
    api_key: str
    secret: str
    login: DemoLogin | None = None

    def __repr__(self) -> str:
        return f"DemoKey(name={self.name!r})"


def demo_key(url: str, master_key_path: Path, name: str) -> DemoKey:
    """Return the demo key of a user, by name.

    Errors: `DemoKeyUnavailable`, `InvalidDatabaseUrl`, `MasterKeyUnusable`, `BrokenSeal`.
    """
    if not _exists(url) or not master_key_path.is_file():
        raise DemoKeyUnavailable(f"there is no exchange in {master_key_path.parent}; start one with rialto run --demo")
    engine = open_engine(url, Access.READ_ONLY)
    try:
        owner = Owners(engine).find_named(name)
        if owner is None:
            raise DemoKeyUnavailable(
                f"there is no user named {name!r}; rialto run --demo makes those it is defined with"
            )
        master_key = MasterKey.load_or_create(master_key_path)
        api_keys = ApiKeys(engine, master_key)
        for held in api_keys.of_owner(owner.id):
            if held.demo:
                secret = api_keys.reveal_demo_secret(held.key)
                return DemoKey(name, held.key, secret, demo_login(engine, master_key, owner.id))
    except (OperationalError, ProgrammingError) as error:
        raise DemoKeyUnavailable(
            f"the database cannot be read ({error.orig}); start the exchange once with rialto run --demo"
        ) from error
    finally:
        engine.dispose()
    raise DemoKeyUnavailable(f"user {name!r} has no demo key; only users of a demonstration have one that can be shown")


def _exists(url: str) -> bool:
    """Say whether there is a database to read; SQLite would make an empty one instead of saying so."""
    parsed = database_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()
