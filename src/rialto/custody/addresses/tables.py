"""The tables of deposit addresses. The only record of whose an address is: without it, what arrives has no owner."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, String, Table

metadata: Final = MetaData()

deposit_addresses: Final = Table(
    "deposit_addresses",
    metadata,
    # Grows with every address, so that other processes find what is new by it.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("network", String(20), nullable=False),
    Column("owner", BigInteger, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("address", String(128), nullable=False),
    Column("tag", String(64), nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("number"),
    Index("deposit_addresses_by_owner", "network", "owner", unique=True),
    Index("deposit_addresses_by_place", "network", "place", unique=True),
    Index("deposit_addresses_by_address", "network", "address", "tag", unique=True),
    sqlite_autoincrement=True,
)

# The next place of each network. Places are never given out twice, also if an address was never handed out.
address_places: Final = Table(
    "address_places",
    metadata,
    Column("network", String(20)),
    Column("next_place", BigInteger, nullable=False),
    PrimaryKeyConstraint("network"),
)
