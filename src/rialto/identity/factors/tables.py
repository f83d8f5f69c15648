"""The tables of second factors. They are the only record of what they hold.

Owners are not referred to by foreign keys: an owner's row is never deleted, and a person's factors may be.
"""

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
)

metadata: Final = MetaData()

CREDENTIAL_LENGTH_MAX: Final = 1_364
"""A credential's id in base64url: 1,023 bytes at most, as WebAuthn has it."""

authenticator_apps: Final = Table(
    "authenticator_apps",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    # The last step of thirty seconds whose code was accepted: neither it nor an earlier one is accepted again.
    Column("last_step", BigInteger, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("confirmed_at_us", BigInteger),
    PrimaryKeyConstraint("owner"),
)

passkeys: Final = Table(
    "passkeys",
    metadata,
    Column("credential", String(CREDENTIAL_LENGTH_MAX)),
    Column("id", String(32), nullable=False, unique=True),
    Column("owner", BigInteger, nullable=False),
    # What the authenticator knows the person by: random.
    Column("user_handle", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("label", String(64), nullable=False),
    Column("is_backed_up", Boolean, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("used_at_us", BigInteger),
    PrimaryKeyConstraint("credential"),
    Index("passkeys_by_owner", "owner"),
)

recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("digest", LargeBinary),
    Column("used_at_us", BigInteger),
    PrimaryKeyConstraint("owner", "digest"),
)

factor_challenges: Final = Table(
    "factor_challenges",
    metadata,
    Column("id", String(43)),
    # Nobody's while it is not known who will answer.
    Column("owner", BigInteger),
    Column("purpose", String(16), nullable=False),
    Column("challenge", LargeBinary, nullable=False),
    # What a passkey that is made for it knows the person by.
    Column("user_handle", LargeBinary),
    Column("expires_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("factor_challenges_by_owner", "owner", "expires_at_us"),
    Index("factor_challenges_by_expiry", "expires_at_us"),
)

factor_attempts: Final = Table(
    "factor_attempts",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("failures", Integer, nullable=False),
    Column("blocked_until_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner"),
)
