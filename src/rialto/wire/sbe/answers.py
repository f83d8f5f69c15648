"""Answers of the spot API in SBE: of an endpoint, of a refusal, and the envelope they travel in over the WebSocket API.

REST and the WebSocket API share these functions. Times must be in microseconds already, as SBE has them: whoever calls
a handler for an SBE client asks it for them.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ApiError
from rialto.wire.sbe.codec import Codec
from rialto.wire.sbe.schema import read_schema

KEPT_BYTES_MIN: Final = 32_768
KEPT_MAX: Final = 8
"""From which size on the encodings of answers are kept that are JSON already, and how many."""


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
    if not isinstance(answer, bytes):
        return spot_codec().encode(name, msgspec.to_builtins(answer))
    if len(answer) < KEPT_BYTES_MIN:
        return spot_codec().encode(name, msgspec.json.decode(answer))
    # What the message does not show, such as the time it is, must not make an answer another one.
    shown = spot_codec().names(name)
    parts = msgspec.json.decode(answer, type=dict[str, msgspec.Raw])
    return _encode_kept(name, tuple((part, bytes(value)) for part, value in parts.items() if part in shown))


@lru_cache(KEPT_MAX)
def _encode_kept(name: str, parts: tuple[tuple[str, bytes], ...]) -> bytes:
    """Encode an object of JSON parts: whoever answers JSON keeps it, and it is the same many times over."""
    return spot_codec().encode(name, {part: msgspec.json.decode(value) for part, value in parts})


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

    `rate_limits` are structs with the fields of `LimitUse`; `is_deprecated` is what `negotiation` told of the schema.
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
