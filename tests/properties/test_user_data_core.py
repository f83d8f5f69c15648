"""What a client makes of an account's events is what the core holds, from whatever moment it listens."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rialto.contracts.events import Outcome
from rialto.contracts.queries import Open, OpenAnswer
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.runtime import Runtime
from rialto.streams.user_data.account import FollowedAccount
from rialto.streams.user_data.streams import UserDataStreams
from tests.account_mirror import AccountMirror, known_to_core
from tests.exchange import running
from tests.random_orders import KINDS, RandomOrders, Step, found_pool

STEPS = st.lists(
    st.tuples(st.integers(0, KINDS - 1), st.integers(0, 47), st.integers(0, 20), st.integers(0, 9)),
    min_size=1,
    max_size=80,
)


Stated = TypeVar("Stated")


def in_order(held: Mapping[Any, Stated]) -> tuple[Stated, ...]:
    return tuple(held[key] for key in sorted(held))


async def open_of(runtime: Runtime, owner: int) -> OpenAnswer:
    answer = await runtime.ask(Open(owner, AccountKind(AccountClass.SPOT)))
    assert isinstance(answer, OpenAnswer)
    return answer


async def check(directory: Path, steps: list[Step], begins_at: int, trade_group: int | None) -> None:
    async with running(directory) as runtime:
        accounts = await found_pool(runtime, trade_group)
        streams, orders = UserDataStreams(runtime), RandomOrders(runtime)
        for step in steps[:begins_at]:
            await orders.submit(step)
        mirrors: list[tuple[int, AccountMirror]] = []
        followed: list[FollowedAccount] = []

        def follow(outcomes: Sequence[Outcome]) -> None:
            for outcome in outcomes:
                for each in followed:
                    each.follow(outcome)

        runtime.subscribe(follow)
        for owner, account in enumerate(accounts, start=1):
            mirror = AccountMirror()
            mirror.orders, mirror.balances = await known_to_core(runtime, account)
            streams.subscribe(owner, mirror.receive, in_microseconds=True)
            mirrors.append((account, mirror))
            known = await open_of(runtime, owner)
            followed.append(FollowedAccount(account, known.orders, known.lists))
        for step in steps[begins_at:]:
            await orders.submit(step)
            for account, mirror in mirrors:
                assert (mirror.orders, mirror.balances) == await known_to_core(runtime, account), step
            for owner, each in enumerate(followed, start=1):
                held = OpenAnswer(each.account, in_order(each.orders), in_order(each.lists))
                assert held == await open_of(runtime, owner), step
        for _account, mirror in mirrors:
            ids = [event["I"] for event in mirror.events if event["e"] == "executionReport" and event["I"] >= 0]
            assert ids == sorted(set(ids))
            assert all(event["e"] != "eventStreamTerminated" for event in mirror.events)


@given(steps=STEPS, begins_at=st.integers(0, 40), trade_group=st.sampled_from([None, None, 1]))
@example(steps=[(0, 1, 0, 0), (11, 5, 0, 0)], begins_at=0, trade_group=None)  # A routed order meets one of its owner.
@settings(max_examples=25, deadline=None)
def test_events_tell_all_there_is_to_know(steps: list[Step], begins_at: int, trade_group: int | None) -> None:
    with TemporaryDirectory() as directory:
        asyncio.run(check(Path(directory), steps, begins_at, trade_group))


CONDITIONAL = {
    *("d", "D", "j", "v", "A", "B", "U", "Cs", "pl", "pL", "pY", "W", "b", "a", "k", "uS"),
    *("gP", "gOT", "gOV", "gp", "eR"),
}


async def reached(directory: Path) -> set[tuple[str, str]]:
    """Say what some random streams lead to: kinds of events, of executions and of lists' changes, and fields."""
    met: set[tuple[str, str]] = set()
    choose = random.Random(1)
    async with running(directory) as runtime:
        await found_pool(runtime)
        streams, orders, mirror = UserDataStreams(runtime), RandomOrders(runtime), AccountMirror()
        for owner in (1, 2):
            streams.subscribe(owner, mirror.receive, in_microseconds=False)
        for _ in range(900):
            await orders.submit(tuple(choose.randrange(bound) for bound in (KINDS, 48, 21, 10)))  # type: ignore[arg-type]
    for event in mirror.events:
        met.add(("event", event["e"]))
        if event["e"] == "executionReport":
            met |= {("execution", event["x"]), *(("field", name) for name in event)}
        if event["e"] == "listStatus":
            met.add(("list", event["l"]))
    return met


def test_random_orders_reach_every_event_and_field(tmp_path: Path) -> None:
    wanted = {
        *(("event", f"{name}Update") for name in ("balance", "externalLock")),
        *(("event", name) for name in ("executionReport", "listStatus", "outboundAccountPosition")),
        *(("execution", name) for name in ("NEW", "CANCELED", "REPLACED", "REJECTED", "TRADE", "EXPIRED")),
        ("execution", "TRADE_PREVENTION"),
        *(("list", name) for name in ("EXEC_STARTED", "UPDATED", "ALL_DONE", "RESPONSE")),
        *(("field", name) for name in CONDITIONAL),
    }
    assert wanted <= asyncio.run(reached(tmp_path))
