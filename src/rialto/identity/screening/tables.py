"""The tables of screening: who may be on a list, and how far everyone was screened against the lists in force."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from rialto.identity.tables import metadata

TEXT_LENGTH_MAX: Final = 255
SUBJECT_LENGTH: Final = 64

screening_cases: Final = Table(
    "screening_cases",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("owner", BigInteger, nullable=False),
    # Where who is meant was stated, and its number there: what is shown is read from it.
    Column("source", String(16), nullable=False),
    Column("record", BigInteger, nullable=False),
    # Who is meant among those an owner speaks of.
    Column("subject", String(SUBJECT_LENGTH), nullable=False),
    Column("entry", String(32), nullable=False),
    Column("name", String(TEXT_LENGTH_MAX), nullable=False),
    Column("reference", String(TEXT_LENGTH_MAX), nullable=False),
    Column("score", Integer, nullable=False),
    Column("why", String(TEXT_LENGTH_MAX), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(TEXT_LENGTH_MAX), nullable=False),
    # Who proposed what was decided, and who agreed.
    Column("proposed_by", String(64)),
    Column("decided_by", String(64)),
    Column("opened_at_us", BigInteger, nullable=False),
    Column("decided_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["owner"], ["owners.id"]),
    UniqueConstraint("owner", "subject", "entry", name="screening_cases_once"),
    Index("screening_cases_by_state", "state", "id"),
    sqlite_autoincrement=True,
)

screening_progress: Final = Table(
    "screening_progress",
    metadata,
    Column("source", String(16)),
    Column("version", String(64), nullable=False),
    # The last record that was screened.
    Column("reached", BigInteger, nullable=False),
    Column("is_done", Boolean, nullable=False),
    Column("noted_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "version"),
)
