"""A rush of sign-ups, with trading beside it: does it hold, what is refused, and what do traders notice?

Strangers come at planned times, whatever becomes of those before: each asks for the mail, reads the link out of it and
confirms with a password. 67 a second are 240,000 an hour; then three times as many. Mail goes to a server of ours that
takes everything. Beside them, signed orders leave at planned times; their latency without sign-ups is the baseline.
All of it, both loads included, shares the processors with the exchange.
"""

import asyncio
import multiprocessing
import quopri
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import cast

import uvloop

from benches.exchange_process import ExchangeProcess, free_port, running_exchange
from benches.figures import Row, Settings, percentiles_of, row_of_percentiles, row_of_trials
from benches.open_loop import Seen, Shot, fire_all
from benches.rest import Requests

NAME = "sign_up"
WORKLOAD = "strangers who sign up (mail, link, argon2id, session) at planned times; signed orders beside them"
ONLY_WHEN_NAMED = True
PER_HOUR = 240_000
RATE = PER_HOUR / 3_600
STEPS = (0.0, 1.0, 3.0)
STEP_S = 50.0
"""Orders are signed before they leave, and are good for 60 seconds."""
QUICK_STEP_S = 5.0
ORDERS_PER_S = 200.0
CONNECTIONS = 256
MAIL_TIMEOUT_S = 20.0
TOKEN = re.compile(rb"/account/sign-up#token=([\w-]+)")
RECIPIENT = re.compile(rb"\r\nTo: (\S+)\r\n")
HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
DONE, BUSY, LOST = "done", "busy", "lost"


@dataclass(slots=True)
class Strangers:
    """What became of those who came in one step."""

    outcomes: Counter[str] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    """Of those who are people now: from the planned time to the session, the way of the mail included."""
    busy_s: list[float] = field(default_factory=list)
    """How long the refusals took that said to try again."""


class _MailServer(asyncio.Protocol):
    """Takes every mail, and hands its link to whoever waits for it."""

    def __init__(self, waiting: dict[bytes, asyncio.Future[bytes]]) -> None:
        self._waiting = waiting
        self._received = b""
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 benches\r\n")

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            message, found, rest = self._received.partition(end)
            if not found:
                return
            self._received = rest
            self._take(message)

    def _take(self, message: bytes) -> None:
        if self._in_data:
            self._in_data = False
            text = quopri.decodestring(message)
            recipient, token = RECIPIENT.search(b"\r\n" + message), TOKEN.search(text)
            if recipient and token:
                future = self._waiting.pop(recipient[1], None)
                if future is not None and not future.done():
                    future.set_result(token[1])
            self._transport.write(b"250 OK\r\n")
        elif message.upper().startswith(b"DATA"):
            self._in_data = True
            self._transport.write(b"354 go on\r\n")
        elif message.upper().startswith(b"QUIT"):
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            self._transport.write(b"250 OK\r\n")


class _Crowd:
    """Everyone who comes in one step."""

    def __init__(self, host: str, port: int, waiting: dict[bytes, asyncio.Future[bytes]]) -> None:
        self._host, self._port = host, port
        self._waiting = waiting
        self._free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(None)
        self.seen = Strangers()

    async def come(self, name: str, planned_s: float) -> None:
        """Sign up."""
        await asyncio.sleep(max(planned_s - time.monotonic(), 0))
        email = f"{name}@example.com".encode()
        token = self._waiting[email] = asyncio.get_running_loop().create_future()
        try:
            status = await self._post("sign-up", b"email=" + email)
            if status == 200:
                async with asyncio.timeout(MAIL_TIMEOUT_S):
                    link = await token
                began_s = time.monotonic()
                status = await self._post(
                    "sign-up/confirm", b"token=%b&password=quiet-%b-lanterns" % (link, email[:20])
                )
            else:
                began_s = planned_s
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
            status, began_s = 0, planned_s
        finally:
            self._waiting.pop(email, None)
        now_s = time.monotonic()
        if status == 200:
            self.seen.outcomes[DONE] += 1
            self.seen.latencies_s.append(now_s - planned_s)
        elif status == 503:
            self.seen.outcomes[BUSY] += 1
            self.seen.busy_s.append(now_s - began_s)
        else:
            self.seen.outcomes[f"{LOST} {status}"] += 1

    async def _post(self, path: str, body: bytes) -> int:
        held = await self._free.get()
        try:
            reader, writer = held or await asyncio.open_connection(self._host, self._port)
            held = None
            writer.write(
                b"POST /account/v1/%b HTTP/1.1\r\nhost: %b\r\nuser-agent: benches\r\n"
                b"content-type: application/x-www-form-urlencoded\r\ncontent-length: %d\r\n\r\n%b"
                % (path.encode(), self._host.encode(), len(body), body)
            )
            head = await reader.readuntil(HEAD_END)
            length = LENGTH.search(head)
            await reader.readexactly(int(length[1]) if length else 0)
            held = reader, writer
            return int(head[9:12])
        finally:
            self._free.put_nowait(held)


def run(settings: Settings) -> Sequence[Row]:
    """Measure every step, trial by trial."""
    step_s = QUICK_STEP_S if settings.is_quick else STEP_S
    mail_port = free_port()
    environment = {
        "RIALTO_SMTP_HOST": "127.0.0.1",
        "RIALTO_SMTP_PORT": str(mail_port),
        "RIALTO_SMTP_SECURITY": "none",
    }
    rows: list[Row] = []
    with running_exchange(**environment) as exchange:
        requests = Requests(exchange)
        fire_all(exchange.host, exchange.port, orders(requests, 2.0))
        for number, factor in enumerate(STEPS):
            steps = [
                offer(exchange, requests, mail_port, factor * RATE, step_s, f"{number}-{trial}")
                for trial in range(settings.trials)
            ]
            rows += rows_of(factor, steps, step_s)
    return rows


def orders(requests: Requests, duration_s: float) -> list[Shot]:
    """Plan signed orders."""
    count = int(ORDERS_PER_S * duration_s)
    made = requests.expiring_orders(count)
    return [Shot("order", number / ORDERS_PER_S, request) for number, request in enumerate(made)]


def offer(
    exchange: ExchangeProcess, requests: Requests, mail_port: int, rate: float, duration_s: float, name: str
) -> tuple[list[Seen], Strangers]:
    """Let strangers come for so long, with orders beside them; return what became of both."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    arguments = (exchange.host, exchange.port, mail_port, rate, duration_s, name, sender)
    crowd = context.Process(target=_crowd, args=arguments)
    crowd.start()
    seen = fire_all(exchange.host, exchange.port, orders(requests, duration_s))
    strangers: Strangers = receiver.recv()
    crowd.join()
    return seen, strangers


def _crowd(host: str, port: int, mail_port: int, rate: float, duration_s: float, name: str, sender: Connection) -> None:
    sender.send(uvloop.run(_come_all(host, port, mail_port, rate, duration_s, name)))


async def _come_all(host: str, port: int, mail_port: int, rate: float, duration_s: float, name: str) -> Strangers:
    waiting: dict[bytes, asyncio.Future[bytes]] = {}
    mail_server = await asyncio.get_running_loop().create_server(lambda: _MailServer(waiting), "127.0.0.1", mail_port)
    crowd = _Crowd(host, port, waiting)
    begin_s = time.monotonic() + 1.0
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * duration_s)):
            group.create_task(crowd.come(f"stranger-{name}-{number}", begin_s + number / rate))
    mail_server.close()
    return crowd.seen


def rows_of(factor: float, steps: Sequence[tuple[list[Seen], Strangers]], step_s: float) -> list[Row]:
    """Sum up one step."""
    case = f"{factor:g} x {PER_HOUR:,} an hour" if factor else "no sign-ups"
    latencies = [[seen.latency_s * 1_000 for seen in orders_seen if seen.status == 200] for orders_seen, _ in steps]
    failed = [float(sum(seen.status != 200 for seen in orders_seen)) for orders_seen, _ in steps]
    rows = [
        row_of_percentiles(case, "order latency", "ms", [percentiles_of(each) for each in latencies]),
        row_of_trials(case, "orders not served", "orders", failed, aim="0"),
    ]
    if factor:
        rows.append(row_of_trials(case, "people made", "/s", [seen.outcomes[DONE] / step_s for _, seen in steps]))
        rows.append(row_of_trials(case, "told to try again", "/s", [seen.outcomes[BUSY] / step_s for _, seen in steps]))
        lost = [float(seen.outcomes.total() - seen.outcomes[DONE] - seen.outcomes[BUSY]) for _, seen in steps]
        rows.append(row_of_trials(case, "lost", "people", lost, aim="0"))
        made = [percentiles_of([each * 1_000 for each in seen.latencies_s]) for _, seen in steps if seen.latencies_s]
        if made:
            rows.append(row_of_percentiles(case, "sign-up, mail included", "ms", made))
        busy = [percentiles_of([each * 1_000 for each in seen.busy_s]) for _, seen in steps if seen.busy_s]
        if busy:
            rows.append(row_of_percentiles(case, "refusal", "ms", busy))
    return rows
