"""Whether an exchange lives and may take traffic, in each state it can be in."""

import json

import pytest

from rialto.watch.health import Check, Health, Phase, report

WELL = Check(True, "runs")
STOPPED = Check(False, "the journal failed: No space left on device")


def states(health: Health) -> tuple[bool, bool]:
    return report(health.liveness(), with_details=True)[0], report(health.readiness(), with_details=True)[0]


@pytest.mark.parametrize(
    ("phase", "core", "disk", "lives", "ready"),
    [
        (Phase.REPLAYING, WELL, WELL, True, False),
        (Phase.OPEN, WELL, WELL, True, True),
        (Phase.OPEN, WELL, Check(False, "full"), True, False),
        (Phase.OPEN, STOPPED, WELL, False, False),
        (Phase.DRAINING, WELL, WELL, True, False),
    ],
)
def test_states(phase: Phase, core: Check, disk: Check, lives: bool, ready: bool) -> None:
    health = Health()
    health.phase = phase
    health.watch_core(lambda: core)
    health.add("disk", lambda: disk)
    assert states(health) == (lives, ready)


def test_before_the_core_there_is_a_replay() -> None:
    health = Health()
    health.replayed = 123_456
    assert states(health) == (True, False)
    assert health.readiness()["replay"] == Check(False, "at sequence 123456")


def test_only_the_operator_reads_details() -> None:
    checks = {"core": STOPPED}
    _, told = report(checks, with_details=True)
    assert json.loads(told) == {
        "status": "unavailable",
        "checks": {"core": {"ok": False, "detail": "the journal failed: No space left on device"}},
    }
    _, told = report(checks, with_details=False)
    assert json.loads(told) == {"status": "unavailable", "checks": {"core": False}}
