"""The command line makes, shows, restricts and revokes keys of an exchange that runs, and the exchange heeds it."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.demo_process import DemoProcess
from tests.gateway import Trader


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    demo = DemoProcess(tmp_path_factory.mktemp("keys") / "data")
    yield demo
    assert demo.stop() == 0


def keys(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rialto", "keys", *arguments, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def status_of(exchange: DemoProcess, key: str, secret: str) -> int:
    query = f"timestamp={time.time_ns() // 1_000_000}"
    signature = Trader.sign_with(secret, query)
    url = f"{exchange.url}/api/v3/account?{query}&signature={signature}"
    return httpx.get(url, headers={"X-MBX-APIKEY": key}, trust_env=False).status_code


def eventually(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_a_key_lives_and_dies_while_the_exchange_runs(exchange: DemoProcess) -> None:
    made = keys(exchange.data, "create", "alice", "--label", "bot", "--permission", "read", "--permission", "trade")
    assert made.returncode == 0, made.stderr
    key, secret = (line.split()[-1] for line in made.stdout.splitlines())
    eventually(lambda: status_of(exchange, key, secret) == 200)
    listed = keys(exchange.data, "list", "alice").stdout
    assert f"{key}\n  bot: hmac; may read, trade; addresses: any; symbols: all" in listed
    restricted = keys(exchange.data, "restrict", key, "--permission", "read", "--address", "192.0.2.0/24")
    assert "may read; addresses: 192.0.2.0/24; symbols: all" in restricted.stdout
    eventually(lambda: status_of(exchange, key, secret) == 401)
    keys(exchange.data, "restrict", key)
    eventually(lambda: status_of(exchange, key, secret) == 200)
    assert keys(exchange.data, "revoke", key).returncode == 0
    eventually(lambda: status_of(exchange, key, secret) == 401)
    assert key not in keys(exchange.data, "list", "alice").stdout


def test_keys_are_heeded_again_after_one_could_not_be_read(exchange: DemoProcess) -> None:
    made = [keys(exchange.data, "create", "alice", "--label", label).stdout.split() for label in ("good", "odd")]
    (good, secret), (odd, _) = ((words[2], words[-1]) for words in made)
    eventually(lambda: status_of(exchange, good, secret) == 200)

    def change(permissions: str) -> None:
        with closing(sqlite3.connect(exchange.data / "rialto.sqlite", timeout=10)) as database, database:
            database.execute("UPDATE api_keys_revision SET number = number + 1")
            change = (
                "UPDATE api_keys SET permissions = ?, revision = (SELECT number FROM api_keys_revision) WHERE key = ?"
            )
            database.execute(change, (permissions, odd))

    change("no-such-permission")
    time.sleep(2.5)
    change("read")
    assert keys(exchange.data, "revoke", good).returncode == 0
    eventually(lambda: status_of(exchange, good, secret) == 401)


def test_restricting_where_a_key_is_used_grants_it_nothing(exchange: DemoProcess) -> None:
    key = keys(exchange.data, "create", "alice", "--label", "reader").stdout.split()[2]
    restricted = keys(exchange.data, "restrict", key, "--address", "127.0.0.0/8")
    assert "reader: hmac; may read; addresses: 127.0.0.0/8; symbols: all" in restricted.stdout
    widened = keys(exchange.data, "restrict", key, "--permission", "trade")
    assert "reader: hmac; may trade; addresses: any; symbols: all" in widened.stdout
    ending = keys(exchange.data, "restrict", key, "--days", "30").stdout
    assert "reader: hmac; may trade; addresses: any; symbols: all; expires: 20" in ending
    unknown = keys(exchange.data, "restrict", "nosuchkey")
    assert unknown.returncode != 0
    assert "there is no key" in unknown.stderr


def test_a_public_key_is_registered(exchange: DemoProcess, tmp_path: Path) -> None:
    public = Ed25519PrivateKey.generate().public_key()
    pem = tmp_path / "public.pem"
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    made = keys(exchange.data, "create", "bob", "--public-key", str(pem), "--symbol", "BTCUSDT")
    assert made.stdout.startswith("API key")
    assert "secret" not in made.stdout
    assert "ed25519; may read; addresses: any; symbols: BTCUSDT" in keys(exchange.data, "list", "bob").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "alice", "--permission", "withdraw"], "must be restricted to the addresses"),
        (["create", "nobody"], "there is nobody named 'nobody'"),
        (["create", "alice", "--address", "here"], "'here' is no address"),
        (["create", "alice", "--public-key", "/dev/null"], "no public key in PEM"),
        (["revoke", "x" * 64], "there is no key …xxxx in use"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(exchange: DemoProcess, arguments: list[str], message: str) -> None:
    refused = keys(exchange.data, *arguments)
    assert refused.returncode == 1
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_there_must_be_an_exchange(tmp_path: Path) -> None:
    refused = keys(tmp_path, "list", "alice")
    assert (refused.returncode, "there is no exchange in" in refused.stderr) == (1, True)
