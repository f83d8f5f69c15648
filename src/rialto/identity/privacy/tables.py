"""The tables of privacy: what was agreed to, exports, closings, holds and requests. None can be rebuilt."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
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

TEXT_LENGTH_MAX: Final = 255
ID_LENGTH: Final = 32

metadata: Final = MetaData()

# Every acceptance and withdrawal, in order: a row is never changed.
consents: Final = Table(
    "consents",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("owner", BigInteger, nullable=False),
    Column("document", String(32), nullable=False),
    Column("version", String(32), nullable=False),
    Column("is_given", Boolean, nullable=False),
    Column("address", String(64), nullable=False),
    Column("client", String(TEXT_LENGTH_MAX), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("consents_by_owner", "owner", "id"),
    sqlite_autoincrement=True,
)

exports: Final = Table(
    "privacy_exports",
    metadata,
    Column("id", String(ID_LENGTH)),
    Column("owner", BigInteger, nullable=False),
    # The lawful request it is for; NULL for what the person asked for.
    Column("request", String(ID_LENGTH)),
    # Words separated by spaces; empty for all.
    Column("topics", Text, nullable=False),
    Column("from_us", BigInteger),
    Column("until_us", BigInteger),
    Column("state", String(16), nullable=False),
    # Whose directory its file lies in: each gateway of a cluster has one of its own.
    Column("place", String(ID_LENGTH), nullable=False),
    # The key of its file, sealed under the master key. NULL before it is made and after it is destroyed.
    Column("sealed_key", LargeBinary),
    Column("size", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("asked_at_us", BigInteger, nullable=False),
    Column("ready_at_us", BigInteger),
    Column("expires_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    Index("privacy_exports_by_owner", "owner", "asked_at_us"),
    Index("privacy_exports_by_state", "state", "asked_at_us"),
)

# That an account is to be closed. One that is not over stands for each person at most.
closings: Final = Table(
    "closings",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("owner", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at_us", BigInteger, nullable=False),
    Column("due_at_us", BigInteger, nullable=False),
    Column("ended_at_us", BigInteger),
    # When what the law has kept may go.
    Column("destroy_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    Index(
        "closings_open",
        "owner",
        unique=True,
        sqlite_where=text("state <> 'canceled'"),
        postgresql_where=text("state <> 'canceled'"),
    ),
    Index("closings_by_state", "state", "due_at_us"),
    sqlite_autoincrement=True,
)

# Of whom nothing may be destroyed.
legal_holds: Final = Table(
    "legal_holds",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("owner", BigInteger, nullable=False),
    # The proposals by which it was set and lifted.
    Column("set_by", String(ID_LENGTH), nullable=False, unique=True),
    Column("lifted_by", String(ID_LENGTH)),
    Column("reference", String(TEXT_LENGTH_MAX), nullable=False),
    Column("set_at_us", BigInteger, nullable=False),
    Column("lifted_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    Index("legal_holds_by_owner", "owner", "lifted_at_us"),
    sqlite_autoincrement=True,
)

lawful_requests: Final = Table(
    "lawful_requests",
    metadata,
    # That of the proposal two operators agreed on.
    Column("id", String(ID_LENGTH)),
    Column("authority", String(TEXT_LENGTH_MAX), nullable=False),
    Column("reference", String(TEXT_LENGTH_MAX), nullable=False),
    Column("legal_basis", String(TEXT_LENGTH_MAX), nullable=False),
    # Numbers and words separated by spaces.
    Column("owners", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("from_us", BigInteger),
    Column("until_us", BigInteger),
    Column("registered_by", String(64), nullable=False),
    Column("approved_by", String(64), nullable=False),
    Column("approved_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("lawful_requests_by_time", "approved_at_us"),
)
