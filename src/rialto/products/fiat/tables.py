"""The tables of fiat money: to whom withdrawals go, which only SQL holds, sealed; orders, which the journal tells."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table

from rialto.foundation.database import AmountText

metadata: Final = MetaData()
projected: Final = MetaData()

fiat_beneficiaries: Final = Table(
    "fiat_beneficiaries",
    metadata,
    Column("order_no", String(32)),
    Column("owner", BigInteger, nullable=False),
    # Name, account number and bank, JSON, sealed for this order.
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("order_no"),
)

fiat_orders: Final = Table(
    "fiat_orders",
    projected,
    Column("order_no", String(32)),
    Column("owner", BigInteger, nullable=False),
    # `deposit` or `withdrawal`; suspended transfers are deposits of nobody (owner -1), and what the bank took back
    # without anybody knowing of whom is a `reversal` until somebody says.
    Column("kind", String(16), nullable=False),
    Column("asset", BigInteger, nullable=False),
    Column("bank", String(32), nullable=False),
    Column("method", String(32), nullable=False),
    Column("indicated", AmountText(), nullable=False),
    Column("amount", AmountText(), nullable=False),
    Column("fee", AmountText(), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("message", String(40), nullable=False),
    Column("reason", String(200), nullable=False),
    # The bank's reference of what it booked last.
    Column("entry", String(520), nullable=False),
    # What its owner has to make good, and what lacks of the bank's, after the bank took something back.
    Column("claim", AmountText(), nullable=False),
    Column("shortfall", AmountText(), nullable=False),
    Column("has_claim", Boolean(), nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("updated_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("order_no"),
    Index("fiat_orders_by_owner", "owner", "kind", "created_at_us"),
    Index("fiat_orders_by_stage", "stage"),
    Index("fiat_orders_by_entry", "bank", "entry"),
    Index("fiat_orders_by_claim", "has_claim", "owner"),
)
