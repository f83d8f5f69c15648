"""A NATS server with JetStream, one node, for tests."""

import shutil
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from nats.js.errors import NotFoundError

from rialto.core.cluster.connection import PATIENT_REQUEST_TIMEOUT_S, Cluster, connected
from rialto.core.cluster.names import CHECKPOINTS, COMMANDS, OUTPUTS, REGISTRY
from tests.demo_process import free_port

STARTS_IN_S = 20


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running server."""
    program = shutil.which("nats-server")
    if program is None:
        pytest.skip("no nats-server on the path")
    directory, port, monitor = tmp_path_factory.mktemp("nats"), free_port(), free_port()
    command = [program, "-js", "-sd", str(directory), "-a", "127.0.0.1", "-p", str(port), "-m", str(monitor)]
    with Path(directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_healthy(monitor)
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_healthy(monitor: int) -> None:
    for _ in range(STARTS_IN_S * 20):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/healthz", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the NATS server does not answer")


@asynccontextmanager
async def cluster_on(url: str) -> AsyncIterator[Cluster]:
    """A connection to a server whose streams are empty."""
    async with patiently_connected(url) as cluster:
        for stream in (COMMANDS, OUTPUTS, CHECKPOINTS, f"KV_{REGISTRY}"):
            try:
                await cluster.streams.delete_stream(stream)
            except NotFoundError:
                continue
    async with patiently_connected(url) as cluster:
        yield cluster


def patiently_connected(url: str) -> AbstractAsyncContextManager[Cluster]:
    return connected(url, "test", 1, answers_within_s=PATIENT_REQUEST_TIMEOUT_S)
