"""The table of publications. It is the only record of what was published, and of the seed that makes its tree again."""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table, Text

metadata: Final = MetaData()

PUBLICATION_LENGTH_MAX: Final = 40

reserve_publications: Final = Table(
    "reserve_publications",
    metadata,
    Column("publication", String(PUBLICATION_LENGTH_MAX)),
    Column("sequence", BigInteger, nullable=False),
    Column("published_at_us", BigInteger, nullable=False),
    # Sealed under the master key: whoever has it can tell whose leaf is whose.
    Column("seed", LargeBinary, nullable=False),
    # The document as it was published, JSON.
    Column("document", Text, nullable=False),
    PrimaryKeyConstraint("publication"),
)
