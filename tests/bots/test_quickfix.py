"""QuickFIX, the engine most FIX clients are built on, trades over a session it finds nothing wrong with."""

import os
import socket
import subprocess
import time
from importlib import resources
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.demo_process import DemoProcess, rialto

KEYS_KNOWN_AFTER_S = 2
SESSION = Path(__file__).with_name("quickfix_session.py")


def fields_of(line: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in line.strip("|\n").split("|"))


def test_quickfix_trades(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    exchange = DemoProcess(tmp_path / "data", {"RIALTO_FIX_ORDER_ENTRY_PORT": str(port)})
    private = Ed25519PrivateKey.generate()
    (tmp_path / "private.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = tmp_path / "public.pem"
    public.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    options = ("--public-key", str(public), "--permission", "fix", "--data", str(exchange.data))
    key = rialto("keys", "create", "alice", *options).stdout.split()[-1]
    time.sleep(KEYS_KNOWN_AFTER_S)
    dictionary = resources.files("rialto.fix") / "schema" / "spot-fix-oe.xml"
    command = [os.environ["RIALTO_TEST_QUICKFIX"], str(SESSION), str(port), key, str(tmp_path / "private.pem")]
    ran = subprocess.run([*command, str(dictionary)], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    *reports, logout = [fields_of(line) for line in ran.stdout.splitlines() if line.startswith(("8=", "35="))]
    assert [(each["11"], each["150"], each["39"]) for each in reports] == [
        ("rests", "0", "0"),
        ("cancels", "4", "4"),
        ("takes", "0", "0"),
        ("takes", "F", "2"),
        ("breaks", "8", "8"),
    ]
    assert reports[-1]["58"] == "Filter failure: PRICE_FILTER"
    assert logout == {"35": "5"}
    assert exchange.stop() == 0
