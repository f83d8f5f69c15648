"""What the core has done: commands by kind, refusals by reason, how long until they were durable, batches.

Listens to the runtime beside everyone else. A command's time is the one the journal gave it, when the core took it from
its queue; it is seen here once it is durable and the loop has got round to it.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from rialto.contracts.commands import Command
from rialto.contracts.events import CommandRejected, Outcome, TradeExecuted
from rialto.foundation.metrics import LATENCY_BOUNDS_US, SIZE_BOUNDS, Distribution


class Submissions(Protocol):
    """Where commands are submitted."""

    def command_of(self, outcome: Outcome) -> Command | None:
        """Return the command that led to an outcome, or None if it was not submitted here."""

    def now_us(self) -> int:
        """Tell the exchange's time."""


class CommandFigures:
    """Counts of commands, by the names of their types: a short list."""

    def __init__(self, submissions: Submissions) -> None:
        self.kinds: Final[dict[type, int]] = {}
        """Commands by their type; None's type for those submitted elsewhere."""
        self.refusals: Final[dict[type, int]] = {}
        """Refused commands by the type of the rejection."""
        self.trades = 0
        self.durable_us: Final = Distribution(LATENCY_BOUNDS_US)
        """From being numbered to being durable and handed to the loop, in microseconds."""
        self.batches: Final = Distribution(SIZE_BOUNDS)
        """Commands made durable together."""
        self._command_of: Final = submissions.command_of
        self._now_us: Final[Callable[[], int]] = submissions.now_us

    def accept(self, outcomes: Sequence[Outcome]) -> None:
        """Count what one batch led to."""
        now_us = self._now_us()
        self.batches.observe(len(outcomes))
        kinds, durable_us = self.kinds, self.durable_us
        for outcome in outcomes:
            kind = type(self._command_of(outcome))
            kinds[kind] = kinds.get(kind, 0) + 1
            durable_us.observe(now_us - outcome.time_us)
            for event in outcome.events:
                if type(event) is TradeExecuted:
                    self.trades += 1
                elif type(event) is CommandRejected:
                    refusal = type(event.rejection)
                    self.refusals[refusal] = self.refusals.get(refusal, 0) + 1
