"""Resident memory of one more order, account, balance and symbol, slack of tables and allocator included.

Each is measured in a process of its own. It is always the same load, so one trial says it all.
"""

from collections.abc import Sequence

from benches.core_program import measures_of
from benches.figures import Row, Settings, row_of_trials

NAME = "memory"
WORKLOAD = "resident memory while orders (1,000 accounts, 10,000 prices), accounts, balances and empty books are added"
KINDS = (("orders", 1_000_000), ("accounts", 1_000_000), ("balances", 1_000_000), ("symbols", 100_000))
PLAIN = {"orders": "naive-orders"}


def run(settings: Settings) -> Sequence[Row]:
    """Measure each kind; orders beside those of the plain engine."""
    rows = []
    for kind, count in KINDS:
        counted = str(count // 10 if settings.is_quick else count)
        against = None
        if kind in PLAIN:
            plain = measures_of(["memory", PLAIN[kind], counted])[0]
            against = ("plain engine", plain["trials"][0])
        measure = measures_of(["memory", kind, counted])[0]
        of_one = f"one of {int(counted):,} {kind}"
        rows.append(row_of_trials(of_one, measure["measure"], measure["unit"], measure["trials"], against=against))
    return rows
