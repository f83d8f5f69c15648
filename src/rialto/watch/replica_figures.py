"""Metrics and checks of a core replica of a cluster: where it stands in the log, and whether it leads.

A replica that leads and one that stands by tell the same figures, so that a follower that fell behind is seen before it
is needed.
"""

from collections.abc import Iterable
from typing import Final

from prometheus_client.metrics_core import Metric

from rialto.core.cluster.replica import Replica
from rialto.foundation.metrics import MICROSECONDS, Collect, gauge, gauge_of_us
from rialto.watch.health import Check

LOG_AGE_MAX_US: Final = 10 * MICROSECONDS
"""How long ago the end of the log may have been seen, for a replica to be one that follows it."""


def replica_metrics(replica: Replica) -> Collect:
    """Collect how a replica follows the log."""

    def collect() -> Iterable[Metric]:
        active = int(replica.epoch is not None)
        yield gauge("rialto_cluster_active", "Whether this replica writes outputs and answers.", active)
        yield gauge("rialto_cluster_epoch", "The epoch of whoever writes outputs, as last read.", replica.epoch_seen)
        log = replica.log
        if log.ends_at is not None and log.lag is not None and log.age_us is not None:
            yield gauge("rialto_cluster_log_sequence", "The last command in the cluster's log.", log.ends_at)
            yield gauge("rialto_cluster_log_lag_commands", "Commands of the log not applied here.", log.lag)
            yield gauge_of_us("rialto_cluster_log_age_seconds", "How long ago the log's end was seen.", log.age_us)
        compared = replica.checkpoints.compared_sequence
        if compared is not None:
            agreed = int(replica.checkpoints.is_agreed)
            text = "The last command after which states of two replicas were compared."
            yield gauge("rialto_cluster_checkpoint_sequence", text, compared)
            yield gauge("rialto_cluster_checkpoint_agreed", "Whether they were the same there.", agreed)

    return collect


def log_check(replica: Replica) -> Check:
    """Tell whether a replica sees the log, and how far behind it is."""
    log = replica.log
    if log.age_us is None:
        return Check(False, "the end of the log was not seen yet")
    return Check(log.age_us <= LOG_AGE_MAX_US, f"{log.lag} commands behind, seen {log.age_us // 1_000} ms ago")


def agreement_check(replica: Replica) -> Check:
    """Tell whether replicas came to one state where that was last compared."""
    compared = replica.checkpoints.compared_sequence
    if compared is None:
        return Check(True, "not compared yet")
    return Check(replica.checkpoints.is_agreed, f"compared at {compared}")
