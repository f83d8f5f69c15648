"""Signed orders over REST, the WebSocket API and FIX: acknowledged ones a second, and what one costs, beside a ping.

The whole path: transport, signature, limits, parsing, queue, core, journal with fdatasync, reply. Two kinds of load:
limit orders that expire at once (IOC, far from the market), over every transport, and orders that rest and are then
canceled, over REST. FIX is signed at the logon alone. The baseline is
`GET /api/v3/ping` on the same server, over the same connections. Processor time is that of all the server's threads,
journal and projections included, less what it takes when nobody asks.
"""

import hashlib
import hmac
import itertools
import json
import statistics
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from benches.exchange_process import THREADS, ExchangeProcess, running_exchange
from benches.figures import Row, Settings, row_of_samples, row_of_trials
from benches.fix_load import SESSIONS, WINDOW, fix_sender
from benches.http_load import HttpSender, Result, Sender, SocketSender, send_all

NAME = "rest"
CONNECTIONS = 16
WORKLOAD = f"signed orders and pings on one server, {CONNECTIONS} connections, one request at a time on each"
SYMBOL = "BTCUSDT"
QUANTITY = "0.00100"
REQUESTS = 6_000
QUICK_REQUESTS = 500
IDLE_S = 3.0
SETTLE_TIMEOUT_S = 20.0
RATIO_AIM = "<= 2 x ping"
COST = "processor time"
NEGLIGIBLE_US = 1.0


@dataclass(slots=True)
class Case:
    """One kind of request: how so many of them are made, and what its trials gave."""

    name: str
    make: Callable[[int], list[bytes]]
    sender: type[Sender] = HttpSender
    port: int = 0
    connections: int = CONNECTIONS
    rates: list[float] = field(default_factory=list)
    processor_us: list[dict[str, float]] = field(default_factory=list)
    latencies_us: list[list[float]] = field(default_factory=list)


class Requests:
    """Makes requests, signed with one key and named one by one."""

    def __init__(self, exchange: ExchangeProcess) -> None:
        self._exchange = exchange
        self._numbers = itertools.count(1)
        address = f"http://{exchange.host}:{exchange.port}/api/v3/ticker/bookTicker?symbol={SYMBOL}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            best_bid = Decimal(json.load(answer)["bidPrice"])
        # A tenth below the market: nothing there trades.
        self._price = (best_bid * 9 / 10).quantize(Decimal("0.01"), ROUND_DOWN)

    def pings(self, count: int) -> list[bytes]:
        """Make empty requests."""
        return [self._request("GET", "/api/v3/ping")] * count

    def expiring_orders(self, count: int) -> list[bytes]:
        """Make limit orders that do not trade and are gone at once."""
        return [self.order(self.name("expiring"), "IOC") for _ in range(count)]

    def expiring_socket_orders(self, count: int) -> list[bytes]:
        """Make the same orders as requests of the WebSocket API."""
        return [self._socket_order(f"socket-{next(self._numbers)}") for _ in range(count)]

    def expiring_fix_orders(self, count: int) -> list[bytes]:
        """Make the same orders as the bodies of messages over FIX."""
        fixed = f"38={QUANTITY}|40=2|44={self._price}|54=1|55={SYMBOL}|59=3|"
        names = (f"fix-{next(self._numbers)}" for _ in range(count))
        return [f"11={name}|{fixed}".replace("|", "\x01").encode() for name in names]

    def resting_orders(self, count: int) -> list[bytes]:
        """Make pairs of an order that rests and its cancellation, so that each pair stays close together."""
        names = [f"resting-{next(self._numbers)}" for _ in range(count // 2)]
        orders = [self.order(name, "GTC") for name in names]
        cancels = [self.cancel(name) for name in names]
        # As many orders as connections go ahead of their cancels, so that each is answered before it is canceled.
        blocks = range(0, len(names), CONNECTIONS * 4)
        return [
            request
            for first in blocks
            for side in (orders, cancels)
            for request in side[first : first + CONNECTIONS * 4]
        ]

    def name(self, kind: str) -> str:
        """Name an order as no other is."""
        return f"{kind}-{next(self._numbers)}"

    def cancel(self, name: str) -> bytes:
        """Make the cancellation of an order."""
        return self._signed("DELETE", "order", f"symbol={SYMBOL}&origClientOrderId={name}")

    def cancel_all(self) -> bytes:
        """Make the cancellation of every order."""
        return self._signed("DELETE", "openOrders", f"symbol={SYMBOL}")

    def open_orders(self) -> bytes:
        """Make the question which orders are open."""
        return self._signed("GET", "openOrders", f"symbol={SYMBOL}")

    def order(self, name: str, time_in_force: str) -> bytes:
        """Make a limit order that does not trade."""
        return self._signed(
            "POST",
            "order",
            f"symbol={SYMBOL}&side=BUY&type=LIMIT&timeInForce={time_in_force}&quantity={QUANTITY}&price={self._price}"
            f"&newClientOrderId={name}",
        )

    def _socket_order(self, name: str) -> bytes:
        params = {
            "apiKey": self._exchange.api_key,
            "newClientOrderId": name,
            "price": str(self._price),
            "quantity": QUANTITY,
            "recvWindow": 60_000,
            "side": "BUY",
            "symbol": SYMBOL,
            "timeInForce": "IOC",
            "timestamp": time.time_ns() // 1_000_000,
            "type": "LIMIT",
        }
        signature = self._signature("&".join(f"{name}={value}" for name, value in params.items()))
        return json.dumps({"id": name, "method": "order.place", "params": params | {"signature": signature}}).encode()

    def _signature(self, payload: str) -> str:
        return hmac.new(self._exchange.secret_key.encode(), payload.encode(), hashlib.sha256).hexdigest()

    def _signed(self, method: str, path: str, query: str) -> bytes:
        payload = f"{query}&recvWindow=60000&timestamp={time.time_ns() // 1_000_000}"
        return self._request(method, f"/api/v3/{path}?{payload}&signature={self._signature(payload)}")

    def _request(self, method: str, target: str) -> bytes:
        host = f"{self._exchange.host}:{self._exchange.port}"
        key = self._exchange.api_key
        return f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nX-MBX-APIKEY: {key}\r\n\r\n".encode()


def run(settings: Settings) -> Sequence[Row]:
    """Measure each kind in turn, trial by trial, so that all meet the same disturbances."""
    count = QUICK_REQUESTS if settings.is_quick else REQUESTS
    with running_exchange() as exchange:
        requests = Requests(exchange)
        ping = Case("ping", requests.pings)
        orders = [
            Case("order, IOC", requests.expiring_orders),
            Case("order, IOC, WebSocket API", requests.expiring_socket_orders, SocketSender),
            Case("order, GTC, then cancel", requests.resting_orders),
            fix_case(exchange, requests),
        ]
        for case in (ping, *orders):
            send(exchange, case, case.make(QUICK_REQUESTS))
        idle_us_per_s = idle_processor_us(exchange)
        idle_percent = sum(idle_us_per_s.values()) / 10_000
        for _ in range(settings.trials):
            for case in (ping, *orders):
                measure(exchange, case, count, idle_us_per_s)
    note = f"server when nobody asks: {idle_percent:.1f}% of a core, taken off"
    return [*rows_of(ping, None, note), *(row for case in orders for row in rows_of(case, ping, note))]


def fix_case(exchange: ExchangeProcess, requests: Requests) -> Case:
    """Return the case of orders over FIX."""
    assert exchange.fix_key is not None
    name = f"order, IOC, FIX, {SESSIONS} x {WINDOW}"
    sender = fix_sender(exchange.fix_key)
    return Case(name, requests.expiring_fix_orders, sender, exchange.fix_port, SESSIONS)


def send(exchange: ExchangeProcess, case: Case, made: list[bytes]) -> Result:
    """Send the requests of a case."""
    return send_all(exchange.host, case.port or exchange.port, made, case.connections, case.sender)


def measure(exchange: ExchangeProcess, case: Case, count: int, idle_us_per_s: dict[str, float]) -> None:
    """Send one trial of a case; its processor time includes what comes after the last reply."""
    made = case.make(count)
    before_us, started_s = exchange.processor_times_us(), time.monotonic()
    result = send(exchange, case, made)
    settle(exchange)
    after_us, elapsed_s = exchange.processor_times_us(), time.monotonic() - started_s
    spent_us = {part: after_us[part] - before_us[part] - idle_us_per_s[part] * elapsed_s for part in after_us}
    case.rates.append(len(made) * 1_000_000 / result.elapsed_us)
    case.processor_us.append({part: us / len(made) for part, us in spent_us.items()})
    case.latencies_us.append(result.latencies_us)


def settle(exchange: ExchangeProcess) -> None:
    """Wait until the projections have caught up: until the server hardly works for a moment."""
    deadline_s = time.monotonic() + SETTLE_TIMEOUT_S
    while time.monotonic() < deadline_s:
        before_us = exchange.processor_time_us()
        time.sleep(0.3)
        if exchange.processor_time_us() - before_us <= 30_000:
            return


def idle_processor_us(exchange: ExchangeProcess) -> dict[str, float]:
    """Measure the microseconds a second that each part of the server takes when nobody asks."""
    settle(exchange)
    before_us = exchange.processor_times_us()
    time.sleep(IDLE_S)
    return {part: (us - before_us[part]) / IDLE_S for part, us in exchange.processor_times_us().items()}


def rows_of(case: Case, baseline: Case | None, note: str) -> list[Row]:
    """Sum up one case; orders beside pings."""

    def against(figures: Callable[[Case], list[float]]) -> tuple[str, float] | None:
        return None if baseline is None else (baseline.name, statistics.median(figures(baseline)))

    def rates(case: Case) -> list[float]:
        return case.rates

    def processor_us(case: Case) -> list[float]:
        return [sum(trial.values()) for trial in case.processor_us]

    aim = "" if baseline is None else RATIO_AIM
    rows = [
        row_of_trials(case.name, "acknowledged", "requests/s", case.rates, against=against(rates), notes=(note,)),
        row_of_samples(case.name, "latency", "us", case.latencies_us),
        row_of_trials(case.name, COST, "us", processor_us(case), against=against(processor_us), aim=aim),
    ]
    for part in THREADS:

        def part_us(case: Case, part: str = part) -> list[float]:
            return [trial[part] for trial in case.processor_us]

        if statistics.median(part_us(case)) >= NEGLIGIBLE_US:
            rows.append(row_of_trials(case.name, f"{COST}, {part}", "us", part_us(case), against=against(part_us)))
    return rows
