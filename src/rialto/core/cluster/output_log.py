"""Writes the outcomes of a replica to OUTPUTS, each once, whoever wrote before.

Every message is written with the sequence number that the stream must end at, so that a writer who was deposed is
refused by the server, whatever it believes; and it carries the epoch of its writer and the last outcome it holds, so
that the next writer knows where to go on. One message is under way at a time: were there two, the second could find the
number it expects after the first was refused.

State: what is not known to be written yet, in memory, on the standby too; where the stream ended when last read.
"""

import asyncio
import struct
from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

import structlog
from nats.js.api import Header
from nats.js.errors import APIError, NotFoundError

from rialto.core.cluster.connection import Cluster, bounded
from rialto.core.cluster.names import EPOCH_HEADER, LAST_HEADER, OUTPUT_SUBJECT, OUTPUTS

WRONG_LAST_SEQUENCE: Final = (10_071, 10_164)
MESSAGE_BYTES: Final = 512 << 10
LENGTH: Final = struct.Struct("<I")

_log = structlog.stdlib.get_logger(__name__)


class Told(NamedTuple):
    """Consecutive outcomes, encoded by the core."""

    first: int
    last: int
    message: bytes


class Position(NamedTuple):
    """Where OUTPUTS ends."""

    stream_sequence: int = 0
    last: int = 0
    """The last outcome in it."""
    epoch: int = 0
    """Whose it is."""


class Deposed(Exception):
    """Another replica writes to OUTPUTS now."""


def frames_of(data: bytes) -> Iterable[bytes]:
    """Take apart what was written as one message."""
    start = 0
    while start < len(data):
        end = start + LENGTH.size + LENGTH.unpack_from(data, start)[0]
        yield data[start + LENGTH.size : end]
        start = end


class OutputLog:
    """One replica's end of OUTPUTS."""

    def __init__(self, cluster: Cluster) -> None:
        self._streams = cluster.streams
        self._waiting: deque[Told] = deque()
        self._is_any = asyncio.Event()
        self.position = Position()

    def add(self, told: Iterable[tuple[int, int, bytes]]) -> None:
        """Keep outcomes until they are known to be written."""
        self._waiting.extend(Told(*each) for each in told)
        self._is_any.set()

    def add_before(self, told: Iterable[tuple[int, int, bytes]]) -> None:
        """Keep outcomes that are older than those kept; what is kept already may be among them."""
        self._waiting.extendleft(reversed([Told(*each) for each in told]))
        self._is_any.set()

    def keeps(self, sequence: int) -> bool:
        """Whether everything is kept from an outcome on."""
        return bool(self._waiting) and self._waiting[0].first <= sequence

    async def refresh(self) -> None:
        """Read where the stream ends, and let go of what is written.

        Errors: those of a cluster that does not answer.
        """
        try:
            message = await bounded(self._streams.get_last_msg(OUTPUTS, OUTPUT_SUBJECT))
        except NotFoundError:
            self.position = Position()
            return
        headers = message.headers or {}
        assert message.seq is not None
        self._move(Position(message.seq, int(headers[LAST_HEADER]), int(headers[EPOCH_HEADER])))

    async def begin(self, epoch: int) -> None:
        """Write that a new epoch begins: from here on the server refuses whoever wrote before.

        Errors: `Deposed`, and those of a cluster that does not answer.
        """
        await self.refresh()
        while not await self._write(epoch, self.position.last, b""):
            await self.refresh()
            self._check_epoch(epoch)

    async def write_next(self, epoch: int) -> None:
        """Wait for outcomes and write them.

        Errors: `Deposed`, and those of a cluster that does not answer; then `resume`.
        """
        while not self._waiting:
            self._is_any.clear()
            await self._is_any.wait()
        frames: list[bytes] = []
        last, size = self.position.last, 0
        for told in self._waiting:
            if frames and size + len(told.message) > MESSAGE_BYTES:
                break
            if told.first > last + 1:
                raise AssertionError(f"outcome {last + 1} follows, but {told.first} is the next that is kept")
            frames += [LENGTH.pack(len(told.message)), told.message]
            size += len(told.message)
            last = told.last
        if not await self._write(epoch, last, b"".join(frames)):
            await self.resume(epoch)

    async def resume(self, epoch: int) -> None:
        """Go on after an error or a refusal: what was under way may be written or not.

        Errors: `Deposed`, and those of a cluster that does not answer.
        """
        await self.refresh()
        self._check_epoch(epoch)

    def _check_epoch(self, epoch: int) -> None:
        if self.position.epoch > epoch:
            raise Deposed(f"epoch {self.position.epoch} writes outputs now; this replica's was {epoch}")

    async def _write(self, epoch: int, last: int, data: bytes) -> bool:
        """Write, if the stream still ends where it is believed to; false if it does not."""
        headers = {
            Header.EXPECTED_LAST_SEQUENCE.value: str(self.position.stream_sequence),
            EPOCH_HEADER: str(epoch),
            LAST_HEADER: str(last),
        }
        try:
            acknowledged = await bounded(self._streams.publish(OUTPUT_SUBJECT, data, headers=headers))
        except APIError as error:
            if error.err_code not in WRONG_LAST_SEQUENCE:
                raise
            _log.warning("outputs refused: the stream goes on elsewhere", epoch=epoch, after=self.position.last)
            return False
        self._move(Position(acknowledged.seq, last, epoch))
        return True

    def _move(self, position: Position) -> None:
        self.position = position
        while self._waiting and self._waiting[0].last <= position.last:
            self._waiting.popleft()
