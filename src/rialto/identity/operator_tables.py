"""The tables of operators: who they are, and what they asked for and agreed to. Neither is in the journal."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, String, Table, Text

from rialto.identity.tables import metadata

RESULT_LENGTH_MAX: Final = 1_000

operators: Final = Table(
    "operators",
    metadata,
    Column("owner", BigInteger, autoincrement=False),
    # Words separated by spaces.
    Column("roles", String(128), nullable=False),
    Column("named_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner"),
    ForeignKeyConstraint(("owner",), ("owners.id",)),
)

operator_actions: Final = Table(
    "operator_actions",
    metadata,
    Column("id", String(32)),
    Column("action", String(48), nullable=False),
    # JSON, as the action's parameters are named on the wire.
    Column("parameters", Text, nullable=False),
    Column("shown", String(RESULT_LENGTH_MAX), nullable=False),
    # Owners; 0 is the machine's command line.
    Column("proposer", BigInteger, nullable=False),
    Column("approver", BigInteger),
    Column("status", String(16), nullable=False),
    Column("result", String(RESULT_LENGTH_MAX), nullable=False),
    # Who must agree: a word of `admin.agreements.Agreement`.
    Column("agreement", String(16), nullable=False),
    # Of what moves money, in units of 1e-8 of the valuation asset; none where it cannot be told.
    Column("worth_units", BigInteger),
    Column("proposed_at_us", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    Column("ended_at_us", BigInteger),
    PrimaryKeyConstraint("id"),
    Index("operator_actions_by_status", "status", "proposed_at_us"),
)
