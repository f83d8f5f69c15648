"""Keys that only the client can sign with, restrictions of keys, and a number of every change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add what keys now have; those there are stay HMAC keys without restrictions."""
    with op.batch_alter_table("api_keys") as table:
        table.alter_column("sealed_secret", existing_type=sa.LargeBinary(), nullable=True)
        table.add_column(sa.Column("type", sa.String(length=16), nullable=False, server_default="hmac"))
        table.add_column(sa.Column("public_key", sa.Text(), nullable=True))
        table.add_column(sa.Column("addresses", sa.Text(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("symbols", sa.Text(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("revision", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("api_keys_by_revision", "api_keys", ["revision"], unique=False)
    op.create_table(
        "api_keys_revision",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.execute("INSERT INTO api_keys_revision (number) VALUES (0)")
