"""Trade on a running demonstration exchange over FIX 4.4, signed with a key that only this script has.

Start the exchange with its FIX port open, `RIALTO_FIX_ORDER_ENTRY_PORT=9000 make run`, then run this with the virtual
environment's Python:

    .venv/bin/python examples/02_trade_over_fix.py
"""

import base64
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import simplefix
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

data = os.environ.get("EXCHANGE_DATA", "data")
port = int(os.environ.get("EXCHANGE_FIX_PORT", "9000"))

private = Ed25519PrivateKey.generate()
with tempfile.TemporaryDirectory() as directory:
    public = Path(directory, "public.pem")
    public.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    options = ["--public-key", str(public), "--permission", "fix", "--data", data]
    create = [sys.executable, "-m", "rialto", "keys", "create", "alice", *options]
    api_key = subprocess.run(create, check=True, capture_output=True, text=True).stdout.split()[-1]
time.sleep(2)  # A running exchange takes new keys over within a second.

connection = socket.create_connection(("127.0.0.1", port))
parser = simplefix.FixParser()
number = 0


def send(kind: str, *fields: tuple[int, object]) -> None:
    """Send a message with the next number; a Logon is signed over its head."""
    global number
    number += 1
    sent_at = datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")
    message = simplefix.FixMessage()
    for tag, value in ((8, "FIX.4.4"), (35, kind), (34, number), (49, "EXAMPLE"), (52, sent_at), (56, "SPOT"), *fields):
        message.append_pair(tag, value)
    if kind == "A":
        head = "\x01".join(("A", "EXAMPLE", "SPOT", str(number), sent_at))
        message.append_data(95, 96, base64.b64encode(private.sign(head.encode())))
    connection.sendall(message.encode())


def received() -> Iterator[dict[int, str]]:
    """Read messages, by tag, until the exchange closes the connection."""
    while block := connection.recv(65_536):
        parser.append_buffer(block)
        while (message := parser.get_message()) is not None:
            yield {int(tag): value.decode() for tag, value in message.pairs}


messages = received()
send("A", (98, 0), (108, 30), (141, "Y"), (553, api_key), (25035, 2))
print("logged on to", next(messages)[25037])

send("D", (11, "over-fix"), (38, "0.01"), (40, 1), (54, 1), (55, "BTCUSDT"))
for report in messages:
    print("order", report[37], "status", report[39], "filled", report[14], "for", report[25017])
    if report[39] == "2":
        break

send("5")
print(next(messages)[58])
connection.close()
