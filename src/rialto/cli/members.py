"""The processes of a cluster on one machine: started, watched, said when one dies, started again, stopped in order.

Each member runs in a session of its own, so that Ctrl-C reaches only whoever stops them in order. Nothing is restarted
silently: what died and how is said each time, and who dies too often stays down.
"""

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from rialto.foundation.failures import ExpectedFailure

START_TIMEOUT_S: Final = 120.0
STOP_TIMEOUT_S: Final = 40.0
RESTART_PAUSE_S: Final = 1.0
DEATHS_MAX: Final = 5
"""How often a member may die within `DEATHS_WITHIN_S` and still be started again."""

DEATHS_WITHIN_S: Final = 60.0
PROCESSES_FILE: Final = "processes.json"


class MemberFailed(Exception):
    """A member did not start. The message says which, and where its log lies."""


class MembersLeft(ExpectedFailure):
    """Members of an earlier run are still there. The message names them."""


@dataclass(frozen=True)
class Program:
    """What a member runs."""

    name: str
    arguments: Sequence[str]
    log: Path
    ready: str | None = None
    """What it prints when it is ready; none when it says nothing."""

    environment: Mapping[str, str] = field(default_factory=dict)
    namespace: str | None = None
    """The network namespace it runs in, if not this one."""

    @property
    def command(self) -> list[str]:
        """The whole command."""
        inside = [] if self.namespace is None else ["ip", "netns", "exec", self.namespace]
        return [*inside, *self.arguments]


class Members:
    """The members that run, in the order in which they were started."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._watching: list[asyncio.Task[None]] = []
        self._is_stopping = False

    def refuse_others(self) -> None:
        """Make sure that no members are left of a supervisor that was killed. Errors: `MembersLeft`."""
        path = self._directory / PROCESSES_FILE
        if not path.exists():
            return
        left = {
            name: pid for name, pid in msgspec.json.decode(path.read_bytes()).items() if Path(f"/proc/{pid}").exists()
        }
        if left:
            shown = ", ".join(f"{name} is process {pid}" for name, pid in left.items())
            raise MembersLeft(f"members of this cluster still run ({shown}); stop them first")

    async def start(self, program: Program) -> list[str]:
        """Start a member, wait until it is ready, and return what it printed. Errors: `MemberFailed`."""
        said = await self._launch(program)
        self._watching.append(asyncio.create_task(self._watch(program)))
        return said

    async def stop(self) -> None:
        """Stop all, the last first."""
        self._is_stopping = True
        for watching in self._watching:
            watching.cancel()
        for name, process in reversed(self._running.items()):
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                try:
                    async with asyncio.timeout(STOP_TIMEOUT_S):
                        await process.wait()
                except TimeoutError:
                    print(f"{name} did not stop in {STOP_TIMEOUT_S:.0f} s and is killed", flush=True)
                    process.kill()
                    await process.wait()
        (self._directory / PROCESSES_FILE).unlink(missing_ok=True)

    async def _launch(self, program: Program) -> list[str]:
        with program.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if program.ready else log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, **program.environment},
            )
        self._running[program.name] = process
        pids = {name: running.pid for name, running in self._running.items()}
        (self._directory / PROCESSES_FILE).write_bytes(msgspec.json.encode(pids))
        if program.ready is None:
            return []
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                return await self._read_until_ready(process, program.ready)
        except (TimeoutError, EOFError) as error:
            raise MemberFailed(f"{program.name} did not start; its log is {program.log}") from error

    async def _read_until_ready(self, process: asyncio.subprocess.Process, ready: str) -> list[str]:
        assert process.stdout is not None
        said = []
        while line := await process.stdout.readline():
            said.append(line.decode().rstrip())
            if ready in said[-1]:
                return said
        raise EOFError(f"it ended after saying {said}")

    async def _watch(self, program: Program) -> None:
        """Say when a member dies, and start it again, unless it dies too often."""
        deaths_s: list[float] = []
        while not self._is_stopping:
            code = await self._running[program.name].wait()
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
            now_s = time.monotonic()
            deaths_s = [death_s for death_s in deaths_s if now_s - death_s < DEATHS_WITHIN_S] + [now_s]
            if len(deaths_s) > DEATHS_MAX:
                print(f"{program.name} {how} for the {len(deaths_s)}th time and stays down: {program.log}", flush=True)
                return
            print(f"{program.name} {how}; its log is {program.log}; starting it again", flush=True)
            await asyncio.sleep(RESTART_PAUSE_S)
            try:
                await self._launch(program)
            except MemberFailed as failed:
                print(failed, flush=True)
                continue
            print(f"{program.name} runs again as process {self._running[program.name].pid}", flush=True)
