"""Finds declared tables in the database's metadata, and the rows in them that are somebody's."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, and_, func, literal, or_, select
from sqlalchemy.schema import sort_tables

from rialto.identity.people_tables import people
from rialto.identity.privacy.classified import PERSONAL
from rialto.identity.privacy.declaration import ByAccount, ByMail, ByOwner, Personal, Through


class Schema:
    """The tables that are declared. Knows no connection."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        """`tables` are all there are, by name: every declared one is among them."""
        self._tables: Final = tables
        self.personal: Final = PERSONAL
        self._declared: Final = {each.table: each for each in PERSONAL}

    def table(self, declared: Personal) -> Table:
        """Return a declared table."""
        return self._tables[declared.table]

    def named(self, name: str) -> Table:
        """Return any table."""
        return self._tables[name]

    def children_first(self) -> list[Personal]:
        """List the declarations so that what refers to something stands before it."""
        ordered: Iterable[FromClause] = sort_tables([self.table(each) for each in PERSONAL])
        return [self._declared[str(table.name)] for table in reversed(list(ordered)) if isinstance(table, Table)]

    def of_owner(self, declared: Personal, owner: int) -> ColumnElement[bool]:
        """Return the condition for rows that are an owner's."""
        table = self.table(declared)
        match declared.whose:
            case ByOwner(columns):
                return or_(*(table.c[name] == owner for name in columns))
            case ByAccount(column):
                accounts = self._tables["accounts"]
                return table.c[column].in_(select(accounts.c.account).where(accounts.c.owner == owner))
            case ByMail(column):
                address = select(people.c.email_key).where(people.c.owner == owner)
                return func.lower(table.c[column]).in_(address)
            case Through(column, name, key):
                above = self._declared[name]
                return table.c[column].in_(select(self._tables[name].c[key]).where(self.of_owner(above, owner)))

    def shown_of(
        self, declared: Personal, owner: int, from_us: int | None, until_us: int | None
    ) -> ColumnElement[bool]:
        """Return the condition for what is shown of an owner's rows: those of a period, if they are of a time."""
        table = self.table(declared)
        conditions: list[ColumnElement[bool]] = [self.of_owner(declared, owner)]
        if declared.at is not None:
            conditions += [] if from_us is None else [table.c[declared.at] >= from_us]
            conditions += [] if until_us is None else [table.c[declared.at] < until_us]
        if declared.never_shown is not None:
            column, beginning = declared.never_shown
            conditions.append(table.c[column].not_like(f"{beginning}%"))
        return and_(*conditions)

    def of_others(self, declared: Personal, owners: Iterable[int]) -> ColumnElement[bool]:
        """Return the condition for rows that are nobody's of these."""
        held: list[ColumnElement[Any]] = [~func.coalesce(self.of_owner(declared, owner), False) for owner in owners]
        return and_(literal(True), *held)
