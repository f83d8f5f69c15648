"""The wall clock tells the time; a settable one tells what it was told."""

import time

import pytest

from rialto.foundation.clock import Clock, SettableClock, SystemClock


def test_the_system_clock_counts_microseconds() -> None:
    clock: Clock = SystemClock()
    before, now, after = time.time_ns(), clock.now_us(), time.time_ns()
    assert before // 1_000 <= now <= after // 1_000


def test_a_settable_clock_moves_only_when_moved() -> None:
    clock: Clock
    clock = settable = SettableClock(5)
    assert (clock.now_us(), clock.now_us()) == (5, 5)
    settable.advance(10)
    settable.move_to(20)
    assert clock.now_us() == 20


def test_a_settable_clock_does_not_go_back() -> None:
    clock = SettableClock(5)
    with pytest.raises(ValueError, match="back from 5 to 4 µs"):
        clock.move_to(4)
    assert clock.now_us() == 5
