"""Asks the processes that hash passwords, and lets only so many ask at once.

Owns those processes: started when first asked, started again when one ends. Each answers one question at a time; as
many askers as `waiting_max` wait their turn, in order, and one more is told at once that it is too much. So a rush of
sign-ups costs waiting and refusals among those who sign up, and nobody else anything.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Final

import msgspec
import structlog

from rialto.identity.passwords import DECOY, Answer, Question, WeakPassword, framed

WAITING_MAX: Final = 256
PROCESSES_MAX: Final = 4
ANSWER_TIMEOUT_S: Final = 20.0
END_TIMEOUT_S: Final = 5.0

_log = structlog.stdlib.get_logger(__name__)
_answer = msgspec.msgpack.Decoder(Answer)


class HashingBusy(Exception):
    """As many passwords wait to be hashed as may."""


class HashingFailed(Exception):
    """The process that hashes ended, or did not answer in time."""


class Hashing:
    """Hashes and compares passwords elsewhere. Belongs to one event loop."""

    def __init__(self, processes: int = 0, waiting_max: int = WAITING_MAX) -> None:
        """With `processes` 0, as many as there are processors, at most four."""
        self._size = processes or min(os.cpu_count() or 1, PROCESSES_MAX)
        self._waiting_max = waiting_max
        self._free: asyncio.LifoQueue[Process | None] = asyncio.LifoQueue()
        for _ in range(self._size):
            self._free.put_nowait(None)
        self._asking = 0
        self._processes: set[Process] = set()
        self._killed: set[Process] = set()

    @property
    def asking(self) -> int:
        """How many questions are asked or waiting."""
        return self._asking

    @property
    def is_crowded(self) -> bool:
        """Whether half of the line is taken: who has not begun yet had better come later."""
        return self._asking > self._size + self._waiting_max // 2

    async def hash(self, password: str, forbidden: tuple[str, ...]) -> str:
        """Check a new password and hash it.

        Errors: `WeakPassword`, `HashingBusy`, `HashingFailed`.
        """
        answer = await self._ask(Question(password, None, forbidden))
        if answer.complaint is not None:
            raise WeakPassword(answer.complaint)
        assert answer.new_hash is not None
        return answer.new_hash

    async def matches(self, password: str, stored: str | None) -> Answer:
        """Compare a password with a hash, or do as much work if there is none.

        Errors: `HashingBusy`, `HashingFailed`.
        """
        return await self._ask(Question(password, stored or DECOY, ()))

    async def stop(self) -> None:
        """End the processes."""
        for process in [*self._processes, *self._killed]:
            await self._end(process)

    async def _ask(self, question: Question) -> Answer:
        if self._asking >= self._size + self._waiting_max:
            raise HashingBusy(f"{self._asking} passwords are being hashed or wait for it")
        self._asking += 1
        try:
            process = await self._free.get()
            try:
                if process is None or process.returncode is not None:
                    process = await self._start()
                async with asyncio.timeout(ANSWER_TIMEOUT_S):
                    answer = await _exchange(process, msgspec.msgpack.encode(question))
            except BaseException as failure:
                # Whatever it was doing, its next answer would be to another question.
                if process is not None:
                    self._drop(process)
                    process = None
                if isinstance(failure, OSError | EOFError | TimeoutError):
                    _log.warning("password hashing failed", failure=type(failure).__name__)
                    raise HashingFailed("the process that hashes passwords ended or did not answer") from failure
                raise
            finally:
                self._free.put_nowait(process)
        finally:
            self._asking -= 1
        return answer

    async def _start(self) -> Process:
        for ended in [each for each in (*self._processes, *self._killed) if each.returncode is not None]:
            await self._end(ended)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "rialto.identity.passwords", stdin=PIPE, stdout=PIPE
        )
        self._processes.add(process)
        return process

    def _drop(self, process: Process) -> None:
        """Kill a process; it is waited for when all are ended."""
        self._processes.discard(process)
        self._killed.add(process)
        with suppress(ProcessLookupError):
            process.kill()

    async def _end(self, process: Process) -> None:
        self._processes.discard(process)
        self._killed.discard(process)
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), END_TIMEOUT_S)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _exchange(process: Process, question: bytes) -> Answer:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(framed(question))
    await process.stdin.drain()
    head = await process.stdout.readexactly(4)
    return _answer.decode(await process.stdout.readexactly(int.from_bytes(head, "big")))
