"""What the exchange tells everyone: announcements, and whether it is under maintenance.

Operators write them; whoever asks reads them. Owns the tables `announcements` and `maintenance`. Blocks: off the loop.
"""

from enum import Enum
from typing import Final

import msgspec
from sqlalchemy import Engine, delete, insert, select, update

from rialto.foundation.failures import ExpectedFailure
from rialto.gateway.wallet.tables import announcements, maintenance

ROW: Final = 1


class Category(Enum):
    """What an announcement is about."""

    LISTING = "listing"
    DELISTING = "delisting"
    MAINTENANCE = "maintenance"
    NEWS = "news"


class Announcement(msgspec.Struct, frozen=True, array_like=True):
    """An announcement."""

    id: int
    category: Category
    title: str
    body: str
    published_at_us: int


class NoSuchAnnouncement(ExpectedFailure):
    """There is none of this number."""


class Maintenance(msgspec.Struct, frozen=True):
    """Whether the exchange is under maintenance, who said so, and why."""

    is_on: bool
    changed_by: str
    reason: str
    changed_at_us: int


class Notices:
    """Keeps them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def announce(self, asked_by: str, category: Category, title: str, body: str, now_us: int) -> int:
        """Publish something, once for who asks; return its number."""
        table = announcements.c
        with self._engine.begin() as connection:
            number = connection.scalar(select(table.id).where(table.asked_by == asked_by))
            if number is None:
                row = {"asked_by": asked_by, "category": category.value, "title": title, "body": body}
                statement = insert(announcements).values({**row, "published_at_us": now_us}).returning(table.id)
                number = connection.scalar(statement)
        assert number is not None, "what was inserted has a number"
        return int(number)

    def withdraw(self, number: int, now_us: int) -> None:
        """Show an announcement no more; one that is withdrawn stays so. Errors: `NoSuchAnnouncement`."""
        table = announcements.c
        with self._engine.begin() as connection:
            if connection.scalar(select(table.id).where(table.id == number)) is None:
                raise NoSuchAnnouncement(f"there is no announcement {number}")
            is_shown = (table.id == number) & table.withdrawn_at_us.is_(None)
            connection.execute(update(announcements).where(is_shown).values(withdrawn_at_us=now_us))

    def published(self, before: int | None, limit: int) -> list[Announcement]:
        """List announcements, the newest first, older than the one numbered `before`."""
        table = announcements.c
        columns = select(table.id, table.category, table.title, table.body, table.published_at_us)
        statement = columns.where(table.withdrawn_at_us.is_(None)).order_by(table.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(table.id < before)
        with self._engine.connect() as connection:
            return [msgspec.convert(tuple(row), Announcement) for row in connection.execute(statement)]

    def switch_maintenance(self, wanted: Maintenance) -> None:
        """Say whether the exchange is under maintenance."""
        with self._engine.begin() as connection:
            connection.execute(delete(maintenance))
            connection.execute(insert(maintenance).values({"id": ROW, **msgspec.structs.asdict(wanted)}))

    def is_under_maintenance(self) -> bool:
        """Tell what was said last."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(select(maintenance.c.is_on)))
