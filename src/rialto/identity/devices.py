"""Devices that people log in from, and where in the world an address is.

Owns the table `devices`. A device is known by a cookie of its own, of which there is only the hash; one that a person
did not log in from before is new to them. Calls block: off the event loop.
"""

from pathlib import Path
from typing import Any, Final

import maxminddb
import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update

from rialto.foundation.failures import ExpectedFailure
from rialto.identity.people_tables import devices

DEVICES_PER_OWNER_MAX: Final = 50
UNKNOWN: Final = "unknown"


class Device(msgspec.Struct, frozen=True):
    """A device as its person sees it."""

    device: str
    client: str
    address: str
    place: str
    first_seen_at_us: int
    last_seen_at_us: int


class PlacesUnusable(ExpectedFailure):
    """The database of places cannot be read."""


class Places:
    """Where addresses are, by a database in MaxMind's format; without one, everywhere is unknown."""

    def __init__(self, path: Path | None) -> None:
        """Open the database. Errors: `PlacesUnusable`."""
        try:
            self._reader = None if path is None else maxminddb.open_database(path)
        except (OSError, maxminddb.InvalidDatabaseError) as error:
            raise PlacesUnusable(f"{path} is no database of places: {error}; give a .mmdb file") from error

    def place_of(self, address: str) -> str:
        """Name the place of an address: `Berlin, Germany`."""
        if self._reader is None:
            return UNKNOWN
        try:
            found: Any = self._reader.get(address)
        except ValueError:
            return UNKNOWN
        if not isinstance(found, dict):
            return UNKNOWN
        parts = [_name(found, "city"), _name(found, "country")]
        return ", ".join(part for part in parts if part) or UNKNOWN


class Devices:
    """The devices of everyone."""

    def __init__(self, engine: Engine, places: Places) -> None:
        self._engine = engine
        self.places: Final = places

    def is_known(self, owner: int, device: str) -> bool:
        """Tell whether a person logged in from a device before."""
        with self._engine.connect() as connection:
            return connection.scalar(_one(select(devices.c.device), owner, device)) is not None

    def note(self, connection: Connection, owner: int, device: str, client: str, address: str, now_us: int) -> bool:
        """Note a login, in a transaction of the caller's; return whether the device is new to its person."""
        seen = {"client": client, "address": address[:64], "place": self.places.place_of(address)[:255]}
        statement = _one(update(devices), owner, device)
        if connection.execute(statement.values(last_seen_at_us=now_us, **seen)).rowcount:
            return False
        of_owner = select(devices.c.device).where(devices.c.owner == owner)
        held = connection.scalars(of_owner.order_by(devices.c.last_seen_at_us.desc())).all()
        for surplus in held[DEVICES_PER_OWNER_MAX - 1 :]:
            connection.execute(_one(delete(devices), owner, surplus))
        row = {"owner": owner, "device": device, "first_seen_at_us": now_us, "last_seen_at_us": now_us}
        connection.execute(insert(devices).values(**row, **seen))
        return True

    def of_owner(self, owner: int) -> list[Device]:
        """List a person's devices, last seen first."""
        columns = [devices.c[field] for field in Device.__struct_fields__]
        statement = select(*columns).where(devices.c.owner == owner).order_by(devices.c.last_seen_at_us.desc())
        with self._engine.connect() as connection:
            return [Device(*row) for row in connection.execute(statement)]

    def forget(self, owner: int, device: str) -> bool:
        """Forget a device, so that a login from it is one from a new device; return whether it was known."""
        with self._engine.begin() as connection:
            return connection.execute(_one(delete(devices), owner, device)).rowcount == 1


def _one(statement: Any, owner: int, device: str) -> Any:
    return statement.where(devices.c.owner == owner, devices.c.device == device)


def _name(found: dict[str, Any], what: str) -> str:
    names = found.get(what, {}).get("names", {}) if isinstance(found.get(what), dict) else {}
    name = names.get("en", "")
    return name if isinstance(name, str) and name.isprintable() else ""
