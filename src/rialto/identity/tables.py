"""The tables of identity. They are the only record of what they hold: nothing here can be rebuilt from the journal."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

metadata: Final = MetaData()

OWNER_NAME_LENGTH_MAX: Final = 64
KEY_LENGTH: Final = 64
LABEL_LENGTH_MAX: Final = 64

owners: Final = Table(
    "owners",
    metadata,
    # SQLite numbers rows itself only in a column it calls INTEGER. A number is never given out twice: accounts in the
    # journal refer to it for ever.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("name", String(OWNER_NAME_LENGTH_MAX), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    sqlite_autoincrement=True,
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("key", String(KEY_LENGTH)),
    Column("owner", BigInteger, nullable=False),
    Column("label", String(LABEL_LENGTH_MAX), nullable=False),
    Column("permissions", String(255), nullable=False),
    Column("sealed_secret", LargeBinary),
    Column("demo", Boolean, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("revoked_at_us", BigInteger),
    Column("type", String(16), nullable=False, server_default="hmac"),
    Column("public_key", Text),
    # Networks and symbol names, separated by spaces.
    Column("addresses", Text, nullable=False, server_default=text("''")),
    Column("symbols", Text, nullable=False, server_default=text("''")),
    # Higher with every change of any key: whoever has seen one number finds what changed since by it.
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("expires_at_us", BigInteger),
    # When its permissions were given: some lapse a while after.
    Column("permitted_at_us", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("key"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
    Index("api_keys_by_owner", "owner"),
    Index("api_keys_by_revision", "revision"),
)

# When a key last signed something that was accepted; written from time to time.
api_key_uses: Final = Table(
    "api_key_uses",
    metadata,
    Column("key", String(KEY_LENGTH)),
    Column("used_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("key"),
    ForeignKeyConstraint(["key"], ["api_keys.key"]),
)

# One row. Its lock puts the changes of keys in order, so that no number is seen before a lower one.
api_keys_revision: Final = Table(
    "api_keys_revision",
    metadata,
    Column("number", BigInteger, autoincrement=False),
    PrimaryKeyConstraint("number"),
)
