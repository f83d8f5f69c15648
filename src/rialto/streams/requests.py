"""Requests a client sends over a market stream connection, and the documented replies.

Pure: text in, a typed request or a refusal out. Who subscribes to what is the connection's matter. Positions in
messages count as the API's own parser does: columns from 1, of the last character read.
"""

import re
from typing import Final

import msgspec

METHODS: Final = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
ID_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]{1,36}\Z")
ID_LIMIT: Final = 2**63

RequestId = int | str | None

_METHOD_VALUE: Final = re.compile(rb'"method"\s*:\s*("(?:[^"\\]|\\.)*"|[^,}\s]+)')
_ERROR_BYTE: Final = re.compile(r"\(byte (\d+)\)")


class Subscribe(msgspec.Struct, frozen=True):
    """Add streams."""

    id: RequestId
    names: list[str]


class Unsubscribe(msgspec.Struct, frozen=True):
    """Remove streams."""

    id: RequestId
    names: list[str]


class ListSubscriptions(msgspec.Struct, frozen=True):
    """State the streams of this connection."""

    id: RequestId


class SetCombined(msgspec.Struct, frozen=True):
    """Choose whether messages carry the name of their stream."""

    id: RequestId
    combined: bool


class GetCombined(msgspec.Struct, frozen=True):
    """State whether messages carry the name of their stream."""

    id: RequestId


Request = Subscribe | Unsubscribe | ListSubscriptions | SetCombined | GetCombined


class InvalidRequest(Exception):
    """The request is refused. `reply` is what the client is told."""

    def __init__(self, code: int, message: str, reply_id: RequestId | msgspec.UnsetType = msgspec.UNSET) -> None:
        super().__init__(message)
        self.reply = encode_refusal(code, message, reply_id)


class _Refusal(msgspec.Struct):
    code: int
    msg: str
    id: RequestId | msgspec.UnsetType = msgspec.UNSET


class _Result(msgspec.Struct):
    result: bool | list[str] | None
    id: RequestId


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder()


def encode_result(result: bool | list[str] | None, request_id: RequestId) -> bytes:
    """Encode the reply to a request that was carried out."""
    return _encoder.encode(_Result(result, request_id))


def encode_refusal(code: int, message: str, request_id: RequestId | msgspec.UnsetType = msgspec.UNSET) -> bytes:
    """Encode the reply to a request that was not; the id is stated only where the API states it."""
    return _encoder.encode(_Refusal(code, message, request_id))


def decode_request(text: bytes) -> Request:
    """Read a request. Raises InvalidRequest."""
    try:
        document = _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise InvalidRequest(
            3, f"Invalid JSON: expected value at {_position(text, _error_offset(text, error))}"
        ) from None
    except RecursionError:
        raise InvalidRequest(3, "Invalid JSON: recursion limit exceeded") from None
    if not isinstance(document, dict):
        raise InvalidRequest(2, "Invalid request: expected an object with `method`, `params` and `id`")
    method = _method(text, document)
    request_id = _request_id(document)
    params = document.get("params")
    if method in ("SUBSCRIBE", "UNSUBSCRIBE"):
        if not isinstance(params, list) or not all(isinstance(name, str) for name in params):
            raise InvalidRequest(2, "Invalid request: params must be an array of stream names")
        return Subscribe(request_id, params) if method == "SUBSCRIBE" else Unsubscribe(request_id, params)
    if params is None:
        params = []
    if not isinstance(params, list):
        raise InvalidRequest(2, "Invalid request: params must be an array")
    if method == "LIST_SUBSCRIPTIONS":
        if params:
            raise InvalidRequest(2, "Invalid request: too many parameters")
        return ListSubscriptions(request_id)
    return _property_request(method, params, request_id)


def _property_request(method: str, params: list[object], request_id: RequestId) -> SetCombined | GetCombined:
    if not params or not isinstance(params[0], str):
        raise InvalidRequest(2, "Invalid request: property name must be a string")
    if len(params) > (2 if method == "SET_PROPERTY" else 1):
        raise InvalidRequest(2, "Invalid request: too many parameters")
    if params[0] != "combined":
        raise InvalidRequest(0, "Unknown property", request_id)
    if method == "GET_PROPERTY":
        return GetCombined(request_id)
    value = params[1] if len(params) == 2 else None
    if not isinstance(value, bool):
        raise InvalidRequest(1, "Invalid value type: expected Boolean")
    return SetCombined(request_id, value)


def _method(text: bytes, document: dict[str, object]) -> str:
    if "method" not in document:
        raise InvalidRequest(2, f"Invalid request: missing field `method` at {_position(text, len(text.rstrip()))}")
    method = document["method"]
    if isinstance(method, str) and method in METHODS:
        return method
    written = method if isinstance(method, str) else _encoder.encode(method).decode()
    found = _METHOD_VALUE.search(text)
    offset = found.end() if found else len(text)
    expected = ", ".join(f"`{known}`" for known in METHODS)
    raise InvalidRequest(
        2, f"Invalid request: unknown variant `{written[:64]}`, expected one of {expected} at {_position(text, offset)}"
    )


def _request_id(document: dict[str, object]) -> RequestId:
    value = document.get("id", msgspec.UNSET)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and -ID_LIMIT <= value < ID_LIMIT:
        return value
    if isinstance(value, str) and ID_PATTERN.match(value):
        return value
    raise InvalidRequest(2, "Invalid request: request ID must be an unsigned integer")


def _error_offset(text: bytes, error: msgspec.DecodeError) -> int:
    """Return the bytes read up to and including the one at fault."""
    found = _ERROR_BYTE.search(str(error))
    return int(found.group(1)) + 1 if found else len(text)


def _position(text: bytes, offset: int) -> str:
    line = text.count(b"\n", 0, offset) + 1
    column = offset - (text.rfind(b"\n", 0, offset) + 1)
    return f"line {line} column {column}"
