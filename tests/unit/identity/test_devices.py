"""Devices: new once, forgotten on demand, bounded; places unknown without a database of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.devices import DEVICES_PER_OWNER_MAX, UNKNOWN, Devices, Places, PlacesUnusable
from rialto.identity.owners import Owners


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    Owners(engine).create("alice", 1)
    Owners(engine).create("bob", 1)
    yield engine
    engine.dispose()


def note(devices: Devices, engine: Engine, owner: int, device: str, now_us: int) -> bool:
    with engine.begin() as connection:
        return devices.note(connection, owner, device, "Firefox", "192.0.2.1", now_us)


def test_a_device_is_new_once_to_each_person(engine: Engine) -> None:
    devices = Devices(engine, Places(None))
    assert [note(devices, engine, 1, "a", 10), note(devices, engine, 1, "a", 20)] == [True, False]
    assert note(devices, engine, 2, "a", 30)
    (device,) = devices.of_owner(1)
    assert (device.first_seen_at_us, device.last_seen_at_us, device.place) == (10, 20, UNKNOWN)
    assert devices.is_known(1, "a")
    assert devices.forget(1, "a")
    assert not devices.forget(1, "a")
    assert not devices.is_known(1, "a")
    assert devices.is_known(2, "a")


def test_of_too_many_the_one_seen_longest_ago_is_forgotten(engine: Engine) -> None:
    devices = Devices(engine, Places(None))
    for number in range(DEVICES_PER_OWNER_MAX + 1):
        note(devices, engine, 1, f"device-{number}", number)
    assert len(devices.of_owner(1)) == DEVICES_PER_OWNER_MAX
    assert not devices.is_known(1, "device-0")


def test_a_file_that_is_no_database_of_places_is_refused(tmp_path: Path) -> None:
    (tmp_path / "places.mmdb").write_bytes(b"nothing")
    for path in (tmp_path / "places.mmdb", tmp_path / "missing.mmdb"):
        with pytest.raises(PlacesUnusable, match="give a .mmdb file"):
            Places(path)
