"""What the settings allow, as each part wants to be told."""

from datetime import timedelta

from rialto.foundation.configuration import Settings
from rialto.gateway.admission import AdmissionRules
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
        endpoint_by_address=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, settings.endpoint_weight_per_address_max),
        endpoint_by_owner=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, settings.endpoint_weight_per_owner_max),
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
        connections_per_address_max=settings.socket_connections_per_address_max,
        subscriptions_max=settings.socket_subscriptions_max,
        attempts_max=settings.socket_attempts_per_five_minutes_max,
        messages_max=settings.socket_messages_per_second_max,
        streams_max=settings.socket_streams_max,
        backlog_bytes_max=settings.socket_backlog_bytes_max,
        life_s=float(settings.socket_life_seconds),
    )


def bounds(settings: Settings) -> Bounds:
    """Return how large a request may be."""
    return Bounds(
        body_bytes_max=settings.body_bytes_max,
        connections_max=settings.http_connections_max,
        connections_per_address_max=settings.http_connections_per_address_max,
    )


def admission_rules(settings: Settings) -> AdmissionRules:
    """Return how long requests may wait for their turn, and how many may be under way."""
    return AdmissionRules(
        target_s=timedelta(milliseconds=settings.wait_target_milliseconds).total_seconds(),
        patience_s=timedelta(milliseconds=settings.wait_milliseconds_max).total_seconds(),
        cancels_under_way_max=settings.cancels_under_way_max,
        orders_under_way_max=settings.orders_under_way_max,
        reads_under_way_max=settings.reads_under_way_max,
        waiting_max=settings.requests_waiting_max,
    )
