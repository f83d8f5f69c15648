"""Writes the Grafana dashboard `deploy/grafana/rialto.json` from the list of panels below: say `make docs`.

A panel is a title, a unit, and what it shows: PromQL with the legend of its lines. Where each stands follows from its
place in the list. Rates are over `$__rate_interval`; `$instance` is whatever the reader chose at the top.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from tools.custody_panels import CUSTODY_ROWS
from tools.dashboard_panels import Panel, now, quantiles, rate, since
from tools.people_panels import PEOPLE_ROWS

DOCUMENT: Final = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "rialto.json"
SCHEMA_VERSION: Final = 39
COLUMNS: Final = 24
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
RED_BELOW_ONE: Final = [{"color": "red", "value": None}, {"color": "green", "value": 1}]


ROWS: Final[tuple[tuple[str, tuple[Panel, ...]], ...]] = (
    (
        "At a glance",
        (
            Panel("Ready", "none", ((f"min({now('rialto_ready')})", ""),), "stat", 3, 4),
            Panel("Conserved", "none", ((f"min({now('rialto_conservation_ok')})", ""),), "stat", 3, 4),
            Panel("Core", "none", ((f"min({now('rialto_core_up')})", ""),), "stat", 3, 4),
            Panel("Sequence", "locale", ((f"max({now('rialto_journal_sequence')})", ""),), "stat", 5, 4),
            Panel("Commands", "cps", ((rate("rialto_commands_total"), ""),), "stat", 3, 4),
            Panel("Trades", "cps", ((rate("rialto_trades_total"), ""),), "stat", 3, 4),
            Panel("Version", "none", ((now("rialto_build_info"), "{{version}}"),), "stat", 4, 4),
            Panel("Checks", "none", ((now("rialto_ready"), "{{instance}} {{check}}"),)),
            Panel("Phase", "none", ((f"{now('rialto_phase')} == 1", "{{instance}} {{phase}}"),)),
            Panel("Uptime", "s", ((since("rialto_started_timestamp_seconds"), "{{instance}}"),)),
        ),
    ),
    (
        "Requests",
        (
            Panel("Requests by family", "reqps", ((rate("rialto_requests_total", "family"), "{{family}}"),)),
            Panel("Requests by outcome", "reqps", ((rate("rialto_requests_total", "outcome"), "{{outcome}}"),)),
            Panel("Time to answer", "s", quantiles("rialto_request_seconds", "family")),
            Panel("Refusals by code", "reqps", ((rate("rialto_refusals_total", "code"), "{{code}}"),)),
            Panel(
                "Requests under way",
                "none",
                (
                    (now("rialto_requests_under_way"), "{{instance}}"),
                    (now("rialto_requests_under_way_limit"), "limit"),
                ),
            ),
            Panel("Let in", "reqps", ((rate("rialto_admitted_total", "urgency"), "{{urgency}}"),)),
            Panel(
                "Told busy, or late",
                "reqps",
                (
                    (rate("rialto_shed_total", "urgency"), "{{urgency}} told busy"),
                    (rate("rialto_admitted_late_total", "urgency"), "{{urgency}} had to wait"),
                ),
            ),
            Panel(
                "Waiting",
                "none",
                ((now("rialto_admission_waiting"), "{{urgency}}"), (now("rialto_admission_waiting_limit"), "limit")),
            ),
            Panel(
                "Let in and not yet answered",
                "none",
                (
                    (now("rialto_admission_under_way"), "{{urgency}}"),
                    (now("rialto_admission_under_way_limit"), "{{urgency}} at most"),
                ),
            ),
            Panel(
                "HTTP connections",
                "none",
                ((now("rialto_http_connections"), "{{instance}}"), (now("rialto_http_connections_limit"), "limit")),
            ),
            Panel("Refused at the door", "reqps", ((rate("rialto_http_refusals_total", "reason"), "{{reason}}"),)),
            Panel(
                "Limits and bans",
                "none",
                (
                    (now("rialto_banned_addresses"), "banned now"),
                    (now("rialto_limited_addresses"), "remembered"),
                    (rate("rialto_bans_total"), "bans a second"),
                ),
            ),
        ),
    ),
    (
        "Core and journal",
        (
            Panel("Commands by kind", "cps", ((rate("rialto_commands_total", "kind"), "{{kind}}"),)),
            Panel("Refused by the core", "cps", ((rate("rialto_rejections_total", "reason"), "{{reason}}"),)),
            Panel(
                "Core queue",
                "none",
                (
                    (now("rialto_core_queue"), "{{instance}}"),
                    (now("rialto_core_queue_limit"), "limit"),
                    (rate("rialto_core_busy_total"), "refused a second"),
                ),
            ),
            Panel("Numbered to durable", "s", quantiles("rialto_commit_seconds")),
            Panel("fdatasync", "s", quantiles("rialto_journal_sync_seconds")),
            Panel("Commands in a batch", "none", quantiles("rialto_batch_commands")),
            Panel("Written to the journal", "Bps", ((rate("rialto_journal_written_bytes_total"), "bytes"),)),
            Panel(
                "Journal",
                "bytes",
                ((now("rialto_journal_bytes"), "all"), (now("rialto_journal_segment_bytes"), "being written")),
            ),
            Panel(
                "Disk",
                "bytes",
                ((now("rialto_disk_free_bytes"), "free"), (now("rialto_disk_free_bytes_min"), "must be free")),
            ),
            Panel(
                "Segments",
                "none",
                (
                    (now("rialto_journal_segments"), "segments"),
                    (now("rialto_journal_segment_first_sequence"), "the last begins at"),
                ),
            ),
            Panel("Replay at the start", "none", ((now("rialto_replay_sequence"), "{{instance}}"),)),
        ),
    ),
    (
        "Derived: SQL, replica, snapshots, conservation",
        (
            Panel(
                "Commands not yet in SQL",
                "none",
                (
                    (now("rialto_projections_lag_commands"), "{{instance}}"),
                    (now("rialto_projections_lag_limit"), "limit"),
                ),
            ),
            Panel("Age of the oldest of them", "s", ((now("rialto_projections_lag_seconds"), "{{instance}}"),)),
            Panel(
                "Written to SQL",
                "cps",
                ((f"deriv({now('rialto_projections_sequence')}[$__rate_interval])", "{{instance}}"),),
            ),
            Panel(
                "Reads of history",
                "none",
                ((now("rialto_history_reads"), "{{instance}}"), (now("rialto_history_reads_limit"), "limit")),
            ),
            Panel("Database errors", "cps", ((rate("rialto_database_errors_total", "part"), "{{part}}"),)),
            Panel(
                "Replica",
                "none",
                (
                    (now("rialto_replica_lag_commands"), "{{instance}} commands behind"),
                    (now("rialto_replica_age_seconds"), "{{instance}} seconds since it said so"),
                ),
            ),
            Panel(
                "Replica's checks",
                "none",
                (
                    (now("rialto_replica_checked_sequence"), "{{instance}} equal at"),
                    (now("rialto_replica_sequence"), "{{instance}} applied"),
                    (now("rialto_replica_state_hash"), "{{instance}} state hash, 48 bits"),
                ),
            ),
            Panel(
                "Snapshots",
                "none",
                (
                    (now("rialto_snapshot_sequence"), "{{instance}} newest"),
                    (now("rialto_snapshot_lag_commands"), "{{instance}} commands since"),
                ),
            ),
            Panel(
                "Conservation",
                "none",
                (
                    (now("rialto_conservation_ok"), "{{check}} sound"),
                    (now("rialto_conservation_checked_sequence"), "{{check}} up to"),
                    (rate("rialto_conservation_accounts_total"), "accounts compared a second"),
                ),
            ),
            Panel(
                "Conservation: last look",
                "s",
                (
                    (
                        since("rialto_conservation_checked_timestamp_seconds"),
                        "{{instance}}",
                    ),
                ),
            ),
        ),
    ),
    *PEOPLE_ROWS,
    *CUSTODY_ROWS,
    (
        "Cluster: core replicas",
        (
            Panel(
                "Active",
                "none",
                (
                    (now("rialto_cluster_active"), "{{instance}} active"),
                    (now("rialto_cluster_epoch"), "{{instance}} epoch"),
                ),
            ),
            Panel(
                "Commands behind the log",
                "none",
                (
                    (now("rialto_cluster_log_lag_commands"), "{{instance}} behind"),
                    (now("rialto_cluster_log_age_seconds"), "{{instance}} seconds since the log was seen"),
                ),
            ),
            Panel(
                "Log, and states compared",
                "none",
                (
                    (now("rialto_cluster_log_sequence"), "{{instance}} sees its end at"),
                    (now("rialto_cluster_checkpoint_sequence"), "{{instance}} last at"),
                    (now("rialto_cluster_checkpoint_agreed"), "{{instance}} agreed"),
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
                ((now("rialto_sockets"), "{{instance}}"), (now("rialto_sockets_limit"), "limit")),
            ),
            Panel("FIX connections", "none", ((now("rialto_fix_sessions"), "{{instance}} {{service}}"),)),
            Panel(
                "Streams and accounts listened to",
                "none",
                (
                    (now("rialto_streams_read"), "{{instance}} market streams"),
                    (now("rialto_user_data_subscriptions"), "{{instance}} accounts"),
                    (now("rialto_stream_subscriptions"), "{{instance}} subscriptions"),
                    (now("rialto_stream_subscriptions_limit"), "limit of subscriptions"),
                ),
            ),
            Panel(
                "Messages",
                "cps",
                (
                    (rate("rialto_stream_messages_total"), "published"),
                    (rate("rialto_stream_deliveries_total"), "delivered"),
                    (rate("rialto_stream_culled_total"), "overtaken"),
                ),
            ),
            Panel("Unread by clients", "bytes", ((now("rialto_socket_backlog_bytes"), "{{instance}}"),)),
            Panel(
                "Ended by the exchange",
                "cps",
                (
                    (rate("rialto_sockets_ended_total", "reason"), "{{reason}}"),
                    (rate("rialto_sockets_refused_total"), "refused at the door"),
                    (rate("rialto_fix_ended_total", "reason"), "FIX {{reason}}"),
                ),
            ),
        ),
    ),
    (
        "Chains and deposits",
        (
            Panel("Failures of following", "none", ((now("rialto_chain_failures"), "{{network}}"),)),
            Panel("Blocks behind", "none", ((now("rialto_chain_blocks_behind"), "{{network}}"),)),
            Panel("Lost", "none", ((now("rialto_chain_lost"), "{{network}}"),)),
            Panel("Forks", "cps", ((rate("rialto_chain_forks_total", "network"), "{{network}}"),)),
            Panel("Deepest fork", "none", ((now("rialto_chain_fork_depth_max"), "{{network}}"),)),
            Panel("Deposits", "cps", ((rate("rialto_deposits_total", "what"), "{{what}}"),)),
            Panel("Deposits that wait", "none", ((now("rialto_deposits_waiting"), "{{state}}"),)),
            Panel(
                "Unreconciled",
                "none",
                (
                    (now("rialto_custody_unreconciled"), "{{network}} {{asset}}"),
                    (now("rialto_bank_unreconciled"), "{{bank}}"),
                    (now("rialto_cards_unreconciled"), "cards {{currency}}"),
                ),
            ),
        ),
    ),
    (
        "Screening",
        (
            Panel("Entries", "none", ((now("rialto_screening_entries"), "entries"),)),
            Panel("Addresses", "none", ((now("rialto_screening_addresses"), "addresses"),)),
            Panel("Unreadable lists", "none", ((now("rialto_screening_lists_unreadable"), "lists"),)),
        ),
    ),
    (
        "Process",
        (
            Panel("Lateness of the loop", "s", quantiles("rialto_loop_lag_seconds")),
            Panel("Processor", "percentunit", ((rate("process_cpu_seconds_total", "instance"), "{{instance}}"),)),
            Panel("Memory", "bytes", ((now("process_resident_memory_bytes"), "{{instance}}"),)),
            Panel(
                "Open files",
                "none",
                ((now("process_open_fds"), "{{instance}}"), (now("process_max_fds"), "limit")),
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
