"""The texts of the WebSocket API: a request as it is read, and a response as it is written."""

from typing import Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from rialto.gateway.limits import LimitUse
from rialto.wire import errors
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.query_string import PAIRS_MAX

Id = int | str | None

ID_LENGTH_MAX: Final = 256
VERSION_PREFIX: Final = "v3/"


class _Sent(msgspec.Struct):
    """A request, field by field undecoded, so that what is wrong with one of them can be named."""

    id: Raw | UnsetType = UNSET
    method: Raw | UnsetType = UNSET
    params: Raw | UnsetType = UNSET


class _Method(msgspec.Struct):
    """Of a request only what it asks for."""

    method: str = ""


class _Failure(msgspec.Struct):
    code: int
    msg: str
    data: Raw | UnsetType = UNSET


class _Response(msgspec.Struct):
    id: Id
    status: int
    result: object = UNSET
    error: _Failure | UnsetType = UNSET
    rate_limits: list[LimitUse] | UnsetType = msgspec.field(default=UNSET, name="rateLimits")


class _Pause(msgspec.Struct, rename="camel"):
    """What a refusal by a limit says of when to come back. Times are in milliseconds."""

    server_time: int
    retry_after: int


_read = msgspec.json.Decoder(_Sent).decode
_read_method = msgspec.json.Decoder(_Method).decode
_read_id = msgspec.json.Decoder(Id).decode
_read_text = msgspec.json.Decoder(str).decode
_read_any = msgspec.json.Decoder().decode
_read_params = msgspec.json.Decoder(dict[str, Raw]).decode
_write = msgspec.json.Encoder().encode

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a decoder raises for whatever it is sent: no JSON, another type, no UTF-8, more levels than it goes down."""


class ApiRequest:
    """A request: its id, the method without version, and the parameters as JSON."""

    __slots__ = ("id", "method", "params")

    def __init__(self) -> None:
        self.id: Id = None
        self.method = ""
        self.params: Raw | None = None

    def read(self, text: bytes) -> None:
        """Take over what a text says, the id first: an answer repeats it even if the rest is wrong.

        Raises `ApiError`: -1135 for what is no JSON object, -1102 or -1100 for what is wrong with one of its fields.
        """
        try:
            sent = _read(text)
        except _UNREADABLE:
            raise ErrorCode.INVALID_JSON.error() from None
        self.id = _id(sent.id)
        if isinstance(sent.method, UnsetType):
            raise errors.mandatory("method")
        try:
            method = _read_text(sent.method)
        except _UNREADABLE:
            raise errors.mandatory("method") from None
        self.method = method.removeprefix(VERSION_PREFIX)
        self.params = None if isinstance(sent.params, UnsetType) else sent.params

    def pairs(self) -> dict[str, str]:
        """Return the parameters as names and texts: strings as they are, numbers as they were written.

        Raises `ApiError`: -1135 if they are no object, or one of them is, or an array that cannot be read; -1101 for
        too many.
        """
        if self.params is None:
            return {}
        try:
            params = _read_params(self.params)
        except _UNREADABLE:
            raise ErrorCode.INVALID_JSON.error("params", form=1) from None
        if len(params) > PAIRS_MAX:
            raise ErrorCode.TOO_MANY_PARAMETERS.error(PAIRS_MAX, len(params), form=1)
        pairs = {}
        for name, raw in params.items():
            text = _text(name, bytes(raw))
            if text is not None:
                pairs[name] = text
        return pairs


def method_of(text: bytes) -> str:
    """Return the method of a request without version; nothing for what cannot be read."""
    try:
        return _read_method(text).method.removeprefix(VERSION_PREFIX)
    except _UNREADABLE:
        return ""


def _id(sent: Raw | UnsetType) -> Id:
    if isinstance(sent, UnsetType):
        raise errors.mandatory("id")
    try:
        value: Id = _read_id(sent)
    except _UNREADABLE:
        raise ErrorCode.INVALID_JSON.error("id", form=1) from None
    if isinstance(value, str) and len(value) > ID_LENGTH_MAX:
        raise ErrorCode.INVALID_JSON.error("id", form=1)
    return value


def _text(name: str, raw: bytes) -> str | None:
    """Return the text of a parameter's value; None for null, which stands for not sent."""
    first = raw[:1]
    if first == b'"':
        return _read_text(raw)
    if first == b"n":
        return None
    if first == b"[":
        try:
            return _write(_read_any(raw)).decode()
        except _UNREADABLE:
            raise ErrorCode.INVALID_JSON.error(name, form=1) from None
    if first == b"{":
        raise ErrorCode.INVALID_JSON.error(name, form=1)
    return raw.decode()


def signed_payload(pairs: dict[str, str]) -> bytes:
    """Return what a signature covers: every parameter but the signature, in order of their names."""
    return "&".join(f"{name}={pairs[name]}" for name in sorted(pairs) if name != "signature").encode()


def success(request_id: Id, answer: object, rate_limits: list[LimitUse] | None) -> bytes:
    """Write the response of a request that succeeded. Bytes are an answer that is JSON already."""
    result = Raw(answer) if isinstance(answer, bytes) else answer
    return _write(_Response(request_id, 200, result=result, rate_limits=UNSET if rate_limits is None else rate_limits))


def failure(request_id: Id, error: ApiError, rate_limits: list[LimitUse] | None, now_us: int) -> bytes:
    """Write the response of a request that failed."""
    data: Raw | UnsetType = UNSET
    if error.data is not None:
        data = Raw(error.data)
    elif error.retry_after_s is not None:
        now_ms = now_us // 1_000
        data = Raw(_write(_Pause(now_ms, now_ms + error.retry_after_s * 1_000)))
    shown = _Failure(error.code, error.message, data)
    return _write(
        _Response(request_id, error.status, error=shown, rate_limits=UNSET if rate_limits is None else rate_limits)
    )
