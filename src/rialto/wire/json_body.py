"""Parameters as a JSON object in the body of a request, for the few calls that take one.

What is read is what the same parameters are in a form: texts as they are, numbers and truths as they are written, so
that no decimal becomes a binary fraction; objects and lists stay JSON. A null is a parameter that was not sent.
"""

from typing import Final

import msgspec

from rialto.wire.errors import ErrorCode
from rialto.wire.query_string import PAIRS_MAX

MEDIA_TYPE: Final = b"application/json"

_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_text: Final = msgspec.json.Decoder(str)


def is_json(content_type: bytes | None) -> bool:
    """Tell whether a body is said to be JSON."""
    return content_type is not None and content_type.partition(b";")[0].strip().lower() == MEDIA_TYPE


def read_object(body: bytes) -> dict[str, str]:
    """Read an object. Raises `ApiError`: -1135 what is none, -1101 too many parameters."""
    try:
        found = _object.decode(body)
        pairs = {name: _spelled(bytes(value)) for name, value in found.items() if bytes(value) != b"null"}
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise ErrorCode.INVALID_JSON.error() from None
    if len(pairs) > PAIRS_MAX:
        raise ErrorCode.TOO_MANY_PARAMETERS.error(PAIRS_MAX, len(pairs), form=1)
    return pairs


def _spelled(value: bytes) -> str:
    return _text.decode(value) if value.startswith(b'"') else value.decode()
