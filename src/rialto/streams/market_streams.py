"""The addresses of market streams: `/ws`, `/ws/<stream>/…` and `/stream?streams=…`.

Reads an upgrade request, refuses what cannot be served, and makes the connection's handler.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from rialto.streams.framing import TimeUnit
from rialto.streams.hub import Audience, Hub
from rialto.streams.market_connection import MarketStreamConnection
from rialto.streams.names import Topic, UnknownStream
from rialto.streams.protocol import Handler, UpgradeRefused, UpgradeRequest

_UNITS: Final = {
    "MILLISECOND": TimeUnit.MILLISECOND,
    "millisecond": TimeUnit.MILLISECOND,
    "MICROSECOND": TimeUnit.MICROSECOND,
    "microsecond": TimeUnit.MICROSECOND,
}


class _MarketStreams:
    """Makes connections to one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def raw(self, request: UpgradeRequest) -> MarketStreamConnection:
        """Serve `/ws`: the streams are the segments of the path."""
        return self._connect(request, request.segments()[1:], combined=False)

    def combined(self, request: UpgradeRequest) -> MarketStreamConnection:
        """Serve `/stream`: the streams are a parameter."""
        if len(request.segments()) > 1:
            raise UpgradeRefused(HTTPStatus.NOT_FOUND, "Combined streams are at /stream?streams=<name>/<name>")
        names = [
            name
            for key, value in request.parameters()
            if key == "streams"
            for name in value.split("/")
            if name
        ]  # fmt: skip
        return self._connect(request, names, combined=True)

    def _connect(self, request: UpgradeRequest, names: list[str], *, combined: bool) -> MarketStreamConnection:
        try:
            self._hub.connections.admit(request.peer)
            unit = _time_unit(request)
            streams = self._streams(names)
        except UpgradeRefused:
            self._hub.connections.counters.refused_upgrades += 1
            raise
        return MarketStreamConnection(self._hub, Audience(combined, unit), streams.items())

    def _streams(self, names: list[str]) -> dict[str, Topic]:
        limit = self._hub.connections.limits.streams_max
        if len(names) > limit:
            raise UpgradeRefused(HTTPStatus.BAD_REQUEST, f"{len(names)} streams asked for, at most {limit} fit")
        try:
            return {name: self._hub.topic(name) for name in names}
        except UnknownStream as unknown:
            raise UpgradeRefused(HTTPStatus.BAD_REQUEST, f"{unknown}") from None


def _time_unit(request: UpgradeRequest) -> TimeUnit:
    unit = TimeUnit.MILLISECOND
    for name, value in request.parameters():
        if name == "timeUnit":
            if value not in _UNITS:
                raise UpgradeRefused(
                    HTTPStatus.BAD_REQUEST, f"timeUnit must be MILLISECOND or MICROSECOND, not {value[:32]!r}"
                )
            unit = _UNITS[value]
    return unit


def market_stream_handlers(hub: Hub) -> Mapping[str, Handler]:
    """Return the handlers of the market stream addresses, by first path segment."""
    streams = _MarketStreams(hub)
    return {"ws": streams.raw, "stream": streams.combined}
