"""A demonstration cluster as its users start it: one supervising process, and members that tests kill or pause."""

import asyncio
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import nats
import pytest

from tests.demo_process import RIALTO, UNLIMITED, Credentials, end_of
from tests.network_namespaces import Network

OPEN_TIMEOUT_S = 300
STOP_TIMEOUT_S = 120
NATS = ("nats-1", "nats-2", "nats-3")
CORES = ("core-1", "core-2")
GATEWAYS = ("gateway-1", "gateway-2")
READY = {"core": '"event": "follows"', "gateway": '"event": "open"', "nats": "Server is ready"}
LOOK_EVERY_S = 0.1

needs_nats = pytest.mark.skipif(shutil.which("nats-server") is None, reason="no nats-server on the path")


class ClusterProcess:
    """One run of `rialto cluster --demo` on a directory."""

    def __init__(
        self,
        data: Path,
        postgres_url: str | None = None,
        environment: Mapping[str, str] | None = None,
        network: Network | None = None,
    ) -> None:
        self.data = data
        self.network = network
        self.log = (data.parent / f"{data.name}.log").open("ab")
        command = [*RIALTO, "cluster", "--demo", "--port", "0", "--data", str(data)]
        command += [] if postgres_url is None else ["--database-url", postgres_url]
        if network is not None:
            command += ["--nats-hosts", ",".join(network.addresses[node] for node in NATS)]
            command += [f"--namespace={member}={name}" for member, name in network.namespaces.items()]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**os.environ, **UNLIMITED, **(environment or {})},
            start_new_session=True,
        )
        said = self._wait_open()
        self.urls = re.findall(r"is open on (\S+)", said)
        self.core_urls = re.findall(r"follows, watched on (\S+)", said)
        keys = re.findall(r"^(\w+)\n\s+API key\s+(\S+)\n\s+secret key\s+(\S+)", said, re.MULTILINE)
        self._credentials = {name: Credentials(key, secret) for name, key, secret in keys}

    def _wait_open(self) -> str:
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        said, deadline = b"", time.monotonic() + OPEN_TIMEOUT_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"The cluster is open" not in said:
                left = deadline - time.monotonic()
                if left <= 0 or self._process.poll() is not None:
                    self._process.terminate()
                    self._process.wait(STOP_TIMEOUT_S)
                    raise AssertionError(f"the cluster did not open; it said {said!r}, see {self.data}/*.log")
                if selector.select(left):
                    said += self._process.stdout.read() or b""
        return said.decode()

    def credentials(self, name: str = "alice") -> Credentials:
        """A demonstration user's key."""
        return self._credentials[name]

    def pid(self, member: str) -> int:
        """The process of a member now."""
        pids: dict[str, int] = json.loads((self.data / "processes.json").read_bytes())
        return pids[member]

    def send(self, member: str, number: signal.Signals) -> None:
        """Send a signal to a member."""
        os.kill(self.pid(member), number)

    def active_core(self) -> str:
        """Which core replica became active last."""
        became = [
            (json.loads(line)["timestamp"], core)
            for core in CORES
            for line in self._lines(core)
            if '"event": "active"' in line
        ]
        return str(max(became)[1])

    async def leader_of(self, stream: str) -> str:
        """Which NATS node leads a stream."""
        configuration = json.loads((self.data / "nats-1" / "nats.conf").read_bytes())
        access = configuration["authorization"]
        client = await nats.connect(
            [f"nats://{json.loads((self.data / node / 'nats.conf').read_bytes())['listen']}" for node in NATS],
            user=access["user"],
            password=access["password"],
        )
        try:
            while True:
                cluster = (await client.jetstream(timeout=OPEN_TIMEOUT_S).stream_info(stream)).cluster
                if cluster is not None and cluster.leader:
                    return cluster.leader
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await client.close()

    def _lines(self, member: str) -> list[str]:
        return (self.data / f"{member}.log").read_text().splitlines()

    def times_ready(self, member: str) -> int:
        """How often a member has said that it is ready."""
        return (self.data / f"{member}.log").read_text().count(READY[member.partition("-")[0]])

    async def until_ready_again(self, member: str, times: int) -> None:
        """Wait until a member that died is ready once more."""
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            while True:
                if self.times_ready(member) > times:
                    return
                await asyncio.sleep(LOOK_EVERY_S)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self._process.send_signal(signal.SIGINT)
        return end_of(self._process, STOP_TIMEOUT_S, self.log)
