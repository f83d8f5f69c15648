"""What happens to an HTTP request before anything is done for it: shut out, let in, or told busy.

Stands between the protocol, which has read a request to its end, and the application. A refusal here costs a small part
of what an order costs: no task, no parameters, no signature. Rate limits come first: who would have been told to wait
or is banned is told so, and a request that is refused as busy counts as one request and weighs nothing.

State: how many connections each address has, and counters. Belongs to the event loop's thread.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from rialto.gateway.admission import Admission
from rialto.gateway.bounds import Bounds
from rialto.gateway.dispatcher import JSON_HEADERS, SBE_HEADERS, error_body
from rialto.gateway.limits import RequestLimits
from rialto.gateway.request import Headers
from rialto.wire.endpoints import Urgency
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.sbe import negotiation
from rialto.wire.sbe.answers import encode_error

SentHeaders = Iterable[tuple[bytes, bytes]]

KEY_HEADER: Final = b"x-mbx-apikey"


class EdgeCounters(msgspec.Struct):
    """What was refused since the start, by why."""

    too_many_connections: int = 0
    too_many_of_address: int = 0
    pipelined_too_many: int = 0
    heads_too_large: int = 0
    heads_too_late: int = 0
    bodies_too_large: int = 0
    bodies_too_late: int = 0
    unreadable: int = 0
    unread_answers: int = 0
    """Connections cut off because their client did not read."""
    shut_out: int = 0
    """Requests of banned addresses."""


class Edge:
    """Knows what may come in."""

    def __init__(
        self,
        admission: Admission,
        limits: RequestLimits,
        urgencies: Mapping[tuple[str, str], Urgency],
        owner_of: Callable[[str], int | None],
        bounds: Bounds,
        ungated_paths: frozenset[str] = frozenset(),
    ) -> None:
        """`urgencies` are by method and path; `owner_of` tells whose the key of a name is."""
        self.admission: Final = admission
        self.bounds: Final = bounds
        self.counters: Final = EdgeCounters()
        self.urgencies: Final = urgencies
        self.ungated_paths: Final = ungated_paths
        """What is answered whoever asks and whatever else there is to do: the operator's pages."""
        self._glanced: Final = {f"{method} {path}".encode(): urgency for (method, path), urgency in urgencies.items()}
        self._limits = limits
        self._owner_of = owner_of
        self._by_address: Counter[str] = Counter()
        self._connections = 0

    @property
    def connections(self) -> int:
        """How many HTTP connections there are."""
        return self._connections

    def join(self, address: str) -> bool:
        """Count a connection; return whether it may stay. Each must `leave`, those that may not stay as well."""
        self._connections += 1
        self._by_address[address] += 1
        if self._connections > self.bounds.connections_max:
            self.counters.too_many_connections += 1
            return False
        if self._by_address[address] > self.bounds.connections_per_address_max:
            self.counters.too_many_of_address += 1
            return False
        return True

    def leave(self, address: str) -> None:
        """Count a connection no longer."""
        self._connections -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def ban(self, address: str) -> ApiError | None:
        """Return what a banned address is told; None for every other."""
        try:
            self._limits.check_ban(address)
        except ApiError as banned:
            self.counters.shut_out += 1
            return banned
        return None

    def busy(self, address: str) -> ApiError:
        """Return what a request is told that cannot be served now, and count it."""
        return self._limits.busy(address)

    def glance(self, data: bytes, address: str) -> bytes | None:
        """Return the refusal of a request that would be refused anyway, by a glance at its bytes; None for all else.

        Nothing is parsed: taken is only what is one whole head without a body, of a known call, with nothing in it that
        would have to be understood (another length, an upgrade, SBE, the end of the connection). That spares most of
        what a refusal costs, which is what there is least of when it is needed.
        """
        if not self.admission.is_busy or data.find(_HEAD_END) != len(data) - len(_HEAD_END):
            return None
        line_end = data.find(b"\r\n")
        asked = data[:line_end]
        if not asked.endswith(b" HTTP/1.1"):
            return None
        query = asked.find(b"?")
        urgency = self._glanced.get(asked[: query if query >= 0 else -len(b" HTTP/1.1")])
        if urgency is None:
            return None
        head = data[line_end:].lower()
        if (
            b"sbe" in head
            or b"close" in head
            or b"expect" in head
            or b"upgrade" in head
            or b"transfer-encoding" in head
        ):
            return None
        if b"content-length" in head and (head.count(b"content-length") > 1 or _NO_BODY not in head):
            return None
        key_at = head.find(_KEY_LINE)
        owner = None
        if key_at >= 0:
            begin = line_end + key_at + len(_KEY_LINE)
            owner = self._owner_of(data[begin : data.index(b"\r", begin)].strip().decode("latin-1"))
        if not self.admission.would_refuse(urgency, address if owner is None else owner):
            return None
        error = self._limits.busy(address)
        if error.kind is not ErrorCode.SERVER_BUSY:
            return self.refusal(error, (), address, is_head=False, closes=False)
        (name, used), (name_of_interval, _) = self._limits.used_headers(address)
        return b"%b%b: %b\r\n%b: %b\r\n%b" % (_BUSY_BEGIN, name, used, name_of_interval, used, _BUSY_END)

    def flow(self, headers: SentHeaders, address: str) -> Hashable:
        """Return whose a request is: the owner of the key it names, its address if it names none.

        The key is not checked: who names another's takes from that one's turns, and needs to know the key for it.
        """
        for name, value in headers:
            if name == KEY_HEADER:
                owner = self._owner_of(value.decode("latin-1"))
                return address if owner is None else owner
        return address

    def refusal(self, error: ApiError, headers: SentHeaders, address: str, *, is_head: bool, closes: bool) -> bytes:
        """Write a whole answer that refuses a request with these headers."""
        accept = schema = None
        for name, value in headers:
            if name == b"accept":
                accept = value
            elif name == b"x-mbx-sbe":
                schema = value
        takes_sbe = (
            accept is not None and b"sbe" in accept.lower() and negotiation.read_headers(accept, schema) is not None
        )
        body = encode_error(error, self._limits.clock_us()) if takes_sbe else error_body(error)
        told = [*self._limits.used_headers(address), *(SBE_HEADERS if takes_sbe else JSON_HEADERS)]
        if error.retry_after_s is not None:
            told.append((b"retry-after", b"%d" % error.retry_after_s))
        return written(error.status, told, body, is_head=is_head, closes=closes)


def written(status: int, headers: Headers, body: bytes, *, is_head: bool = False, closes: bool = True) -> bytes:
    """Write an answer as it travels."""
    lines = [_STATUS_LINES[status], *(b"%b: %b\r\n" % header for header in headers)]
    lines.append(b"content-length: %d\r\n" % len(body))
    lines.append(b"connection: close\r\n\r\n" if closes else b"\r\n")
    if not is_head:
        lines.append(body)
    return b"".join(lines)


_HEAD_END: Final = b"\r\n\r\n"
_KEY_LINE: Final = b"\r\nx-mbx-apikey:"
_NO_BODY: Final = b"\r\ncontent-length: 0\r\n"
_STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}

_BUSY_BEGIN: Final = _STATUS_LINES[503]
_BUSY_END: Final = written(503, list(JSON_HEADERS), error_body(ErrorCode.SERVER_BUSY.error()), closes=False)[
    len(_BUSY_BEGIN) :
]
"""What a busy answer says after the status line and what the address has used."""
