"""Writes the Grafana dashboard `deploy/grafana/rialto.json` from the list of panels below: say `make docs`.

A panel is a title, a unit, and what it shows: PromQL with the legend of its lines. Where each stands follows from its
place in the list. Rates are over `$__rate_interval`; `$instance` is whatever the reader chose at the top.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

DOCUMENT: Final = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "rialto.json"
SCHEMA_VERSION: Final = 39
COLUMNS: Final = 24
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
RED_BELOW_ONE: Final = [{"color": "red", "value": None}, {"color": "green", "value": 1}]


class Panel(NamedTuple):
    """What one panel shows."""

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    kind: str = "timeseries"
    width: int = 8
    height: int = 7


def _rate(name: str, by: str = "") -> str:
    inner = f'rate({name}{{instance=~"$instance"}}[$__rate_interval])'
    return f"sum by ({by}) ({inner})" if by else f"sum({inner})"


def _now(name: str) -> str:
    return f'{name}{{instance=~"$instance"}}'


def _since(moment: str) -> str:
    return f"{_now('rialto_clock_timestamp_seconds')} - {_now(moment)}"


def _quantiles(name: str, by: str = "") -> tuple[tuple[str, str], ...]:
    grouped, legend = (f"le, {by}", f"{{{{{by}}}}} ") if by else ("le", "")
    inner = f'sum by ({grouped}) (rate({name}_bucket{{instance=~"$instance"}}[$__rate_interval]))'
    return tuple((f"histogram_quantile(0.{part}, {inner})", f"{legend}p{part}") for part in ("50", "99"))


ROWS: Final[tuple[tuple[str, tuple[Panel, ...]], ...]] = (
    (
        "At a glance",
        (
            Panel("Ready", "none", ((f"min({_now('rialto_ready')})", ""),), "stat", 3, 4),
            Panel("Conserved", "none", ((f"min({_now('rialto_conservation_ok')})", ""),), "stat", 3, 4),
            Panel("Core", "none", ((f"min({_now('rialto_core_up')})", ""),), "stat", 3, 4),
            Panel("Sequence", "locale", ((f"max({_now('rialto_journal_sequence')})", ""),), "stat", 5, 4),
            Panel("Commands", "cps", ((_rate("rialto_commands_total"), ""),), "stat", 3, 4),
            Panel("Trades", "cps", ((_rate("rialto_trades_total"), ""),), "stat", 3, 4),
            Panel("Version", "none", ((_now("rialto_build_info"), "{{version}}"),), "stat", 4, 4),
            Panel("Checks", "none", ((_now("rialto_ready"), "{{instance}} {{check}}"),)),
            Panel("Phase", "none", ((f"{_now('rialto_phase')} == 1", "{{instance}} {{phase}}"),)),
            Panel("Uptime", "s", ((_since("rialto_started_timestamp_seconds"), "{{instance}}"),)),
        ),
    ),
    (
        "Requests",
        (
            Panel("Requests by family", "reqps", ((_rate("rialto_requests_total", "family"), "{{family}}"),)),
            Panel("Requests by outcome", "reqps", ((_rate("rialto_requests_total", "outcome"), "{{outcome}}"),)),
            Panel("Time to answer", "s", _quantiles("rialto_request_seconds", "family")),
            Panel("Refusals by code", "reqps", ((_rate("rialto_refusals_total", "code"), "{{code}}"),)),
            Panel(
                "Requests under way",
                "none",
                (
                    (_now("rialto_requests_under_way"), "{{instance}}"),
                    (_now("rialto_requests_under_way_limit"), "limit"),
                ),
            ),
            Panel("Let in", "reqps", ((_rate("rialto_admitted_total", "urgency"), "{{urgency}}"),)),
            Panel(
                "Told busy, or late",
                "reqps",
                (
                    (_rate("rialto_shed_total", "urgency"), "{{urgency}} told busy"),
                    (_rate("rialto_admitted_late_total", "urgency"), "{{urgency}} had to wait"),
                ),
            ),
            Panel(
                "Waiting",
                "none",
                ((_now("rialto_admission_waiting"), "{{urgency}}"), (_now("rialto_admission_waiting_limit"), "limit")),
            ),
            Panel(
                "Let in and not yet answered",
                "none",
                (
                    (_now("rialto_admission_under_way"), "{{urgency}}"),
                    (_now("rialto_admission_under_way_limit"), "{{urgency}} at most"),
                ),
            ),
            Panel(
                "HTTP connections",
                "none",
                ((_now("rialto_http_connections"), "{{instance}}"), (_now("rialto_http_connections_limit"), "limit")),
            ),
            Panel("Refused at the door", "reqps", ((_rate("rialto_http_refusals_total", "reason"), "{{reason}}"),)),
            Panel(
                "Limits and bans",
                "none",
                (
                    (_now("rialto_banned_addresses"), "banned now"),
                    (_now("rialto_limited_addresses"), "remembered"),
                    (_rate("rialto_bans_total"), "bans a second"),
                ),
            ),
        ),
    ),
    (
        "Core and journal",
        (
            Panel("Commands by kind", "cps", ((_rate("rialto_commands_total", "kind"), "{{kind}}"),)),
            Panel("Refused by the core", "cps", ((_rate("rialto_rejections_total", "reason"), "{{reason}}"),)),
            Panel(
                "Core queue",
                "none",
                (
                    (_now("rialto_core_queue"), "{{instance}}"),
                    (_now("rialto_core_queue_limit"), "limit"),
                    (_rate("rialto_core_busy_total"), "refused a second"),
                ),
            ),
            Panel("Numbered to durable", "s", _quantiles("rialto_commit_seconds")),
            Panel("fdatasync", "s", _quantiles("rialto_journal_sync_seconds")),
            Panel("Commands in a batch", "none", _quantiles("rialto_batch_commands")),
            Panel("Written to the journal", "Bps", ((_rate("rialto_journal_written_bytes_total"), "bytes"),)),
            Panel(
                "Journal",
                "bytes",
                ((_now("rialto_journal_bytes"), "all"), (_now("rialto_journal_segment_bytes"), "being written")),
            ),
            Panel(
                "Disk",
                "bytes",
                ((_now("rialto_disk_free_bytes"), "free"), (_now("rialto_disk_free_bytes_min"), "must be free")),
            ),
            Panel(
                "Segments",
                "none",
                (
                    (_now("rialto_journal_segments"), "segments"),
                    (_now("rialto_journal_segment_first_sequence"), "the last begins at"),
                ),
            ),
            Panel("Replay at the start", "none", ((_now("rialto_replay_sequence"), "{{instance}}"),)),
        ),
    ),
    (
        "Derived: SQL, replica, snapshots, conservation",
        (
            Panel(
                "Commands not yet in SQL",
                "none",
                (
                    (_now("rialto_projections_lag_commands"), "{{instance}}"),
                    (_now("rialto_projections_lag_limit"), "limit"),
                ),
            ),
            Panel("Age of the oldest of them", "s", ((_now("rialto_projections_lag_seconds"), "{{instance}}"),)),
            Panel(
                "Written to SQL",
                "cps",
                ((f"deriv({_now('rialto_projections_sequence')}[$__rate_interval])", "{{instance}}"),),
            ),
            Panel(
                "Reads of history",
                "none",
                ((_now("rialto_history_reads"), "{{instance}}"), (_now("rialto_history_reads_limit"), "limit")),
            ),
            Panel("Database errors", "cps", ((_rate("rialto_database_errors_total", "part"), "{{part}}"),)),
            Panel(
                "Replica",
                "none",
                (
                    (_now("rialto_replica_lag_commands"), "{{instance}} commands behind"),
                    (_now("rialto_replica_age_seconds"), "{{instance}} seconds since it said so"),
                ),
            ),
            Panel(
                "Replica's checks",
                "none",
                (
                    (_now("rialto_replica_checked_sequence"), "{{instance}} equal at"),
                    (_now("rialto_replica_sequence"), "{{instance}} applied"),
                    (_now("rialto_replica_state_hash"), "{{instance}} state hash, 48 bits"),
                ),
            ),
            Panel(
                "Snapshots",
                "none",
                (
                    (_now("rialto_snapshot_sequence"), "{{instance}} newest"),
                    (_now("rialto_snapshot_lag_commands"), "{{instance}} commands since"),
                ),
            ),
            Panel(
                "Conservation",
                "none",
                (
                    (_now("rialto_conservation_ok"), "{{check}} sound"),
                    (_now("rialto_conservation_checked_sequence"), "{{check}} up to"),
                    (_rate("rialto_conservation_accounts_total"), "accounts compared a second"),
                ),
            ),
            Panel(
                "Conservation: last look",
                "s",
                (
                    (
                        _since("rialto_conservation_checked_timestamp_seconds"),
                        "{{instance}}",
                    ),
                ),
            ),
        ),
    ),
    (
        "Cluster: core replicas",
        (
            Panel(
                "Active",
                "none",
                (
                    (_now("rialto_cluster_active"), "{{instance}} active"),
                    (_now("rialto_cluster_epoch"), "{{instance}} epoch"),
                ),
            ),
            Panel(
                "Commands behind the log",
                "none",
                (
                    (_now("rialto_cluster_log_lag_commands"), "{{instance}} behind"),
                    (_now("rialto_cluster_log_age_seconds"), "{{instance}} seconds since the log was seen"),
                ),
            ),
            Panel(
                "Log, and states compared",
                "none",
                (
                    (_now("rialto_cluster_log_sequence"), "{{instance}} sees its end at"),
                    (_now("rialto_cluster_checkpoint_sequence"), "{{instance}} last at"),
                    (_now("rialto_cluster_checkpoint_agreed"), "{{instance}} agreed"),
                ),
            ),
        ),
    ),
    (
        "Clients",
        (
            Panel(
                "WebSocket connections",
                "none",
                ((_now("rialto_sockets"), "{{instance}}"), (_now("rialto_sockets_limit"), "limit")),
            ),
            Panel("FIX connections", "none", ((_now("rialto_fix_sessions"), "{{instance}} {{service}}"),)),
            Panel(
                "Streams and accounts listened to",
                "none",
                (
                    (_now("rialto_streams_read"), "{{instance}} market streams"),
                    (_now("rialto_user_data_subscriptions"), "{{instance}} accounts"),
                    (_now("rialto_stream_subscriptions"), "{{instance}} subscriptions"),
                    (_now("rialto_stream_subscriptions_limit"), "limit of subscriptions"),
                ),
            ),
            Panel(
                "Messages",
                "cps",
                (
                    (_rate("rialto_stream_messages_total"), "published"),
                    (_rate("rialto_stream_deliveries_total"), "delivered"),
                    (_rate("rialto_stream_culled_total"), "overtaken"),
                ),
            ),
            Panel("Unread by clients", "bytes", ((_now("rialto_socket_backlog_bytes"), "{{instance}}"),)),
            Panel(
                "Ended by the exchange",
                "cps",
                (
                    (_rate("rialto_sockets_ended_total", "reason"), "{{reason}}"),
                    (_rate("rialto_sockets_refused_total"), "refused at the door"),
                    (_rate("rialto_fix_ended_total", "reason"), "FIX {{reason}}"),
                ),
            ),
        ),
    ),
    (
        "Process",
        (
            Panel("Lateness of the loop", "s", _quantiles("rialto_loop_lag_seconds")),
            Panel("Processor", "percentunit", ((_rate("process_cpu_seconds_total", "instance"), "{{instance}}"),)),
            Panel("Memory", "bytes", ((_now("process_resident_memory_bytes"), "{{instance}}"),)),
            Panel(
                "Open files",
                "none",
                ((_now("process_open_fds"), "{{instance}}"), (_now("process_max_fds"), "limit")),
            ),
        ),
    ),
)


def document() -> str:
    """Return the dashboard as Grafana reads it."""
    panels: list[dict[str, Any]] = []
    top = 0
    for title, held in ROWS:
        panels.append(_placed({"type": "row", "title": title, "collapsed": False}, len(panels), 0, top, COLUMNS, 1))
        left, top, tallest = 0, top + 1, 0
        for panel in held:
            if left + panel.width > COLUMNS:
                left, top, tallest = 0, top + tallest, 0
            panels.append(_placed(_drawn(panel), len(panels), left, top, panel.width, panel.height))
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest
    return json.dumps(_dashboard(panels), indent=1) + "\n"


def _placed(panel: dict[str, Any], number: int, left: int, top: int, width: int, height: int) -> dict[str, Any]:
    return {"id": number + 1, **panel, "gridPos": {"x": left, "y": top, "w": width, "h": height}}


def _drawn(panel: Panel) -> dict[str, Any]:
    targets = [
        {
            "refId": chr(ord("A") + position),
            "expr": expression,
            "legendFormat": legend or "__auto",
            "datasource": SOURCE,
        }
        for position, (expression, legend) in enumerate(panel.lines)
    ]
    defaults: dict[str, Any] = {"unit": panel.unit}
    options: dict[str, Any] = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}}
    if panel.kind == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "none"}
        if panel.lines[0][0].startswith("min("):
            defaults["thresholds"] = {"mode": "absolute", "steps": RED_BELOW_ONE}
            defaults["mappings"] = [
                {"type": "value", "options": {"0": {"text": "no"}, "1": {"text": "yes"}}},
            ]
        if panel.title == "Version":
            options["textMode"] = "name"
    return {
        "type": panel.kind,
        "title": panel.title,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
    }


def _dashboard(panels: list[dict[str, Any]]) -> dict[str, Any]:
    chosen = {
        "name": "instance",
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": "label_values(rialto_build_info, instance)", "refId": "instance"},
        "definition": "label_values(rialto_build_info, instance)",
        "refresh": 2,
        "includeAll": True,
        "multi": True,
        "current": {"text": ["All"], "value": ["$__all"]},
    }
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Data source"}
    return {
        "uid": "rialto",
        "title": "Rialto",
        "tags": ["rialto"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": True,
        "refresh": "5s",
        "time": {"from": "now-30m", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [source, chosen]},
        "panels": panels,
    }


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"wrote {DOCUMENT}\n")
