"""The operator's channel, beside the front: an exchange and a cluster's gateway are operated alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from rialto.admin.channel import BackOffice, ControlChannel, ControlUnavailable
from rialto.bootstrap.directories import control_socket
from rialto.core.runtime import Runtime
from rialto.foundation.configuration import Settings

_log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def heeding_operator(
    settings: Settings, runtime: Runtime, back_office: BackOffice | None = None
) -> AsyncIterator[None]:
    """Open the operator's channel. Without it the exchange runs all the same, and says so."""
    channel = ControlChannel(control_socket(settings), runtime, back_office)
    try:
        await channel.start()
    except ControlUnavailable as error:
        _log.error("operator's channel not open: markets cannot be halted from here", reason=str(error))
    try:
        yield
    finally:
        await channel.stop()
