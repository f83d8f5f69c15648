"""A core that a log feeds: numbers are the log's, what is no command is refused alike, and followers show the same."""

import asyncio
from pathlib import Path

import msgspec
import pytest

import rialto_core
from rialto.contracts.events import CommandRejected, Outcome, Released
from rialto.contracts.rejections import UnreadableCommand
from rialto.core import journal
from tests.replicas import TRADING, empty_follower, journalled, replica, shown, submit

MESSAGES = [journalled(command) for command in TRADING]
released = msgspec.msgpack.Decoder(list[Released])


async def settled(opened: object, sequence: int) -> None:
    runtime = opened.runtime  # type: ignore[attr-defined]
    async with asyncio.timeout(60):
        while True:
            if runtime.last_sequence >= sequence:
                return
            await asyncio.sleep(0.001)


def drained(follower: rialto_core.Follower) -> list[Outcome]:
    return [item for chunk in follower.drain() for item in released.decode(chunk) if isinstance(item, Outcome)]


async def test_a_follower_comes_to_the_views_and_outcomes_of_the_core(tmp_path: Path) -> None:
    follower = empty_follower(tmp_path / "empty")
    outcomes: list[Outcome] = []
    async with replica(tmp_path / "journal") as opened:
        opened.runtime.subscribe(outcomes.extend)
        submit(opened.core, 1, MESSAGES)
        await settled(opened, len(MESSAGES))
        told, _ = opened.core.take_told()
        for _, last, message in told:
            assert follower.follow(message) == last
        assert shown(follower.views()) == shown(opened.core.views())
    assert drained(follower) == outcomes
    assert [outcome.ticket for outcome in outcomes] == [10 * number for number in range(1, len(MESSAGES) + 1)]


async def test_a_follower_begins_in_the_middle_and_skips_what_it_has(tmp_path: Path) -> None:
    async with replica(tmp_path / "journal") as opened:
        submit(opened.core, 1, MESSAGES[:-2])
        await settled(opened, len(MESSAGES) - 2)
        sequence, snapshot = opened.core.snapshot_views()
        follower = rialto_core.Follower(sequence, snapshot)
        submit(opened.core, len(MESSAGES) - 1, MESSAGES[-2:])
        await settled(opened, len(MESSAGES))
        told, _ = opened.core.take_told()
        for _, _, message in [*told, *told]:
            follower.follow(message)
        assert shown(follower.views()) == shown(opened.core.views())
    assert [outcome.sequence for outcome in drained(follower)] == [len(MESSAGES) - 1, len(MESSAGES)]


async def test_a_follower_refuses_a_gap_and_bytes_that_are_no_message(tmp_path: Path) -> None:
    follower = empty_follower(tmp_path / "empty")
    async with replica(tmp_path / "journal") as opened:
        submit(opened.core, 1, MESSAGES[:1])
        await settled(opened, 1)
        opened.core.take_told()
        submit(opened.core, 2, MESSAGES[1:2])
        await settled(opened, 2)
        [(_, _, message)] = opened.core.take_told()[0]
    with pytest.raises(ValueError, match="outcome 1 is missing"):
        follower.follow(message)
    with pytest.raises(ValueError, match="format"):
        follower.follow(b"\x07nonsense")
    with pytest.raises(ValueError, match="damaged"):
        follower.follow(message[:-1])


async def test_numbers_follow_one_another_or_nothing_is_taken(tmp_path: Path) -> None:
    async with replica(tmp_path) as opened:
        submit(opened.core, 1, MESSAGES[:2])
        for wrong in (2, 4):
            with pytest.raises(ValueError, match="where 3 follows"):
                submit(opened.core, wrong, MESSAGES[2:3])
        submit(opened.core, 3, MESSAGES[2:3])
        await settled(opened, 3)
    assert journal.verify(tmp_path).sequence == 3


@pytest.mark.parametrize("message", [b"", b"\x03", b"\xffwhat", b"\x03\xff\xff", MESSAGES[0] + b"more", bytes(2 << 20)])
async def test_what_is_no_command_uses_up_its_number_alike_everywhere(tmp_path: Path, message: bytes) -> None:
    hashes = []
    for name in ("one", "other"):
        outcomes: list[Outcome] = []
        async with replica(tmp_path / name) as opened:
            opened.runtime.subscribe(outcomes.extend)
            whys = submit(opened.core, 1, [MESSAGES[0], message, MESSAGES[1]])
            await settled(opened, 3)
        assert [why is None for why in whys] == [True, False, True]
        assert outcomes[1].events == [CommandRejected(UnreadableCommand())]
        report = journal.verify(tmp_path / name)
        assert (report.sequence, report.refused) == (3, 1)
        hashes.append(report.state_hash)
    assert hashes[0] == hashes[1]


async def test_state_hashes_are_told_at_whole_multiples_however_commands_are_batched(tmp_path: Path) -> None:
    async with replica(tmp_path / "at-once") as opened:
        submit(opened.core, 1, MESSAGES)
        await settled(opened, len(MESSAGES))
        at_once = opened.core.take_told()[1]
    one_by_one: list[tuple[int, str]] = []
    async with replica(tmp_path / "one-by-one") as opened:
        for sequence, message in enumerate(MESSAGES, start=1):
            submit(opened.core, sequence, [message])
            await settled(opened, sequence)
            one_by_one += opened.core.take_told()[1]
    assert at_once == one_by_one
    assert [sequence for sequence, _ in at_once] == [4, 8]


async def test_what_nobody_told_is_told_again_the_same(tmp_path: Path) -> None:
    outcomes: list[Outcome] = []
    async with replica(tmp_path / "journal") as opened:
        opened.runtime.subscribe(outcomes.extend)
        submit(opened.core, 1, MESSAGES)
        await settled(opened, len(MESSAGES))
        told, _ = opened.core.take_told()
        views = shown(opened.core.views())
    first = 4
    follower = empty_follower(tmp_path / "empty")
    tickets = [10 * sequence for sequence in range(first, len(MESSAGES) + 1)]
    before = rialto_core.tell_again(tmp_path / "journal", 1, [10, 20, 30])
    assert [(begin, end) for begin, end, _ in before] == [(1, len(MESSAGES))]
    for _, _, message in told[:1]:
        follower.follow(message)
    for _, last, message in rialto_core.tell_again(tmp_path / "journal", first, tickets):
        assert follower.follow(message) == last
    assert drained(follower) == outcomes
    assert shown(follower.views()) == views
