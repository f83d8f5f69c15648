"""Deletes what has been kept for long enough, whoever it is of, as the classification says; of who is held, nothing.

Of the log of what people did the content goes, and its beginning is cut off: the chain is checked from there on. Calls
block: off the event loop.
"""

from typing import Final

from sqlalchemy import Engine, delete

from rialto.foundation.settings.privacy import PrivacySettings
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.privacy.holds import held_owners
from rialto.identity.privacy.schema import Schema

DAY_US: Final = 86_400_000_000


class Retention:
    """Looks for what is to go."""

    def __init__(self, engine: Engine, schema: Schema, behaviour: BehaviourLog, settings: PrivacySettings) -> None:
        self._engine = engine
        self._schema = schema
        self._behaviour = behaviour
        self._settings = settings

    def run(self, now_us: int) -> dict[str, int]:
        """Delete it; return how many rows of which tables, those with none left out."""
        gone = {}
        for declared in self._schema.children_first():
            if declared.age is None:
                continue
            table, column = self._schema.table(declared), declared.age.column
            with self._engine.begin() as connection:
                others = self._schema.of_others(declared, held_owners(connection))
                is_old = table.c[column] < self._before_us(declared.age.days, now_us)
                gone[declared.table] = connection.execute(delete(table).where(is_old, others)).rowcount
        with self._engine.begin() as connection:
            before_us = self._before_us("log_days", now_us)
            gone["behaviour"] = self._behaviour.prune(before_us, held_owners(connection), connection)
        return {table: rows for table, rows in gone.items() if rows}

    def _before_us(self, setting: str, now_us: int) -> int:
        days: int = getattr(self._settings, setting) if setting else 0
        return now_us - days * DAY_US
