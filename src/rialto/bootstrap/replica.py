"""The replica's keeper: starts the process, tells the log what it says, starts it again when it ends.

The exchange does not depend on it: without a replica nothing is lost but the proof and the snapshots. One that came to
another state than the live core is not started again, for one of the two is wrong and someone must look.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Final

import msgspec
import structlog

from rialto.bootstrap.directories import journal_directory, snapshot_directory
from rialto.core.journal import has_closed_segment
from rialto.core.replica import EXIT_DIVERGED, ReplicaLine
from rialto.foundation.configuration import Settings

RESTART_S_MIN: Final = 1
RESTART_S_MAX: Final = 60
"""How long to wait before starting it again: twice as long each time, anew once it has run for longer than that."""
LOOK_S: Final = 1
"""How long between two looks whether there is a closed segment: until then there is nothing to follow."""
END_TIMEOUT_S: Final = 5
"""How long it may take to end before it is killed."""

_log = structlog.stdlib.get_logger(__name__)
_line = msgspec.json.Decoder(ReplicaLine)


@asynccontextmanager
async def running_replica(settings: Settings) -> AsyncIterator[None]:
    """Keep a replica beside the exchange, unless that is turned off."""
    if not settings.replica:
        yield
        return
    keeping = asyncio.create_task(_keep(settings))
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def _keep(settings: Settings) -> None:
    wait_s = RESTART_S_MIN
    while True:
        if not has_closed_segment(journal_directory(settings.data_directory)):
            await asyncio.sleep(LOOK_S)
            continue
        began_s = monotonic()
        try:
            code = await _run(settings)
        except OSError as error:
            code = None
            _log.error("replica not started", reason=str(error))
        if code == EXIT_DIVERGED:
            _log.error("replica stopped for good: verify the journal and see the runbook of recovery")
            return
        if monotonic() - began_s > RESTART_S_MAX:
            wait_s = RESTART_S_MIN
        _log.warning("replica ended; it is started again", exit_code=code, wait_s=wait_s)
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, RESTART_S_MAX)


async def _run(settings: Settings) -> int:
    """Run the replica until it ends, and return how. Errors: OSError where it cannot be started."""
    data = settings.data_directory
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rialto.core.replica",
        str(data), str(journal_directory(data)), str(snapshot_directory(data)), str(settings.snapshot_commands),
        stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            _tell(line)
        return await process.wait()
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    """Close its standard input, which it ends with; kill it if it does not."""
    if process.returncode is not None:
        return
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), END_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def _tell(encoded: bytes) -> None:
    try:
        line = _line.decode(encoded)
    except msgspec.DecodeError:
        _log.warning("replica said what nobody understands", line=encoded.decode(errors="replace").strip())
        return
    match line.event:
        case "begun":
            _log.info("replica begun", snapshot=line.sequence or None)
        case "snapshot":
            _log.info("snapshot written", sequence=line.sequence, bytes=line.snapshot_bytes, took_ms=line.snapshot_ms)
        case "passed_over":
            _log.warning("snapshot passed over", reason=line.reason)
        case "diverged":
            _log.error("replica diverged", reason=line.reason)
        case _:
            _log.warning("replica failed", reason=line.reason)
