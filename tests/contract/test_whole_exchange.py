"""The exchange as it is wired in earnest, and back after a restart."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import EXTERNAL_ACCOUNT, AccountClass, PostingReason, StreamKey
from rialto.projections.decisions import Decision
from tests.whole_exchange import whole_exchange


async def test_a_trader_trades_and_finds_it_after_a_restart(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", USDT="1000")
        await alice.place("BUY", "20000", "0.01")
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        (order,) = await alice.do("GET", "/api/v3/openOrders")
        assert order["price"] == "20000.00000000"


async def test_decisions_on_a_stream_follow_each_other_whoever_makes_them(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        await whole.trader("alice")
        parts = whole.exchange.parts
        account = await parts.runtime.account_of(1, AccountClass.SPOT)
        stream = StreamKey("tests", "one")

        def deposit(events: object) -> Decision | None:
            assert isinstance(events, tuple)
            if len(events) == 3:
                return None
            legs = (
                Leg(account, 0, "1.00000000", "0.00000000", PostingReason.DEPOSIT),
                Leg(EXTERNAL_ACCOUNT, 0, "-1.00000000", "0.00000000", PostingReason.DEPOSIT),
            )
            return Decision(b"%d" % len(events), legs)

        other = type(parts.decisions)(parts.runtime, parts.history)
        assert await parts.decisions.decide(stream, deposit) is not None
        assert await other.decide(stream, deposit) is not None
        assert await parts.decisions.decide(stream, deposit) is not None
        assert await other.decide(stream, deposit) is None
        assert await parts.decisions.events(stream) == (b"0", b"1", b"2")


async def test_nothing_is_refused_for_what_is_remembered_when_someone_else_went_on(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        parts = whole.exchange.parts
        other = type(parts.decisions)(parts.runtime, parts.history)
        stream = StreamKey("tests", "one")

        def record(events: Sequence[bytes]) -> Decision:
            return Decision(b"%d" % len(events))

        def settle(events: Sequence[bytes]) -> Decision | None:
            if len(events) % 2:
                raise ValueError(f"there is nothing to settle after {len(events)} events")
            return Decision(b"settled") if len(events) == 2 else None

        assert await parts.decisions.decide(stream, record) is not None
        assert await other.decide(stream, record) is not None
        settled = await parts.decisions.decide(stream, settle)
        assert settled is not None, "by what is remembered there is one event, and nothing to settle"
        with pytest.raises(ValueError, match="after 3 events"):
            await other.decide(stream, settle)
        assert await other.decide(stream, record) is not None
        assert await parts.decisions.decide(stream, settle) is None
