"""The demonstration under steady load for a long time: does memory stay flat, and do answers stay quick?

A moving demonstration, sockets that read its markets, and every second the same signed orders over REST: some that
expire at once, some that rest and are canceled. Memory is that of the exchange's process and of its children, taken
every few seconds. It is flat when it does not grow from the third quarter to the fourth: caches, pools and the
windows of the last 24 hours fill in the first half. Runs only when it is named, for 20 minutes.
"""

import multiprocessing
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benches.exchange_process import ExchangeProcess, moving_exchange
from benches.figures import Row, Settings, percentiles_of, row_of_percentiles, row_of_trials
from benches.http_load import send_all
from benches.market_sockets import resident_bytes, run_readers
from benches.rest import CONNECTIONS, Requests

NAME: Final = "soak"
ONLY_WHEN_NAMED: Final = True
MINUTES: Final = 20
SOCKETS: Final = 100
ORDERS_PER_S: Final = 400
QUARTERS: Final = 4
SAMPLE_S: Final = 5.0
WORKLOAD: Final = (
    f"{MINUTES} minutes of a moving demonstration, {SOCKETS} sockets with 20 streams each, "
    f"{ORDERS_PER_S} signed requests/s over {CONNECTIONS} connections"
)


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *map(int, children)]


class Soak:
    """What is seen along the way."""

    def __init__(self, exchange: ExchangeProcess, seconds: float) -> None:
        self.memory: dict[str, list[list[float]]] = {
            name: [[] for _ in range(QUARTERS)] for name in ("own", "children")
        }
        self.latencies_us: list[list[float]] = [[] for _ in range(QUARTERS)]
        self.answered = 0
        self._exchange = exchange
        self._seconds = seconds
        self._requests = Requests(exchange)

    def run(self) -> None:
        """Trade until the time is up."""
        began_s = next_s = time.monotonic()
        sampled_s = 0.0
        while (elapsed_s := time.monotonic() - began_s) < self._seconds:
            quarter = int(elapsed_s * QUARTERS / self._seconds)
            half = ORDERS_PER_S // 2
            made = self._requests.expiring_orders(half) + self._requests.resting_orders(half)
            result = send_all(self._exchange.host, self._exchange.port, made, CONNECTIONS)
            self.latencies_us[quarter] += result.latencies_us
            self.answered += len(made)
            if elapsed_s - sampled_s >= SAMPLE_S:
                sampled_s = elapsed_s
                self._sample(quarter)
            next_s += 1
            time.sleep(max(0.0, next_s - time.monotonic()))

    def _sample(self, quarter: int) -> None:
        own, *children = family(self._exchange.pid)
        self.memory["own"][quarter].append(resident_bytes(own) / 1e6)
        self.memory["children"][quarter].append(sum(map(resident_bytes, children)) / 1e6)

    def rows(self) -> list[Row]:
        """Sum up, quarter by quarter."""
        rows = [row_of_trials("all", "answered, every one with 200", "requests/s", [self.answered / self._seconds])]
        for name, quarters in self.memory.items():
            third = statistics.median(quarters[-2])
            for number, samples in enumerate(quarters, 1):
                against = ("quarter 3", third) if number == QUARTERS else None
                rows.append(row_of_trials(f"quarter {number}", f"memory, {name}", "MB", samples, against=against))
        for number, latencies_us in enumerate(self.latencies_us, 1):
            rows.append(row_of_percentiles(f"quarter {number}", "latency", "us", [percentiles_of(latencies_us)]))
        return rows


def run(settings: Settings) -> Sequence[Row]:
    """Run the exchange, its readers and its traders."""
    seconds = 40.0 if settings.is_quick else MINUTES * 60.0
    with moving_exchange() as exchange:
        processes = multiprocessing.get_context("spawn")
        ours, theirs = processes.Pipe()
        arguments = (exchange.host, exchange.port, SOCKETS, seconds, theirs)
        readers = processes.Process(target=run_readers, args=arguments, daemon=True)
        readers.start()
        ours.recv()
        ours.send(None)
        soak = Soak(exchange, seconds)
        soak.run()
        messages_per_s, _, _ = ours.recv()
        readers.join()
    return [*soak.rows(), row_of_trials("sockets", "messages delivered", "1/s", [messages_per_s])]
