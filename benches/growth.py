"""What a command costs while the exchange grows around it: it must not pay for what it does not touch.

The workload of `published` stays as it is, on one symbol with a thousand users and a thousand resting orders, while
symbols, accounts with a balance, and on its own symbol resting orders, prices and waiting stops are added that none of
its commands touches. Then it is spread over many symbols and users, where what grows is the distance to memory.
"""

from collections.abc import Sequence

from benches.core_program import run_workload
from benches.figures import Row, Settings

NAME = "growth"
WORKLOAD = "the workload of `published` beside more and more that it does not touch, then spread over more and more"
UNTOUCHED = {
    "symbols": (100, 10_000, 100_000),
    "accounts": (100_000, 1_000_000, 10_000_000),
    "orders": (10_000, 100_000, 1_000_000),
    "levels": (10_000, 100_000, 1_000_000),
    "stops": (10_000, 100_000, 1_000_000),
}
SPREAD = (
    # symbols, users, resting orders
    (100, 10_000, 10_000),
    (10_000, 1_000_000, 1_000_000),
)
SPREAD_TRIALS_MAX = 3
"""Each opens a million accounts anew."""
MEMORY = (("symbols", 100_000), ("accounts", 10_000_000), ("orders", 1_000_000), ("stops", 1_000_000))
QUICK_COUNT_MAX = 10_000


def run(settings: Settings) -> Sequence[Row]:
    """Measure throughput beside each kind of growth, then spread out, then memory."""
    commands = 50_000 if settings.is_quick else 1_000_000
    trials = str(settings.trials)

    rows = []
    for what, counts in UNTOUCHED.items():
        for count in counts:
            if not settings.is_quick or count <= QUICK_COUNT_MAX:
                rows += run_workload(["published", "grow", what, str(count), str(commands), trials])
    for symbols, users, resting in SPREAD:
        if not settings.is_quick or symbols <= QUICK_COUNT_MAX // 100:
            sizes = [str(symbols), str(users), str(resting), str(commands)]
            rows += run_workload(["published", "rate", *sizes, str(min(settings.trials, SPREAD_TRIALS_MAX))])
    for what, count in MEMORY:
        counted = str(min(count, QUICK_COUNT_MAX) if settings.is_quick else count)
        rows += run_workload(["published", "memory", what, counted])
    return rows
