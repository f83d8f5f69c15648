"""The exchange as a process of its own, as an operator starts it, with its limits out of the way.

A demonstration is founded first and stopped: it leaves funded users, keys and books, and its market makers would
otherwise trade along while something else is measured.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benches.core_program import scratch_directory
from benches.fix_load import FixKey

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
PLENTY = "100000000"
LIMITS = (
    "RIALTO_REQUEST_WEIGHT_PER_MINUTE_MAX",
    "RIALTO_REQUESTS_PER_FIVE_MINUTES_MAX",
    "RIALTO_ORDERS_PER_TEN_SECONDS_MAX",
    "RIALTO_ORDERS_PER_DAY_MAX",
    "RIALTO_SIGN_UPS_PER_HOUR_MAX",
    "RIALTO_SOCKET_ATTEMPTS_PER_FIVE_MINUTES_MAX",
    "RIALTO_UNFILLED_ORDERS_MIN",
    "RIALTO_IMMEDIATE_ORDERS_MIN",
    "RIALTO_RESTING_ORDERS_MIN",
)
OPEN = re.compile(r"is open on http://([\d.]+):(\d+)")
LOOP = "event loop"
OTHERS = "projections and others"
THREADS = (LOOP, "core", "journal", OTHERS)


class ExchangeNotStarted(Exception):
    """The exchange did not say that it is open; carries what it said instead."""


@dataclass(frozen=True, slots=True)
class ExchangeProcess:
    """A running exchange, and the key of a user with funds."""

    host: str
    port: int
    pid: int
    api_key: str
    secret_key: str
    fix_port: int = 0
    fix_key: FixKey | None = None

    def processor_times_us(self) -> dict[str, float]:
        """Tell the microseconds each thread has been on a processor: the event loop, those the core names, the rest."""
        times: dict[str, float] = dict.fromkeys(THREADS, 0.0)
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            name = (task / "comm").read_text(encoding="ascii").strip()
            part = LOOP if task.name == str(self.pid) else name if name in THREADS else OTHERS
            times[part] += int((task / "schedstat").read_text(encoding="ascii").split()[0]) / 1_000
        return times

    def processor_time_us(self) -> float:
        """Tell the microseconds that all its threads have been on a processor."""
        return sum(self.processor_times_us().values())


@contextmanager
def running_exchange(**settings: str) -> Iterator[ExchangeProcess]:
    """Found a demonstration, then run the exchange it leaves with some settings, and stop it at the end."""
    with scratch_directory() as data:
        with _started(data, "--demo", "--no-past"):
            key = json.loads(subprocess.check_output([_rialto(), "demo-key", "--json", "--data", str(data)]))
        fix_key, fix_port = FixKey(data), free_port()
        command = [_rialto(), "keys", "create", "alice", "--permission", "fix", "--data", str(data)]
        made = subprocess.check_output([*command, "--public-key", str(fix_key.public_file)], text=True)
        fix_key.api_key = made.split()[-1]
        with _started(data, RIALTO_FIX_ORDER_ENTRY_PORT=str(fix_port), **settings) as (process, host, port):
            yield ExchangeProcess(host, port, process.pid, key["apiKey"], key["secretKey"], fix_port, fix_key)


@contextmanager
def moving_exchange() -> Iterator[ExchangeProcess]:
    """Run a demonstration with its market makers, and stop it at the end."""
    with scratch_directory() as data, _started(data, "--demo", "--no-past") as (process, host, port):
        key = json.loads(subprocess.check_output([_rialto(), "demo-key", "--json", "--data", str(data)]))
        yield ExchangeProcess(host, port, process.pid, key["apiKey"], key["secretKey"])


def free_port() -> int:
    """Find a port that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _rialto() -> str:
    return str(Path(sys.executable).parent / "rialto")


@contextmanager
def _started(data: Path, *arguments: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    command = [_rialto(), "run", *arguments, "--port", "0", "--data", str(data), "--log-level", "error"]
    environment = os.environ | dict.fromkeys(LIMITS, PLENTY) | settings
    # Into a file and not a pipe, which someone would have to empty.
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True)
        try:
            host, port = _address(process, Path(f"/proc/self/fd/{output.fileno()}"))
            yield process, host, port
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[str], output: Path) -> tuple[str, int]:
    started_s = time.monotonic()
    while time.monotonic() - started_s < START_TIMEOUT_S:
        said = output.read_text()
        if opened := OPEN.search(said):
            return opened[1], int(opened[2])
        if process.poll() is not None:
            raise ExchangeNotStarted(f"the exchange ended with status {process.returncode}: {said}")
        time.sleep(0.05)
    raise ExchangeNotStarted(f"the exchange was not open after {START_TIMEOUT_S:.0f} s: {output.read_text()}")
