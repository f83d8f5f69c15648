"""The tables of networks: what operators switched. The only record of it."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, MetaData, PrimaryKeyConstraint, String, Table

metadata: Final = MetaData()

asset_switches: Final = Table(
    "asset_switches",
    metadata,
    Column("network", String(20)),
    Column("asset", String(16)),
    Column("deposits_open", Boolean, nullable=False),
    Column("withdrawals_open", Boolean, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("network", "asset"),
)
