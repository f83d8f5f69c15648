"""`rialto replay` and `rialto record`: real markets, through the core and onto disk."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from rialto.cli.application import PROGRESS_PERIOD_S, Progress, app, fail, run_until_stopped
from rialto.replay.comparison import Differences
from rialto.replay.recorder import STREAMS, stream_url
from rialto.replay.recorder import record as record_streams
from rialto.replay.recording import OnDamage
from rialto.replay.replayer import Progress as Replayed
from rialto.replay.session import ReplayReport
from rialto.replay.session import replay as replay_recording

DAMAGE_SHOWN_MAX = 10


def _speed(text: str) -> Fraction:
    try:
        speed = Fraction(text)
    except (ValueError, ZeroDivisionError):
        speed = Fraction(0)
    if speed <= 0:
        raise typer.BadParameter(f"{text!r} is no speed; give a number above zero, such as 1 or 0.5")
    return speed


@app.command()
def replay(
    recording: Annotated[Path, typer.Argument(metavar="FILE", help="Recorded stream messages, gzip or plain.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="A new directory for the replay's journal; else it is not kept.")
    ] = None,
    speed: Annotated[
        Fraction | None,
        typer.Option(parser=_speed, metavar="NUMBER", help="1 is real time; without it, as fast as it can."),
    ] = None,
    on_damage: Annotated[OnDamage, typer.Option(help="What to do with a line that cannot be read.")] = OnDamage.SKIP,
) -> None:
    """Feed a recording of a real market through the core, and compare what comes out with what went in."""
    if data is not None:
        _replay_into(data, recording, speed, on_damage)
        return
    with tempfile.TemporaryDirectory(prefix="rialto-replay-") as directory:
        _replay_into(Path(directory) / "journal", recording, speed, on_damage)


@app.command()
def record(
    recording: Annotated[Path, typer.Argument(metavar="FILE", help="The new recording; .gz is usual.")],
    symbols: Annotated[list[str], typer.Option("--symbol", help="What to record, such as BTCUSDT; several times.")],
    server: Annotated[str, typer.Option(help="Whose streams: ws://host:port or wss://host.")] = "ws://127.0.0.1:8000",
    streams: Annotated[
        list[str] | None,
        typer.Option("--stream", help="Which of a symbol's streams; several times.", show_default=", ".join(STREAMS)),
    ] = None,
    seconds: Annotated[int | None, typer.Option(min=1, help="For how long; without it, until Ctrl-C.")] = None,
) -> None:
    """Record the public streams of any compatible server, in the format that replay reads."""
    url = stream_url(server, symbols, streams or STREAMS)
    progress = Progress("Recording", "messages")
    recorded = run_until_stopped(
        lambda stop: record_streams(
            url, recording, stop=stop, duration_s=seconds, on_progress=lambda so_far: progress(so_far.messages)
        )
    )
    print(f"recorded {recorded.messages:,} messages in {recording}")
    if recorded.connections > 1:
        print(f"the connection was lost {recorded.connections - 1} times: messages are missing")


def _replay_into(directory: Path, recording: Path, speed: Fraction | None, on_damage: OnDamage) -> None:
    async def replaying(stop: asyncio.Event) -> ReplayReport | None:
        work = asyncio.create_task(
            replay_recording(
                recording,
                directory,
                speed=speed,
                on_damage=on_damage,
                on_progress=_teller(),
                on_lines_read=Progress("Reading", "lines"),
            )
        )
        told = asyncio.create_task(stop.wait())
        await asyncio.wait((work, told), return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait((work,))
            return None
        return work.result()

    report = run_until_stopped(replaying)
    if report is None:
        fail("the replay was stopped before its end")
    _say(report)
    if not report.is_equal:
        fail("what came out is not what went in")


def _teller() -> Callable[[Replayed], None]:
    said_s = time.monotonic()

    def tell(progress: Replayed) -> None:
        nonlocal said_s
        if (now_s := time.monotonic()) - said_s >= PROGRESS_PERIOD_S:
            said_s = now_s
            print(
                f"{progress.messages:,} of {progress.messages_total:,} messages, {progress.commands:,} commands, "
                f"{progress.messages_per_second:,} messages a second",
                file=sys.stderr,
            )

    return tell


def _say(report: ReplayReport) -> None:
    counts = report.counts
    print(f"messages   {counts.messages:>12,}  in {counts.elapsed_s:.1f} s")
    print(f"commands   {counts.commands:>12,}  ({counts.refused:,} refused)")
    _say_compared("trades", report.trades)
    _say_compared("candles", report.candles)
    if counts.times_back:
        print(f"{counts.times_back:,} trades were timed before the one before them and replayed at that one's time")
    if counts.damaged_lines:
        print(f"{counts.damaged_lines:,} damaged lines were skipped:")
        for line in counts.damage[:DAMAGE_SHOWN_MAX]:
            print(f"  {line}")
    print(f"state hash {report.state_hash}, also of the replayed journal of {report.verified.sequence:,} commands")
    print("conservation holds: every asset sums to zero, everything locked is owed")


def _say_compared(what: str, differences: Differences) -> None:
    verdict = "all equal" if not differences.different else f"{differences.different:,} differ: {differences.first}"
    print(f"{what:<10} {differences.compared:>12,}  {verdict}")
