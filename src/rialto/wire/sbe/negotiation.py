"""Which encoding a client asks for: JSON, or SBE in a schema that is served.

The newest schema is what is written. An older version of it is served while a reader of that version can read the
newest, which is what versions of one schema id promise; the client is told that it is deprecated. What the API has
retired is refused.
"""

import re
from typing import Final, NamedTuple

from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.sbe.answers import spot_codec

MEDIA_TYPE: Final = "application/sbe"
OLDEST_VERSION: Final = 2
"""The oldest version of the newest schema id that the API has not retired."""

_JSON_TYPES: Final = frozenset(("application/json", "application/*", "*/*"))
_NUMBER: Final = re.compile(r"[0-9]{1,5}", re.ASCII)


class Asked(NamedTuple):
    """That a client takes SBE: whether its schema is deprecated, or why it cannot be served."""

    is_deprecated: bool = False
    refusal: ApiError | None = None
    takes_json: bool = False


def read_headers(accept: bytes, schema: bytes | None) -> Asked | None:
    """Read the headers `Accept` and `X-MBX-SBE`; None for a client that gets JSON.

    A client that takes both gets JSON where SBE could not be served as asked.
    """
    types = {part.partition(";")[0].strip().lower() for part in accept.decode("latin-1").split(",")}
    if MEDIA_TYPE not in types:
        return None
    takes_json = bool(types & _JSON_TYPES)
    parts = ("" if schema is None else schema.decode("latin-1").strip()).split(":")
    try:
        if len(parts) != 2 or not all(map(_NUMBER.fullmatch, parts)):
            raise ErrorCode.INVALID_SBE_HEADER.error()
        return Asked(is_deprecated(*parts, form=0), takes_json=takes_json)
    except ApiError as refusal:
        return None if takes_json else Asked(refusal=refusal)


def is_deprecated(schema_id: str, version: str, *, form: int = 1) -> bool:
    """Tell whether a schema asked for is served though no longer the newest.

    `form` picks the words of the refusal: 0 where a header asked, 1 where parameters did. Raises `ApiError` -1153 for a
    schema that is not served, or that is none.
    """
    newest = spot_codec().schema
    is_served = (
        all(map(_NUMBER.fullmatch, (schema_id, version)))
        and int(schema_id) == newest.id
        and OLDEST_VERSION <= int(version) <= newest.version
    )
    if not is_served:
        raise ErrorCode.UNSUPPORTED_SCHEMA_ID.error(form=form)
    return int(version) != newest.version
