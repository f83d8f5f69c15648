"""The tables of withdrawals: one that is rebuilt from the journal, and what only SQL knows beside it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
    text,
)

from rialto.custody.payouts.tables import ID_LENGTH
from rialto.foundation.database import AmountText

ADDRESS_LENGTH_MAX: Final = 256
TAG_LENGTH_MAX: Final = 128
CLIENT_ID_LENGTH_MAX: Final = 64

projected: Final = MetaData()

withdrawals: Final = Table(
    "withdrawals",
    projected,
    Column("id", String(ID_LENGTH), nullable=False),
    Column("owner", BigInteger, nullable=False),
    Column("account", BigInteger, nullable=False),
    Column("asset", BigInteger, nullable=False),
    Column("coin", String(16), nullable=False),
    Column("network", String(32), nullable=False),
    Column("address", String(ADDRESS_LENGTH_MAX), nullable=False),
    Column("tag", String(TAG_LENGTH_MAX)),
    Column("contract", String(ADDRESS_LENGTH_MAX)),
    # What arrives, and what the house takes for it, in the asset; in the chain's unit, digits.
    Column("amount", AmountText(), nullable=False),
    Column("fee", AmountText(), nullable=False),
    Column("chain_amount", Text, nullable=False),
    Column("value", AmountText()),
    Column("client_id", String(CLIENT_ID_LENGTH_MAX)),
    Column("wallet", BigInteger, nullable=False),
    Column("recipient", BigInteger),
    Column("state", String(16), nullable=False),
    Column("info", Text, nullable=False),
    Column("approvals_needed", BigInteger, nullable=False),
    Column("operators", Text, nullable=False),
    # A JSON list of what makes it risky.
    Column("risk", Text, nullable=False),
    Column("is_to_go_alone", Boolean, nullable=False),
    Column("payout", String(ID_LENGTH)),
    Column("transaction_id", String(128)),
    Column("confirmations", BigInteger, nullable=False),
    Column("requested_at_us", BigInteger, nullable=False),
    Column("ended_at_us", BigInteger),
    # Why the signer would not sign, and before when it is not asked again.
    Column("refusal", String(16), nullable=False, server_default=text("''")),
    Column("waits_until_us", BigInteger, nullable=False, server_default="0"),
    # Whether a mis-sent deposit is sent back by it: it comes from no account of its owner.
    Column("is_return", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("id"),
    Index("withdrawals_by_owner", "owner", "requested_at_us", "id"),
    Index("withdrawals_by_recipient", "recipient", "requested_at_us", "id"),
    Index("withdrawals_by_address", "address", "requested_at_us"),
    Index("withdrawals_by_transaction", "transaction_id"),
    Index("withdrawals_by_state", "state", "network", "requested_at_us", "id"),
)

durable: Final = MetaData()

allow_list: Final = Table(
    "allow_list",
    durable,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True),
    Column("owner", BigInteger, nullable=False),
    Column("network", String(32), nullable=False),
    # Empty: any asset of the network.
    Column("coin", String(16), nullable=False),
    Column("address", String(ADDRESS_LENGTH_MAX), nullable=False),
    Column("tag", String(TAG_LENGTH_MAX), nullable=False),
    Column("name", String(64), nullable=False),
    Column("origin", String(64), nullable=False),
    Column("is_allowed", Boolean, nullable=False),
    Column("added_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    Index("allow_list_by_owner", "owner", "network", "address", "tag", "coin", unique=True),
    sqlite_autoincrement=True,
)

allow_list_switches: Final = Table(
    "allow_list_switches",
    durable,
    Column("owner", BigInteger, autoincrement=False),
    Column("is_on", Boolean, nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner"),
)

confirmation_codes: Final = Table(
    "withdrawal_codes",
    durable,
    Column("withdrawal", String(ID_LENGTH), nullable=False),
    Column("owner", BigInteger, nullable=False),
    # SHA-256 of the code with the withdrawal's id: who reads the table learns no code in time to use it.
    Column("digest", String(64), nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("withdrawal"),
)
