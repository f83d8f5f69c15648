"""Limits of stream connections. The defaults are the API's own where it states one."""

import msgspec


class StreamLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one connection, one address and the whole server may use."""

    connections_max: int = 5_000
    connections_per_address_max: int = 2_500
    """Half, so that one address cannot shut out all others; behind a proxy all clients may have the same."""
    attempts_max: int = 300
    """Connection attempts of one address in one window; 0 means no limit."""
    attempts_window_s: float = 300.0
    addresses_max: int = 65_536
    """Addresses remembered in one window; past that, new ones are let in uncounted."""
    streams_max: int = 1_024
    subscriptions_max: int = 500_000
    """Streams that all connections together may read."""
    messages_max: int = 5
    """Incoming frames in any one second, pings and pongs included."""
    requests_max: int = 1_000
    """The same for a connection of the WebSocket API, whose requests are limited by weight besides."""
    message_bytes_max: int = 65_536
    backlog_bytes_max: int = 1_048_576
    """What may wait unsent for one reader before it is cut off."""
    ping_interval_s: float = 20.0
    pong_timeout_s: float = 60.0
    life_s: float = 86_400.0
    answer_timeout_s: float = 5.0
    """How long a server that stops waits for the answers to what was asked before."""
    close_timeout_s: float = 2.0
    """How long a closing connection may take to send what is left and to say goodbye."""
