"""The path of one request, whatever it came over: count, route, read, charge, authenticate, handle.

Stands between the transports and the handlers. A transport hands in an `Incoming`, which knows how to read the request;
what comes back is the handler's answer or an `ApiError`. Whatever else goes wrong becomes the API's own error by
`error_of`: a fault of ours is logged and answered -1000 without a word of what it was.
"""

from functools import partial
from typing import Any, Final, NamedTuple, Protocol

import structlog

from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.gateway.authentication import Authenticator, Timing
from rialto.gateway.call import Call
from rialto.gateway.deadlines import Deadlines
from rialto.gateway.figures import Course, RequestFigures
from rialto.gateway.limits import RequestLimits
from rialto.gateway.router import Route, Router
from rialto.identity.api_keys import ApiKey
from rialto.projections.history import HistoryBusy, HistoryUnavailable
from rialto.projections.projector import ProjectionsBehind, ProjectionsStopped
from rialto.wire import refusals
from rialto.wire.endpoints import Endpoint, Security, Urgency
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.sbe.readers import Unrepresentable

ANSWER_TIMEOUT_S: Final = 10.0
"""How long the API waits for a handler before it answers -1007."""
SLOW_ANSWER_TIMEOUT_S: Final = 60.0
"""The same of what is declared slow."""

_log = structlog.stdlib.get_logger(__name__)


class Incoming(Protocol):
    """One request as its transport reads it. Every method raises `ApiError` for what is wrong with the request."""

    address: str
    call: Call | None
    """The call made of the request; set once it is about to be handled."""

    def find(self, router: Router) -> Route[Any]:
        """Return the route asked for."""

    def read(self, endpoint: Endpoint[Any]) -> dict[str, str]:
        """Return the parameters sent, name and text."""

    def authenticate(
        self, endpoint: Endpoint[Any], pairs: dict[str, str], authenticator: Authenticator
    ) -> tuple[ApiKey, Timing]:
        """Return whose request this is, and when it was made. Only asked of signed endpoints."""

    def make_call(self, key: ApiKey | None, check_window: Any) -> Call:
        """Return the call as a handler gets it."""


class Performed(NamedTuple):
    """What was asked for, with which parameters, and what the handler answered."""

    endpoint: Endpoint[Any]
    parameters: Any
    answer: object


class Performer:
    """Performs requests."""

    def __init__(
        self,
        router: Router,
        authenticator: Authenticator,
        limits: RequestLimits,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._deadlines = deadlines or Deadlines(ANSWER_TIMEOUT_S)
        self._slow_deadlines = Deadlines(SLOW_ANSWER_TIMEOUT_S)
        self.router: Final = router
        self._authenticator = authenticator
        self._limits = limits
        self.figures: Final = RequestFigures()

    async def perform(self, incoming: Incoming) -> Performed:
        """Perform a request; return what its handler answered. Raises `ApiError`, and what `error_of` explains."""
        course = self.figures.begin()
        try:
            performed = await self._perform(incoming, course)
        except BaseException as failure:
            self.figures.note_failure(course, failure)
            raise
        self.figures.note_answer(course)
        return performed

    async def _perform(self, incoming: Incoming, course: Course) -> Performed:
        address = incoming.address
        self._limits.count_request(address)
        weight, endpoint, owner = 1, None, None
        try:
            route = incoming.find(self.router)
            endpoint = course.endpoint = route.endpoint
            weight = endpoint.weight_when_refused
            pairs = incoming.read(endpoint)
            parameters = endpoint.reader.read(pairs)
            key = check_window = None
            if endpoint.is_signed:
                key, timing = incoming.authenticate(endpoint, pairs, self._authenticator)
                owner = key.owner
                if endpoint.security is Security.TRADE:
                    if key.restrictions.symbols:
                        _check_symbol(key, parameters)
                    if endpoint.urgency is Urgency.ORDER:
                        self._authenticator.check_ordering(key)
                if endpoint.security is Security.WITHDRAW:
                    self._authenticator.check_withdrawing(key)
                check_window = partial(self._authenticator.check_window, timing)
            weight = endpoint.weight_of(parameters)
        except ApiError:
            self._limits.charge(address, weight, endpoint, owner)
            raise
        self._limits.charge(address, weight, endpoint, owner)
        call = incoming.call = incoming.make_call(key, check_window)
        answer = await self._handle(route, call, parameters)
        if endpoint.is_free_when_successful:
            self._limits.give_back(address, weight, endpoint, owner)
        return Performed(endpoint, parameters, answer)

    async def _handle(self, route: Route[Any], call: Call, parameters: Any) -> object:
        if not route.is_async:
            return route.handler(call, parameters)
        deadlines = self._slow_deadlines if route.endpoint.is_slow else self._deadlines
        return await deadlines.run(route.serve(call, parameters))


def _check_symbol(key: ApiKey, parameters: Any) -> None:
    if not key.restrictions.admits_symbol(getattr(parameters, "symbol", "")):
        raise ErrorCode.REJECTED_MBX_KEY.error()


def error_of(failure: Exception, what: str, *, is_read: bool) -> ApiError:
    """Return the error for what a request could not do; only the unexpected is logged, as a request for `what`.

    `is_read` is whether the request changes nothing, so that failing on the way it is certain to have done nothing.
    """
    if isinstance(failure, ApiError):
        return failure
    if isinstance(failure, CommandRefused):
        return refusals.of_query(failure.rejection)
    if isinstance(failure, RuntimeBusy | HistoryBusy | ProjectionsBehind):
        return ErrorCode.SERVER_BUSY.error()
    if isinstance(failure, TimeoutError):
        return ErrorCode.TIMEOUT.error()
    if isinstance(failure, RuntimeStopped | ProjectionsStopped):
        # A command may have been on its way when the exchange stopped.
        return (ErrorCode.SERVICE_SHUTTING_DOWN if is_read else ErrorCode.UNEXPECTED_RESP).error()
    if isinstance(failure, HistoryUnavailable):
        _log.error("history unavailable", request=what, exc_info=failure)
        return ErrorCode.DISCONNECTED.error()
    if isinstance(failure, Unrepresentable) and not is_read:
        # What was asked for is done, and cannot be told.
        _log.error("answer does not fit", request=what, exc_info=failure)
        return ErrorCode.UNEXPECTED_RESP.error()
    _log.error("request failed", request=what, exc_info=failure)
    return ErrorCode.UNKNOWN.error()
