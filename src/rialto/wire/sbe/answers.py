"""Answers of the spot API in SBE: of an endpoint, of a refusal, and the envelope they travel in over the WebSocket API.

REST and the WebSocket API share these functions. Times must be in microseconds already, as SBE has them: whoever calls
a handler for an SBE client asks it for them.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError
from rialto.wire.sbe.codec import Codec
from rialto.wire.sbe.schema import read_schema


@cache
def spot_codec() -> Codec:
    """Return the encoder of the spot API's newest schema. Reading it takes a moment: call once before serving."""
    return Codec(read_schema("spot_3_5.xml"))


@cache
def stream_codec() -> Codec:
    """Return the encoder of the market data streams' schema."""
    return Codec(read_schema("stream_1_0.xml"))


def encode_answer(endpoint: Endpoint[Any], parameters: Any, answer: object) -> bytes:
    """Encode what a handler answered: a struct, a list, or bytes that are JSON.

    Precondition: the endpoint states its message. Raises `Unrepresentable`.
    """
    message = endpoint.sbe_message
    assert message is not None, f"{endpoint} has no SBE message"
    name = message if isinstance(message, str) else message(parameters, answer)
    value = msgspec.json.decode(answer) if type(answer) is bytes else msgspec.to_builtins(answer)
    return spot_codec().encode(name, value)


def encode_error(error: ApiError, now_us: int) -> bytes:
    """Encode a refusal. One by a rate limit states the time, in microseconds, and until when it holds."""
    value: dict[str, Any] = {"code": error.code, "msg": error.message}
    if error.retry_after_s is not None:
        value |= {"serverTime": now_us, "retryAfter": now_us + error.retry_after_s * 1_000_000}
    if error.data is not None:
        value["data"] = msgspec.json.decode(error.data)
    return spot_codec().encode("ErrorResponse", value)


def encode_envelope(
    result: bytes, *, request_id: int | str | None, status: int, rate_limits: Iterable[object], is_deprecated: bool
) -> bytes:
    """Wrap an encoded answer or refusal as the WebSocket API sends it.

    `rate_limits` are structs with the fields of `OrderCount`; `is_deprecated` is what `negotiation` told of the schema.
    """
    return spot_codec().encode(
        "WebSocketResponse",
        {
            "sbeSchemaIdVersionDeprecated": is_deprecated,
            "status": status,
            "rateLimits": msgspec.to_builtins(list(rate_limits)),
            "id": "" if request_id is None else str(request_id),
            "result": result,
        },
    )
