"""`rialto status` as it looks: one panel for each exchange, side by side where the terminal is wide enough.

Only draws what was read. Calm when all is well; what needs an eye is yellow, what needs a hand is red.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rialto.foundation.metrics import MICROSECONDS
from rialto.watch.following import Seen
from rialto.watch.reading import Latency, Member, Queue, Reading, Replica

PANEL_COLUMNS_MIN: Final = 58
"""What a panel needs; terminals that have twice as much show two beside each other."""
REFUSALS_SHOWN: Final = 6
NOTHING: Final = "-"
_UNITS: Final = ((1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def board(seen: Sequence[Seen], columns: int) -> RenderableType:
    """Draw exchanges on a terminal so many columns wide."""
    abreast = max(1, min(len(seen), columns // PANEL_COLUMNS_MIN))
    grid = Table.grid(expand=True)
    for _ in range(abreast):
        grid.add_column(ratio=1)
    for first in range(0, len(seen), abreast):
        grid.add_row(*(panel(each) for each in seen[first : first + abreast]))
    return grid


def panel(seen: Seen) -> Panel:
    """Draw one exchange."""
    reading = seen.reading
    if reading is None:
        text = Text(seen.trouble or "waiting for the first figures", style="red" if seen.trouble else "dim")
        return Panel(text, title=seen.url, title_align="left", border_style="red" if seen.trouble else "dim")
    parts: list[RenderableType] = []
    if seen.trouble:
        parts.append(Text(f"{seen.trouble}; below is what was seen last", style="red"))
    if reading.failing_checks:
        parts.append(Text(f"not ready: {', '.join(reading.failing_checks)}", style="red"))
    parts += [_course(reading), Text(), _latencies(reading.latencies), Text(), _queues(reading.queues), Text()]
    parts.append(_places(reading))
    is_well = not seen.trouble and not reading.failing_checks and reading.phase == "open"
    title = f"{seen.url}  {'DOWN' if seen.trouble else reading.phase}"
    about = f"rialto {reading.version}, up {_span(reading.up_us)}"
    style = "green" if is_well else "red" if seen.trouble else "yellow"
    return Panel(
        Group(*parts), title=title, title_align="left", subtitle=about, subtitle_align="right", border_style=style
    )


def _course(reading: Reading) -> Text:
    sequence = NOTHING if reading.sequence is None else f"{reading.sequence:,}"
    text = Text.assemble("sequence ", (sequence, "bold"))
    text.append(f"   commands {_rate(reading.commands_tenths_per_second)}/s")
    text.append(f"   trades {_rate(reading.trades_tenths_per_second)}/s")
    return text


def _latencies(latencies: Iterable[Latency]) -> Table:
    table = _table("", "per second", "p50", "p99")
    for held in latencies:
        table.add_row(held.what, _rate(held.tenths_per_second), _duration(held.p50_us), _duration(held.p99_us))
    return table


def _queues(queues: Iterable[Queue]) -> Table:
    table = _table("", "waiting", "at most", "full")
    for queue in queues:
        percent = queue.depth * 100 // max(1, queue.limit)
        style = "red" if percent >= 80 else "yellow" if percent >= 50 else ""
        table.add_row(queue.what, f"{queue.depth:,}", f"{queue.limit:,}", Text(f"{percent} %", style=style))
    return table


def _places(reading: Reading) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for name, told in (
        ("journal", _journal(reading)),
        ("replica", _replica(reading.replica)),
        ("conserved", _conservation(reading)),
        ("clients", _clients(reading)),
        ("refused", _refusals(reading)),
        ("process", _process(reading)),
    ):
        table.add_row(name, told)
    if reading.member is not None:
        table.add_row("cluster", _member(reading.member))
    return table


def _journal(reading: Reading) -> str:
    if reading.journal_bytes is None:
        return NOTHING
    behind = "" if reading.projections_lag_us is None else f"; SQL {_duration(reading.projections_lag_us)} behind"
    return (
        f"{_bytes(reading.journal_bytes)} in {reading.journal_segments}, the last from "
        f"{reading.segment_first_sequence:,} with {_bytes(reading.segment_bytes)}; "
        f"{_bytes(reading.disk_free_bytes)} free{behind}"
    )


def _replica(replica: Replica | None) -> str:
    if replica is None:
        return NOTHING
    told = f"{replica.lag_commands:,} behind; equal at {replica.checked_sequence:,} ({replica.state_hash}…)"
    if replica.snapshot_sequence is not None:
        told += f"; snapshot at {replica.snapshot_sequence:,}, {replica.snapshot_lag_commands:,} ago"
    return told


def _member(member: Member) -> Text:
    text = Text(
        f"active, epoch {member.epoch:,}" if member.is_active else f"stands by; epoch {member.epoch:,} is active"
    )
    if member.log_lag_commands is None:
        text.append("; log not seen", style="yellow")
    else:
        text.append(f"; {member.log_lag_commands:,} behind the log at {_count(member.log_sequence)}")
    if member.compared_sequence is not None:
        told = f"states agree at {member.compared_sequence:,}"
        differ = f"states DIFFER at {member.compared_sequence:,}: see the log"
        text.append("; ")
        text.append(told) if member.is_agreed else text.append(differ, style="bold red")
    return text


def _conservation(reading: Reading) -> Text:
    if not reading.conservation:
        return Text(NOTHING)
    text = Text()
    for held in reading.conservation:
        text.append("; " if text else "")
        if held.is_ok:
            text.append(f"{held.check} sound up to {held.checked_sequence:,}")
        else:
            text.append(f"{held.check} BROKEN at {held.checked_sequence:,}: see the log", style="bold red")
    return text


def _clients(reading: Reading) -> str:
    return (
        f"{_count(reading.streams_read)} streams, {_rate(reading.deliveries_tenths_per_second)} sent/s, "
        f"{_bytes(reading.backlog_bytes)} unread; {reading.fix_sessions} FIX; "
        f"{_count(reading.banned_addresses)} banned"
    )


def _refusals(reading: Reading) -> Text:
    most = sorted(reading.refusals_tenths_per_second.items(), key=lambda pair: -pair[1])[:REFUSALS_SHOWN]
    told = [f"{code} {_rate(rate)}/s" for code, rate in most]
    text = Text(", ".join(told) or "nothing")
    if reading.busy_tenths_per_second:
        text.append(f"; busy {_rate(reading.busy_tenths_per_second)}/s", style="yellow")
    if reading.database_errors:
        text.append(f"; {reading.database_errors:,} database errors", style="yellow")
    return text


def _process(reading: Reading) -> str:
    return f"{_count(reading.cpu_percent)} % CPU, {_bytes(reading.memory_bytes)}, {_count(reading.open_files)} files"


def _table(*heads: str) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    for position, head in enumerate(heads):
        table.add_column(
            header=head, justify="right" if position else "left", ratio=1 if position else None, no_wrap=True
        )
    table.add_row(*(Text(head, style="dim") for head in heads))
    return table


def _count(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def _rate(tenths: int | None) -> str:
    if tenths is None:
        return NOTHING
    return f"{tenths // 10:,}" if tenths >= 1_000 else f"{tenths // 10}.{tenths % 10}"


def _duration(microseconds: int | None) -> str:
    if microseconds is None:
        return NOTHING
    if microseconds < 10_000:
        return f"{microseconds // 1_000}.{microseconds % 1_000 // 10:02d} ms"
    if microseconds < MICROSECONDS:
        return f"{microseconds // 1_000} ms"
    return f"{microseconds // MICROSECONDS}.{microseconds % MICROSECONDS // 100_000} s"


def _span(microseconds: int) -> str:
    minutes, seconds = divmod(microseconds // MICROSECONDS, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _bytes(count: int | None) -> str:
    if count is None:
        return NOTHING
    for size, unit in _UNITS:
        if count >= size:
            tenths = count * 10 // size
            return f"{tenths // 10} {unit}" if tenths >= 100 else f"{tenths // 10}.{tenths % 10} {unit}"
    return f"{count} B"
