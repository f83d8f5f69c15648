"""The addresses of market streams: `/ws`, `/ws/<stream>/…` and `/stream?streams=…`.

In SBE they stand at the same paths of a host whose name begins with `stream-sbe.`, as the API has it, and below
`/stream-sbe` for clients that can be given a path but no host. SBE is for holders of an Ed25519 key.

Reads an upgrade request, refuses what cannot be served, and makes the connection's handler.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from rialto.identity.api_keys import ApiKey
from rialto.identity.signatures import KeyType
from rialto.streams.framing import TimeUnit
from rialto.streams.hub import Audience, Hub
from rialto.streams.market_connection import MarketStreamConnection
from rialto.streams.names import Topic, UnknownStream
from rialto.streams.protocol import Handler, UpgradeRefused, UpgradeRequest
from rialto.streams.sbe_connection import SbeStreamConnection

SBE_HOST_PREFIX: Final = "stream-sbe."
SBE_PATH: Final = "stream-sbe"

FindKey = Callable[[str], ApiKey | None]
"""Finds an API key in use by its name."""

_UNITS: Final = {
    "MILLISECOND": TimeUnit.MILLISECOND,
    "millisecond": TimeUnit.MILLISECOND,
    "MICROSECOND": TimeUnit.MICROSECOND,
    "microsecond": TimeUnit.MICROSECOND,
}


class _MarketStreams:
    """Makes connections to one hub."""

    def __init__(self, hub: Hub, find_key: FindKey) -> None:
        self._hub = hub
        self._find_key = find_key

    def connect(self, request: UpgradeRequest) -> MarketStreamConnection:
        """Serve an address. Raises UpgradeRefused."""
        try:
            segments = request.segments()
            is_sbe = segments[0] == SBE_PATH
            if is_sbe:
                segments = segments[1:]
            is_sbe = is_sbe or request.headers.get("host", "").lower().startswith(SBE_HOST_PREFIX)
            names, combined = _names(segments, request)
            self._hub.connections.admit(request.peer)
            if is_sbe:
                self._check_key(request)
                streams = self._streams(names, self._hub.sbe_topic)
                return SbeStreamConnection(self._hub, streams.items(), combined=combined)
            unit = _time_unit(request)
            streams = self._streams(names, self._hub.topic)
            return MarketStreamConnection(self._hub, Audience(combined, unit), streams.items())
        except UpgradeRefused:
            self._hub.connections.counters.refused_upgrades += 1
            raise

    def _check_key(self, request: UpgradeRequest) -> None:
        """Refuse who has no key for SBE. It needs no permission and no signature, only an address it may be used from.

        That the key must not be one with a shared secret is the API's rule.
        """
        name = request.headers.get("x-mbx-apikey")
        if not name:
            raise UpgradeRefused(HTTPStatus.UNAUTHORIZED, "SBE streams need an Ed25519 API key in X-MBX-APIKEY")
        key = self._find_key(name)
        if key is None or not key.restrictions.admits_address(request.peer):
            raise UpgradeRefused(HTTPStatus.UNAUTHORIZED, "Invalid API-key or IP for SBE streams")
        if key.type is not KeyType.ED25519:
            raise UpgradeRefused(HTTPStatus.FORBIDDEN, f"SBE streams need an Ed25519 API key, not {key.type.value}")

    def _streams(self, names: list[str], find: Callable[[str], Topic]) -> dict[str, Topic]:
        limit = self._hub.connections.limits.streams_max
        if len(names) > limit:
            raise UpgradeRefused(HTTPStatus.BAD_REQUEST, f"{len(names)} streams asked for, at most {limit} fit")
        connections = self._hub.connections
        if connections.subscriptions + len(names) > connections.limits.subscriptions_max:
            text = "The server has no room for further streams, try again later"
            raise UpgradeRefused(HTTPStatus.SERVICE_UNAVAILABLE, text)
        try:
            return {name: find(name) for name in names}
        except UnknownStream as unknown:
            raise UpgradeRefused(HTTPStatus.BAD_REQUEST, f"{unknown}") from None


def _names(segments: list[str], request: UpgradeRequest) -> tuple[list[str], bool]:
    """Return the streams an address names, and whether it is that of combined ones. Raises UpgradeRefused."""
    if segments[:1] == ["ws"]:
        # Clients put labels of their own there, ccxt a number; every stream's name has an @ in it.
        return [name for name in segments[1:] if "@" in name], False
    if segments != ["stream"]:
        raise UpgradeRefused(HTTPStatus.NOT_FOUND, "Combined streams are at /stream?streams=<name>/<name>")
    values = [value for key, value in request.parameters() if key == "streams"]
    return [name for value in values for name in value.split("/") if name], True


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


def market_stream_handlers(hub: Hub, find_key: FindKey) -> Mapping[str, Handler]:
    """Return the handlers of the market stream addresses, by first path segment. Those of SBE are opened by a key."""
    connect = _MarketStreams(hub, find_key).connect
    return {"ws": connect, "stream": connect, SBE_PATH: connect}
