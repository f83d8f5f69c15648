"""What people choose of the page, so that it is theirs on every device, and which mails they want.

Owns the table `page_preferences`: one row a person, with what they chose as JSON. What nobody chose is not there, and
the page decides. Mails about an account's security are no choice. Blocking: off the event loop.
"""

from enum import Enum
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select

from rialto.identity.people_tables import page_preferences


class Mode(Enum):
    """How bright the page is."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Palette(Enum):
    """Which two colours prices have."""

    STANDARD = "standard"
    COLOUR_BLIND = "colour-blind"


class Rising(Enum):
    """Which colour rises."""

    GREEN = "green"
    RED = "red"


class Motion(Enum):
    """Whether things move."""

    SYSTEM = "system"
    REDUCED = "reduced"


class Chosen(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What someone chose; None for what they did not."""

    language: str | None = None
    currency: str | None = None
    mode: Mode | None = None
    palette: Palette | None = None
    rising: Rising | None = None
    motion: Motion | None = None
    login_mail: bool | None = None

    @property
    def wants_login_mail(self) -> bool:
        """Whether they want to be told of every login, also from a device that is known."""
        return self.login_mail is True


NOTHING: Final = Chosen()


class PagePreferences:
    """What everyone chose."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_owner(self, owner: int) -> Chosen:
        """Return what someone chose."""
        with self._engine.connect() as connection:
            return chosen_by(owner, connection)

    def choose(self, owner: int, newly: Chosen) -> Chosen:
        """Keep what someone chose newly beside what they chose before; return all of it."""
        with self._engine.begin() as connection:
            before = chosen_by(owner, connection)
            given = {name: value for name, value in msgspec.structs.asdict(newly).items() if value is not None}
            chosen = msgspec.structs.replace(before, **given)
            connection.execute(delete(page_preferences).where(page_preferences.c.owner == owner))
            text = msgspec.json.encode(chosen).decode()
            connection.execute(insert(page_preferences).values(owner=owner, chosen=text))
        return chosen


def chosen_by(owner: int, connection: Connection) -> Chosen:
    """Return what someone chose, as a transaction sees it."""
    text = connection.scalar(select(page_preferences.c.chosen).where(page_preferences.c.owner == owner))
    return NOTHING if text is None else msgspec.json.decode(text, type=Chosen)
