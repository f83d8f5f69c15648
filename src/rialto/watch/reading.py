"""What an operator wants to know of an exchange, read from two scrapes of it: the content of `rialto status`.

Whole numbers with their unit in the name; rates in tenths a second. None is what the exchange does not tell. It is the
same for every process that serves these metrics, whichever part of an exchange it is.
"""

import msgspec

from rialto.watch.scrape import Interval, Scrape

FAMILIES = ("order", "cancel", "account", "market", "session", "unknown")
DURATIONS = (
    ("commit", "rialto_commit_seconds"),
    ("journal sync", "rialto_journal_sync_seconds"),
    ("loop lag", "rialto_loop_lag_seconds"),
)
QUEUES = (
    ("core", "rialto_core_queue", "rialto_core_queue_limit"),
    ("requests", "rialto_requests_under_way", "rialto_requests_under_way_limit"),
    ("connections", "rialto_http_connections", "rialto_http_connections_limit"),
    ("projections", "rialto_projections_lag_commands", "rialto_projections_lag_limit"),
    ("history reads", "rialto_history_reads", "rialto_history_reads_limit"),
    ("sockets", "rialto_sockets", "rialto_sockets_limit"),
)


class Latency(msgspec.Struct, frozen=True):
    """How often something happened between the scrapes, and how long it took."""

    what: str
    tenths_per_second: int
    p50_us: int | None
    p99_us: int | None


class Queue(msgspec.Struct, frozen=True):
    """How full something is."""

    what: str
    depth: int
    limit: int


class Replica(msgspec.Struct, frozen=True):
    """How the replica fares."""

    lag_commands: int
    checked_sequence: int
    state_hash: str
    snapshot_sequence: int | None
    snapshot_lag_commands: int | None


class Conservation(msgspec.Struct, frozen=True):
    """What one check of conservation says."""

    check: str
    is_ok: bool
    checked_sequence: int


class Member(msgspec.Struct, frozen=True):
    """How a core replica of a cluster fares."""

    is_active: bool
    epoch: int
    log_sequence: int | None
    log_lag_commands: int | None
    compared_sequence: int | None
    is_agreed: bool | None


class Reading(msgspec.Struct, frozen=True):
    """An exchange between two scrapes."""

    phase: str
    version: str
    up_us: int
    failing_checks: tuple[str, ...]
    sequence: int | None
    commands_tenths_per_second: int | None
    trades_tenths_per_second: int | None
    latencies: tuple[Latency, ...]
    queues: tuple[Queue, ...]
    projections_lag_us: int | None
    journal_bytes: int | None
    journal_segments: int | None
    segment_first_sequence: int | None
    segment_bytes: int | None
    disk_free_bytes: int | None
    replica: Replica | None
    streams_read: int | None
    deliveries_tenths_per_second: int | None
    backlog_bytes: int | None
    fix_sessions: int
    refusals_tenths_per_second: dict[str, int]
    busy_tenths_per_second: int
    """Let in and then told busy, and told busy at the door."""
    banned_addresses: int | None
    database_errors: int
    conservation: tuple[Conservation, ...]
    cpu_percent: int | None
    memory_bytes: int | None
    open_files: int | None
    member: Member | None = None


def read(interval: Interval) -> Reading:
    """Read what happened between two scrapes. After a restart, what happened since."""
    if not interval.is_continuous:
        nothing = Scrape("", interval.before.taken_us)
        interval = Interval(nothing, interval.after)
    now, value = interval.after, interval.after.value
    phases = now.by("rialto_phase", "phase")
    started_us = value("rialto_started_timestamp_seconds") or 0
    clock_us = value("rialto_clock_timestamp_seconds") or started_us
    cpu_us = interval.growth("process_cpu_seconds_total")
    return Reading(
        phase=next((phase for phase, is_so in phases.items() if is_so), "unknown"),
        version=next(iter(now.by("rialto_build_info", "version")), "?"),
        up_us=max(0, clock_us - started_us),
        failing_checks=tuple(check for check, is_ok in now.by("rialto_ready", "check").items() if not is_ok),
        sequence=value("rialto_journal_sequence") or value("rialto_replay_sequence"),
        commands_tenths_per_second=interval.tenths_per_second("rialto_commit_seconds_count"),
        trades_tenths_per_second=interval.tenths_per_second("rialto_trades_total"),
        latencies=tuple(_latencies(interval)),
        queues=tuple(_queues(now)),
        projections_lag_us=value("rialto_projections_lag_seconds"),
        journal_bytes=value("rialto_journal_bytes"),
        journal_segments=value("rialto_journal_segments"),
        segment_first_sequence=value("rialto_journal_segment_first_sequence"),
        segment_bytes=value("rialto_journal_segment_bytes"),
        disk_free_bytes=value("rialto_disk_free_bytes"),
        replica=_replica(now),
        streams_read=value("rialto_streams_read"),
        deliveries_tenths_per_second=interval.tenths_per_second("rialto_stream_deliveries_total"),
        backlog_bytes=value("rialto_socket_backlog_bytes"),
        fix_sessions=sum(now.by("rialto_fix_sessions", "service").values()),
        refusals_tenths_per_second=interval.tenths_per_second_by("rialto_refusals_total", "code"),
        busy_tenths_per_second=interval.tenths_per_second_by("rialto_requests_total", "outcome").get("busy", 0)
        + sum(interval.tenths_per_second_by("rialto_shed_total", "urgency").values()),
        banned_addresses=value("rialto_banned_addresses"),
        database_errors=sum(now.by("rialto_database_errors_total", "part").values()),
        conservation=tuple(_conservation(now)),
        cpu_percent=None if cpu_us is None else cpu_us * 100 // interval.micros,
        memory_bytes=value("process_resident_memory_bytes"),
        open_files=value("process_open_fds"),
        member=_member(now),
    )


def _latencies(interval: Interval) -> list[Latency]:
    found = []
    named = [(family, "rialto_request_seconds", {"family": family}) for family in FAMILIES]
    named += [(what, name, {}) for what, name in DURATIONS]
    for what, name, labels in named:
        rate = interval.tenths_per_second(f"{name}_count", **labels)
        if rate is not None:
            p50_us, p99_us = (interval.quantile(percent, name, **labels) for percent in (50, 99))
            found.append(Latency(what, rate, p50_us, p99_us))
    return found


def _queues(now: Scrape) -> list[Queue]:
    found = []
    waiting, waiting_limit = now.by("rialto_admission_waiting", "urgency"), now.value("rialto_admission_waiting_limit")
    if waiting_limit is not None:
        found.append(Queue("waiting", sum(waiting.values()), waiting_limit))
    for what, depth_name, limit_name in QUEUES:
        depth, limit = now.value(depth_name), now.value(limit_name)
        if depth is not None and limit is not None:
            found.append(Queue(what, depth, limit))
    return found


def _replica(now: Scrape) -> Replica | None:
    lag, checked = now.value("rialto_replica_lag_commands"), now.value("rialto_replica_checked_sequence")
    if lag is None or checked is None:
        return None
    snapshot, snapshot_lag = now.value("rialto_snapshot_sequence"), now.value("rialto_snapshot_lag_commands")
    return Replica(lag, checked, f"{now.value('rialto_replica_state_hash') or 0:012x}", snapshot, snapshot_lag)


def _member(now: Scrape) -> Member | None:
    is_active = now.value("rialto_cluster_active")
    if is_active is None:
        return None
    agreed = now.value("rialto_cluster_checkpoint_agreed")
    return Member(
        bool(is_active),
        now.value("rialto_cluster_epoch") or 0,
        now.value("rialto_cluster_log_sequence"),
        now.value("rialto_cluster_log_lag_commands"),
        now.value("rialto_cluster_checkpoint_sequence"),
        None if agreed is None else bool(agreed),
    )


def _conservation(now: Scrape) -> list[Conservation]:
    sequences = now.by("rialto_conservation_checked_sequence", "check")
    is_ok = now.by("rialto_conservation_ok", "check")
    return [Conservation(check, bool(ok), sequences.get(check, 0)) for check, ok in sorted(is_ok.items())]
