"""Our own exchange, recorded over its public streams and replayed: the round trip of `rialto record` and `replay`."""

import asyncio
from pathlib import Path

from rialto.replay.recorder import record, stream_url
from rialto.replay.recording import OnDamage
from rialto.replay.session import replay
from tests.streams import eventually, streaming, trade_at_random


async def test_what_was_recorded_here_is_replayed_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "recording.gz"
    directory = tmp_path / "exchange"
    directory.mkdir()
    async with streaming(directory) as live:
        stop = asyncio.Event()
        url = stream_url(f"ws://127.0.0.1:{live.port}", ["BTCUSDT"])
        recording = asyncio.create_task(record(url, path, stop=stop))
        await eventually(lambda: len(live.hub.connections) == 1)
        await trade_at_random(live.runtime, 800, seed=5)
        made = live.runtime.market.trades(0, 1_000)
        await asyncio.sleep(0.5)
        stop.set()
        recorded = await recording
    assert recorded.messages > len(made) > 100
    report = await replay(path, tmp_path / "journal", on_damage=OnDamage.REFUSE)
    assert report.is_equal, report
    assert report.counts.messages == recorded.messages
    assert report.trades.compared == len(made)
