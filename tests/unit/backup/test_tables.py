"""Every table that cannot be rebuilt is taken, whole, from either kind of database into either."""

from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Engine

from rialto.backup.manifest import BackedUpTable
from rialto.backup.tables import (
    DURABLE,
    REBUILDABLE,
    REVISION_TABLE,
    DatabaseNotEmpty,
    UndeclaredTable,
    check_empty,
    durable_tables,
    export_tables,
    import_tables,
    kind_of,
)
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate, newest_revision
from rialto.foundation.secrets import MasterKey
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners
from rialto.identity.restrictions import Permission
from rialto.identity.tables import metadata
from rialto.identity.tables import owners as owners_table
from tests.databases import contents

PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
"""


def engine_of(url: str) -> Engine:
    return open_engine(url, Access.DURABLE)


def fill(url: str, master_key: Path) -> tuple[str, str]:
    """People who came and one who went, keys of both kinds, one revoked; returns a key with its secret."""
    migrate(url)
    engine = engine_of(url)
    owners = Owners(engine)
    alice, bob = owners.create("alice", 1), owners.create("Żółć 😀", 2)
    gone = owners.create("gone", 3)
    with engine.begin() as connection:
        connection.execute(owners_table.delete().where(owners_table.c.id == gone.id))
    keys = ApiKeys(engine, MasterKey.load_or_create(master_key))
    made, secret = keys.create(alice.id, 'quotes " and \\', [Permission.READ, Permission.TRADE], 1)
    keys.register(bob.id, "ed25519", [Permission.READ], 2, PUBLIC_KEY)
    revoked, _ = keys.create(bob.id, "revoked", [Permission.READ], 3)
    keys.revoke(revoked.key, 4)
    engine.dispose()
    return made.key, secret


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_rows_go_from_either_database_into_either(
    empty_url: str, target: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if target == "postgresql":
        if empty_url.startswith("postgresql"):
            pytest.skip("two PostgreSQL databases differ no more than one from itself")
        target_url: str = request.getfixturevalue("postgres_url")
    else:
        target_url = f"sqlite:///{tmp_path / 'target.sqlite'}"
    key, _ = fill(empty_url, tmp_path / "master.key")
    before = contents(empty_url, metadata)

    (tmp_path / "tables").mkdir()
    schema, tables = export_tables(empty_url, tmp_path / "tables")
    rows = {table.name: table.rows for table in tables}
    assert rows == {**dict.fromkeys(rows, 0), **{name: len(held) for name, held in before.items()}}
    migrate(target_url, schema)
    import_tables(target_url, tmp_path / "tables", tables)
    migrate(target_url)
    assert contents(target_url, metadata) == before

    engine = engine_of(target_url)
    assert ApiKeys(engine, MasterKey.load_or_create(tmp_path / "master.key")).find(key) is not None
    assert Owners(engine).create("new", 9).id == 4, "the number of the one who went is not given out again"
    engine.dispose()


def test_every_table_is_a_projection_or_is_backed_up(migrated_url: str) -> None:
    engine = engine_of(migrated_url)
    with engine.connect() as connection:
        taken = {table.name for table in durable_tables(connection)}
        every = set(sqlalchemy.inspect(connection).get_table_names())
    engine.dispose()
    projected = {name for part in REBUILDABLE for name in part.tables}
    assert every - projected - {REVISION_TABLE} == taken == {name for part in DURABLE for name in part.tables}
    assert all(kind_of(column) for part in DURABLE for table in part.sorted_tables for column in table.columns)


def test_a_table_that_nobody_declares_is_refused(migrated_url: str, tmp_path: Path) -> None:
    engine = engine_of(migrated_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE forgotten (id INTEGER PRIMARY KEY)"))
    engine.dispose()
    with pytest.raises(UndeclaredTable, match="forgotten"):
        export_tables(migrated_url, tmp_path)


def test_a_schema_of_another_version_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    migrate(sqlite_url, "0007")
    with pytest.raises(UndeclaredTable, match=f"revision 0007, this program's at {newest_revision()}"):
        export_tables(sqlite_url, tmp_path)


def test_rows_of_an_earlier_schema_are_migrated(sqlite_url: str, tmp_path: Path) -> None:
    """What an earlier release exported: keys before there were types and restrictions."""
    (tmp_path / "owners.jsonl").write_text(
        '{"table":"owners","columns":[["id","integer"],["name","text"],["kind","text"],["created_at_us","integer"]],'
        '"last_id":["id",7]}\n[0,"house","house",0]\n[3,"alice","person",5]\n'
    )
    columns = "key text, owner integer, label text, permissions text, sealed_secret bytes, demo boolean"
    declared = [column.split() for column in f"{columns}, created_at_us integer, revoked_at_us integer".split(", ")]
    head = str({"table": "api_keys", "columns": declared, "last_id": None}).replace("'", '"').replace("None", "null")
    (tmp_path / "api_keys.jsonl").write_text(f'{head}\n["k",3,"bot","read","AQID",false,5,null]\n')
    migrate(sqlite_url, "0001")
    import_tables(sqlite_url, tmp_path, [BackedUpTable("owners", 2), BackedUpTable("api_keys", 1)])
    migrate(sqlite_url)
    engine = engine_of(sqlite_url)
    with engine.connect() as connection:
        row = connection.execute(sqlalchemy.select(metadata.tables["api_keys"])).one()
    assert (row.key, row.owner, row.sealed_secret, row.demo, row.type) == ("k", 3, b"\x01\x02\x03", False, "hmac")
    assert Owners(engine).create("new", 9).id == 8
    engine.dispose()


def test_only_an_empty_database_is_restored_into(empty_url: str) -> None:
    check_empty(empty_url)
    migrate(empty_url)
    with pytest.raises(DatabaseNotEmpty, match="give an empty one"):
        check_empty(empty_url)
