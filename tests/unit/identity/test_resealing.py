"""The master key changes, and whatever moment that is cut off at, every secret opens."""

import multiprocessing
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine, select

from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.foundation.secrets import BrokenSeal, MasterKey
from rialto.identity import resealing
from rialto.identity.api_keys import ApiKeys
from rialto.identity.factors.totp import AuthenticatorApps
from rialto.identity.owners import Owners
from rialto.identity.resealing import reseal
from rialto.identity.restrictions import Permission
from rialto.identity.tables import api_keys


class CutOff(Exception):
    """The process ended here."""


class People:
    """An identity store with one key, and what signs with it."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "master.key"
        url = f"sqlite:///{directory / 'rialto.sqlite'}"
        migrate(url)
        self.engine: Engine = open_engine(url, Access.DURABLE)
        self.keys = ApiKeys(self.engine, MasterKey.load_or_create(self.path))
        self.owner = Owners(self.engine).create("alice", 1).id
        made, self.secret = self.keys.create(self.owner, "tests", [Permission.READ], 1, demo=True)
        self.key = made.key

    def reopened(self) -> ApiKeys:
        """The keys as a process that starts now loads them."""
        return ApiKeys(self.engine, MasterKey.load_or_create(self.path))

    def sealed(self) -> bytes:
        with self.engine.connect() as connection:
            envelope = connection.scalar(select(api_keys.c.sealed_secret).where(api_keys.c.key == self.key))
        assert isinstance(envelope, bytes)
        return envelope


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(tmp_path)


def check(people: People) -> None:
    assert people.reopened().reveal_demo_secret(people.key) == people.secret


def test_secrets_are_sealed_under_another_key(people: People) -> None:
    old_text, old = people.path.read_text(), MasterKey(bytes.fromhex(people.path.read_text().strip()))
    assert reseal(people.engine, MasterKey.load_or_create(people.path)) == 1
    assert people.path.read_text() != old_text
    assert people.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in people.path.parent.glob("master.key*")] == ["master.key"]
    with pytest.raises(BrokenSeal):
        old.unseal(people.sealed(), people.key.encode())
    check(people)


def test_a_running_exchange_takes_the_new_key_over(people: People) -> None:
    reseal(people.engine, MasterKey.load_or_create(people.path))
    assert people.keys.refresh() == 1
    assert people.keys.reveal_demo_secret(people.key) == people.secret
    made, secret = people.keys.create(people.owner, "later", [Permission.READ], 2, demo=True)
    assert people.reopened().reveal_demo_secret(made.key) == secret


def test_revoked_keys_are_resealed_too(people: People) -> None:
    people.keys.revoke(people.key, 2)
    assert reseal(people.engine, MasterKey.load_or_create(people.path)) == 1
    MasterKey.load_or_create(people.path).unseal(people.sealed(), people.key.encode())


def test_cut_off_before_anything_changed(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object) -> None:
        raise CutOff

    monkeypatch.setattr(resealing, "next_revision", cut_off)
    with pytest.raises(CutOff):
        reseal(people.engine, MasterKey.load_or_create(people.path))
    monkeypatch.undo()
    check(people)
    assert MasterKey.load_or_create(people.path).is_changing
    assert reseal(people.engine, MasterKey.load_or_create(people.path)) == 1
    check(people)


def test_cut_off_between_the_secrets_and_the_key(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object) -> None:
        raise CutOff

    before = people.sealed()
    monkeypatch.setattr(Path, "replace", cut_off)
    with pytest.raises(CutOff):
        reseal(people.engine, MasterKey.load_or_create(people.path))
    monkeypatch.undo()
    assert people.sealed() != before
    check(people)
    made, secret = people.reopened().create(people.owner, "meanwhile", [Permission.READ], 2, demo=True)
    assert reseal(people.engine, MasterKey.load_or_create(people.path)) == 2
    check(people)
    assert people.reopened().reveal_demo_secret(made.key) == secret
    assert not MasterKey.load_or_create(people.path).is_changing


def seal_while_held(path: Path, begun: Any, sealed: Any) -> None:
    key = MasterKey.load_or_create(path)
    begun.set()
    with key.sealing():
        sealed.put(key.seal(b"secret", b"it"))


def test_nothing_is_sealed_under_a_key_that_is_about_to_go(people: People) -> None:
    context = multiprocessing.get_context("spawn")
    begun, sealed = context.Event(), context.Queue()
    with MasterKey.load_or_create(people.path).changing():
        other = context.Process(target=seal_while_held, args=(people.path, begun, sealed))
        other.start()
        assert begun.wait(60)
        assert sealed.empty(), "it waits until the key has changed"
    envelope = sealed.get(timeout=60)
    other.join(60)
    assert MasterKey(bytes.fromhex(people.path.read_text().strip())).unseal(envelope, b"it") == b"secret"


def test_secrets_of_authenticator_apps_are_sealed_under_another_key(people: People) -> None:
    apps = AuthenticatorApps(people.engine, MasterKey.load_or_create(people.path), "Rialto")
    secret = apps.begin(people.owner, "alice", 1).secret
    assert reseal(people.engine, MasterKey.load_or_create(people.path)) == 2
    reopened = AuthenticatorApps(people.engine, MasterKey.load(people.path), "Rialto")
    reopened.confirm(people.owner, pyotp.TOTP(secret).generate_otp(100), 3_000_000_000)
