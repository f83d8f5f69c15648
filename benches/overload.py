"""More than it can take: signed orders, cancels and reads over REST at planned rates, up to three times what it does.

Capacity is measured first, by a closed loop of the same mix. Then each step offers a multiple of it, whatever becomes
of the requests: what was served, what was told busy (503) and how long either took, counted from the planned time; what
became of the cancels; and, from the processor time of the event loop, what a refusal costs. After the heaviest step a
light load follows at once: recovery is when it is served as before.

The clients share the processors with the server. They take about as much of one at the heaviest step as their rate
says (some 25 us a request), which a server on a machine of its own would not feel.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benches.exchange_process import LOOP, ExchangeProcess, running_exchange
from benches.figures import Row, Settings, percentiles_of, row_of_percentiles, row_of_trials
from benches.http_load import HttpSender, send_all
from benches.open_loop import CONNECTIONS, PROCESSES, Seen, Shot, fire_all
from benches.rest import Requests

NAME = "overload"
WORKLOAD = (
    f"70 % orders (IOC), 10 % orders that rest, 10 % their cancels, 10 % reads; offered at planned times by "
    f"{PROCESSES} processes over {CONNECTIONS} connections on the same machine"
)
STEPS = (0.5, 1.0, 1.5, 2.0, 3.0)
STEP_S = 8.0
QUICK_STEP_S = 2.0
CALM_S = 4.0
WINDOW_S = 0.1
CAPACITY_CONNECTIONS = 64
CAPACITY_REQUESTS = 10_000
QUICK_CAPACITY_REQUESTS = 1_500
CANCEL_AFTER_S = 0.4
ORDER, RESTING, CANCEL, READ = "order", "resting", "cancel", "read"
PATTERN = (ORDER, ORDER, ORDER, RESTING, ORDER, ORDER, READ, ORDER, CANCEL, ORDER)
BUSY = 503
AIM = "< 100,000"


@dataclass(frozen=True, slots=True)
class Step:
    """What one step came to."""

    offered: float
    seen: list[Seen]
    calm: list[Seen]
    """What became of the light load that followed."""
    loop_us: float
    duration_s: float

    def rate(self, seen: Sequence[Seen]) -> float:
        """Tell how many a second."""
        return len(seen) / self.duration_s

    @property
    def served(self) -> list[Seen]:
        """What was answered, and not as busy; an order that is not there any more is as well answered."""
        return [each for each in self.seen if each.status in (200, 400)]

    @property
    def busy(self) -> list[Seen]:
        """What was told busy."""
        return [each for each in self.seen if each.status == BUSY]

    @property
    def lost(self) -> list[Seen]:
        """Everything else: no answer, or an answer nobody expects."""
        return [each for each in self.seen if each.status not in (200, 400, BUSY)]


def run(settings: Settings) -> Sequence[Row]:
    """Measure capacity once, then all steps, trial by trial."""
    step_s = QUICK_STEP_S if settings.is_quick else STEP_S
    rows: list[Row] = []
    with running_exchange() as exchange:
        requests = Requests(exchange)
        capacities = [capacity(exchange, requests, is_quick=settings.is_quick) for _ in range(3)]
        rows.append(row_of_trials("capacity, closed loop", "served", "requests/s", capacities))
        most = statistics.median(capacities)
        trials: dict[float, list[Step]] = {factor: [] for factor in STEPS}
        recoveries = []
        for _ in range(settings.trials):
            for factor in STEPS:
                heavy = factor == STEPS[-1]
                step = offer(exchange, requests, factor * most, step_s, calm=most / 2 if heavy else 0.0)
                trials[factor].append(step)
                if heavy:
                    recoveries.append(recovery_s(step.calm, trials[STEPS[0]][-1]) * 1_000)
        cost_us = served_cost_us(trials[1.0])
        for factor in STEPS:
            rows += rows_of(f"{factor:g} x capacity", trials[factor], cost_us)
        rows.append(row_of_trials("after 3 x, at 0.5 x", "recovery", "ms", recoveries))
    return rows


def mixed(requests: Requests, count: int, rate: float) -> list[Shot]:
    """Make so many requests of the mix, the cancels each a while after their orders."""
    waiting: list[str] = []
    behind = max(1, int(CANCEL_AFTER_S * rate / len(PATTERN)))
    shots = []
    for number in range(count):
        kind = PATTERN[number % len(PATTERN)]
        if kind == CANCEL and len(waiting) < behind:
            kind = READ
        if kind == CANCEL:
            request = requests.cancel(waiting.pop(0))
        elif kind == READ:
            request = requests.open_orders()
        else:
            name = requests.name(kind)
            if kind == RESTING:
                waiting.append(name)
            request = requests.order(name, "GTC" if kind == RESTING else "IOC")
        shots.append(Shot(kind, number / rate, request))
    return shots


def capacity(exchange: ExchangeProcess, requests: Requests, *, is_quick: bool) -> float:
    """Measure how many orders a second are served when each client waits for its answer."""
    made = requests.expiring_orders(QUICK_CAPACITY_REQUESTS if is_quick else CAPACITY_REQUESTS)
    served: list[bool] = []
    sender = type("CountingSender", (_AnySender,), {"note": served.append})
    result = send_all(exchange.host, exchange.port, made, CAPACITY_CONNECTIONS, sender)
    return sum(served) * 1_000_000 / result.elapsed_us


def offer(exchange: ExchangeProcess, requests: Requests, rate: float, duration_s: float, *, calm: float) -> Step:
    """Offer a rate for some seconds, then a calm one."""
    send_all(exchange.host, exchange.port, [requests.cancel_all()], 1, _AnySender)
    time.sleep(1.0)
    shots = mixed(requests, int(rate * duration_s), rate)
    after = mixed(requests, int(calm * CALM_S), calm) if calm else []
    after = [Shot(shot.kind, shot.at_s + duration_s, shot.request) for shot in after]
    before_us = exchange.processor_times_us()[LOOP]
    seen = fire_all(exchange.host, exchange.port, [*shots, *after])
    spent_us = exchange.processor_times_us()[LOOP] - before_us
    in_step = [each for each in seen if each.at_s < duration_s]
    calm_seen = sorted((each for each in seen if each.at_s >= duration_s), key=lambda each: each.at_s)
    return Step(rate, in_step, calm_seen, spent_us, duration_s)


def recovery_s(calm: Sequence[Seen], baseline: Step) -> float:
    """Tell how long after the load the last window begins that has a refusal, or is slower than four times as usual."""
    usual_s = percentiles_of([each.latency_s for each in baseline.served])[2]
    windows: dict[int, list[Seen]] = {}
    began_s = calm[0].at_s
    for each in calm:
        windows.setdefault(int((each.at_s - began_s) / WINDOW_S), []).append(each)
    bad = [
        window
        for window, seen in windows.items()
        if any(each.status not in (200, 400) for each in seen)
        or statistics.median(each.latency_s for each in seen) > max(4 * usual_s, 0.02)
    ]
    return (max(bad) + 1) * WINDOW_S if bad else 0.0


def served_cost_us(steps: Sequence[Step]) -> float:
    """Tell what a served request costs the event loop at capacity, where next to nothing is refused."""
    return statistics.median(step.loop_us / max(1, len(step.seen)) for step in steps)


def rows_of(case: str, steps: Sequence[Step], cost_us: float) -> list[Row]:
    """Sum up one step over its trials."""

    def latencies(measure: str, picked: Sequence[Sequence[Seen]], aim: str = "") -> list[Row]:
        trials = [percentiles_of([each.latency_s * 1_000_000 for each in seen]) for seen in picked if seen]
        return [row_of_percentiles(case, measure, "us", trials, aim=aim)] if trials else []

    def count(measure: str, picked: Sequence[Sequence[Seen]]) -> Row:
        rates = [step.rate(seen) for step, seen in zip(steps, picked, strict=True)]
        return row_of_trials(case, measure, "requests/s", rates)

    served, busy = [step.served for step in steps], [step.busy for step in steps]
    orders = [[each for each in seen if each.kind in (ORDER, RESTING)] for seen in served]
    cancels = [[each for each in step.seen if each.kind == CANCEL] for step in steps]
    let_through = [[each for each in seen if each.status in (200, 400)] for seen in cancels]
    shares = [100 * len(some) / max(1, len(every)) for some, every in zip(let_through, cancels, strict=True)]
    lateness = [percentiles_of([each.late_s * 1_000_000 for each in step.seen])[2] for step in steps]
    lost = [len(step.lost) for step in steps]
    rows = [
        row_of_trials(case, "offered", "requests/s", [step.offered for step in steps]),
        count("served", served),
        count("told busy", busy),
        *latencies("latency of served orders", orders, AIM),
        *latencies("latency of busy", busy),
        *latencies("latency of cancels", let_through),
        row_of_trials(case, "cancels let through", "%", shares),
        row_of_trials(case, "lateness of clients, p99", "us", lateness),
    ]
    if any(lost):
        rows.append(row_of_trials(case, "not answered", "requests", lost))
    if min(map(len, busy)) > 1_000:
        others = [len(step.served) + len(step.calm) for step in steps]
        refusal = [
            (step.loop_us - number * cost_us) / len(step.busy) for step, number in zip(steps, others, strict=True)
        ]
        note = f"a served request of the mix costs the event loop {cost_us:.0f} us at capacity"
        rows.append(row_of_trials(case, "cost of a refusal, event loop", "us", refusal, notes=(note,)))
    return rows


class _AnySender(HttpSender):
    """Takes any answer, and notes whether it is one of success."""

    note: Callable[[bool], object] = bool

    def is_good(self, answer: bytes) -> bool:
        """Go on in any case."""
        type(self).note(super().is_good(answer))
        return True
