"""A request and a response without a transport: what `application` makes of ASGI, and what the tests speak directly."""

from collections.abc import Mapping

import msgspec

Headers = list[tuple[bytes, bytes]]


class Request(msgspec.Struct, frozen=True, gc=False):
    """One request as received. Header names are in lower case; query and body are the raw bytes a signature covers."""

    method: str
    path: str
    query: bytes
    body: bytes
    headers: Mapping[bytes, bytes]
    address: str


class Response(msgspec.Struct, frozen=True, gc=False):
    """One answer, complete."""

    status: int
    headers: Headers
    body: bytes
