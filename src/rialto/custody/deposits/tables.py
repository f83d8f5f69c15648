"""The tables of deposits: what the chains hold as far as they were looked at, and what became of it in the journal.

`chain_blocks` and `sightings` belong together: one transaction writes a block and what is in it. They can be found
again from the chains, slowly; they are backed up like all that the journal does not hold. `deposits` and `recoveries`
are projections.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from rialto.foundation.database import AmountText

durable: Final = MetaData()
projected: Final = MetaData()

# The newest blocks of the branch that was followed, the oldest forgotten.
chain_blocks: Final = Table(
    "chain_blocks",
    durable,
    Column("network", String(20)),
    Column("height", BigInteger, autoincrement=False),
    Column("hash", String(128), nullable=False),
    Column("parent", String(128), nullable=False),
    Column("time_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("network", "height"),
)

# Every credit to an address of ours that was ever seen. Height is NULL while no block of the followed branch has it;
# `gone_at` is the first height of the branch that does not. `is_settled`: nothing is to be recorded as things stand.
sightings: Final = Table(
    "sightings",
    durable,
    Column("stream", String(32)),
    Column("number", BigInteger, nullable=False),
    Column("network", String(20), nullable=False),
    Column("transaction_id", String(128), nullable=False),
    Column("credit_index", String(64), nullable=False),
    Column("address", String(128), nullable=False),
    Column("tag", String(128), nullable=False),
    Column("contract", String(128), nullable=False),
    Column("asset", String(16), nullable=False),
    Column("chain_amount", Text, nullable=False),
    Column("senders", Text, nullable=False),
    Column("owner", BigInteger),
    Column("is_house", Boolean, nullable=False),
    Column("height", BigInteger),
    Column("block", String(128), nullable=False),
    Column("gone_at", BigInteger),
    Column("seen_at_us", BigInteger, nullable=False),
    Column("is_settled", Boolean, nullable=False),
    PrimaryKeyConstraint("stream"),
    Index("sightings_by_owner", "owner", "seen_at_us"),
    Index("sightings_by_height", "network", "height"),
    Index("sightings_by_transaction", "transaction_id"),
    Index("sightings_by_address", "address", "seen_at_us"),
    Index(
        "sightings_unsettled",
        "network",
        sqlite_where=text("is_settled = 0"),
        postgresql_where=text("NOT is_settled"),
    ),
    Index(
        "sightings_gone",
        "network",
        "gone_at",
        sqlite_where=text("height IS NULL"),
        postgresql_where=text("height IS NULL"),
    ),
)

deposits: Final = Table(
    "deposits",
    projected,
    Column("stream", String(32)),
    Column("number", BigInteger, nullable=False),
    Column("network", String(20), nullable=False),
    Column("transaction_id", String(128), nullable=False),
    Column("credit_index", String(64), nullable=False),
    Column("address", String(128), nullable=False),
    Column("tag", String(128), nullable=False),
    Column("contract", String(128), nullable=False),
    Column("asset", String(16), nullable=False),
    Column("owner", BigInteger),
    Column("chain_amount", Text, nullable=False),
    Column("units", AmountText(), nullable=False),
    Column("remainder", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("shortfall", AmountText(), nullable=False),
    # Whether it is to be released because another of its group was.
    Column("is_due", Boolean, nullable=False),
    Column("height", BigInteger, nullable=False),
    Column("recorded_at_us", BigInteger, nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    # Whether something of it is lacking: empty, lacking, or claimed from its owner.
    Column("lack", String(8), nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("stream"),
    Index("deposits_by_number", "number"),
    Index("deposits_by_lack", "lack", "owner"),
    Index("deposits_by_owner", "owner", "asset"),
    Index("deposits_by_state", "network", "state"),
    Index("deposits_by_asset", "network", "asset"),
)

# What of a network's deposits is on its chain and not in the ledger, and what is in the ledger and gone: sums.
deposit_totals: Final = Table(
    "deposit_totals",
    projected,
    Column("network", String(20)),
    Column("asset", String(16)),
    Column("contract", String(128)),
    Column("remainder", Text, nullable=False),
    Column("shortfall", AmountText(), nullable=False),
    PrimaryKeyConstraint("network", "asset", "contract"),
)
