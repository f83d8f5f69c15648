"""Keys verify what their secret signed and nothing else; secrets stay sealed and are shown once."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select, update

from rialto.foundation.clock import SettableClock
from rialto.foundation.database import Access, open_engine
from rialto.foundation.secrets import BrokenSeal, MasterKey
from rialto.identity import tables
from rialto.identity.api_keys import (
    KEYS_PER_OWNER_MAX,
    ApiKeys,
    InvalidApiKey,
    NoSuchApiKey,
    SecretNotShown,
    TooManyApiKeys,
)
from rialto.identity.owners import Owners
from rialto.identity.restrictions import Permission, Restrictions
from rialto.identity.signatures import HmacVerifier, InvalidPublicKey, KeyType

MASTER_KEY = MasterKey(bytes(32))
BOTH = {Permission.READ, Permission.TRADE}
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"


def key_with(secret: str) -> HmacVerifier:
    return HmacVerifier(secret)


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    Owners(engine).create("alice", 1)
    yield engine
    engine.dispose()


def test_the_published_example_is_signed_alike() -> None:
    """The example of the API page "Signed endpoint examples"."""
    order = b"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    payload = order + b"&recvWindow=5000&timestamp=1499827319559"
    signature = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
    assert key_with(SECRET).verify(payload, signature)
    assert key_with(SECRET).verify(payload, signature.upper())
    assert not key_with(SECRET).verify(payload + b"0", signature)


@given(secret=st.text("abcXYZ019", min_size=1, max_size=64), payload=st.binary(max_size=300))
def test_the_prepared_states_are_hmac(secret: str, payload: bytes) -> None:
    api_key = key_with(secret)
    signature = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    assert api_key.verify(payload, signature)
    assert api_key.verify(payload, signature), "a check leaves the states as they were"
    assert not api_key.verify(payload + b" ", signature)


@pytest.mark.parametrize("signature", ["", "0" * 64, "é" * 64, "0" * 63, "0" * 65, "g" * 64, "\0" * 64])
def test_other_signatures_are_refused(signature: str) -> None:
    assert not key_with(SECRET).verify(b"payload", signature)


def test_a_key_is_made_found_and_loaded(engine: Engine) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    made, secret = keys.create(1, "laptop", BOTH, 5)
    signature = hmac.new(secret.encode(), b"payload", hashlib.sha256).hexdigest()
    assert (len(made.key), made.key.isalnum(), len(secret), secret.isalnum()) == (64, True, 64, True)
    assert keys.find(made.key) is made
    loaded = ApiKeys(engine, MASTER_KEY).find(made.key)
    assert loaded is not None
    assert (loaded.owner, loaded.label, loaded.permissions, loaded.demo, loaded.created_at_us) == (
        1,
        "laptop",
        frozenset(BOTH),
        False,
        5,
    )
    assert loaded.verify(b"payload", signature)
    assert [key.key for key in keys.of_owner(1)] == [made.key]
    assert keys.of_owner(0) == []
    assert keys.find("x" * 64) is None


def test_finding_and_verifying_do_no_io(engine: Engine) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    made, _ = keys.create(1, "laptop", BOTH, 5)
    statements: list[object] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given))
    found = keys.find(made.key)
    assert found is not None
    found.verify(b"payload", "0" * 64)
    assert statements == []
    keys.revoke(made.key, 6)
    assert statements, "the listener sees what there is to see"


def test_secrets_are_sealed_in_the_database(engine: Engine) -> None:
    made, secret = ApiKeys(engine, MASTER_KEY).create(1, "laptop", BOTH, 5)
    with engine.connect() as connection:
        row = connection.execute(select(tables.api_keys)).one()
    assert secret.encode() not in row.sealed_secret
    assert MASTER_KEY.unseal(row.sealed_secret, made.key.encode()) == secret.encode()
    with pytest.raises(BrokenSeal):
        MASTER_KEY.unseal(row.sealed_secret, b"another key")


def test_another_master_key_is_noticed_at_the_start(engine: Engine, tmp_path: Path) -> None:
    ApiKeys(engine, MASTER_KEY).create(1, "laptop", BOTH, 5)
    with pytest.raises(BrokenSeal, match="the master key is not the one"):
        ApiKeys(engine, MasterKey.load_or_create(tmp_path / "key"))


def test_neither_key_nor_secret_is_in_a_text(engine: Engine) -> None:
    made, secret = ApiKeys(engine, MASTER_KEY).create(1, "laptop", BOTH, 5)
    assert repr(made) == f"ApiKey(…{made.key[-4:]}, owner=1)"
    assert secret not in str(made)


def test_a_revoked_key_is_gone(engine: Engine) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    made, _ = keys.create(1, "laptop", BOTH, 5, demo=True)
    keys.revoke(made.key, 9)
    assert keys.find(made.key) is None
    assert ApiKeys(engine, MASTER_KEY).find(made.key) is None
    with engine.connect() as connection:
        assert connection.scalar(select(tables.api_keys.c.revoked_at_us)) == 9
    with pytest.raises(NoSuchApiKey, match=f"no key …{made.key[-4:]} in use"):
        keys.revoke(made.key, 10)
    with pytest.raises(NoSuchApiKey):
        keys.reveal_demo_secret(made.key)


def test_only_demonstration_secrets_are_shown_again(engine: Engine) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    demo, secret = keys.create(1, "demo", BOTH, 5, demo=True)
    real, _ = keys.create(1, "real", BOTH, 5)
    assert ApiKeys(engine, MASTER_KEY).reveal_demo_secret(demo.key) == secret
    with pytest.raises(SecretNotShown, match=f"…{real.key[-4:]} is not a demonstration key"):
        keys.reveal_demo_secret(real.key)


@pytest.mark.parametrize(
    ("owner", "label", "permissions", "message"),
    [
        (1, "", BOTH, "'' is no label"),
        (1, "a" * 65, BOTH, "is no label: give 1 to 64"),
        (1, "line\nbreak", BOTH, "is no label"),
        (1, "laptop", set(), "without permissions"),
        (2, "laptop", BOTH, "there is no owner 2"),
    ],
)
def test_a_key_asked_for_wrongly_is_not_made(
    engine: Engine, owner: int, label: str, permissions: set[Permission], message: str
) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    with pytest.raises(InvalidApiKey, match=message):
        keys.create(owner, label, permissions, 5)
    assert keys.of_owner(owner) == []


def test_keys_of_an_owner_are_limited(engine: Engine) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    made = [keys.create(1, f"key {number}", BOTH, 5)[0] for number in range(KEYS_PER_OWNER_MAX)]
    with pytest.raises(TooManyApiKeys, match=f"owner 1 has {KEYS_PER_OWNER_MAX} keys"):
        keys.create(1, "one more", BOTH, 5)
    keys.revoke(made[0].key, 6)
    keys.create(1, "one more", BOTH, 7)


def public_key() -> tuple[Ed25519PrivateKey, str]:
    private = Ed25519PrivateKey.generate()
    return private, private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_registered_key_is_loaded_with_all_it_has(engine: Engine) -> None:
    private, pem = public_key()
    restrictions = Restrictions.read(["192.0.2.0/24", "::1"], ["BTCUSDT", "ETHUSDT"])
    made = ApiKeys(engine, MASTER_KEY).register(1, "bot", BOTH, 5, pem, restrictions=restrictions)
    loaded = ApiKeys(engine, MASTER_KEY).find(made.key)
    assert loaded is not None
    assert (loaded.type, loaded.restrictions, loaded.permissions) == (KeyType.ED25519, restrictions, frozenset(BOTH))
    assert loaded.verify(b"payload", base64.b64encode(private.sign(b"payload")).decode())
    with engine.connect() as connection:
        assert connection.scalar(select(tables.api_keys.c.sealed_secret)) is None
    with pytest.raises(InvalidPublicKey):
        ApiKeys(engine, MASTER_KEY).register(1, "bot", BOTH, 5, "none")


def test_what_another_process_changes_is_taken_over(engine: Engine) -> None:
    here, there = ApiKeys(engine, MASTER_KEY), ApiKeys(engine, MASTER_KEY)
    assert here.refresh() == 0
    made, secret = there.create(1, "laptop", BOTH, 5)
    assert here.find(made.key) is None
    assert here.refresh() == 1
    found = here.find(made.key)
    assert found is not None
    signature = hmac.new(secret.encode(), b"payload", hashlib.sha256).hexdigest()
    assert found.verify(b"payload", signature)
    restrictions = Restrictions.read(["192.0.2.7"], ["BTCUSDT"])
    there.restrict(made.key, [Permission.READ], restrictions)
    assert here.refresh() == 1
    restricted = here.find(made.key)
    assert restricted is not None
    assert (restricted.permissions, restricted.restrictions) == (frozenset((Permission.READ,)), restrictions)
    assert restricted.verify(b"payload", signature)
    there.revoke(made.key, 9)
    with pytest.raises(NoSuchApiKey, match="another process revoked it"):
        here.restrict(made.key, BOTH, restrictions)
    assert here.refresh() == 1
    assert here.find(made.key) is None
    assert here.refresh() == 0


def test_what_is_revoked_is_refused_whatever_is_wrong_with_another_key(engine: Engine) -> None:
    here, there = ApiKeys(engine, MASTER_KEY), ApiKeys(engine, MASTER_KEY)
    damaged, revoked = (there.create(1, label, BOTH, 5)[0] for label in ("damaged", "revoked"))
    here.refresh()
    there.restrict(damaged.key, [Permission.READ], Restrictions())
    there.revoke(revoked.key, 9)

    def permit(text: str) -> None:
        with engine.begin() as connection:
            connection.execute(
                update(tables.api_keys).where(tables.api_keys.c.key == damaged.key).values(permissions=text)
            )

    permit("read no-such-permission")
    with pytest.raises(ValueError, match="no-such-permission"):
        here.refresh()
    assert here.find(revoked.key) is None
    permit("read")
    assert here.refresh() == 2
    found = here.find(damaged.key)
    assert found is not None
    assert found.permissions == {Permission.READ}


def test_keys_made_elsewhere_count_too(engine: Engine) -> None:
    here, there = ApiKeys(engine, MASTER_KEY), ApiKeys(engine, MASTER_KEY)
    for number in range(KEYS_PER_OWNER_MAX):
        there.create(1, f"key {number}", BOTH, 5)
    with pytest.raises(TooManyApiKeys):
        here.create(1, "one more", BOTH, 5)


DAY_US = 86_400_000_000


def test_a_key_expires_by_the_clock_and_without_io(engine: Engine) -> None:
    clock = SettableClock(10)
    keys = ApiKeys(engine, MASTER_KEY, now_us=clock.now_us)
    made, _ = keys.create(1, "laptop", BOTH, 10, expires_at_us=20)
    loaded = ApiKeys(engine, MASTER_KEY, now_us=clock.now_us)
    statements: list[object] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given))
    for each in (keys, loaded):
        assert each.find(made.key) is not None
    clock.move_to(20)
    assert [each.find(made.key) for each in (keys, loaded)] == [None, None]
    assert statements == []
    assert [key.key for key in keys.of_owner(1)] == [made.key], "it is shown until it is revoked"
    renewed = keys.restrict(made.key, BOTH, Restrictions(), expires_at_us=None)
    assert renewed.expires_at_us is None
    assert keys.find(made.key) is renewed


@pytest.mark.parametrize("expires_at_us", [9, 10, 1 << 62])
def test_a_key_expires_in_the_future(engine: Engine, expires_at_us: int) -> None:
    with pytest.raises(InvalidApiKey, match="in the future"):
        ApiKeys(engine, MASTER_KEY).create(1, "laptop", BOTH, 10, expires_at_us=expires_at_us)


def test_a_key_for_any_address_may_trade_for_a_while(engine: Engine) -> None:
    clock = SettableClock(5)
    keys = ApiKeys(engine, MASTER_KEY, trade_days=90, now_us=clock.now_us)
    anywhere, _ = keys.create(1, "laptop", {*BOTH, Permission.TRANSFER, Permission.FIX}, 5)
    office, _ = keys.create(1, "office", BOTH, 5, restrictions=Restrictions.read(["192.0.2.0/24"], []))
    pretended, _ = keys.create(
        1, "pretended", BOTH, 5, restrictions=Restrictions.read(["0.0.0.0/1", "128.0.0.0/1"], [])
    )
    demo, _ = keys.create(1, "demo", BOTH, 5, demo=True)
    assert keys.trades_until_us(anywhere) == 5 + 90 * DAY_US
    assert [keys.trades_until_us(key) for key in (office, demo)] == [None, None]
    clock.move_to(5 + 90 * DAY_US - 1)
    assert keys.find(anywhere.key) is anywhere
    clock.advance(1)
    for key, left in ((anywhere, {Permission.READ, Permission.TRANSFER}), (pretended, {Permission.READ})):
        lapsed = keys.find(key.key)
        assert lapsed is not None
        assert lapsed.permissions == left
    assert [keys.find(key.key) for key in (office, demo)] == [office, demo]
    keys.restrict(anywhere.key, BOTH, Restrictions())
    renewed = keys.find(anywhere.key)
    assert renewed is not None
    assert renewed.permissions == BOTH
    assert keys.trades_until_us(renewed) == 5 + 180 * DAY_US


@pytest.mark.parametrize("addresses", [[], ["0.0.0.0/0"], ["192.0.2.7", "::/0"], ["128.0.0.0/1"]])
def test_a_key_that_may_withdraw_is_restricted_to_addresses(engine: Engine, addresses: list[str]) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    restrictions = Restrictions.read(addresses, [])
    with pytest.raises(InvalidApiKey, match="may withdraw must be restricted"):
        keys.create(1, "laptop", [Permission.WITHDRAW], 5, restrictions=restrictions)
    made, _ = keys.create(1, "laptop", [Permission.WITHDRAW], 5, restrictions=Restrictions.read(["192.0.2.7"], []))
    with pytest.raises(InvalidApiKey, match="may withdraw must be restricted"):
        keys.restrict(made.key, [Permission.WITHDRAW], restrictions)


def test_a_key_is_found_by_its_owner_alone(engine: Engine) -> None:
    keys = ApiKeys(engine, MASTER_KEY)
    made, _ = keys.create(1, "laptop", BOTH, 5)
    assert keys.held_by(1, made.key) is made
    with pytest.raises(NoSuchApiKey):
        keys.held_by(2, made.key)
