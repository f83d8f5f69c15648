"""The table of what was said about transfers for the travel rule."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

SUBJECT_LENGTH: Final = 64

metadata: Final = MetaData()

travel_rule_records: Final = Table(
    "travel_rule_records",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("owner", BigInteger, nullable=False),
    Column("direction", String(16), nullable=False),
    # The withdrawal's id, the deposit's number; None until a withdrawal that is being asked for has one.
    Column("subject", String(SUBJECT_LENGTH)),
    Column("sealed", LargeBinary, nullable=False),
    Column("given_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("direction", "subject", name="travel_rule_records_by_subject"),
    Index("travel_rule_records_by_owner", "owner", "direction", "id"),
    sqlite_autoincrement=True,
)
