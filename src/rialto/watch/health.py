"""Whether the exchange lives, and whether it may take traffic: named checks, and what they come to.

It lives when its loop answers and its core has not stopped. It may take traffic when it is open (the replay is done and
it does not drain) and every check is well. State: the phase and the checks.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final

import msgspec


class Phase(Enum):
    """What an exchange is doing as a whole."""

    REPLAYING = "replaying"
    OPEN = "open"
    DRAINING = "draining"


class Check(msgspec.Struct, frozen=True):
    """What one check found. The detail is for the operator alone."""

    ok: bool
    detail: str


Look = Callable[[], Check]


class Health:
    """Everything that must be well."""

    def __init__(self) -> None:
        self.phase = Phase.REPLAYING
        self.replayed = 0
        """How far the replay is: a sequence number."""
        self._checks: Final[dict[str, Look]] = {}
        self._core: Look = lambda: Check(True, "not started")

    def watch_core(self, look: Look) -> None:
        """Ask `look` whether the core runs: without it the process does not live."""
        self._core = look

    def add(self, name: str, look: Look) -> None:
        """Add a check that must be well for traffic to be taken."""
        self._checks[name] = look

    def liveness(self) -> dict[str, Check]:
        """Tell whether the process lives; that this is answered is half of it."""
        return {"loop": Check(True, "answers"), "core": self._core()}

    def readiness(self) -> dict[str, Check]:
        """Tell whether traffic may be taken."""
        is_replayed = self.phase is not Phase.REPLAYING
        detail = "done" if is_replayed else f"at sequence {self.replayed}"
        checks = {
            "replay": Check(is_replayed, detail),
            "draining": Check(self.phase is not Phase.DRAINING, "no" if self.phase is not Phase.DRAINING else "yes"),
            "core": self._core(),
        }
        return checks | {name: look() for name, look in self._checks.items()}


class Report(msgspec.Struct):
    """What is answered."""

    status: str
    checks: dict[str, Check] | dict[str, bool]


def report(checks: dict[str, Check], *, with_details: bool) -> tuple[bool, bytes]:
    """Return whether all is well, and the JSON that says so; only the operator is told details."""
    is_well = all(check.ok for check in checks.values())
    shown = checks if with_details else {name: check.ok for name, check in checks.items()}
    return is_well, msgspec.json.encode(Report("ok" if is_well else "unavailable", shown))
