"""The embedded runtime through its façade: order, durability, refusals, limits, restarts, damage."""

import asyncio
import resource
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.commands import CancelOrder, Command, OrderReference, RegisterAsset
from rialto.contracts.events import OrderPlaced, Outcome
from rialto.contracts.queries import OpenOrders, OrdersAnswer, StateHash, StateHashAnswer
from rialto.contracts.vocabulary import AccountClass, Side
from rialto.core import journal
from rialto.core.errors import CommandRefused, JournalUnreadable, RuntimeBusy, RuntimeStopped
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SettableClock
from tests.exchange import BTCUSDT, found, limit, market, running


async def state_hash(runtime: Runtime) -> str:
    answer = await runtime.ask(StateHash())
    assert isinstance(answer, StateHashAnswer)
    return answer.hash


async def test_listeners_see_everything_in_order_before_the_caller_does(tmp_path: Path) -> None:
    seen: list[int] = []
    async with running(tmp_path) as runtime:
        runtime.subscribe(lambda outcomes: seen.extend(outcome.sequence for outcome in outcomes))
        first, _second = await found(runtime)

        async def place(number: int) -> None:
            outcome = await runtime.submit(limit(first, Side.SELL, "50000", "0.01", f"order-{number}"))
            assert seen[-1] >= outcome.sequence
            assert runtime.last_sequence >= outcome.sequence

        await asyncio.gather(*(place(number) for number in range(150)))
        assert seen == list(range(1, runtime.last_sequence + 1))


async def test_listeners_know_the_command_while_they_are_told_of_its_outcome(tmp_path: Path) -> None:
    told: list[tuple[Outcome, Command | None]] = []
    async with running(tmp_path) as runtime:
        runtime.subscribe(lambda outcomes: told.extend((outcome, runtime.command_of(outcome)) for outcome in outcomes))
        first, _second = await found(runtime)
        order, refused = limit(first, Side.SELL, "50000", "1", "a"), CancelOrder(first, BTCUSDT, OrderReference(9))
        await runtime.submit(order)
        with pytest.raises(CommandRefused):
            await runtime.submit(refused)
        assert [command for _outcome, command in told[-2:]] == [order, refused]
        assert all(runtime.command_of(outcome) is None for outcome, _command in told)
        assert runtime.command_of(Outcome(0, 1, 1, [], [])) is None


async def test_an_answer_is_true_as_of_its_number_and_comes_before_what_follows(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        first, _second = await found(runtime)
        done: list[str] = []

        def note(what: str, future: "asyncio.Future[Any]") -> "asyncio.Future[Any]":
            future.add_done_callback(lambda _done: done.append(what))
            return future

        asked = []
        for number in range(50):
            order = limit(first, Side.SELL, "50000", "0.01", f"order-{number}")
            placing = note(f"order {number}", runtime.enqueue(order))
            asked.append((placing, note(f"answer {number}", runtime.inquire(OpenOrders(first)))))
        for number, (placing, answering) in enumerate(asked, start=1):
            outcome, (sequence, answer) = await placing, await answering
            assert isinstance(answer, OrdersAnswer)
            assert (sequence, len(answer.orders)) == (outcome.sequence, number)
        await asyncio.sleep(0)
        assert done == [f"{kind} {number}" for number in range(50) for kind in ("order", "answer")]


async def test_a_restart_comes_to_the_same_state(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        first, second = await found(runtime)
        await runtime.submit(limit(first, Side.SELL, "50000", "1", "resting"))
        await runtime.submit(market(second, Side.BUY, "taking", quantity="0.4"))
        hash_before, depth_before = await state_hash(runtime), runtime.market.depth(BTCUSDT, 10)
        sequence = runtime.last_sequence
    replayed: list[Outcome] = []
    runtime = Runtime.open(tmp_path, outcomes_from=sequence - 1, on_outcomes=replayed.extend)
    await runtime.start()
    assert await state_hash(runtime) == hash_before
    assert runtime.market.depth(BTCUSDT, 10) == depth_before
    assert [trade.quantity for trade in runtime.market.trades(BTCUSDT, 10)] == ["0.40000000"]
    assert [outcome.sequence for outcome in replayed] == [sequence - 1, sequence]
    assert runtime.catalog.symbol_named("BTCUSDT") is not None
    assert await runtime.account_of(1, AccountClass.SPOT) == first
    await runtime.close()
    report = journal.verify(tmp_path)
    assert (report.sequence, report.state_hash, report.checkpoints) == (sequence, hash_before, 1)
    outcomes = [outcome for batch in journal.replayed_outcomes(tmp_path) for outcome in batch]
    assert [outcome.sequence for outcome in outcomes] == list(range(1, sequence + 1))


async def test_too_much_under_way_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, queue_capacity=10) as runtime:
        results = await asyncio.gather(
            *(runtime.submit(RegisterAsset(f"A{number}")) for number in range(30)), return_exceptions=True
        )
        done = [result for result in results if isinstance(result, Outcome)]
        busy = [result for result in results if isinstance(result, RuntimeBusy)]
        assert (len(done), len(busy)) == (10, 20)
        assert "try again" in str(busy[0])
        await runtime.submit(RegisterAsset("LATER"))
        assert len(runtime.catalog.assets) == 11


async def test_cancels_are_taken_where_orders_are_told_busy(tmp_path: Path) -> None:
    is_stuck = False
    async with running(tmp_path, queue_capacity=32) as runtime:
        account, _ = await found(runtime)
        names = [f"o{number}" for number in range(4)]
        for name in names:
            await runtime.submit(limit(account, Side.BUY, "100", "1", name))
        cancels = [CancelOrder(account, BTCUSDT, OrderReference(None, name)) for name in names]
        orders = [limit(account, Side.BUY, "100", "1", f"p{number}") for number in range(32)]
        # The last of the queue's places are for cancels alone.
        commands: list[Command] = [*orders, *cancels[:2]]
        submitted = [runtime.submit(command) for command in commands]
        results = await asyncio.gather(*submitted, return_exceptions=True)
        assert sum(isinstance(result, RuntimeBusy) for result in results[:32]) == 2
        assert not any(isinstance(result, BaseException) for result in results[32:])
        runtime.shed_when(lambda: True, lambda: is_stuck)
        with pytest.raises(RuntimeBusy):
            await runtime.submit(orders[0])
        await runtime.submit(cancels[2])
        is_stuck = True
        with pytest.raises(RuntimeBusy):
            await runtime.submit(cancels[3])
        assert runtime.refused_busy == 4


async def test_commands_are_shed_while_what_follows_is_behind(tmp_path: Path) -> None:
    is_behind = True
    async with running(tmp_path) as runtime:
        runtime.shed_when(lambda: is_behind)
        with pytest.raises(RuntimeBusy):
            await runtime.submit(RegisterAsset("BTC"))
        is_behind = False
        await runtime.submit(RegisterAsset("BTC"))
        assert runtime.last_sequence == 1


async def test_a_caller_that_goes_away_does_not_take_its_command_back(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        first, _second = await found(runtime)
        waiting = asyncio.create_task(runtime.submit(limit(first, Side.SELL, "50000", "1", "mine")))
        await asyncio.sleep(0)
        waiting.cancel()
        answer = await runtime.ask(OpenOrders(first))
        assert isinstance(answer, OrdersAnswer)
        assert [order.client_order_id for order in answer.orders] == ["mine"]


async def test_given_times_are_the_times_of_events(tmp_path: Path) -> None:
    clock = SettableClock(1_000_000)
    async with running(tmp_path, clock=clock) as runtime:
        outcome = await runtime.submit(RegisterAsset("BTC"), time_us=5_000)
        later = await runtime.submit(RegisterAsset("USDT"), time_us=4_000)
        assert (outcome.time_us, later.time_us) == (5_000, 5_000)
        with pytest.raises(ValueError, match="needs a time"):
            await runtime.submit(RegisterAsset("ETH"))
        assert runtime.now_us() == 1_000_000


async def test_one_directory_has_one_writer(tmp_path: Path) -> None:
    async with running(tmp_path):
        with pytest.raises(JournalUnreadable, match="another process|in use|locked"):
            Runtime.open(tmp_path, outcomes_from=1, on_outcomes=lambda _: None)


async def test_after_closing_nothing_is_taken(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await runtime.submit(RegisterAsset("BTC"))
    with pytest.raises(RuntimeStopped):
        await runtime.submit(RegisterAsset("USDT"))
    assert await runtime.wait_stopped()


async def test_a_vital_listener_that_fails_stops_the_exchange_and_another_does_not(tmp_path: Path) -> None:
    def fail(_outcomes: Sequence[Outcome]) -> None:
        raise ValueError("broken")

    async with running(tmp_path) as runtime:
        runtime.subscribe(fail)
        await runtime.submit(RegisterAsset("BTC"))
        runtime.subscribe(fail, vital=True)
        with pytest.raises(RuntimeStopped):
            await runtime.submit(RegisterAsset("USDT"))
        assert "broken" in await runtime.wait_stopped()


async def test_a_torn_tail_is_cut_and_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime)
        sequence = runtime.last_sequence
    (segment,) = tmp_path.glob("journal-*.rlj")
    with segment.open("ab") as file:
        file.write(segment.read_bytes()[-20:])
    async with running(tmp_path) as runtime:
        assert runtime.last_sequence == sequence
        assert list(tmp_path.glob("*.torn-*"))


async def test_damage_in_the_middle_is_refused_with_file_and_offset(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        first, _second = await found(runtime)
        await runtime.submit(limit(first, Side.SELL, "50000", "1", "a"))
    (segment,) = tmp_path.glob("journal-*.rlj")
    damaged = bytearray(segment.read_bytes())
    damaged[150] ^= 1
    segment.write_bytes(damaged)
    for read in (journal.verify, lambda path: Runtime.open(path, outcomes_from=1, on_outcomes=lambda _: None)):
        with pytest.raises(JournalUnreadable) as error:
            read(tmp_path)
        assert segment.name in str(error.value)
        assert "64" in str(error.value), "the offset of the damaged frame"
    assert segment.read_bytes() == damaged


async def place_orders(runtime: Runtime, account: int, acknowledged: list[str]) -> None:
    for number in range(1_000):
        outcome = await runtime.submit(limit(account, Side.SELL, "50000", "0.01", f"order-{number}"))
        placed = outcome.events[0]
        assert isinstance(placed, OrderPlaced)
        acknowledged.append(placed.order.client_order_id)


async def test_a_full_disk_stops_the_exchange_without_losing_what_was_acknowledged(tmp_path: Path) -> None:
    """The file size limit of the process stands for a full disk: the write fails as it would there."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    acknowledged: list[str] = []
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    runtime = Runtime.open(tmp_path, outcomes_from=1, on_outcomes=lambda _: None)
    await runtime.start()
    first, _second = await found(runtime)
    (segment,) = tmp_path.glob("journal-*.rlj")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (segment.stat().st_size + 1_000, hard))
        with pytest.raises(RuntimeStopped, match="journal failed"):
            await place_orders(runtime, first, acknowledged)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await runtime.close()
    assert acknowledged
    async with running(tmp_path) as reopened:
        answer = await reopened.ask(OpenOrders(first))
        assert isinstance(answer, OrdersAnswer)
        assert [order.client_order_id for order in answer.orders] == acknowledged
        await reopened.submit(CancelOrder(first, BTCUSDT, OrderReference(client_order_id=acknowledged[0])))
        with pytest.raises(CommandRefused):
            await reopened.submit(CancelOrder(first, BTCUSDT, OrderReference(client_order_id=acknowledged[0])))
