"""The tables of wallets that are the only record of what they hold: preferences, schedules, tags, announcements."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData()

NAME_LENGTH_MAX: Final = 64
TAG_LENGTH_MAX: Final = 40
TITLE_LENGTH_MAX: Final = 200
REASON_LENGTH_MAX: Final = 255

preferences: Final = Table(
    "wallet_preferences",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    Column("interest_discount", Boolean, nullable=False),
    PrimaryKeyConstraint("owner"),
)

# What is to become of symbols: `open` or `delist`, at a time.
market_schedule: Final = Table(
    "market_schedule",
    metadata,
    Column("symbol", String(32)),
    Column("change", String(16)),
    Column("at_us", BigInteger, nullable=False),
    Column("done_at_us", BigInteger),
    PrimaryKeyConstraint("symbol", "change"),
)

asset_names: Final = Table(
    "asset_names",
    metadata,
    Column("asset", String(16)),
    Column("name", String(NAME_LENGTH_MAX), nullable=False),
    PrimaryKeyConstraint("asset"),
)

asset_tags: Final = Table(
    "asset_tags",
    metadata,
    Column("asset", String(16)),
    Column("tag", String(TAG_LENGTH_MAX)),
    PrimaryKeyConstraint("asset", "tag"),
)

announcements: Final = Table(
    "announcements",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    # What asked for it: the same asks once.
    Column("asked_by", String(64), nullable=False),
    Column("category", String(16), nullable=False),
    Column("title", String(TITLE_LENGTH_MAX), nullable=False),
    Column("body", Text, nullable=False),
    Column("published_at_us", BigInteger, nullable=False),
    Column("withdrawn_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("asked_by"),
    sqlite_autoincrement=True,
)

# One row, or none where it was never switched.
maintenance: Final = Table(
    "maintenance",
    metadata,
    Column("id", Integer, autoincrement=False),
    Column("is_on", Boolean, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("reason", String(REASON_LENGTH_MAX), nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
)
