"""Every table and column of the database is classified as personal or not, and what is said of it is possible."""

from typing import Any

from sqlalchemy import Table

from rialto.backup.tables import ALL_TABLES
from rialto.foundation.settings.privacy import PrivacySettings
from rialto.identity.privacy.classified import CLASSIFIED, PERSONAL
from rialto.identity.privacy.declaration import ByOwner, Kept, Personal, Through

BY_NAME = {each.table: each for each in CLASSIFIED}


def columns_of(table: Table) -> set[str]:
    return {str(column.name) for column in table.columns}


def test_every_table_is_classified_once() -> None:
    assert len(BY_NAME) == len(CLASSIFIED)
    assert set(BY_NAME) == set(ALL_TABLES)


def test_every_column_is_classified() -> None:
    differing = {
        name: sorted(columns_of(table) ^ BY_NAME[name].columns)
        for name, table in ALL_TABLES.items()
        if columns_of(table) != BY_NAME[name].columns
    }
    assert differing == {}


def test_no_column_is_both_shown_and_hidden() -> None:
    twice = {each.table: set(each.shown.split()) & set(each.hidden.split()) for each in PERSONAL}
    assert {name: columns for name, columns in twice.items() if columns} == {}


def test_what_looks_like_a_secret_is_not_shown() -> None:
    words = ("secret", "hash", "digest", "salt", "csrf", "token", "sealed")
    assert [
        f"{each.table}.{column}"
        for each in PERSONAL
        for column in each.shown.split()
        for word in words
        if word in column
    ] == []


def test_every_name_in_a_declaration_is_a_column() -> None:
    wrong = []
    for each in PERSONAL:
        columns = columns_of(ALL_TABLES[each.table])
        wrong += [f"{each.table}.{name}" for name in named(each) if name not in columns]
        if isinstance(each.whose, Through):
            there = columns_of(ALL_TABLES[each.whose.table])
            wrong += [each.whose.key] if each.whose.key not in there else []
    assert wrong == []


def test_rows_that_stay_are_blanked_by_columns_that_may_be() -> None:
    stays = {Kept.BOOKS}
    for each in PERSONAL:
        assert not each.blank or each.kept in stays, each.table
        for name, value in each.blank.items():
            assert value is not None or ALL_TABLES[each.table].c[name].nullable, (each.table, name)


def test_ages_are_settings() -> None:
    days = {each.age.days for each in PERSONAL if each.age is not None and each.age.days}
    assert days <= set(PrivacySettings.__struct_fields__)


def named(each: Personal) -> list[str]:
    """The columns that a declaration speaks of beside those it classifies."""
    whose: Any = each.whose
    found = list(whose.columns) if isinstance(whose, ByOwner) else [whose.column]
    found += list(each.blank) + ([each.at] if each.at else [])
    found += [each.age.column] if each.age is not None else []
    found += [rule.column for rule in each.open_unless]
    return found
