"""Metrics of what is let in: requests by urgency, waiting, under way and told busy; what the edge refused unread."""

from collections.abc import Iterable, Sequence

import msgspec
from prometheus_client.metrics_core import Metric

from rialto.foundation.metrics import Collect, counters, gauge, gauges
from rialto.gateway.admission import Admission
from rialto.gateway.edge import Edge
from rialto.wire.endpoints import Urgency


def admission_metrics(admission: Admission, edge: Edge) -> Collect:
    """Collect what became of requests before anything was done for them."""

    def collect() -> Iterable[Metric]:
        counted, rules, label = admission.counters, admission.rules, ["urgency"]
        started, refused = _by_urgency(counted.started), _by_urgency(counted.refused)
        yield counters("rialto_admitted_total", "Requests let in.", label, started)
        text = "Of those let in, the ones that had to wait for their turn."
        yield counters("rialto_admitted_late_total", text, label, _by_urgency(counted.waited))
        yield counters("rialto_shed_total", "Requests told busy before anything was done for them.", label, refused)
        yield gauges(
            "rialto_admission_waiting", "Requests waiting for their turn.", label, _by_urgency(admission.waiting)
        )
        yield gauge("rialto_admission_waiting_limit", "How many there may be, of all urgencies.", rules.waiting_max)
        under_way = _by_urgency(admission.under_way)
        yield gauges("rialto_admission_under_way", "Requests let in and not yet answered.", label, under_way)
        limits = _by_urgency((rules.cancels_under_way_max, rules.orders_under_way_max, rules.reads_under_way_max))
        yield gauges("rialto_admission_under_way_limit", "How many there may be.", label, limits)
        yield gauge("rialto_http_connections", "Open HTTP connections.", edge.connections)
        yield gauge("rialto_http_connections_limit", "How many there may be.", edge.bounds.connections_max)
        refusals = msgspec.structs.asdict(edge.counters)
        yield counters("rialto_http_refusals_total", "What the edge refused or cut off, by why.", ["reason"], refusals)

    return collect


def _by_urgency(values: Sequence[int]) -> dict[str, int]:
    return {urgency.name.lower(): value for urgency, value in zip(Urgency, values, strict=True)}
