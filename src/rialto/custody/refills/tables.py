"""The table of refills: a row for each, as its events tell it. Written by its projection, rebuilt from the journal."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, MetaData, PrimaryKeyConstraint, String, Table, Text

metadata: Final = MetaData()

refills: Final = Table(
    "refills",
    metadata,
    Column("id", String(64), nullable=False),
    Column("stream", String(32), nullable=False),
    Column("network", String(32), nullable=False),
    Column("asset", String(16), nullable=False),
    Column("direction", String(16), nullable=False),
    Column("tier", String(16), nullable=False),
    # In the chain's smallest unit: digits.
    Column("amount", Text, nullable=False),
    Column("hot", Text, nullable=False),
    Column("total", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # proposed, approved, done, failed, canceled, lapsed
    Column("state", String(16), nullable=False),
    Column("payout", String(32), nullable=False),
    Column("operators", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("proposed_at_us", BigInteger, nullable=False),
    Column("ended_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    Index("refills_by_stream", "stream"),
    Index("refills_by_state", "network", "state"),
    Index("refills_by_time", "proposed_at_us", "id"),
)
