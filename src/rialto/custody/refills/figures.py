"""Figures about refills, for Prometheus."""

from collections.abc import Iterable, Mapping

from prometheus_client.metrics_core import Metric

from rialto.custody.refills.refilling import Refilling
from rialto.foundation.metrics import Collect, gauges


def refill_metrics(refillings: Mapping[str, Refilling]) -> Collect:
    """Tell how many refills are open on each network: that wait for operators, and that are on their way."""

    def collect() -> Iterable[Metric]:
        if not refillings:
            return
        yield gauges(
            "rialto_refills_open",
            "How many refills between the hot addresses and the tiers behind wait for operators, or are under way.",
            ("network", "state"),
            {(name, state): count for name, each in refillings.items() for state, count in each.open.items()},
        )

    return collect
