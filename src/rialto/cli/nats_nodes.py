"""The NATS nodes of a cluster on one machine: their configuration, and what can be promised with the server found here.

Before 2.10 the server syncs its files to disk lazily, every two minutes: a command is then safe in the page caches of
most nodes, and on the disk of every core replica that applied it. From 2.10 on each write is synced.
"""

import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from rialto.foundation.failures import ExpectedFailure

PROGRAM: Final = "nats-server"
SYNCS_ALWAYS_FROM: Final = (2, 10)
PAYLOAD_BYTES_MAX: Final = 32 << 20
USER: Final = "rialto"


class NoNatsServer(ExpectedFailure):
    """There is no nats-server here."""


@dataclass(frozen=True)
class NatsNode:
    """One node, and where it listens on this machine."""

    name: str
    directory: Path
    host: str
    port: int
    route_port: int


def server_version() -> tuple[int, int]:
    """Return the version of the nats-server that is installed. Errors: `NoNatsServer`."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise NoNatsServer(f"there is no {PROGRAM} on the path; install it (Debian: apt-get install nats-server)")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"v(\d+)\.(\d+)", said)
    if found is None:
        raise NoNatsServer(f"{program} --version said {said.strip()!r}, which names no version")
    return int(found[1]), int(found[2])


def password_in(directory: Path) -> str:
    """Return the password of the cluster's servers, made when there is none."""
    path = directory / "nats-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), encoding="ascii")
    return path.read_text(encoding="ascii")


def servers_url(nodes: list[NatsNode], password: str) -> str:
    """Return the URLs that members connect to."""
    return ",".join(f"nats://{USER}:{password}@{node.host}:{node.port}" for node in nodes)


def write_configuration(node: NatsNode, nodes: list[NatsNode], password: str, version: tuple[int, int]) -> Path:
    """Write the configuration of a node, readable by its owner alone, and return where."""
    routes = [f"nats-route://{USER}:{password}@{other.host}:{other.route_port}" for other in nodes]
    access = {"user": USER, "password": password}
    stored: dict[str, object] = {"store_dir": str(node.directory / "jetstream")}
    if version >= SYNCS_ALWAYS_FROM:
        stored["sync_interval"] = "always"
    configuration = {
        "server_name": node.name,
        "listen": f"{node.host}:{node.port}",
        "max_payload": PAYLOAD_BYTES_MAX,
        "write_deadline": "5s",
        "authorization": access,
        "jetstream": stored,
        "cluster": {
            "name": "rialto",
            "listen": f"{node.host}:{node.route_port}",
            "authorization": access,
            "routes": routes,
        },
    }
    node.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = node.directory / "nats.conf"
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(configuration)))  # The server reads JSON, too.
    return path
