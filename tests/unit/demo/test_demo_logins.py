"""Demo logins: made once, the same ever after, for exchanges founded before too, and nothing of them at rest."""

from pathlib import Path

import pytest
import sqlalchemy
from structlog.testing import capture_logs

from rialto.demo import demo_logins
from rialto.demo.demo_keys import demo_key
from rialto.demo.demo_logins import DemoLogin, demo_login, make_logins
from rialto.foundation.database import Access, open_engine
from rialto.foundation.secrets import MasterKey
from rialto.identity.passwords import check, hashed
from rialto.identity.people import People
from rialto.identity.people_tables import people as people_table
from rialto.identity.resealing import reseal
from rialto.identity.restrictions import Permission
from rialto.identity.verification.model import LEVEL_MAX
from tests.unit.demo.founded import NOW_US, Identity, identity


class Crash(Exception):
    """The process dies here."""


class Demonstration:
    """The users of a demonstration that was founded without logins."""

    def __init__(self, made: Identity) -> None:
        self.made = made
        self.engine = open_engine(made.url, Access.DURABLE)
        self.users = []
        for name in ("alice", "bob"):
            owner = made.owners.create(name, NOW_US)
            made.api_keys.create(owner.id, "demo", [Permission.TRADE], NOW_US, demo=True)
            self.users.append((name, owner.id))

    @property
    def master_key(self) -> MasterKey:
        """As the file holds it now."""
        return MasterKey.load(self.made.master_key)

    def make(self) -> None:
        """Do what every start does."""
        make_logins(self.engine, self.master_key, self.users, NOW_US)

    def logins(self) -> list[DemoLogin | None]:
        """Everyone's."""
        return [demo_login(self.engine, self.master_key, owner) for _, owner in self.users]


def test_users_become_the_people_that_their_owners_are(tmp_path: Path) -> None:
    with identity(tmp_path) as made:
        demonstration = Demonstration(made)
        assert demonstration.logins() == [None, None]
        demonstration.make()
        alice, bob = demonstration.logins()
        assert alice is not None
        assert bob is not None
        assert (alice.email, bob.email) == ("alice@example.com", "bob@example.com")
        assert alice.password is not None
        assert alice.password != bob.password
        check(alice.password, (alice.email,))
        person = People(demonstration.engine).find_by_email("alice@example.com")
        assert person is not None
        assert (person.owner, person.level) == (demonstration.users[0][1], LEVEL_MAX)
        assert alice.password not in repr(alice)
        shown = demo_key(made.url, made.master_key, "alice")
        assert shown.login == alice
        assert alice.password not in repr(shown)
        for file in tmp_path.iterdir():
            assert alice.password.encode() not in file.read_bytes()


def test_a_login_is_the_same_at_every_later_start(tmp_path: Path) -> None:
    with identity(tmp_path) as made:
        demonstration = Demonstration(made)
        demonstration.make()
        first = demonstration.logins()
        demonstration.make()
        reseal(demonstration.engine, demonstration.master_key)
        (key,) = made.api_keys.of_owner(demonstration.users[0][1])
        made.api_keys.revoke(key.key, NOW_US + 1)
        made.api_keys.create(key.owner, "demo", [Permission.TRADE], NOW_US + 2, demo=True)
        demonstration.make()
        assert demonstration.logins() == first


def test_a_crash_between_two_people_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with identity(tmp_path) as made:
        demonstration = Demonstration(made)
        left = 1

        def hash_or_die(password: str) -> str:
            nonlocal left
            if left == 0:
                raise Crash
            left -= 1
            return hashed(password)

        with monkeypatch.context() as patch, pytest.raises(Crash):
            patch.setattr(demo_logins, "hashed", hash_or_die)
            demonstration.make()
        before = demonstration.logins()
        assert [login is None for login in before] == [False, True]
        demonstration.make()
        after = demonstration.logins()
        assert after[0] == before[0]
        assert after[1] is not None


def test_what_a_user_has_changed_stays_and_is_not_shown(tmp_path: Path) -> None:
    with identity(tmp_path) as made:
        demonstration = Demonstration(made)
        demonstration.make()
        changed = hashed("seven quiet herons over water")
        statement = sqlalchemy.update(people_table).where(people_table.c.owner == demonstration.users[0][1])
        with demonstration.engine.begin() as connection:
            connection.execute(statement.values(password_hash=changed, level=1))
        demonstration.make()
        assert demonstration.logins()[0] == DemoLogin("alice@example.com", None)
        _, stored = People(demonstration.engine).with_password("alice@example.com")
        assert stored == changed


def test_an_address_that_somebody_has_is_left_to_them(tmp_path: Path) -> None:
    with identity(tmp_path) as made:
        demonstration = Demonstration(made)
        other = People(demonstration.engine).register("Alice@example.com", NOW_US)
        with capture_logs() as lines:
            demonstration.make()
        assert [(line["log_level"], line["user"]) for line in lines] == [("warning", "alice")]
        assert demonstration.logins()[0] is None
        assert demonstration.logins()[1] is not None
        assert People(demonstration.engine).find_by_email("alice@example.com") == other


def test_who_never_had_a_demo_key_gets_no_login(tmp_path: Path) -> None:
    with identity(tmp_path) as made:
        demonstration = Demonstration(made)
        dora = made.owners.create("dora", NOW_US)
        made.api_keys.create(dora.id, "bot", [Permission.TRADE], NOW_US)
        make_logins(demonstration.engine, demonstration.master_key, [("dora", dora.id)], NOW_US)
        assert demo_login(demonstration.engine, demonstration.master_key, dora.id) is None
