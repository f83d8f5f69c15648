"""Second factors; when keys expire, and since when each may do what it may."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables of factors and give keys their times; keys that are there never expire."""
    _make_factors()
    with op.batch_alter_table("api_keys") as table:
        table.add_column(sa.Column("expires_at_us", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("permitted_at_us", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "trading_locks",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("locked_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("owner", "locked_at_us"),
    )
    op.create_table(
        "fast_withdrawals",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.execute("UPDATE api_keys SET permitted_at_us = created_at_us")


def _make_factors() -> None:
    op.create_table(
        "authenticator_apps",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_table(
        "passkeys",
        sa.Column("credential", sa.String(length=1364), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False, unique=True),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("is_backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("used_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("credential"),
    )
    op.create_index("passkeys_by_owner", "passkeys", ["owner"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "digest"),
    )
    op.create_table(
        "factor_challenges",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("factor_challenges_by_owner", "factor_challenges", ["owner", "expires_at_us"], unique=False)
    op.create_index("factor_challenges_by_expiry", "factor_challenges", ["expires_at_us"], unique=False)
    op.create_table(
        "factor_attempts",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
