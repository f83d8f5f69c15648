"""Metrics of what clients touch: requests, limits and bans, sockets, FIX sessions; and of the process around them."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec
from prometheus_client.metrics_core import Metric

from rialto.fix.server import FixServer
from rialto.fix.service import ServiceKind
from rialto.foundation.metrics import (
    MICROSECONDS,
    Collect,
    counter,
    counters,
    distribution,
    distributions,
    gauge,
    gauge_of_us,
    gauges,
)
from rialto.gateway.assembly import Gateway
from rialto.gateway.bounds import Bounds
from rialto.gateway.figures import ANSWERED
from rialto.projections.history import READS_MAX, History
from rialto.streams.connections import Connections
from rialto.streams.hub import Hub
from rialto.streams.user_data.streams import UserDataStreams
from rialto.watch.health import Health, Phase
from rialto.watch.turns import LoopTurns


def gateway_metrics(gateway: Gateway, bounds: Bounds) -> Collect:
    """Collect what became of requests, whatever they came over."""
    figures, bans, clock_us = gateway.performer.figures, gateway.request_limits.bans, gateway.request_limits.clock_us

    def collect() -> Iterable[Metric]:
        outcomes: dict[tuple[str, ...], int] = {}
        for family, held in figures.families.items():
            outcomes[family, ANSWERED] = held.answered
            outcomes |= {(family, outcome): count for outcome, count in held.failures.items()}
        yield counters("rialto_requests_total", "Requests ended.", ["family", "outcome"], outcomes)
        durations = {family: held.durations for family, held in figures.families.items()}
        text = "From a request being read to its answer."
        yield distributions("rialto_request_seconds", text, ["family"], durations, units=MICROSECONDS)
        refusals = {str(code): count for code, count in figures.refusals.items()}
        yield counters("rialto_refusals_total", "Requests refused, by the API's error code.", ["code"], refusals)
        yield gauge("rialto_requests_under_way", "Requests begun and not ended.", figures.under_way)
        yield gauge("rialto_requests_under_way_limit", "How many there may be.", bounds.requests_at_once_max)
        yield counter("rialto_bans_total", "Bans of addresses.", bans.made)
        yield gauge("rialto_banned_addresses", "Addresses that are banned.", bans.active(clock_us()))
        yield gauge("rialto_limited_addresses", "Addresses remembered for having been refused.", bans.remembered)

    return collect


def history_metrics(history: History) -> Collect:
    """Collect how reads of the past go."""

    def collect() -> Iterable[Metric]:
        yield gauge("rialto_history_reads", "Reads of history under way.", history.reads_under_way)
        yield gauge("rialto_history_reads_limit", "How many there may be.", READS_MAX)

    return collect


def database_metrics(failures: Callable[[], Mapping[str, int]]) -> Collect:
    """Collect how often the database failed whom."""

    def collect() -> Iterable[Metric]:
        yield counters("rialto_database_errors_total", "Failed uses of the database.", ["part"], failures())

    return collect


def stream_metrics(connections: Connections, hub: Hub, user_data: UserDataStreams) -> Collect:
    """Collect who is connected by WebSocket, and what was sent."""

    def collect() -> Iterable[Metric]:
        counted, limits = connections.counters, connections.limits
        yield gauge("rialto_sockets", "Open WebSocket connections.", len(connections))
        yield gauge("rialto_sockets_limit", "How many there may be.", limits.connections_max)
        yield gauge("rialto_socket_backlog_bytes", "Bytes clients have not read.", connections.backlog_bytes)
        yield gauge("rialto_streams_read", "Market streams that somebody reads.", hub.topics_read)
        told = user_data.subscriptions
        yield gauge("rialto_user_data_subscriptions", "Listeners to events of accounts.", told)
        refused = counted.refused_upgrades
        yield counter("rialto_sockets_refused_total", "WebSocket connections refused at the door.", refused)
        text = "Streams read, each counted once per reader."
        yield gauge("rialto_stream_subscriptions", text, connections.subscriptions)
        yield gauge("rialto_stream_subscriptions_limit", "How many there may be.", limits.subscriptions_max)
        yield counter("rialto_stream_messages_total", "Messages published that somebody read.", counted.messages)
        yield counter("rialto_stream_deliveries_total", "The same, once per reader.", counted.deliveries)
        yield counter("rialto_stream_culled_total", "Messages a newer one took the place of.", counted.culled)
        ended = {"slow_reader": counted.slow_readers, "excessive_sender": counted.excessive_senders}
        text = "Connections the exchange ended."
        yield counters("rialto_sockets_ended_total", text, ["reason"], ended)

    return collect


def fix_metrics(servers: Mapping[ServiceKind, FixServer]) -> Collect:
    """Collect who is connected by FIX."""

    def collect() -> Iterable[Metric]:
        sessions = {kind.value: server.sessions for kind, server in servers.items()}
        if sessions:
            yield gauges("rialto_fix_sessions", "Open FIX connections.", ["service"], sessions)
            ended: Counter[str] = Counter()
            for server in servers.values():
                ended.update(msgspec.structs.asdict(server.counters))
            yield counters("rialto_fix_ended_total", "Connections the exchange ended.", ["reason"], ended)

    return collect


def process_metrics(version: str, started_at_us: int, health: Health, turns: LoopTurns) -> Collect:
    """Collect what the process is, how its loop fares, and what its checks say."""

    def collect() -> Iterable[Metric]:
        yield gauges("rialto_build_info", "Which version runs.", ["version"], {version: 1})
        yield gauge_of_us("rialto_started_timestamp_seconds", "When the process began.", started_at_us)
        yield gauge_of_us("rialto_clock_timestamp_seconds", "What time it is there.", time.time_ns() // 1_000)
        phases = {phase.value: int(health.phase is phase) for phase in Phase}
        yield gauges("rialto_phase", "What the exchange is doing.", ["phase"], phases)
        yield gauge("rialto_replay_sequence", "How far the replay at the start came.", health.replayed)
        checks = {name: int(check.ok) for name, check in health.readiness().items()}
        yield gauges("rialto_ready", "What must be well for traffic to be taken.", ["check"], checks)
        text = "How late the loop's timer was."
        yield distribution("rialto_loop_lag_seconds", text, turns.late_us, units=MICROSECONDS)

    return collect
