"""The channel's end in the exchange: a socket file that reads a request a line and answers each.

State: the listening socket and the connections. Bounds: how many connections, how long a line, how long one may be
silent. Only processes of the user who runs the exchange, or of the machine's administrator, are heard, whatever the
file's mode. A file left behind by a process that died is taken over; one that is answered is not.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import structlog

from rialto.admin.action import Refused
from rialto.admin.requests import (
    LINE_BYTES_MAX,
    ControlAnswer,
    ControlRequest,
    ListMarkets,
    Look,
    Market,
    Propose,
    SetMarketStatus,
)
from rialto.contracts.commands import SetSymbolStatus
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.core.runtime import Runtime
from rialto.foundation.private_socket import ADMINISTRATOR, PrivateServer, user_behind

CONNECTIONS_MAX: Final = 16
SILENCE_TIMEOUT_S: Final = 30.0

_log = structlog.stdlib.get_logger(__name__)
_requests = msgspec.json.Decoder(ControlRequest)


Asking = Callable[[str, Mapping[str, str]], Awaitable[str]]
"""Does something named for who sits at the machine, with parameters; returns what came of it, or raises `Refused`."""


class BackOffice(NamedTuple):
    """What the channel asks for who sits at the machine."""

    propose: Asking
    look: Asking


class ControlUnavailable(Exception):
    """The channel's socket cannot be made."""


class ControlChannel:
    """Performs what the operator asks."""

    def __init__(self, path: Path, runtime: Runtime, back_office: BackOffice | None = None) -> None:
        self._path = path
        self._back_office = back_office
        self._runtime = runtime
        self._server = PrivateServer(path, self._converse, bytes_max=LINE_BYTES_MAX, connections_max=CONNECTIONS_MAX)

    async def start(self) -> None:
        """Listen. Errors: `ControlUnavailable`."""
        try:
            await self._server.start()
        except OSError as error:
            raise ControlUnavailable(
                f"cannot open the operator's channel {self._path}: {error.strerror or error}; a shorter data directory "
                "helps where the path is too long"
            ) from error

    async def stop(self) -> None:
        """Listen no longer, break off what is silent, and take the file away."""
        await self._server.stop()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._server.is_crowded or user_behind(writer) not in (os.geteuid(), ADMINISTRATOR):
                return
            while line := await asyncio.wait_for(reader.readline(), SILENCE_TIMEOUT_S):
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                await writer.drain()
        except (ValueError, TimeoutError, OSError):
            pass  # Too long a line, silence, or gone: nothing is owed any more.

    async def _answer(self, line: bytes) -> ControlAnswer:
        try:
            request = _requests.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return ControlAnswer(refusal=f"this cannot be asked: {error}")
        try:
            return await self._perform(request)
        except CommandRefused as refused:
            return ControlAnswer(refusal=f"refused by the core: {refused.rejection!r}")
        except (RuntimeBusy, RuntimeStopped, Refused) as failure:
            return ControlAnswer(refusal=str(failure))

    async def _perform(self, request: ControlRequest) -> ControlAnswer:
        catalog = self._runtime.catalog
        match request:
            case ListMarkets():
                markets = tuple(Market(symbol.name, symbol.status) for symbol in catalog.symbols)
                return ControlAnswer(self._runtime.last_sequence, markets)
            case Propose() | Look():
                if self._back_office is None:
                    return ControlAnswer(refusal="nothing can be proposed or looked at here")
                if isinstance(request, Look):
                    said = await self._back_office.look(request.at, request.parameters)
                else:
                    said = await self._back_office.propose(request.action, request.parameters)
                return ControlAnswer(self._runtime.last_sequence, said=said)
            case SetMarketStatus():
                symbol = catalog.symbol_named(request.symbol)
                if symbol is None:
                    return ControlAnswer(
                        refusal=f"there is no symbol {request.symbol!r}; rialto market list names them"
                    )
                outcome = await self._runtime.submit(SetSymbolStatus(symbol.id, request.status))
                _log.warning(
                    "market status set", symbol=symbol.name, before=symbol.status.value, now=request.status.value,
                    sequence=outcome.sequence,
                )  # fmt: skip
                return ControlAnswer(outcome.sequence, (Market(symbol.name, request.status),))
