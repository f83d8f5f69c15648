"""Where a gateway begins: market views from a replica, and OUTPUTS from there on."""

from nats.js.errors import NotFoundError

import rialto_core
from rialto.core.cluster.connection import Cluster
from rialto.core.cluster.gateway_core import GatewayCore
from rialto.core.cluster.names import LAST_HEADER, OUTPUT_SUBJECT, OUTPUTS
from rialto.core.cluster.questions import ask_views
from rialto.core.cluster.runs import new_run


async def open_gateway_core(cluster: Cluster) -> GatewayCore:
    """Take a number, and begin at views that are not older than where OUTPUTS ends now.

    Errors: `ClusterUnreachable`, and those of a cluster that does not answer.
    """
    run = await new_run(cluster)
    # What OUTPUTS gets after this message begins with the outcome behind the last one in it, or earlier.
    try:
        message = await cluster.streams.get_last_msg(OUTPUTS, OUTPUT_SUBJECT)
        assert message.seq is not None
        first_output, least = message.seq + 1, int((message.headers or {})[LAST_HEADER])
    except NotFoundError:
        first_output, least = 1, 0
    sequence, snapshot = await ask_views(cluster, least)
    return GatewayCore(cluster, run, rialto_core.Follower(sequence, snapshot), (sequence, first_output))
