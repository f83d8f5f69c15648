"""The path of a request, without sockets: key-only calls, faults of ours, slow handlers."""

import asyncio
import hmac
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.foundation.secrets import MasterKey
from rialto.gateway.application import Application
from rialto.gateway.authentication import Authenticator
from rialto.gateway.bounds import Bounds
from rialto.gateway.call import Call
from rialto.gateway.deadlines import Deadlines
from rialto.gateway.dispatcher import Dispatcher
from rialto.gateway.limits import RateLimits, RequestLimits
from rialto.gateway.performer import Performer
from rialto.gateway.request import Request, Response
from rialto.gateway.router import Route, Router
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners
from rialto.identity.restrictions import Permission
from rialto.projections.history import HistoryBusy, HistoryUnavailable
from rialto.projections.projector import ProjectionsBehind, ProjectionsStopped
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ApiError
from rialto.wire.parameters import NoParameters
from tests.sbe import decode

NOW_US = 1_700_000_000_000_000


def endpoint(path: str, security: Security = Security.NONE, *, is_slow: bool = False) -> Endpoint[NoParameters]:
    return Endpoint(
        *("GET", path),
        summary="A call.",
        parameters=NoParameters,
        response=dict[str, int],
        weight=3,
        security=security,
        is_slow=is_slow,
    )


class Served:
    """A dispatcher over routes of the test, with a real key."""

    def __init__(self, directory: Path) -> None:
        url = f"sqlite:///{directory / 'rialto.sqlite'}"
        migrate(url)
        engine = open_engine(url, Access.DURABLE)
        Owners(engine).create("alice", 1)
        keys = ApiKeys(engine, MasterKey.load_or_create(directory / "master.key"))
        self.key, self.secret = keys.create(1, "label", [Permission.READ], 1)
        self.now_us = NOW_US
        self.takes_us = 0
        self.given_up = asyncio.Event()
        self.failure: Exception = RuntimeError("a secret of ours")
        routes = [
            Route(endpoint("/key", Security.SIGNED), self.owner),
            Route(endpoint("/fault"), self.fault),
            Route(endpoint("/slow"), self.slow),
            Route(endpoint("/printed", is_slow=True), self.printed),
            Route(endpoint("/prepared", Security.USER_DATA), self.prepared),
        ]
        limits = RequestLimits(RateLimits(), lambda: NOW_US)
        performer = Performer(
            Router(routes),
            Authenticator(keys, lambda: self.now_us),
            limits,
            Deadlines(seconds=0.05, look_every_s=0.01),
        )
        self.dispatcher = Dispatcher(performer, limits, lambda _account: [])

    def owner(self, call: Call, _parameters: NoParameters) -> dict[str, int]:
        return {"owner": call.owner}

    def fault(self, _call: Call, _parameters: NoParameters) -> dict[str, int]:
        raise self.failure

    async def slow(self, _call: Call, _parameters: NoParameters) -> dict[str, int]:
        try:
            await asyncio.sleep(60)
        finally:
            self.given_up.set()
        return {}

    async def printed(self, _call: Call, _parameters: NoParameters) -> dict[str, int]:
        await self.given_up.wait()
        return {}

    async def prepared(self, call: Call, _parameters: NoParameters) -> dict[str, int]:
        self.now_us += self.takes_us
        call.check_window()
        return {}

    async def get_signed(self, path: str, parameters: str) -> Response:
        signature = hmac.new(self.secret.encode(), parameters.encode(), "sha256").hexdigest()
        query, headers = f"{parameters}&signature={signature}", {b"x-mbx-apikey": self.key.key.encode()}
        return await self.answer(Request("GET", path, query.encode(), b"", headers, "127.0.0.1"))

    async def get(self, path: str, headers: dict[bytes, bytes] | None = None) -> Response:
        return await self.answer(Request("GET", path, b"", b"", headers or {}, "127.0.0.1"))

    async def answer(self, request: Request) -> Response:
        answer = await self.dispatcher.answer(request)
        assert isinstance(answer, Response)
        return answer


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path)


def shown(response: Response) -> tuple[int, int]:
    return response.status, msgspec.json.decode(response.body)["code"]


async def test_some_calls_take_a_key_of_any_use(served: Served) -> None:
    answer = await served.get_signed("/key", f"timestamp={NOW_US}")
    assert (answer.status, answer.body) == (200, b'{"owner":1}')
    assert shown(await served.get("/key")) == (401, -2014)
    assert shown(await served.get("/key", {b"x-mbx-apikey": served.key.key.encode()})) == (400, -1102)


async def test_a_fault_of_ours_is_told_without_a_word_of_what_it_was(served: Served) -> None:
    answer = await served.get("/fault")
    assert answer.status == 500
    assert answer.body == b'{"code":-1000,"msg":"An unknown error occurred while processing the request."}'


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (HistoryBusy("x"), (503, -1008)),
        (ProjectionsBehind("x"), (503, -1008)),
        (ProjectionsStopped("x"), (503, -1016)),
        (HistoryUnavailable("x"), (500, -1001)),
    ],
)
async def test_history_that_cannot_be_read_now_is_told_so(
    served: Served, failure: Exception, expected: tuple[int, int]
) -> None:
    served.failure = failure
    assert shown(await served.get("/fault")) == expected


async def test_a_request_must_still_be_valid_when_it_has_been_prepared(served: Served) -> None:
    """As the page's own request logic has it: the time is looked at before, and again afterwards."""
    timing = f"recvWindow=1.5&timestamp={NOW_US}"
    served.takes_us = 1_500
    assert (await served.get_signed("/prepared", timing)).status == 200
    served.now_us, served.takes_us = NOW_US, 1_501
    late = await served.get_signed("/prepared", timing)
    assert shown(late) == (400, -1021)
    assert b"outside of the recvWindow" in late.body
    assert shown(await served.get_signed("/prepared", timing)) == (400, -1021)


async def test_an_answer_that_does_not_come_is_not_waited_for(served: Served) -> None:
    answers = await asyncio.gather(*(served.get("/slow") for _ in range(3)))
    assert [shown(answer) for answer in answers] == [(504, -1007)] * 3
    assert shown(await served.get("/slow")) == (504, -1007)


async def test_what_is_declared_slow_is_waited_for_longer(served: Served) -> None:
    printed, given_up = await asyncio.gather(served.get("/printed"), served.get("/slow"))
    assert shown(given_up) == (504, -1007)
    assert printed.body == b"{}"


async def test_every_answer_states_what_was_used_and_is_not_kept(served: Served) -> None:
    await served.get("/fault")
    headers = dict((await served.get("/nothing")).headers)
    assert headers[b"x-mbx-used-weight"] == headers[b"x-mbx-used-weight-1m"] == b"4"
    assert headers[b"content-type"] == b"application/json;charset=UTF-8"
    assert b"no-store" in headers[b"cache-control"]
    assert not any(name.startswith(b"access-control-") for name in headers)


async def test_more_requests_at_once_than_there_may_be_are_told_busy(served: Served) -> None:
    application = Application(served.dispatcher, Bounds(requests_at_once_max=1))
    answers: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        answers.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/slow",
        "query_string": b"",
        "headers": [],
        "client": None,
    }
    slow = asyncio.create_task(application(dict(scope), receive, send))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert application.requests_in_progress == 1
    await application({**scope, "path": "/fault"}, receive, send)  # type: ignore[arg-type]
    assert answers[0]["status"] == 503
    assert b'"code":-1008' in answers[1]["body"]  # type: ignore[operator]
    slow.cancel()
    await asyncio.wait([slow])
    assert application.requests_in_progress == 0


async def test_a_call_without_a_message_is_answered_in_json_or_not_at_all(served: Served) -> None:
    served.failure = ApiError(-1, "Reached.")
    both = {b"accept": b"application/sbe, application/json", b"x-mbx-sbe": b"3:5"}
    assert shown(await served.get("/fault", both)) == (400, -1)
    refused = await served.get("/fault", {b"accept": b"application/sbe", b"x-mbx-sbe": b"3:5"})
    assert (refused.status, decode(refused.body)["code"]) == (406, -1155)
