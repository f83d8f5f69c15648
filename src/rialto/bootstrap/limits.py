"""What the settings allow, as each part wants to be told."""

from rialto.foundation.configuration import Settings
from rialto.gateway.bans import BanRules
from rialto.gateway.bounds import Bounds
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.streams.limits import StreamLimits


def rate_limits(settings: Settings) -> RateLimits:
    """Return what one address and one account may ask for."""
    return RateLimits(
        request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, settings.request_weight_per_minute_max),
        orders=(
            RateLimit("ORDERS", "SECOND", 10, settings.orders_per_ten_seconds_max),
            RateLimit("ORDERS", "DAY", 1, settings.orders_per_day_max),
        ),
        raw_requests=RateLimit("RAW_REQUESTS", "MINUTE", 5, settings.requests_per_five_minutes_max),
        bans=BanRules(
            settings.ban_after_refusals,
            settings.ban_seconds_min,
            settings.ban_seconds_max,
            settings.banned_addresses_max,
        ),
    )


def stream_limits(settings: Settings) -> StreamLimits:
    """Return what WebSocket connections may do."""
    return StreamLimits(
        connections_max=settings.socket_connections_max,
        attempts_max=settings.socket_attempts_per_five_minutes_max,
        messages_max=settings.socket_messages_per_second_max,
        streams_max=settings.socket_streams_max,
        backlog_bytes_max=settings.socket_backlog_bytes_max,
        life_s=float(settings.socket_life_seconds),
    )


def bounds(settings: Settings) -> Bounds:
    """Return how large a request may be."""
    return Bounds(body_bytes_max=settings.body_bytes_max)
