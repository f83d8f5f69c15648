"""Requests of a session on their way through the gateway: the path of every request of REST, with another beginning.

A request names a route of REST and the parameters that it reads, so that each rule, weight and count stands once. What
the handlers answer is dropped where reports of the account tell the same; refusals are worded by `answers`.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, Final, NamedTuple, Protocol

from rialto.contracts.vocabulary import OrderStatus
from rialto.core.runtime import origin
from rialto.fix.logon import FOREVER_US, timing_of
from rialto.fix.refusals import Rejected, in_tags
from rialto.fix.session import Session
from rialto.fix.validation import Message
from rialto.gateway.admission import Admission
from rialto.gateway.authentication import Authenticator, Timing
from rialto.gateway.call import Call
from rialto.gateway.limits import RequestLimits
from rialto.gateway.performer import Performer, error_of
from rialto.gateway.router import Route, Router
from rialto.identity.api_keys import ApiKey
from rialto.streams.user_data.reports import Execution, ExecutionReport, ListReport, Report
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError, ErrorCode

UNKNOWN_OUTCOMES: Final = (ErrorCode.TIMEOUT, ErrorCode.UNEXPECTED_RESP)
"""After these a request may have been done all the same: no message may say that it was refused."""

OF_LISTS: Final = ("E", "F", "q", "XCN", "XAK")
"""The messages that a ListStatus<N> can be the answer to."""

REQUEST_ERRORS: Final = range(-1299, -1099)
"""The codes of what is wrong with a request itself."""


class Asked(NamedTuple):
    """What a message asks for: a route, and its parameters by name as REST has them."""

    route: Route[Any]
    pairs: dict[str, str]
    names: frozenset[str]
    """How the orders are called that it places, whose acceptance is the answer to it."""
    tag_of: Callable[[str], int | None]
    """Finds the tag that a parameter comes from."""


class Answers(Protocol):
    """Words what became of a request."""

    def done(self, message: Message, answer: object) -> None:
        """Tell what the reports do not."""

    def refused(self, message: Message, error: ApiError) -> None:
        """Tell that a valid request could not be done."""


class Request:
    """One request, as the performer asks for its parts, and as the origin of the commands it leads to."""

    __slots__ = ("_asked", "_message", "_session", "address", "call", "is_past", "passed")

    def __init__(self, session: Session, message: Message, asked: Asked) -> None:
        self.address: str = session.address
        self.call: Call | None = None
        self.passed: Final = asyncio.Event()
        """Set when the next request may go its way: this one's command is submitted, or never will be."""
        self.is_past = False
        """Whether its command was submitted."""
        self._session = session
        self._message = message
        self._asked = asked

    @property
    def message(self) -> Message:
        """The message."""
        return self._message

    @property
    def asked(self) -> Asked:
        """What it asks for."""
        return self._asked

    def is_answered_by(self, report: Report, session: Session) -> bool:
        """Tell whether a report of what a command of this request did is the answer to it."""
        if session is not self._session:
            return False
        if isinstance(report, ListReport):
            return self._message.type in OF_LISTS
        if not isinstance(report, ExecutionReport):
            return False
        if report.execution is Execution.NEW:
            is_first = report.order.status in (OrderStatus.NEW, OrderStatus.PENDING_NEW)
            return is_first and report.client_order_id in self._asked.names
        return report.execution in (Execution.CANCELED, Execution.REPLACED)

    # --- as the performer asks ---------------------------------------------------------------------------------

    def find(self, _router: Router) -> Route[Any]:
        """Return the route asked for."""
        return self._asked.route

    def read(self, _endpoint: Endpoint[Any]) -> dict[str, str]:
        """Return the parameters."""
        return self._asked.pairs

    def authenticate(
        self, _endpoint: Endpoint[Any], _pairs: dict[str, str], authenticator: Authenticator
    ) -> tuple[ApiKey, Timing]:
        """Return the session's key as it is now, and when the message was sent."""
        session = self._session
        key = authenticator.find_key_with(session.logon.key.key, session.service.permissions, self.address)
        return key, timing_of(self._message, FOREVER_US)

    def make_call(self, key: ApiKey | None, check_window: Callable[[], None] | None) -> Call:
        """Return the call."""

        def about_to_submit() -> None:
            if check_window is not None:
                check_window()
            self.is_past = True
            self.passed.set()

        return Call(key, microseconds=True, check_window=about_to_submit)


class Entrance(NamedTuple):
    """The way of every request into the exchange, shared by all sessions."""

    admission: Admission
    limits: RequestLimits
    performer: Performer


class _Offered:
    """A message at the edge."""

    __slots__ = ("_owner", "is_admitted")

    def __init__(self, owner: int, is_admitted: "asyncio.Future[bool]") -> None:
        self._owner = owner
        self.is_admitted = is_admitted

    def flow(self) -> Hashable:
        return self._owner

    def start(self) -> None:
        self.is_admitted.set_result(True)

    def refuse(self) -> None:
        self.is_admitted.set_result(False)


class Requests:
    """The requests of one session: many under way, their commands submitted in the order of the messages.

    The next message is offered when the one before is submitted or refused: a cancel overtakes what waits of others,
    never an order of its own session.
    """

    def __init__(self, session: Session, entrance: Entrance, answers: Answers, under_way_max: int) -> None:
        self._session = session
        self._admission = entrance.admission
        self._limits = entrance.limits
        self._performer = entrance.performer
        self._answers = answers
        self._under_way_max = under_way_max
        self._under_way: set[asyncio.Task[None]] = set()

    async def take(self, message: Message, asked: Asked) -> None:
        """Begin a request; return when the next one may begin."""
        if len(self._under_way) >= self._under_way_max:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        if not await self._is_admitted(asked):
            self._answers.refused(message, self._limits.busy(self._session.address))
            return
        request = Request(self._session, message, asked)
        task = asyncio.create_task(self._perform(request))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await request.passed.wait()

    async def finish(self) -> None:
        """Return when every request is answered."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _is_admitted(self, asked: Asked) -> bool:
        session = self._session
        offered = _Offered(session.logon.key.owner, asyncio.get_running_loop().create_future())
        self._admission.offer(asked.route.endpoint.urgency, offered, session.handled_since_s)
        # Not to be canceled: whatever is started must be told to be done.
        return await asyncio.shield(offered.is_admitted)

    async def _perform(self, request: Request) -> None:
        origin.set(request)
        message = request.message
        try:
            performed = await self._performer.perform(request)
            self._answers.done(message, performed.answer)
        except Exception as failure:
            error = error_of(failure, f"fix {message.type}", is_read=False)
            if error.kind in UNKNOWN_OUTCOMES:
                self._session.reject(Rejected(error), message)
            elif _is_of_message(error, is_past=request.is_past):
                self._session.reject(in_tags(error, request.asked.tag_of), message)
            else:
                self._answers.refused(message, error)
        finally:
            request.passed.set()
            self._admission.done(request.asked.route.endpoint.urgency)


def _is_of_message(error: ApiError, *, is_past: bool) -> bool:
    """Tell whether a message is at fault, and not what it asks for: then it never came to the matching."""
    is_of_request = error.code in REQUEST_ERRORS or error.kind is ErrorCode.INVALID_TIMESTAMP
    return is_of_request and not is_past
