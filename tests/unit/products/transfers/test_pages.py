"""Every read of transfers is served by an index, in the index's order: nothing is scanned, nothing is sorted."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import ColumnElement, Engine, insert, select

from rialto.contracts.vocabulary import AccountClass
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.products.transfers import pages
from rialto.products.transfers.model import Channel
from rialto.products.transfers.tables import transfers

c = transfers.c


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    migrate(sqlite_url)
    engine = open_engine(sqlite_url, Access.REBUILDABLE)
    usual = {"asked_by": 1, "from_class": "spot", "from_scope": 0, "to_class": "spot", "to_scope": 0, "asset": 0}
    with engine.begin() as connection:
        connection.execute(
            insert(transfers),
            [
                {
                    **usual,
                    "transfer": number,
                    "family": number % 7,
                    "from_owner": number % 13,
                    "to_owner": number % 11,
                    "amount": "1.00000000",
                    "channel": "family",
                    "client_id": f"id-{number}",
                    "moved_at_us": number,
                }
                for number in range(1, 500)
            ],
        )
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("conditions", "index"),
    [
        (pages.between_own(1, AccountClass.SPOT, AccountClass.FUNDING), "transfers_by_destination"),
        (pages.from_member(1, 2), "transfers_by_source"),
        (pages.to_member(1, 2), "transfers_by_destination"),
        (pages.sent_by(1, 2), "transfers_by_source"),
        (pages.received_by(1, 2), "transfers_by_destination"),
    ],
)
def test_a_page_is_read_in_the_order_of_an_index(
    engine: Engine, conditions: Sequence[ColumnElement[bool]], index: str
) -> None:
    statement = (
        select(transfers)
        .where(*conditions, pages.by_channel(Channel.FAMILY), c.moved_at_us.between(10, 400))
        .order_by(c.moved_at_us.desc(), c.transfer.desc())
        .limit(10)
    )
    owner = "from_owner" if index == "transfers_by_source" else "to_owner"
    place = f"({owner}=? AND moved_at_us>? AND moved_at_us<?)"
    assert plan(engine, statement) == [f"SEARCH transfers USING INDEX {index} {place}"]


def test_a_clients_id_is_found_by_an_index(engine: Engine) -> None:
    statement = select(transfers).where(*pages.of_client_id(1, "id-1")).limit(1)
    assert plan(engine, statement) == ["SEARCH transfers USING INDEX transfers_by_client_id (family=? AND client_id=?)"]


def plan(engine: Engine, statement: object) -> list[str]:
    text = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    with engine.connect() as connection:
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
