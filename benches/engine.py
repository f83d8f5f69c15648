"""The core alone: commands per second through the engine, ledger, fees, filters and events on, beside a plain engine.

The plain engine is the exchange as one would first write it: ordered maps of queues, hash maps of balances.
"""

from collections.abc import Sequence

from benches.core_program import run_workload
from benches.figures import Row, Settings

NAME = "engine"
WORKLOAD = (
    "one thread; 45% rest near the touch, 35% cancel a random open order, 20% trade (half market, half IOC); "
    "1,000 accounts, 20,000 open orders"
)
SYMBOLS = (1, 100)


def run(settings: Settings) -> Sequence[Row]:
    """Measure with one symbol and with a hundred."""
    commands = 100_000 if settings.is_quick else 1_000_000
    aims = {"engine": ">= 2,000,000"}
    return [
        row
        for symbols in SYMBOLS
        for row in run_workload(["core", str(symbols), str(commands), str(settings.trials)], aims)
    ]
