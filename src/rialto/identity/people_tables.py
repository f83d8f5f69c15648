"""The tables of people: who they are, their sessions and devices, their mail and what they did.

They share `identity.tables.metadata`, for people are owners. Secrets that only have to be recognised (tokens, codes)
are here as hashes; passwords as argon2id. None can be rebuilt from the journal.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from rialto.identity.tables import metadata

EMAIL_LENGTH_MAX: Final = 254
TEXT_LENGTH_MAX: Final = 255

people: Final = Table(
    "people",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    # As it is written to, and as it is compared.
    Column("email", String(EMAIL_LENGTH_MAX), nullable=False),
    Column("email_key", String(EMAIL_LENGTH_MAX), nullable=False),
    Column("status", String(16), nullable=False),
    # "owner", "master" or "operator".
    Column("frozen_by", String(16)),
    Column("country", String(2)),
    Column("level", Integer, nullable=False),
    Column("parent", BigInteger),
    Column("withdrawals_locked_until_us", BigInteger, nullable=False),
    Column("lock_reason", String(32)),
    # None: there is no logging in with a password.
    Column("password_hash", String(TEXT_LENGTH_MAX)),
    Column("anti_phishing_code", String(32)),
    Column("created_at_us", BigInteger, nullable=False),
    # Whether they may neither trade nor take anything out until operators know who they are.
    Column("is_under_review", Boolean, nullable=False, default=False),
    # How often all of their sessions ended.
    Column("endings", Integer, nullable=False, default=0),
    PrimaryKeyConstraint("owner"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
    ForeignKeyConstraint(["parent"], ["owners.id"]),
    UniqueConstraint("email_key", name="people_by_email"),
    Index("people_by_parent", "parent"),
    Index("people_by_status", "status"),
)

email_proofs: Final = Table(
    "email_proofs",
    metadata,
    # The hash of the token in the link; the code beside it is for who types.
    Column("token_hash", String(64)),
    Column("purpose", String(16), nullable=False),
    Column("email", String(EMAIL_LENGTH_MAX), nullable=False),
    Column("email_key", String(EMAIL_LENGTH_MAX), nullable=False),
    Column("owner", BigInteger),
    Column("code_hash", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("token_hash"),
    Index("email_proofs_by_email", "email_key", "purpose"),
    Index("email_proofs_by_expiry", "expires_at_us"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", String(32)),
    Column("token_hash", String(64), nullable=False),
    # The token before the last rotation, accepted for requests that were on their way then.
    Column("previous_hash", String(64)),
    Column("rotated_at_us", BigInteger, nullable=False),
    Column("owner", BigInteger, nullable=False),
    Column("device", String(64), nullable=False),
    Column("client", String(TEXT_LENGTH_MAX), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("seen_at_us", BigInteger, nullable=False),
    Column("stepped_up_until_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
    Index("sessions_by_owner", "owner"),
)

devices: Final = Table(
    "devices",
    metadata,
    Column("owner", BigInteger),
    # The hash of the cookie that makes the device known.
    Column("device", String(64)),
    Column("client", String(TEXT_LENGTH_MAX), nullable=False),
    Column("address", String(64), nullable=False),
    Column("place", String(TEXT_LENGTH_MAX), nullable=False),
    Column("first_seen_at_us", BigInteger, nullable=False),
    Column("last_seen_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner", "device"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
)

mail: Final = Table(
    "mail",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("to_address", String(EMAIL_LENGTH_MAX), nullable=False),
    Column("template", String(64), nullable=False),
    Column("subject", String(TEXT_LENGTH_MAX), nullable=False),
    # None once it was sent: it may hold what opens an account.
    Column("body", Text),
    Column("queued_at_us", BigInteger, nullable=False),
    Column("next_attempt_at_us", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    PrimaryKeyConstraint("id"),
    Index("mail_by_attempt", "state", "next_attempt_at_us"),
    sqlite_autoincrement=True,
)

page_preferences: Final = Table(
    "page_preferences",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    # What they chose, as JSON; what they did not is not there.
    Column("chosen", Text, nullable=False),
    PrimaryKeyConstraint("owner"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
)

behaviour: Final = Table(
    "behaviour",
    metadata,
    Column("number", BigInteger, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("owner", BigInteger),
    Column("actor", String(TEXT_LENGTH_MAX), nullable=False),
    Column("action", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("client", String(TEXT_LENGTH_MAX), nullable=False),
    Column("result", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    # Without its salt an entry's content can be erased and its digest says nothing of it; the chain holds all the same.
    Column("salt", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("erased", Boolean, nullable=False),
    PrimaryKeyConstraint("number"),
    Index("behaviour_by_owner", "owner", "number"),
)

# One row: the last entry's number and chained hash, and those of the last that was cut off the beginning (NULL while
# none was). Its lock puts entries in order.
behaviour_head: Final = Table(
    "behaviour_head",
    metadata,
    Column("id", Integer, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("pruned", BigInteger, nullable=False, server_default="0"),
    Column("pruned_chain", LargeBinary),
    PrimaryKeyConstraint("id"),
)
