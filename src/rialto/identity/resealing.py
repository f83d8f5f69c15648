"""Changing the master key: every sealed secret opened, sealed again under a new key, and the new key put in place.

Whatever moment it is cut off at, everything opens afterwards: secrets change in one transaction, the old key's file is
replaced only after that, and until then both keys are there. Done again, it goes on where it was. A running exchange
takes the new key over when it next reads a key.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Engine, select, update

from rialto.foundation.resealing import SealedColumn, reseal_column
from rialto.foundation.secrets import MasterKey
from rialto.identity.api_keys import next_revision
from rialto.identity.factors.totp import SEALED_APPS
from rialto.identity.privacy.exports import SEALED_EXPORT_KEYS
from rialto.identity.tables import api_keys
from rialto.identity.verification.vault import SEALED_KEYS

SEALED: Final = (SEALED_APPS, SEALED_KEYS, SEALED_EXPORT_KEYS)
"""What is sealed here, beside the secrets of API keys, whose change running exchanges look for."""


def reseal(engine: Engine, master_key: MasterKey, further: Iterable[SealedColumn] = ()) -> int:
    """Seal every secret under a new master key, those of further parts too; return how many there were.

    Errors: `BrokenSeal` when one does not open, `MasterKeyUnusable`, SQLAlchemy's own; then both keys are kept.
    """
    with master_key.changing() as new_key, engine.begin() as connection:
        others = sum(reseal_column(connection, each, master_key, new_key) for each in (*SEALED, *further))
        revision = next_revision(connection)
        rows = connection.execute(select(api_keys.c.key, api_keys.c.sealed_secret)).all()
        sealed = [row for row in rows if row.sealed_secret is not None]
        for row in sealed:
            name = row.key.encode()
            anew = new_key.seal(master_key.unseal(row.sealed_secret, name), name)
            statement = update(api_keys).where(api_keys.c.key == row.key)
            connection.execute(statement.values(sealed_secret=anew, revision=revision))
    return len(sealed) + others
