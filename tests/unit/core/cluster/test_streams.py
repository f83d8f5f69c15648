"""What a cluster's parts do with a real JetStream: who was deposed is refused, nothing is read with a gap."""

import asyncio
from pathlib import Path

import pytest
from nats.js.api import StreamConfig

from rialto.core.cluster.checkpoints import Checkpoint, Checkpoints, StatesDiffer
from rialto.core.cluster.connection import Cluster
from rialto.core.cluster.lease import Lease
from rialto.core.cluster.log_reader import Entry, LogReader
from rialto.core.cluster.names import COMMANDS, OUTPUTS
from rialto.core.cluster.output_log import Deposed, OutputLog, Position, frames_of
from rialto.core.cluster.refilling import refill
from rialto.core.cluster.runs import new_run
from rialto.core.errors import LogUnusable
from tests.nats_server import cluster_on


async def outputs_in(cluster: Cluster) -> list[bytes]:
    state = (await cluster.streams.stream_info(OUTPUTS)).state
    messages = [await cluster.streams.get_msg(OUTPUTS, number) for number in range(1, state.last_seq + 1)]
    return [frame for message in messages for frame in frames_of(message.data or b"")]


async def test_a_deposed_writer_is_refused_by_the_server_and_nothing_is_doubled(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        old, new = OutputLog(cluster), OutputLog(cluster)
        for log in (old, new):
            log.add([(1, 2, b"1-2"), (3, 3, b"3")])
        await old.begin(1)
        await old.write_next(1)
        old.add([(4, 6, b"4-6")])
        new.add([(4, 4, b"4"), (5, 6, b"5-6")])
        await new.begin(5)
        with pytest.raises(Deposed, match="epoch 5"):
            await old.write_next(1)
        await new.write_next(5)
        with pytest.raises(Deposed):
            await old.resume(1)
        assert await outputs_in(cluster) == [b"1-2", b"3", b"4", b"5-6"]
        assert (new.position.last, new.position.epoch) == (6, 5)


async def test_a_write_of_the_old_writer_just_before_the_new_epoch_counts(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        old, new = OutputLog(cluster), OutputLog(cluster)
        await old.begin(1)
        await new.refresh()
        for log in (old, new):
            log.add([(1, 2, b"1-2"), (3, 3, b"3")])
        await old.write_next(1)
        await new.begin(2)
        new.add([(4, 4, b"4")])
        await new.write_next(2)
        assert await outputs_in(cluster) == [b"1-2", b"3", b"4"]


async def test_the_next_writer_goes_on_in_the_middle_of_what_it_has(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        old, new = OutputLog(cluster), OutputLog(cluster)
        await old.begin(1)
        old.add([(1, 2, b"1-2")])
        await old.write_next(1)
        new.add([(1, 1, b"1"), (2, 3, b"2-3")])
        await new.begin(2)
        assert new.keeps(3)
        await new.write_next(2)
        assert new.position.last == 3
        assert await outputs_in(cluster) == [b"1-2", b"2-3"]


async def test_where_outputs_are_missing_nothing_is_written(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        log = OutputLog(cluster)
        log.add([(3, 3, b"3")])
        await log.begin(1)
        assert not log.keeps(1)
        with pytest.raises(AssertionError, match="outcome 1 follows"):
            await log.write_next(1)
        log.add_before([(1, 2, b"1-2")])
        await log.write_next(1)
        assert await outputs_in(cluster) == [b"1-2", b"3"]


async def test_an_empty_stream_ends_nowhere(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        log = OutputLog(cluster)
        await log.refresh()
        assert log.position == Position()


async def test_one_holds_the_lease_until_it_is_released_or_not_renewed(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        one, other = Lease(cluster, "one"), Lease(cluster, "other")
        first = await one.take()
        assert first is not None
        assert await other.take() is None
        assert await one.renew()
        assert await other.take() is None, "renewed meanwhile"
        await one.release()
        second = await other.take()
        assert second is not None
        assert second > first
        assert await one.take() is None
        third = await Lease(cluster, "hasty", unchanged_for_s=0).take()
        assert third is not None
        assert third > second
        assert not await other.renew()
        assert not other.is_held


async def test_a_stream_is_read_in_order_from_where_one_was(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        for number in range(1, 51):
            await cluster.streams.publish("rialto.commands", str(number).encode())
        read: list[Entry] = []
        async for entries in LogReader(cluster, COMMANDS, 11).batches():
            if not read:
                await cluster.streams.publish("rialto.commands", b"51")
            read += entries
            if read[-1].sequence == 51:
                break
        assert [(entry.sequence, entry.data) for entry in read] == [
            (number, str(number).encode()) for number in range(11, 52)
        ]
        assert sorted(entry.time_us for entry in read) == [entry.time_us for entry in read]


@pytest.mark.parametrize(("start", "reason"), [(2, "begins at 3"), (7, "lost its end")])
async def test_a_log_that_lacks_what_is_needed_is_refused(nats_url: str, start: int, reason: str) -> None:
    async with cluster_on(nats_url) as cluster:
        await cluster.streams.delete_stream(COMMANDS)
        await cluster.streams.add_stream(StreamConfig(name=COMMANDS, subjects=["rialto.commands"], max_msgs=3))
        for number in range(5):
            await cluster.streams.publish("rialto.commands", str(number).encode())
        with pytest.raises(LogUnusable, match=reason):
            async for _ in LogReader(cluster, COMMANDS, start, short_for_s=0).batches():
                raise AssertionError("nothing is read")


async def test_a_log_that_was_written_anew_is_refused(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        await cluster.streams.publish("rialto.commands", b"one")
        reader = LogReader(cluster, COMMANDS, 1)
        with pytest.raises(LogUnusable, match="another message at 1"):
            async for entries in reader.batches():
                assert [entry.data for entry in entries] == [b"one"]
                await cluster.streams.delete_stream(COMMANDS)
                await cluster.streams.add_stream(StreamConfig(name=COMMANDS, subjects=["rialto.commands"]))
                await cluster.streams.publish("rialto.commands", b"other")


async def test_replicas_that_differ_stop(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        one, other = Checkpoints(cluster), Checkpoints(cluster)
        watching = asyncio.create_task(one.watch())
        await one.state(Checkpoint("one", 100, "aa"))
        await one.state(Checkpoint("one", 200, "bb"))
        await other.state(Checkpoint("other", 100, "aa"))
        await other.state(Checkpoint("other", 200, "cc"))
        with pytest.raises(StatesDiffer, match="command 200"):
            await asyncio.wait_for(watching, 60)


async def test_a_log_that_lost_its_end_is_filled_up_and_read_behind(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        await cluster.streams.publish("rialto.commands", b"kept")
        assert await refill(cluster, 1_203) == 1_202
        assert await refill(cluster, 1_203) == 0
        await cluster.streams.publish("rialto.commands", b"new")
        async for entries in LogReader(cluster, COMMANDS, 1_204).batches():
            assert [(entry.sequence, entry.data) for entry in entries] == [(1_204, b"new")]
            break


async def test_every_run_of_a_gateway_has_a_number_of_its_own(nats_url: str) -> None:
    async with cluster_on(nats_url) as cluster:
        assert sorted(await asyncio.gather(*(new_run(cluster) for _ in range(4)))) == [1, 2, 3, 4]


async def test_the_same_id_is_taken_once(nats_url: str, tmp_path: Path) -> None:
    async with cluster_on(nats_url) as cluster:
        first = await cluster.streams.publish("rialto.commands", b"x", headers={"Nats-Msg-Id": "7"})
        again = await cluster.streams.publish("rialto.commands", b"x", headers={"Nats-Msg-Id": "7"})
        assert (again.seq, again.duplicate) == (first.seq, True)
        assert (await cluster.streams.stream_info(COMMANDS)).state.messages == 1
