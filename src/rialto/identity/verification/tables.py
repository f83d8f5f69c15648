"""The tables of verification: keys, cases, documents and the pieces documents lie in.

What a person states and every piece of a document is sealed under a key of that person's, which is sealed under the
master key: a change of the master key seals the small keys again and leaves the documents alone, and without its key
nothing of a person's can be read again, wherever copies lie.
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
)

from rialto.identity.tables import metadata

REASON_LENGTH_MAX: Final = 255
OPERATOR_LENGTH_MAX: Final = 64

verification_keys: Final = Table(
    "verification_keys",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("sealed_key", LargeBinary, nullable=False),
    PrimaryKeyConstraint("owner"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
)

verification_cases: Final = Table(
    "verification_cases",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("owner", BigInteger, nullable=False),
    Column("level", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    # What was stated, sealed.
    Column("stated", LargeBinary, nullable=False),
    Column("reason", String(REASON_LENGTH_MAX), nullable=False),
    Column("taken_by", String(OPERATOR_LENGTH_MAX)),
    # Who agreed first where two must.
    Column("agreed_by", String(OPERATOR_LENGTH_MAX)),
    Column("decided_by", String(OPERATOR_LENGTH_MAX)),
    Column("submitted_at_us", BigInteger, nullable=False),
    Column("decided_at_us", BigInteger),
    # When the first of its documents runs out.
    Column("expires_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["owner"], ["people.owner"]),
    Index("verification_cases_by_owner", "owner", "id"),
    Index("verification_cases_by_state", "state", "submitted_at_us"),
    sqlite_autoincrement=True,
)

verification_documents: Final = Table(
    "verification_documents",
    metadata,
    Column("id", String(32)),
    Column("owner", BigInteger, nullable=False),
    Column("case_id", BigInteger),
    Column("kind", String(16), nullable=False),
    Column("content_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("is_whole", Boolean, nullable=False),
    Column("expires_at_us", BigInteger),
    Column("begun_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["owner"], ["people.owner"]),
    ForeignKeyConstraint(["case_id"], ["verification_cases.id"]),
    Index("verification_documents_by_owner", "owner"),
    Index("verification_documents_by_case", "case_id"),
)

verification_pieces: Final = Table(
    "verification_pieces",
    metadata,
    Column("document", String(32)),
    Column("number", Integer, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("document", "number"),
    ForeignKeyConstraint(["document"], ["verification_documents.id"]),
)

verification_checks: Final = Table(
    "verification_checks",
    metadata,
    Column("case_id", BigInteger, autoincrement=False),
    # By which a provider knows that it was asked the same before.
    Column("reference", String(32), nullable=False),
    # The provider's name for it, once it has one.
    Column("check_id", String(128)),
    # Where the person goes on.
    Column("link", String(500)),
    Column("state", String(16), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_at_us", BigInteger, nullable=False),
    Column("begun_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("case_id"),
    ForeignKeyConstraint(["case_id"], ["verification_cases.id"]),
    Index("verification_checks_due", "state", "next_at_us"),
    Index("verification_checks_by_check", "check_id"),
)

verification_messages: Final = Table(
    "verification_messages",
    metadata,
    Column("id", String(128)),
    Column("received_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
)

verification_funds: Final = Table(
    "verification_funds",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    # What was stated, sealed.
    Column("sealed", LargeBinary, nullable=False),
    Column("given_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner"),
    ForeignKeyConstraint(["owner"], ["people.owner"]),
)
