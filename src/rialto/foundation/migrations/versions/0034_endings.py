"""How often all sessions of a person ended: a login that began before, at whichever gateway, does not succeed."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("endings", sa.Integer(), nullable=False, server_default=sa.text("0")))
    with op.batch_alter_table("people") as batch:
        batch.alter_column("endings", server_default=None)
