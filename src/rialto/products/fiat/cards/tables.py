"""The tables of cards: which cards people have, which only SQL holds, sealed; orders, which the journal tells."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from rialto.foundation.database import AmountText
from rialto.products.fiat.tables import metadata, projected

fiat_cards: Final = Table(
    "fiat_cards",
    metadata,
    Column("card", String(32)),
    Column("owner", BigInteger, nullable=False),
    # The provider's name of it, its brand and last digits, JSON, sealed for this card.
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("card"),
    Index("fiat_cards_by_owner", "owner", "kept_at_us"),
)

card_orders: Final = Table(
    "card_orders",
    projected,
    Column("order_no", String(32)),
    Column("owner", BigInteger, nullable=False),
    # `deposit`, `purchase`, `withdrawal` or `sale`.
    Column("kind", String(16), nullable=False),
    Column("asset", BigInteger, nullable=False),
    # What was or is to be paid by the card or to it.
    Column("amount", AmountText(), nullable=False),
    Column("fee", AmountText(), nullable=False),
    # What is bought, or given for the payout.
    Column("other_asset", BigInteger, nullable=False),
    Column("other_amount", AmountText(), nullable=False),
    Column("price", AmountText(), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("payment", String(64), nullable=False),
    Column("url", String(300), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("declines", Integer, nullable=False),
    Column("refunds_waiting", Integer, nullable=False),
    Column("refunded", AmountText(), nullable=False),
    Column("claim", AmountText(), nullable=False),
    Column("shortfall", AmountText(), nullable=False),
    Column("has_claim", Boolean, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("updated_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("order_no"),
    Index("card_orders_by_owner", "owner", "kind", "created_at_us"),
    Index("card_orders_by_stage", "stage"),
    Index("card_orders_by_claim", "has_claim", "owner"),
)
