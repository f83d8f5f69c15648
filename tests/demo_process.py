"""A demonstration exchange as a process of its own, started, stopped and killed like a user's."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

OPEN_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
RIALTO = (sys.executable, "-m", "rialto")

UNLIMITED = {
    "RIALTO_REQUEST_WEIGHT_PER_MINUTE_MAX": "100000000",
    "RIALTO_REQUESTS_PER_FIVE_MINUTES_MAX": "100000000",
    "RIALTO_ORDERS_PER_TEN_SECONDS_MAX": "100000000",
    "RIALTO_ORDERS_PER_DAY_MAX": "100000000",
    "RIALTO_UNFILLED_ORDERS_MIN": "100000000",
    "RIALTO_IMMEDIATE_ORDERS_MIN": "100000000",
    "RIALTO_RESTING_ORDERS_MIN": "100000000",
}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Credentials(NamedTuple):
    """What a client is given besides the address."""

    key: str
    secret: str


def rialto(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    around = {**os.environ, **(environment or {})}
    return subprocess.run([*RIALTO, *arguments], capture_output=True, text=True, check=False, env=around)


def end_of(process: "subprocess.Popen[Any]", timeout_s: float, log: IO[Any]) -> int:
    """Wait for the end of a process that was asked to end, make sure of it, and return its exit code."""
    try:
        return process.wait(timeout_s)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        log.close()


class DemoProcess:
    """One run of `rialto run --demo` on a directory; of `rialto run` without `demo`. It begins empty without `past`."""

    def __init__(
        self,
        data: Path,
        environment: Mapping[str, str] | None = None,
        *options: str,
        demo: bool = True,
        past: bool = False,
    ) -> None:
        self.data = data
        self._options = options
        kind = ["--demo", "--past" if past else "--no-past"] if demo else []
        command = [*RIALTO, "run", *kind, "--port", "0", "--data", str(data), *options]
        self.log = (data.parent / f"{data.name}.log").open("ab")
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, **(environment or {})}
        )
        self._is_asked = False
        self.url = self._wait_open()

    def _wait_open(self) -> str:
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        said, deadline = b"", time.monotonic() + OPEN_TIMEOUT_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b" is open on " not in said or not said.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0 or self._process.poll() is not None:
                    self._process.kill()
                    raise AssertionError(f"the exchange did not open; it said {said!r}, see {self.log.name}")
                if selector.select(left):
                    said += self._process.stdout.read() or b""
        return said.decode().rsplit(" is open on ", 1)[1].strip()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def credentials(self, name: str = "alice") -> Credentials:
        """Ask for a demo user's key as a script would."""
        printed = rialto("demo-key", "--json", "--name", name, "--data", str(self.data), *self._options)
        assert printed.returncode == 0, printed.stderr
        key = json.loads(printed.stdout)
        return Credentials(key["apiKey"], key["secretKey"])

    def kill(self) -> None:
        """End it at once, as a power cut would end the process."""
        self._process.send_signal(signal.SIGKILL)
        self._end()

    def ask_to_stop(self) -> None:
        """Ask it to end, and do not wait."""
        self._process.send_signal(signal.SIGTERM)
        self._is_asked = True

    def stop(self) -> int:
        """Ask it to end, unless it was asked already, and return its exit code."""
        if not self._is_asked:
            self.ask_to_stop()
        return self._end()

    def wait(self) -> int:
        """Wait until it has ended by itself, and return its exit code."""
        return self._end()

    def _end(self) -> int:
        return end_of(self._process, STOP_TIMEOUT_S, self.log)
