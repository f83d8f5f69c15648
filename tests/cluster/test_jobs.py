"""Of a cluster's gateways one does the exchange's jobs: also when one is killed or paused."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.cluster_process import GATEWAYS, ClusterProcess, needs_nats
from tests.databases import postgres_database
from tests.unit.bootstrap.test_jobs import eventually

pytestmark = [needs_nats, pytest.mark.timeout(900)]


@pytest.fixture
def cluster(tmp_path: Path, postgres_server: str) -> Iterator[ClusterProcess]:
    with ExitStack() as stack:
        url = stack.enter_context(postgres_database(postgres_server))
        process = ClusterProcess(tmp_path / "cluster", url)
        try:
            yield process
        finally:
            process.stop()


def works(url: str) -> bool | None:
    """Whether a gateway says that it does the jobs; None where it says nothing."""
    try:
        text = httpx.get(f"{url}/metrics", trust_env=False, timeout=5).text
    except httpx.HTTPError:
        return None
    return "rialto_jobs_here 1.0" in text.splitlines()


def test_one_gateway_does_the_jobs_whatever_happens_to_the_other(cluster: ClusterProcess) -> None:
    by_name = dict(zip(GATEWAYS, cluster.urls, strict=True))

    def holder() -> str | None:
        found = [name for name, url in by_name.items() if works(url)]
        assert len(found) < len(GATEWAYS), "two gateways do the jobs"
        return found[0] if found else None

    eventually(lambda: holder() is not None)
    first = holder()
    assert first is not None
    second = next(name for name in GATEWAYS if name != first)
    pid = cluster.pid(first)
    os.kill(pid, signal.SIGSTOP)
    try:
        eventually(lambda: works(by_name[second]) is True)
    finally:
        os.kill(pid, signal.SIGCONT)
    for _ in range(10):
        # From its first answer on it knows.
        assert works(by_name[first]) is not True
    assert holder() == second
    cluster.send(second, signal.SIGKILL)
    eventually(lambda: works(by_name[first]) is True)
