"""Every call of the OpenAPI document, with arguments made from it and arguments that break it, on a live exchange.

Whatever is sent: an answer in time, with a status, a media type and a body that the document declares for it, and never
a fault of ours. Signed calls carry a true signature, most of the time. The arguments are the same in every run.
"""

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from rialto.gateway.bans import BanRules
from rialto.gateway.documentation import Documentation
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.wire import openapi
from rialto.wire.decimals import DECIMAL_RANGE
from rialto.wire.kinds import CLIENT_ORDER_ID_RANGE
from tests.gateway import live

EXAMPLES = 6
ANSWER_TIMEOUT_S = 15
MANY = 1_000_000_000
UNLIMITED = RateLimits(
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, MANY),
    (RateLimit("ORDERS", "SECOND", 10, MANY), RateLimit("ORDERS", "DAY", 1, MANY)),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, MANY),
    BanRules(refusals_max=0),
)
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


class Signing(requests.auth.AuthBase):
    """Signs what is about to be sent, with the time; one request in four keeps what was made up instead."""

    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret
        self._requests = 0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        self._requests += 1
        parts = urlsplit(str(request.url))
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if self._requests % 4 and any(name == "signature" for name, _ in pairs):
            kept = [pair for pair in pairs if pair[0] not in ("timestamp", "signature", "recvWindow")]
            query = urlencode([*kept, ("timestamp", str(time.time_ns() // 1_000_000))])
            assert request.body is None
            signature = hmac.new(self._secret.encode(), query.encode(), hashlib.sha256).hexdigest()
            request.url = urlunsplit(parts._replace(query=f"{query}&signature={quote(signature)}"))
            request.headers["X-MBX-APIKEY"] = self._key
        return request


class Fuzzed:
    """The exchange, on a loop of its own: its address, and a session that signs."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self.url = url
        self.session = session


@contextmanager
def fuzzed(serve: "Callable[[Queue[Any]], Coroutine[Any, Any, None]]") -> Iterator[Fuzzed]:
    """Run an exchange on a loop of its own: `serve` puts its address, a key, its secret and how to stop it."""
    opened: Queue[Any] = Queue()
    thread = threading.Thread(target=lambda: asyncio.run(serve(opened)))
    thread.start()
    url, key, secret, stop = opened.get(timeout=60)
    with requests.Session() as session:
        session.trust_env = False
        session.auth = Signing(key, secret)
        yield Fuzzed(url, session)
        assert session.get(f"{url}/api/v3/ping", timeout=ANSWER_TIMEOUT_S).status_code == 200
    stop()
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with fuzzed(partial(serve, tmp_path_factory.mktemp("fuzzed"))) as running:
        yield running


async def serve(directory: Path, opened: "Queue[Any]") -> None:
    """Serve until told to stop, with a book that has two sides and a trade."""
    async with live(directory, limits=UNLIMITED) as running:
        await running.alice.place("SELL", "50000", "1")
        await running.alice.place("SELL", "51000", "1")
        await running.bob.place("BUY", "50000", "0.5")
        await running.bob.place("BUY", "49000", "1")
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        trader = running.alice
        url = str(running.client.base_url)
        opened.put((url, trader.key.key, trader.secret, lambda: loop.call_soon_threadsafe(stopped.set)))
        await stopped.wait()


def narrowed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the values of some parameters narrowed to those that mean something here."""
    narrow: dict[str, Any] = json.loads(json.dumps(document))
    for _path, _method, operation in openapi.operations(narrow):
        for parameter in operation["parameters"]:
            schema = parameter["schema"]
            values = MEANINGFUL.get(parameter["name"]) or BY_PATTERN.get(schema.get("pattern"))
            if values is None and schema.get("format") == "int64" and "maximum" not in schema:
                values = [max(each, schema.get("minimum", 0)) for each in WHOLE]
            if values is not None:
                schema["enum"] = sorted(set(values))
                schema.pop("default", None)
    return narrow


MEANINGFUL: dict[str, list[Any]] = {
    "symbol": ["BTCUSDT"],
    "symbols": ['["BTCUSDT"]', "[]", '["BTCUSDT","ETHUSDT"]'],
    "timeZone": ["0", "+05:45", "-12:00", "14"],
    "interval": ["1s", "1m", "3d", "1w", "1M"],
    "startTime": [0, 1, 1_500_000_000_000, 99_999_999_999_999, 2**63 - 1],
    "endTime": [0, 1, 1_500_000_000_000, 99_999_999_999_999, 2**63 - 1],
}
BY_PATTERN: dict[str, list[Any]] = {
    DECIMAL_RANGE: ["0", "0.00000001", "0.00001", "0.5", "1", "49000", "50000.01", "1000000", "92233720368.54775807"],
    CLIENT_ORDER_ID_RANGE: ["a", "b", "z" * 36],
}
WHOLE = [0, 1, 2, 3, 5, 1_000_000, 2**53 + 1, 2**63 - 1]

DOCUMENT = openapi.document(
    [*SPOT_ENDPOINTS, *(route.endpoint for route in Documentation([]).routes())], title="Fuzzed", version="1"
)


def operations_of(document: dict[str, Any]) -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(document)
    found: list[Any] = [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr]
    return {operation.label: operation for operation in found}


OPERATIONS = {
    GenerationMode.POSITIVE: operations_of(narrowed(DOCUMENT)),
    GenerationMode.NEGATIVE: operations_of(DOCUMENT),
}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", sorted(OPERATIONS[GenerationMode.POSITIVE]))
def test_a_call_answers_as_the_document_says(exchange: Fuzzed, label: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[mode][label]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any) -> None:
        response = case.call(base_url=exchange.url, session=exchange.session, timeout=ANSWER_TIMEOUT_S)
        case.validate_response(response, checks=CHECKS)

    check()
