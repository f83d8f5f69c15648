"""The view fits the terminal, and shows what needs an eye."""

import msgspec
import pytest
from rich.console import Console

from rialto.watch.board import board
from rialto.watch.following import Seen
from rialto.watch.reading import Conservation, Latency, Member, Queue, Reading, Replica

READING = Reading(
    phase="open",
    version="0.1.0",
    up_us=3_723_000_000,
    failing_checks=(),
    sequence=1_234_567_890,
    commands_tenths_per_second=25_431,
    trades_tenths_per_second=880,
    latencies=tuple(Latency(what, 25_431, 123, 1_234_567) for what in ("order", "cancel", "journal sync")),
    queues=(Queue("core", 60_000, 65_536), Queue("history reads", 1, 64)),
    projections_lag_us=1_250_000,
    journal_bytes=123_456_789_012,
    journal_segments=1_842,
    segment_first_sequence=1_233_900_000,
    segment_bytes=61_000_000,
    disk_free_bytes=78_000_000_000,
    replica=Replica(667_890, 1_230_000_000, "0123456789ab", 1_200_000_000, 34_567_890),
    streams_read=1_200,
    deliveries_tenths_per_second=1_234_560,
    backlog_bytes=12_345,
    fix_sessions=14,
    refusals_tenths_per_second={"-2010": 123, "-1003": 4_567},
    busy_tenths_per_second=3,
    banned_addresses=2,
    database_errors=1,
    conservation=(Conservation("projections", True, 1_234_567_000), Conservation("replica", False, 1_230_000_000)),
    cpu_percent=97,
    memory_bytes=1_912_345_678,
    open_files=1_290,
)
STANDBY = Member(False, 1_234, 1_234_567_990, 100, 1_234_560_000, True)


def drawn(seen: list[Seen], columns: int) -> list[str]:
    console = Console(width=columns, color_system=None, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        console.print(board(seen, columns))
    return capture.get().splitlines()


@pytest.mark.parametrize("columns", [80, 120, 200])
@pytest.mark.parametrize("exchanges", [1, 2, 3])
def test_it_fits(columns: int, exchanges: int) -> None:
    lines = drawn([Seen(f"http://127.0.0.1:800{number}", READING) for number in range(exchanges)], columns)
    assert max(len(line) for line in lines) <= columns
    text = " ".join("".join(lines).split())
    assert text.count("BROKEN") == exchanges
    assert "…s" not in text, "a name is cut short"
    rows = sum("╭" in line for line in lines)
    assert rows == (exchanges if columns == 80 else -(-exchanges // min(3, columns // 58)))


def test_what_is_down_is_shown_beside_what_was_seen_last() -> None:
    text = "\n".join(drawn([Seen("http://a", READING, "not reachable"), Seen("http://b", None, "refused")], 120))
    assert "DOWN" in text
    assert "not reachable; below is what was seen last" in text
    assert "1,234,567,890" in text
    assert "refused" in text


def test_a_failing_check_is_named() -> None:
    failing = msgspec.structs.replace(READING, failing_checks=("disk", "conservation"), phase="draining")
    text = "\n".join(drawn([Seen("http://a", failing)], 80))
    assert "not ready: disk, conservation" in text
    assert "draining" in text


@pytest.mark.parametrize("columns", [80, 120])
def test_a_core_beside_a_gateway_says_whether_it_leads_and_how_far_it_is(columns: int) -> None:
    active = msgspec.structs.replace(STANDBY, is_active=True, is_agreed=False)
    cores = [msgspec.structs.replace(READING, member=member) for member in (STANDBY, active)]
    lines = drawn([Seen("http://gateway", READING), *(Seen("http://core", core) for core in cores)], columns)
    assert max(len(line) for line in lines) <= columns
    text = "\n".join(drawn([Seen("http://core", core) for core in cores], 300))
    assert (
        "stands by; epoch 1,234 is active; 100 behind the log at 1,234,567,990; states agree at 1,234,560,000" in text
    )
    assert "active, epoch 1,234; 100 behind" in text
    assert "states DIFFER at 1,234,560,000" in text
