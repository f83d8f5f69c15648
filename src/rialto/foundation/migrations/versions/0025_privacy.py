"""Tables of privacy, and from where the log of what people did is still told."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the tables; no log was cut short yet."""
    _make_consents()
    _make_exports()
    _make_closings()
    _make_holds_and_requests()
    op.add_column("behaviour_head", sa.Column("pruned", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("behaviour_head", sa.Column("pruned_chain", sa.LargeBinary(), nullable=True))


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def _make_consents() -> None:
    op.create_table(
        "consents",
        _number(),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("client", sa.String(length=255), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("consents_by_owner", "consents", ["owner", "id"])


def _make_exports() -> None:
    op.create_table(
        "privacy_exports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.String(length=32), nullable=True),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=True),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked_at_us", sa.BigInteger(), nullable=False),
        sa.Column("ready_at_us", sa.BigInteger(), nullable=True),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("privacy_exports_by_owner", "privacy_exports", ["owner", "asked_at_us"])
    op.create_index("privacy_exports_by_state", "privacy_exports", ["state", "asked_at_us"])


def _make_closings() -> None:
    op.create_table(
        "closings",
        _number(),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at_us", sa.BigInteger(), nullable=False),
        sa.Column("due_at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_us", sa.BigInteger(), nullable=True),
        sa.Column("destroy_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    is_open = sa.text("state <> 'canceled'")
    op.create_index("closings_open", "closings", ["owner"], unique=True, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("closings_by_state", "closings", ["state", "due_at_us"])


def _make_holds_and_requests() -> None:
    op.create_table(
        "legal_holds",
        _number(),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False, unique=True),
        sa.Column("lifted_by", sa.String(length=32), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("set_at_us", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("legal_holds_by_owner", "legal_holds", ["owner", "lifted_at_us"])
    op.create_table(
        "lawful_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=255), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("legal_basis", sa.String(length=255), nullable=False),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=True),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.Column("registered_by", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("approved_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("lawful_requests_by_time", "lawful_requests", ["approved_at_us"])
