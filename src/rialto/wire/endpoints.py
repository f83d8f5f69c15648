"""The declaration of an endpoint, from which everything else about it is derived.

One declaration states method, path, security, weight, parameters, response and a line of summary; parsing, error
messages, rate limiting, the OpenAPI document and the compatibility matrix follow from it. A declaration knows neither
its handler nor its transport: the WebSocket API serves the same ones by their method names. What only it offers has the
method `ws` and no path but that name.
"""

from collections.abc import Callable, Mapping
from enum import Enum, IntEnum
from typing import Any, Final, Generic, TypeVar

from rialto.wire.parameters import ParameterReader, Parameters

P = TypeVar("P", bound=Parameters)

ONLY_WEBSOCKET: Final = "ws"
"""The method of an endpoint that only the WebSocket API offers."""

SIGNED_NAMES: Final = frozenset(("timestamp", "recvWindow", "signature"))
"""What a signed request carries beside its own parameters."""


class Security(Enum):
    """Who may call an endpoint. All but `NONE` need an API key and its signature, or a browser's session in its place.

    `SIGNED` takes a key of any use. No key opens `SESSION` and `OPERATOR`: they take a session, the latter an
    operator's.
    """

    NONE = "NONE"
    SIGNED = "SIGNED"
    USER_STREAM = "USER_STREAM"
    USER_DATA = "USER_DATA"
    TRADE = "TRADE"
    MARGIN = "MARGIN"
    TRANSFER = "TRANSFER"
    """Between the accounts of one owner, and between a master's and its sub-accounts'."""
    WITHDRAW = "WITHDRAW"
    SESSION = "SESSION"
    OPERATOR = "OPERATOR"

    @property
    def is_signed(self) -> bool:
        """Whether a call must be signed."""
        return self is not Security.NONE


class Urgency(IntEnum):
    """What goes first when not everything can be done: the lower, the sooner."""

    CANCEL = 0
    """Takes orders out of the books, or makes them smaller."""
    ORDER = 1
    """May put orders into the books, or lets someone do so."""
    READ = 2
    """Changes nothing."""


class Budget(Enum):
    """Which budget a call's weight is taken from."""

    SHARED = "shared"
    """That of the address, all such calls together: `/api`."""
    ADDRESS = "address"
    """That of the address for this endpoint alone: `/sapi`, by IP."""
    OWNER = "owner"
    """That of whose call it is, for this endpoint alone: `/sapi`, by UID."""


class Body(Enum):
    """What the body of a request is read as."""

    FORM = "form"
    """Parameters, as in the query string."""
    FORM_OR_JSON = "form or JSON"
    """As above, or as a JSON object where the request says that it is one."""
    RAW = "raw"
    """Not at all: whoever handles the call reads it."""


class ListOf:
    """A list whose items have one of several forms."""

    def __init__(self, *forms: type) -> None:
        self.forms: Final = forms


MessageChoice = Callable[[Any, Any], str]
"""Names the SBE message of an answer, from the call's parameters and the answer."""


def by_type(messages: Mapping[type, str]) -> MessageChoice:
    """Choose a message by what the handler answered. Precondition: it is one of these types."""
    return lambda _parameters, answer: messages[type(answer)]


def one_or_several(one: str, several: str) -> MessageChoice:
    """Choose a message by whether one symbol was asked for."""
    return lambda parameters, _answer: several if parameters.symbol is None else one


class Endpoint(Generic[P]):
    """One call of the API. Immutable once declared.

    `weight` is a number or a function of the parameters. `is_free_when_successful` gives the weight back after success.
    With `is_listed_over_websocket`, the WebSocket API answers a list with the answer in it.
    `response` is the type of the answer, or a `ListOf`, or a tuple of types where the parameters decide, or
    bytes for a file. `refused_with`
    are statuses of refusals that other endpoints do not have. With `is_from_memory` it is answered at once, never late;
    with `is_slow` its answer may take longer than others'.
    `sbe_message` is the message of the SBE schema that the answer is, or what chooses it; None where there is none.
    `urgency` follows from method and security where it is not given.
    """

    __slots__ = (
        "body",
        "budget",
        "is_free_when_successful",
        "is_from_memory",
        "is_listed_over_websocket",
        "is_signed",
        "is_slow",
        "method",
        "parameters",
        "path",
        "reader",
        "refused_with",
        "responses",
        "sbe_message",
        "security",
        "summary",
        "urgency",
        "websocket_method",
        "weight",
        "weight_when_refused",
    )

    def __init__(
        self,
        method: str,
        path: str,
        *,
        summary: str,
        parameters: type[P],
        response: Any,
        weight: int | Callable[[P], int],
        sbe_message: str | MessageChoice | None = None,
        weight_when_refused: int | None = None,
        security: Security = Security.NONE,
        websocket_method: str | None = None,
        is_free_when_successful: bool = False,
        is_listed_over_websocket: bool = False,
        is_from_memory: bool = False,
        is_slow: bool = False,
        refused_with: tuple[int, ...] = (),
        urgency: Urgency | None = None,
        budget: Budget = Budget.SHARED,
        body: Body = Body.FORM,
    ) -> None:
        self.method: Final = method
        self.path: Final = path
        self.summary: Final = summary
        self.parameters: Final = parameters
        self.responses: Final[tuple[Any, ...]] = response if isinstance(response, tuple) else (response,)
        self.sbe_message: Final = sbe_message
        self.weight: Final = weight
        self.budget: Final = budget
        self.body: Final = body
        self.security: Final = security
        self.is_signed: Final = security.is_signed
        self.websocket_method: Final = websocket_method
        self.is_free_when_successful: Final = is_free_when_successful
        self.is_listed_over_websocket: Final = is_listed_over_websocket
        self.is_from_memory: Final = is_from_memory
        self.is_slow: Final = is_slow
        self.refused_with: Final = refused_with
        self.urgency: Final = urgency if urgency is not None else _usual_urgency(method, security)
        # Whose budget it is, is not known before the call is found good.
        usual = weight if isinstance(weight, int) and budget is not Budget.OWNER else 1
        self.weight_when_refused: Final = usual if weight_when_refused is None else weight_when_refused
        self.reader: Final = ParameterReader(parameters, SIGNED_NAMES if security.is_signed else frozenset())

    @property
    def is_http(self) -> bool:
        """Whether it is served over HTTP."""
        return self.method != ONLY_WEBSOCKET

    def weight_of(self, parameters: P) -> int:
        """Return what a call with these parameters weighs."""
        return self.weight if isinstance(self.weight, int) else self.weight(parameters)

    def __repr__(self) -> str:
        return f"Endpoint({self.method} {self.path})"


def _usual_urgency(method: str, security: Security) -> Urgency:
    if method == ONLY_WEBSOCKET:
        # A session is what one cancels in.
        return Urgency.ORDER
    if security is not Security.TRADE:
        return Urgency.READ
    return Urgency.CANCEL if method == "DELETE" else Urgency.ORDER
