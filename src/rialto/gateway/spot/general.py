"""Connectivity and the exchange's clock."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import NoParameters


class Pong(msgspec.Struct, frozen=True):
    """An empty object."""


class ServerTime(msgspec.Struct, frozen=True, rename="camel"):
    """What the exchange's clock says."""

    server_time: int


PING: Final = Endpoint(
    "GET",
    "/api/v3/ping",
    summary="Test that the exchange answers.",
    parameters=NoParameters,
    response=Pong,
    sbe_message="PingResponse",
    weight=1,
    websocket_method="ping",
    is_from_memory=True,
)
TIME: Final = Endpoint(
    "GET",
    "/api/v3/time",
    summary="Tell the exchange's time.",
    parameters=NoParameters,
    response=ServerTime,
    sbe_message="ServerTimeResponse",
    weight=1,
    websocket_method="time",
    is_from_memory=True,
)


class General:
    """Answers what needs no part of the exchange but its clock."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(PING, self.ping), Route(TIME, self.time)]

    def ping(self, _call: Call, _parameters: NoParameters) -> bytes:
        """Answer an empty object."""
        return b"{}"

    def time(self, call: Call, _parameters: NoParameters) -> ServerTime:
        """Answer the time."""
        return ServerTime(call.time(self._now_us()))
