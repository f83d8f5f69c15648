"""Tables of verification: keys, cases, documents and their pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "verification_keys",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owners.id"]),
        sa.PrimaryKeyConstraint("owner"),
    )
    _create_cases()
    _create_documents()
    op.create_table(
        "verification_pieces",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["verification_documents.id"]),
        sa.PrimaryKeyConstraint("document", "number"),
    )


def _create_cases() -> None:
    op.create_table(
        "verification_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stated", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("agreed_by", sa.String(length=64), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("submitted_at_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_at_us", sa.BigInteger(), nullable=True),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["people.owner"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("verification_cases_by_owner", "verification_cases", ["owner", "id"])
    op.create_index("verification_cases_by_state", "verification_cases", ["state", "submitted_at_us"])


def _create_documents() -> None:
    op.create_table(
        "verification_documents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=True),
        sa.Column("begun_at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["people.owner"]),
        sa.ForeignKeyConstraint(["case_id"], ["verification_cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("verification_documents_by_owner", "verification_documents", ["owner"])
    op.create_index("verification_documents_by_case", "verification_documents", ["case_id"])
