"""A real exchange with its replica: snapshots are written beside it, a start takes them, and both end together."""

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rialto.core.replica_status import ReplicaStatus, read_replica_status
from rialto.core.snapshots import kept_snapshots
from tests.demo_process import DemoProcess, rialto

SMALL = {
    "RIALTO_SEGMENT_BYTES_MAX": "20000",
    "RIALTO_CHECKPOINT_COMMANDS": "100",
    "RIALTO_SNAPSHOT_COMMANDS": "200",
}
PATIENCE_S = 60


T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T | None]) -> T:
    """Look again and again until something is there."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE_S} s in vain for {what}")


def replicas_of(parent: int) -> list[int]:
    """The processes of the replica that an exchange has started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [int(child) for child in children if "rialto.core.replica" in command_line(int(child))]


def command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return ""


def replica_of(parent: int, other_than: int = 0) -> int | None:
    return next((process for process in replicas_of(parent) if process != other_than), None)


def newest_snapshot(data: Path, after: int = 0) -> int | None:
    sequences = kept_snapshots(data / "snapshots").sequences
    return sequences[0] if sequences and sequences[0] > after else None


def lines(exchange: DemoProcess, event: str) -> list[dict[str, Any]]:
    """What the exchange logged of one kind."""
    text = Path(exchange.log.name).read_text(encoding="utf-8")
    logged = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [line for line in logged if line["event"] == event]


def status(data: Path, after: int) -> ReplicaStatus | None:
    told = read_replica_status(data)
    return told if told is not None and told.snapshot_sequence > after else None


@pytest.mark.timeout(300)
def test_a_replica_writes_snapshots_beside_the_exchange_and_a_start_takes_them(tmp_path: Path) -> None:
    data = tmp_path / "exchange"
    exchange = DemoProcess(data, SMALL)
    try:
        first = wait_for("a snapshot", lambda: newest_snapshot(data))
        told = wait_for("what the replica says", lambda: status(data, 0))
        assert told.is_sound
        assert 0 < told.checked_sequence <= told.sequence
        assert len(told.state_hash) == 64
        replica = wait_for("the replica", lambda: replica_of(exchange.pid))
        os.kill(replica, signal.SIGKILL)
        another = wait_for("another replica", lambda: replica_of(exchange.pid, replica))
        wait_for("another snapshot", lambda: newest_snapshot(data, first))
        assert rialto("snapshot", "--data", str(data)).returncode == 0
        exchange.kill()
        wait_for("the replica's end", lambda: True if command_line(another) == "" else None)
    finally:
        exchange.kill()
    newest = wait_for("the newest snapshot", lambda: newest_snapshot(data))
    exchange = DemoProcess(data, SMALL)
    try:
        state = lines(exchange, "state")[-1]
        assert state["snapshot"] == newest
        assert 0 <= state["replayed"] == state["sequence"] - newest
    finally:
        exchange.stop()
    quick, whole = rialto("verify", "--quick", str(data)).stdout, rialto("verify", str(data)).stdout
    assert "verified     the commands after" in quick
    found = [re.search(r"state hash   ([0-9a-f]{64})", said) for said in (quick, whole)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0][1] == found[1][1]


@pytest.mark.timeout(300)
def test_a_damaged_snapshot_is_told_of_and_the_exchange_starts_all_the_same(tmp_path: Path) -> None:
    data = tmp_path / "exchange"
    exchange = DemoProcess(data, {"RIALTO_REPLICA": "false"})
    exchange.stop()
    said = rialto("snapshot", "--data", str(data)).stdout
    assert "the end of the journal" in said
    again = rialto("snapshot", "--data", str(data)).stdout
    assert "nothing to write" in again
    [path] = (data / "snapshots").glob("*.rls*")
    path.write_bytes(path.read_bytes()[:-100])
    exchange = DemoProcess(data, {"RIALTO_REPLICA": "false"})
    exchange.stop()
    [passed_over] = lines(exchange, "snapshot passed over")
    assert passed_over["level"] == "warning"
    assert "is damaged: its checksum is" in passed_over["reason"]
    assert "set aside as" in passed_over["reason"]
    assert lines(exchange, "state")[-1]["snapshot"] is None
    assert [file.suffix for file in (data / "snapshots").glob("*.rls*")] == [".damaged"]
