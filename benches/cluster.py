"""Orders through a cluster on this machine: how many a second, and how long one takes, at either gateway.

The whole path: HTTP, the log on three NATS nodes, two cores with a journal each, outputs, reply. Everything shares this
machine's processors, three NATS nodes, PostgreSQL and the house's market makers included, so that the figures say what
the path costs and not what several machines would bear.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benches.exchange_process import ExchangeProcess
from benches.figures import Row, Settings, row_of_samples, row_of_trials
from benches.http_load import send_all
from benches.rest import Requests
from tests.cluster_process import ClusterProcess

NAME = "cluster"
WORKLOAD = "signed orders (IOC, far from the market) at one gateway of a whole cluster on this machine"
ONLY_WHEN_NAMED = True
CONNECTIONS = (1, 16, 64)
ORDERS = 2_000
QUICK_ORDERS = 200
ALONE_PART = 10
"""A single connection sends one order in so many: it waits for each."""


def run(settings: Settings) -> Sequence[Row]:
    """Measure the gateway that the market makers are not at."""
    orders = QUICK_ORDERS if settings.is_quick else ORDERS
    rows: list[Row] = []
    with _running_cluster() as exchange:
        requests = Requests(exchange)
        send_all(exchange.host, exchange.port, requests.expiring_orders(QUICK_ORDERS), 4)
        for connections in CONNECTIONS:
            count = orders // ALONE_PART if connections == 1 else orders
            rates: list[float] = []
            latencies_us: list[list[float]] = []
            for _ in range(settings.trials):
                result = send_all(exchange.host, exchange.port, requests.expiring_orders(count), connections)
                rates.append(count * 1_000_000 / result.elapsed_us)
                latencies_us.append(result.latencies_us)
            case = f"{connections} connections"
            rows.append(row_of_trials(case, "acknowledged", "orders/s", rates))
            rows.append(row_of_samples(case, "latency", "us", latencies_us))
    return rows


@contextmanager
def _running_cluster() -> Iterator[ExchangeProcess]:
    with tempfile.TemporaryDirectory(prefix="rialto-cluster-") as scratch:
        cluster = ClusterProcess(Path(scratch) / "cluster")
        try:
            url = urlsplit(cluster.urls[1])
            assert url.hostname is not None
            assert url.port is not None
            key, secret = cluster.credentials("bob")
            yield ExchangeProcess(url.hostname, url.port, cluster.pid("gateway-2"), key, secret)
        finally:
            cluster.stop()
