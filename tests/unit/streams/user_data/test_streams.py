"""Who is told, when, and what it costs those nobody listens to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from rialto.contracts.commands import CancelAllOrders, OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason, Side
from rialto.core.errors import RuntimeStopped
from rialto.core.runtime import Runtime
from rialto.streams.user_data.streams import UserDataStreams
from tests.core_words import ALICE, BOB, buy, place, sell
from tests.exchange import BTC, BTCUSDT, found, limit, running


@pytest_asyncio.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    async with running(tmp_path) as runtime:
        await found(runtime)
        yield runtime


class Listener:
    """Keeps what it receives, decoded."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def receive(self, message: bytes) -> None:
        self.messages.append(message)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(message) for message in self.messages]

    @property
    def told(self) -> list[str]:
        return [event.get("x") or event["e"] for event in self.events]


async def test_only_the_accounts_that_somebody_listens_to_are_told(runtime: Runtime) -> None:
    streams, alice, bob = UserDataStreams(runtime), Listener(), Listener()
    streams.subscribe(1, alice.receive, in_microseconds=False)
    streams.subscribe(2, bob.receive, in_microseconds=False)
    await runtime.submit(place(ALICE, sell("50000", "mine")))
    assert (alice.told, bob.told) == (["NEW", "outboundAccountPosition"], [])
    await runtime.submit(place(BOB, buy("50000", "other")))
    assert alice.told[2:] == ["TRADE", "outboundAccountPosition"]
    assert bob.told == ["NEW", "TRADE", "outboundAccountPosition"]


async def test_an_event_comes_before_the_reply_even_as_the_subscription_begins(runtime: Runtime) -> None:
    """The core is asked what is open, and nobody waits for the answer: what follows still comes in order."""
    order: list[str] = []
    streams = UserDataStreams(runtime)

    async def submit(name: str) -> None:
        await runtime.submit(place(ALICE, buy("10", name)))
        order.append(f"reply {name}")

    before = asyncio.create_task(submit("before"))
    await asyncio.sleep(0)
    streams.subscribe(1, lambda message: order.append(msgspec.json.decode(message).get("c", "")), in_microseconds=False)
    await asyncio.gather(before, *(submit(f"{number}") for number in range(20)))
    told = [entry for entry in order if entry]
    assert told[0] == "reply before" or told.index("reply before") < 3
    for number in range(20):
        assert told.index(f"{number}") < told.index(f"reply {number}")
    assert "before" not in told


async def test_what_was_open_before_is_known_from_the_first_event_on(runtime: Runtime) -> None:
    streams, listener = UserDataStreams(runtime), Listener()
    await runtime.submit(limit(ALICE, Side.SELL, "50000", "2", "old"))
    streams.subscribe(1, listener.receive, in_microseconds=False)
    await runtime.submit(place(BOB, buy("50000", "part")))
    trade = listener.events[0]
    assert (trade["c"], trade["q"], trade["z"], trade["X"]) == ("old", "2.00000000", "1.00000000", "PARTIALLY_FILLED")


async def test_an_owner_may_have_no_account_yet(runtime: Runtime) -> None:
    streams, listener = UserDataStreams(runtime), Listener()
    streams.subscribe(7, listener.receive, in_microseconds=False)
    await runtime.submit(OpenAccount(7, AccountKind(AccountClass.FUNDING)))
    opened = await runtime.submit(OpenAccount(7, AccountKind(AccountClass.SPOT)))
    event = opened.events[0]
    assert isinstance(event, AccountOpened)
    assert listener.events == []
    await runtime.submit(Post(event.account, BTC, "1", PostingReason.DEPOSIT))
    assert listener.told == ["balanceUpdate", "outboundAccountPosition"]


async def test_an_account_may_be_opened_while_the_subscription_begins(runtime: Runtime) -> None:
    streams, listener = UserDataStreams(runtime), Listener()
    streams.subscribe(7, listener.receive, in_microseconds=False)
    opening = runtime.enqueue(OpenAccount(7, AccountKind(AccountClass.SPOT)))
    deposit = runtime.enqueue(Post(7, BTC, "1", PostingReason.DEPOSIT))
    await asyncio.gather(opening, deposit)
    assert listener.told == ["balanceUpdate", "outboundAccountPosition"]


async def test_each_reads_times_in_its_own_unit_and_messages_are_made_once(runtime: Runtime) -> None:
    streams, listeners = UserDataStreams(runtime), [Listener() for _ in range(4)]
    for listener, in_microseconds in zip(listeners, (False, True, False, True), strict=True):
        streams.subscribe(1, listener.receive, in_microseconds=in_microseconds)
    outcome = await runtime.submit(place(ALICE, buy("10", "mine")))
    assert [listener.events[0]["T"] for listener in listeners] == [outcome.time_us // 1000, outcome.time_us] * 2
    for one, other in ((0, 2), (1, 3)):
        pairs = zip(listeners[one].messages, listeners[other].messages, strict=True)
        assert all(message is same for message, same in pairs)


async def test_who_cancels_is_told_nothing_more_and_the_others_are(runtime: Runtime) -> None:
    streams, first, second = UserDataStreams(runtime), Listener(), Listener()
    subscription = streams.subscribe(1, first.receive, in_microseconds=False)
    streams.subscribe(1, second.receive, in_microseconds=False)
    subscription.cancel()
    subscription.cancel()
    assert not subscription.is_active
    await runtime.submit(place(ALICE, buy("10", "mine")))
    assert (first.told, second.told) == ([], ["NEW", "outboundAccountPosition"])


async def test_who_cancels_while_being_told_is_told_nothing_more(runtime: Runtime) -> None:
    streams, told = UserDataStreams(runtime), list[bytes]()

    def receive(message: bytes) -> None:
        told.append(message)
        subscription.cancel()

    subscription = streams.subscribe(1, receive, in_microseconds=False)
    await runtime.submit(place(ALICE, buy("10", "mine")))
    assert len(told) == 1


async def test_who_comes_back_is_told_again(runtime: Runtime) -> None:
    streams, listener = UserDataStreams(runtime), Listener()
    streams.subscribe(1, listener.receive, in_microseconds=False).cancel()
    streams.subscribe(1, listener.receive, in_microseconds=False)
    await runtime.submit(place(ALICE, buy("10", "mine")))
    assert listener.told == ["NEW", "outboundAccountPosition"]


async def test_a_receiver_that_fails_harms_nobody(runtime: Runtime) -> None:
    def fail(_message: bytes) -> None:
        raise ValueError("no")

    streams, listener = UserDataStreams(runtime), Listener()
    streams.subscribe(1, fail, in_microseconds=False)
    streams.subscribe(1, listener.receive, in_microseconds=False)
    await runtime.submit(place(ALICE, buy("10", "mine")))
    assert listener.told == ["NEW", "outboundAccountPosition"]


async def test_a_stream_that_cannot_tell_the_truth_says_that_it_ends(runtime: Runtime) -> None:
    streams, alice, bob = UserDataStreams(runtime), Listener(), Listener()
    subscription = streams.subscribe(1, alice.receive, in_microseconds=True)
    streams.subscribe(2, bob.receive, in_microseconds=False)
    await runtime.submit(place(ALICE, sell("50000", "mine")))
    known = streams._followed[ALICE].account
    assert known is not None
    known.orders.clear()
    await runtime.submit(place(BOB, buy("50000", "other")))
    assert alice.told[2:] == ["eventStreamTerminated"]
    assert set(alice.events[-1]) == {"e", "E"}
    assert alice.events[-1]["E"] > 10**15
    assert not subscription.is_active
    assert bob.told == ["NEW", "TRADE", "outboundAccountPosition"]


async def test_a_stopped_exchange_takes_nobody(tmp_path: Path) -> None:
    async with running(tmp_path) as runtime:
        await found(runtime)
        streams = UserDataStreams(runtime)
    with pytest.raises(RuntimeStopped):
        streams.subscribe(1, Listener().receive, in_microseconds=False)


async def test_a_command_of_many_events_is_told_of_in_their_order(runtime: Runtime) -> None:
    for number in range(30):
        await runtime.submit(place(ALICE, sell(f"{50_000 + number}", f"{number}")))
    streams, listener = UserDataStreams(runtime), Listener()
    streams.subscribe(1, listener.receive, in_microseconds=False)
    await runtime.submit(limit(BOB, Side.BUY, "60000", "15", "sweep"))
    await runtime.submit(CancelAllOrders(ALICE, BTCUSDT))
    assert [event["c"] for event in listener.events[:15]] == [f"{number}" for number in range(15)]
    assert listener.told == ["TRADE"] * 15 + ["outboundAccountPosition"] + ["CANCELED"] * 15 + [
        "outboundAccountPosition"
    ]
    (position,) = [event for event in listener.events[:16] if event["e"] == "outboundAccountPosition"]
    assert [each["a"] for each in position["B"]] == ["BTC", "USDT"]
