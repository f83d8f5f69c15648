"""Throttles: allowances begin anew with their window, delays grow and are forgotten, and neither holds without end."""

from rialto.identity.throttles import Allowance, DelayRules, Delays

RULES = DelayRules(free=2, first_us=100, longest_us=1_000, forgotten_after_us=10_000)


def test_an_allowance_is_of_one_key_and_one_window() -> None:
    allowance = Allowance(2, 100)
    assert [allowance.take("a", 0), allowance.take("a", 10), allowance.take("a", 20)] == [0, 0, 80]
    assert allowance.wait_us("a", 30) == 70
    assert allowance.take("b", 20) == 0
    assert allowance.wait_us("a", 100) == allowance.take("a", 100) == 0


def test_delays_grow_with_every_failure_up_to_the_longest() -> None:
    delays, waits, now_us = Delays(RULES), [], 0
    for _ in range(8):
        wait_us = delays.wait_us("a", now_us)
        waits.append(wait_us)
        now_us += wait_us
        delays.begin("a", now_us)
    assert waits == [0, 0, 100, 200, 400, 800, 1_000, 1_000]
    assert delays.wait_us("a", now_us + 10_000) == 0
    delays.begin("a", now_us + 10_000)
    assert delays.wait_us("a", now_us + 10_000) == 0


def test_success_forgets_and_what_was_taken_back_never_was() -> None:
    delays = Delays(RULES)
    for _ in range(5):
        delays.begin("a", 0)
    assert delays.wait_us("a", 0) == 800
    delays.take_back("a")
    assert delays.wait_us("a", 0) == 400
    delays.succeed("a")
    assert delays.wait_us("a", 0) == 0


def test_many_at_once_gain_nothing() -> None:
    delays = Delays(RULES)
    begun = 0
    for _ in range(10):
        if delays.wait_us("a", 0) == 0:
            delays.begin("a", 0)
            begun += 1
    assert begun == 2


def test_of_too_many_keys_the_quietest_is_forgotten() -> None:
    allowance, delays = Allowance(1, 100, keys_max=2), Delays(RULES, keys_max=2)
    for key in ("a", "b", "c"):
        allowance.take(key, 0)
        for _ in range(3):
            delays.begin(key, 0)
    assert [allowance.wait_us(key, 0) > 0 for key in "abc"] == [False, True, True]
    assert [delays.wait_us(key, 0) > 0 for key in "abc"] == [False, True, True]
