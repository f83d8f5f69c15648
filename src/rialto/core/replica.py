"""The replica as a process: `python -m rialto.core.replica DATA JOURNAL SNAPSHOTS SNAPSHOT_COMMANDS`.

Started by a running exchange and ended with it: it reads its standard input, which the exchange holds open and never
writes to, and ends when that ends, however the exchange went. It takes what processor time nobody else wants, follows
the closed segments of the journal, and says how far it is in `replica.json` and, one JSON object a line, on standard
output. Everything that decides stands in the compiled core; nothing of the exchange's own code is loaded here.

Exit codes: 0 told to end; 1 something failed, and trying again may help; 3 it came to another state than the live core
recorded, or to an unsound one, and someone must look.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Final

import msgspec

from rialto.core.errors import JournalUnreadable, ReplicaDiverged, SnapshotFailed
from rialto.core.replica_status import ReplicaStatus, read_replica_status, write_replica_status
from rialto.core.snapshots import kept_snapshots
from rialto_core import Replica

EXIT_FAILED: Final = 1
EXIT_DIVERGED: Final = 3

COMMANDS_AT_A_TIME: Final = 50_000
"""How many commands are applied between two looks at the world."""
IDLE_S: Final = 1
"""How long it waits where nothing is to do: a closed segment is followed after so long."""


class ReplicaLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the replica says on standard output."""

    event: str
    """`begun`, `passed_over`, `snapshot`, `failed` or `diverged`."""
    sequence: int = 0
    snapshot_bytes: int = 0
    snapshot_ms: int = 0
    reason: str = ""


def yield_the_processor() -> None:
    """Run only while nobody else wants to, as far as the system knows how."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(19)


def end_with_standard_input() -> None:
    """End this process, whatever it is doing, when its standard input ends."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4_096):
            pass
        os._exit(0)

    threading.Thread(target=wait, name="end with standard input", daemon=True).start()


def follow(data: Path, journal: Path, snapshots: Path, snapshot_commands: int) -> None:
    """Follow the journal for ever. Errors: `JournalUnreadable`, `ReplicaDiverged`, `SnapshotFailed`, OSError."""
    replica = Replica(journal, snapshots, snapshot_commands=snapshot_commands)
    kept = kept_snapshots(snapshots).sequences
    newest = kept[0] if kept else 0
    has_begun = False
    while True:
        began_s = time.monotonic()
        advanced = replica.advance(COMMANDS_AT_A_TIME)
        if advanced.sequence and not has_begun:
            has_begun = True
            for reason in replica.passed_over:
                _say(ReplicaLine(event="passed_over", reason=reason))
            _say(ReplicaLine(event="begun", sequence=replica.begun_with or 0))
        if (snapshot := advanced.snapshot) is not None:
            newest = snapshot.sequence
            took_ms = int((time.monotonic() - began_s) * 1_000)
            _say(ReplicaLine(event="snapshot", sequence=newest, snapshot_bytes=snapshot.bytes, snapshot_ms=took_ms))
        write_replica_status(
            data,
            ReplicaStatus(
                sequence=advanced.sequence,
                time_us=advanced.time_us,
                checked_sequence=advanced.checked_sequence,
                state_hash=advanced.checked_hash,
                snapshot_sequence=newest,
                updated_at_us=time.time_ns() // 1_000,
            ),
        )
        if advanced.is_idle:
            time.sleep(IDLE_S)


def _say(line: ReplicaLine) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def main(arguments: list[str]) -> int:
    """Run until told to end; return the exit code."""
    data, journal, snapshots = map(Path, arguments[:3])
    # A terminal interrupts the exchange and the replica alike; it is for the exchange to end it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield_the_processor()
    end_with_standard_input()
    try:
        follow(data, journal, snapshots, int(arguments[3]))
    except ReplicaDiverged as error:
        last = read_replica_status(data) or ReplicaStatus()
        write_replica_status(
            data, msgspec.structs.replace(last, audit=str(error), updated_at_us=time.time_ns() // 1_000)
        )
        _say(ReplicaLine(event="diverged", reason=str(error)))
        return EXIT_DIVERGED
    except (JournalUnreadable, SnapshotFailed, OSError) as error:
        _say(ReplicaLine(event="failed", reason=str(error)))
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
