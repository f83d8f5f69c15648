"""Changing the master key: every sealed secret opened, sealed again under a new key, and the new key put in place.

Whatever moment it is cut off at, everything opens afterwards: secrets change in one transaction, the old key's file is
replaced only after that, and until then both keys are there. Done again, it goes on where it was. A running exchange
takes the new key over when it next reads a key.
"""

from sqlalchemy import Engine, select, update

from rialto.foundation.secrets import MasterKey
from rialto.identity.api_keys import next_revision
from rialto.identity.tables import api_keys


def reseal(engine: Engine, master_key: MasterKey) -> int:
    """Seal every secret under a new master key; return how many there were.

    Errors: `BrokenSeal` when one does not open, `MasterKeyUnusable`, SQLAlchemy's own; then both keys are kept.
    """
    with master_key.changing() as new_key, engine.begin() as connection:
        revision = next_revision(connection)
        rows = connection.execute(select(api_keys.c.key, api_keys.c.sealed_secret)).all()
        sealed = [row for row in rows if row.sealed_secret is not None]
        for row in sealed:
            belongs_to = row.key.encode()
            anew = new_key.seal(master_key.unseal(row.sealed_secret, belongs_to), belongs_to)
            statement = update(api_keys).where(api_keys.c.key == row.key)
            connection.execute(statement.values(sealed_secret=anew, revision=revision))
    return len(sealed)
