"""State hashes, compared: every replica states its own at agreed sequence numbers, and reads the others'.

State: the hashes of the last checkpoints, by sequence number. Two different ones at one number mean that replicas came
to different states from the same commands: neither can be believed, and every replica that sees it stops.
"""

import asyncio
from collections import OrderedDict
from typing import Final

import msgspec
import structlog

from rialto.core.cluster.connection import CLUSTER_ERRORS, RETRY_S, Cluster, bounded
from rialto.core.cluster.log_reader import LogReader
from rialto.core.cluster.names import CHECKPOINT_SUBJECT, CHECKPOINTS
from rialto.foundation.failures import ExpectedFailure

KEPT: Final = 1_000

_log = structlog.stdlib.get_logger(__name__)


class Checkpoint(msgspec.Struct, frozen=True):
    """The state of a replica after a command."""

    replica: str
    sequence: int
    state_hash: str


class StatesDiffer(ExpectedFailure):
    """Replicas have different states after the same command. The message names them."""


_read = msgspec.json.Decoder(Checkpoint).decode


class Checkpoints:
    """The hashes of all replicas."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._seen: OrderedDict[int, Checkpoint] = OrderedDict()
        self.compared_sequence: int | None = None
        """Where states of two replicas were last compared, or None before that."""
        self.is_agreed = True
        """Whether they were the same there."""

    async def state(self, checkpoint: Checkpoint) -> None:
        """Tell the others. What cannot be told now is not: the next one tells as much. Errors: `StatesDiffer`."""
        self._compare(checkpoint)
        try:
            await bounded(self._cluster.streams.publish(CHECKPOINT_SUBJECT, msgspec.json.encode(checkpoint)))
        except CLUSTER_ERRORS as error:
            _log.warning("state hash not told", sequence=checkpoint.sequence, error=repr(error))

    async def watch(self) -> None:
        """Compare what all replicas state. Never ends. Errors: `StatesDiffer`."""
        async for entries in LogReader(self._cluster, CHECKPOINTS, await self._first()).batches():
            for entry in entries:
                self._compare(_read(entry.data))

    async def _first(self) -> int:
        while True:
            try:
                return max((await bounded(self._cluster.streams.stream_info(CHECKPOINTS))).state.first_seq, 1)
            except CLUSTER_ERRORS as error:
                _log.debug("state hashes not readable now", error=repr(error))
                await asyncio.sleep(RETRY_S)

    def _compare(self, checkpoint: Checkpoint) -> None:
        seen = self._seen.setdefault(checkpoint.sequence, checkpoint)
        if seen.replica != checkpoint.replica:
            self.compared_sequence = checkpoint.sequence
            self.is_agreed = seen.state_hash == checkpoint.state_hash
        if seen.state_hash != checkpoint.state_hash:
            raise StatesDiffer(
                f"after command {checkpoint.sequence} {seen.replica} has state {seen.state_hash} and "
                f"{checkpoint.replica} has {checkpoint.state_hash}; verify both journals, keep the one whose replay "
                "agrees with its own hashes, and replace the other: docs/runbooks/replace-a-node.md"
            )
        if seen.replica != checkpoint.replica:
            _log.info("state hashes agree", sequence=checkpoint.sequence)
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)
