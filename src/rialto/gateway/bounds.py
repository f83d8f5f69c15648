"""How much of each thing one request, one connection, and all of them may take."""

import msgspec


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of HTTP. The application's hold under any server; the others are the edge's."""

    query_bytes_max: int = 8_192
    header_bytes_max: int = 16_384
    body_bytes_max: int = 65_536
    body_timeout_s: float = 10.0
    requests_at_once_max: int = 4_096
    """Requests being answered, where no edge admits them."""
    head_bytes_max: int = 32_768
    """Bytes of a head that are read before it is given up: what is over `header_bytes_max` can still be answered."""
    head_timeout_s: float = 10.0
    backlog_timeout_s: float = 30.0
    """How long a client may take to read what is written to it."""
    connections_max: int = 10_000
    connections_per_address_max: int = 5_000
    """Half, so that one address cannot shut out all others; behind a proxy all clients may have the same."""
    pipelined_max: int = 32
    """Requests of one connection that wait for the answer to the one before; one more ends it after these."""
