"""Numbers for runs of gateways: each run of each gateway has its own, so that no ticket is ever used twice."""

import structlog
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError

from rialto.core.cluster.connection import Cluster
from rialto.core.cluster.names import GATEWAYS_KEY

_log = structlog.stdlib.get_logger(__name__)


async def new_run(cluster: Cluster) -> int:
    """Take the next number, from 1. Errors: those of a cluster that does not answer."""
    while True:
        try:
            entry = await cluster.registry.get(GATEWAYS_KEY)
            last, revision = int(entry.value or b"0"), entry.revision
        except KeyNotFoundError:
            last, revision = 0, 0
        try:
            await cluster.registry.update(GATEWAYS_KEY, str(last + 1).encode(), last=revision)
        except KeyWrongLastSequenceError:
            continue  # Another gateway took it.
        return last + 1
