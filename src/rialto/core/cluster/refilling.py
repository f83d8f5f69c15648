"""Filling up a log that has lost its end, so that replicas whose journals hold what was lost can go on behind them.

What is filled in is no command. Nobody applies it: whoever reads the log afterwards begins behind it. So every replica
must have a journal that reaches as far, before; and no gateway may run, lest it write in between.
"""

import asyncio
from typing import Final

from nats.js.api import Header

from rialto.core.cluster.connection import Cluster
from rialto.core.cluster.names import COMMAND_SUBJECT, COMMANDS

TOGETHER: Final = 500
FILLER: Final = b""


async def refill(cluster: Cluster, sequence: int) -> int:
    """Fill the log up to a sequence number; return how many messages were missing.

    Errors: those of a cluster that does not answer, also when somebody else writes; what is filled in by then stays.
    """
    last = (await cluster.streams.stream_info(COMMANDS)).state.last_seq
    missing = max(0, sequence - last)
    while last < sequence:
        upto = min(sequence, last + TOGETHER)
        await cluster.streams.publish(COMMAND_SUBJECT, FILLER, headers={Header.EXPECTED_LAST_SEQUENCE.value: str(last)})
        await asyncio.gather(*(cluster.streams.publish(COMMAND_SUBJECT, FILLER) for _ in range(last + 1, upto)))
        last = upto
    return missing
