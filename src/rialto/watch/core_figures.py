"""Metrics of what stands behind the gateway: core, journal, projections, disk, replica, conservation.

Each function returns a collector over one part. A part that is not there has no figures.
"""

from collections.abc import Iterable

from prometheus_client.metrics_core import Metric

from rialto.core.replica_status import ReplicaStatus
from rialto.core.runtime import Runtime
from rialto.foundation.metrics import (
    MICROSECONDS,
    Collect,
    Distribution,
    counter,
    counters,
    distribution,
    gauge,
    gauge_of_us,
    gauges,
)
from rialto.projections.projector import Projector
from rialto.watch.commands import CommandFigures
from rialto.watch.conservation import ConservationCheck
from rialto.watch.rounds import Rounds

ELSEWHERE = "elsewhere"
"""The kind of commands that were not submitted in this process."""


def core_metrics(runtime: Runtime, commands: CommandFigures, queue_max: int) -> Collect:
    """Collect what the core and its journal did."""

    def collect() -> Iterable[Metric]:
        yield gauge("rialto_core_up", "Whether the core runs.", int(runtime.stop_reason is None))
        yield gauge("rialto_core_queue", "Commands and queries submitted and not yet answered for.", runtime.under_way)
        yield gauge("rialto_core_queue_limit", "How many there may be.", queue_max)
        busy = runtime.refused_busy
        yield counter("rialto_core_busy_total", "Commands refused because too many were under way.", busy)
        yield gauge("rialto_journal_sequence", "The last durable command.", runtime.last_sequence)
        kinds = {_kind_name(kind): count for kind, count in commands.kinds.items()}
        yield counters("rialto_commands_total", "Durable commands by kind.", ["kind"], kinds)
        refusals = {kind.__name__: count for kind, count in commands.refusals.items()}
        yield counters("rialto_rejections_total", "Commands the core refused, by reason.", ["reason"], refusals)
        yield counter("rialto_trades_total", "Trades.", commands.trades)
        yield distribution("rialto_batch_commands", "Commands made durable together.", commands.batches)
        yield distribution(
            "rialto_commit_seconds",
            "From being numbered by the core to being durable and handed to the loop.",
            commands.durable_us,
            units=MICROSECONDS,
        )

    return collect


def journal_metrics(runtime: Runtime) -> Collect:
    """Collect how the journal's writes go."""

    def collect() -> Iterable[Metric]:
        bounds, counts, total_us, written_bytes = runtime.sync_figures()
        syncs = Distribution.counted(bounds, counts, total_us)
        yield distribution("rialto_journal_sync_seconds", "Each fdatasync of the journal.", syncs, units=MICROSECONDS)
        yield counter("rialto_journal_written_bytes_total", "Bytes written to the journal.", written_bytes)

    return collect


def projection_metrics(projector: Projector, lag_max: int, runtime: Runtime) -> Collect:
    """Collect how far SQL is behind."""

    def collect() -> Iterable[Metric]:
        oldest_us = projector.oldest_unwritten_us
        behind_us = 0 if oldest_us is None else max(0, runtime.now_us() - oldest_us)
        yield gauge("rialto_projections_sequence", "The last command written to SQL.", projector.watermark)
        yield gauge("rialto_projections_lag_commands", "Commands not yet written to SQL.", projector.lag)
        yield gauge("rialto_projections_lag_limit", "How many before new commands are refused.", lag_max)
        yield gauge_of_us("rialto_projections_lag_seconds", "Age of the oldest command not yet in SQL.", behind_us)

    return collect


def disk_metrics(rounds: Rounds, runtime: Runtime) -> Collect:
    """Collect what was last seen of the disk, and of the replica if there is one."""

    def collect() -> Iterable[Metric]:
        disk = rounds.disk
        if disk is None:
            return
        yield gauge("rialto_disk_free_bytes", "Room where the data lies.", disk.free_bytes)
        yield gauge("rialto_disk_free_bytes_min", "The room there must be.", rounds.bounds.free_bytes_min)
        yield gauge("rialto_journal_bytes", "Size of the journal's segments.", disk.journal_bytes)
        yield gauge("rialto_journal_segments", "Segments of the journal.", disk.segments)
        first = disk.segment_first_sequence
        yield gauge("rialto_journal_segment_first_sequence", "Where the segment being written begins.", first)
        yield gauge("rialto_journal_segment_bytes", "Size of the segment being written.", disk.segment_bytes)
        if disk.replica is not None:
            yield from _replica(disk.replica, runtime)

    return collect


def _replica(replica: ReplicaStatus, runtime: Runtime) -> Iterable[Metric]:
    age_us = max(0, runtime.now_us() - replica.updated_at_us)
    lag = max(0, runtime.last_sequence - replica.sequence)
    yield gauge("rialto_replica_sequence", "The last command the replica has applied.", replica.sequence)
    yield gauge("rialto_replica_lag_commands", "Commands the replica has not applied.", lag)
    yield gauge_of_us("rialto_replica_age_seconds", "How long ago the replica said how far it is.", age_us)
    checked = replica.checked_sequence
    yield gauge("rialto_replica_checked_sequence", "Where its state was last compared with the core's.", checked)
    number = replica.hash_number
    yield gauge("rialto_replica_state_hash", "The first 48 bits of the state hash compared there.", number)
    if replica.snapshot_sequence:
        snapshot_lag = max(0, runtime.last_sequence - replica.snapshot_sequence)
        yield gauge("rialto_snapshot_sequence", "The newest snapshot.", replica.snapshot_sequence)
        yield gauge("rialto_snapshot_lag_commands", "Commands a start would replay after it.", snapshot_lag)


def conservation_metrics(check: ConservationCheck | None, rounds: Rounds) -> Collect:
    """Collect whether nothing is made or lost, and up to where that is known."""

    def collect() -> Iterable[Metric]:
        is_ok: dict[str, int] = {}
        sequences: dict[str, int] = {}
        if check is not None and check.checked_sequence is not None:
            is_ok["projections"] = int(check.wrong is None)
            sequences["projections"] = check.checked_sequence
            yield gauge_of_us("rialto_conservation_checked_timestamp_seconds", "The last look.", check.checked_at_us)
            yield counter("rialto_conservation_accounts_total", "Accounts held against the core.", check.compared)
        replica = None if rounds.disk is None else rounds.disk.replica
        if replica is not None:
            is_ok["replica"] = int(replica.is_sound)
            sequences["replica"] = replica.checked_sequence
        if is_ok:
            yield gauges("rialto_conservation_ok", "Whether nothing is made or lost.", ["check"], is_ok)
            text = "Up to where that is known."
            yield gauges("rialto_conservation_checked_sequence", text, ["check"], sequences)

    return collect


def _kind_name(kind: type) -> str:
    return ELSEWHERE if kind is type(None) else kind.__name__
