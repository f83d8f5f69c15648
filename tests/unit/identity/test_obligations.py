"""Every kind of unfinished business that the classification names is found, of its owner and of nobody else."""

import pytest

from rialto.backup.tables import ALL_TABLES
from rialto.foundation.database import Access, open_engine
from rialto.identity.privacy.classified import PERSONAL
from rialto.identity.privacy.declaration import OpenUnless, Personal
from rialto.identity.privacy.obligations import under_way
from rialto.identity.privacy.schema import Schema

RULES = [(each, rule) for each in PERSONAL for rule in each.open_unless]


def unfinished(declared: Personal, rule: OpenUnless, owner: int) -> dict[str, object]:
    """A row of an owner's that is unfinished business by one rule, and by no other."""
    row: dict[str, object] = {}
    for column in ALL_TABLES[declared.table].columns:
        if not column.nullable or column.name == "owner":
            kind = column.type.python_type
            row[column.name] = kind() if kind is bool else owner if issubclass(kind, int) else "1"
    row |= {other.column: next(iter(other.values)) for other in declared.open_unless}
    value = row[rule.column]
    row[rule.column] = not value if isinstance(value, bool) else 1 if isinstance(value, int) else "open"
    return row


@pytest.mark.parametrize(("declared", "rule"), RULES, ids=[f"{each.table}.{rule.column}" for each, rule in RULES])
def test_whatever_is_under_way_is_an_obstacle_to_its_owner_alone(
    migrated_url: str, declared: Personal, rule: OpenUnless
) -> None:
    engine = open_engine(migrated_url, Access.DURABLE)
    table, schema = ALL_TABLES[declared.table], Schema(ALL_TABLES)
    with engine.begin() as connection:
        connection.execute(table.insert().values(unfinished(declared, rule, 7)))
        assert under_way(connection, schema, 7) == {rule.obstacle}
        assert under_way(connection, schema, 8) == set()
        done = {rule.column: next(iter(rule.values))}
        connection.execute(table.update().values(done))
        assert under_way(connection, schema, 7) == set()
    engine.dispose()
