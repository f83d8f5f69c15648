"""Demo keys: shown from the store alone, beside a running exchange, and only those made for demonstration."""

import hashlib
import hmac
from pathlib import Path

import pytest
import sqlalchemy

from rialto.demo.demo_keys import DemoKeyUnavailable, demo_key
from rialto.foundation.database import Access, open_engine
from rialto.identity.restrictions import Permission
from tests.unit.demo.founded import NOW_US, founded_exchange, identity, small


async def test_a_demo_key_signs_what_the_running_exchange_accepts(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()) as exchange:
        writer = open_engine(exchange.identity.url, Access.DURABLE)
        with writer.begin() as connection:  # Even while the exchange writes.
            connection.execute(sqlalchemy.text("UPDATE owners SET created_at_us = created_at_us"))
            shown = demo_key(exchange.identity.url, exchange.identity.master_key, "alice")
        writer.dispose()
        held = exchange.identity.api_keys.find(shown.api_key)
        assert held is not None
        assert shown.name == "alice"
        assert held.owner == exchange.founded.users[0].owner
        assert held.verify(
            b"symbol=BTCUSDT", hmac.new(shown.secret.encode(), b"symbol=BTCUSDT", hashlib.sha256).hexdigest()
        )
        assert shown.secret not in repr(shown)
    assert demo_key(exchange.identity.url, exchange.identity.master_key, "alice") == shown


def test_without_an_exchange_nothing_is_made(tmp_path: Path) -> None:
    url, master_key = f"sqlite:///{tmp_path / 'rialto.sqlite'}", tmp_path / "master.key"
    with pytest.raises(DemoKeyUnavailable, match="start one with rialto run --demo"):
        demo_key(url, master_key, "alice")
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_said(tmp_path: Path) -> None:
    (tmp_path / "rialto.sqlite").touch()
    (tmp_path / "master.key").touch()
    with pytest.raises(DemoKeyUnavailable, match="no such table"):
        demo_key(f"sqlite:///{tmp_path / 'rialto.sqlite'}", tmp_path / "master.key", "alice")


def test_only_what_was_made_for_demonstration_is_shown(tmp_path: Path) -> None:
    with identity(tmp_path) as people:
        owner = people.owners.create("dora", NOW_US)
        people.api_keys.create(owner.id, "bot", [Permission.TRADE], NOW_US)
        with pytest.raises(DemoKeyUnavailable, match="'dora' has no demo key"):
            demo_key(people.url, people.master_key, "dora")
        with pytest.raises(DemoKeyUnavailable, match="no user named 'nobody'"):
            demo_key(people.url, people.master_key, "nobody")
