"""The signer's socket: who may ask, how often, and that one who asks badly harms nobody else.

State: the listening socket, the connections, the allowance of requests. A process is heard if the system says that it
runs under a user whom the policy names, and if it holds the access key.
"""

import asyncio
import os
import time
from pathlib import Path
from typing import Final

import msgspec
import structlog

from rialto.custody.signing.channel import (
    FRAME_BYTES_MAX,
    AskFigures,
    AskSign,
    AskState,
    AskStatus,
    Channel,
    ChannelBroken,
    Question,
    Refused,
    Reply,
    Signatures,
    Stated,
    Status,
    Unable,
    establish,
    questions,
)
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.policy import Policy
from rialto.custody.signing.requests import Refusal, SignerUnavailable, SigningRefused
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.private_socket import ADMINISTRATOR, PrivateServer, user_behind

CONNECTIONS_MAX: Final = 16
GREETING_TIMEOUT_S: Final = 10.0
SILENCE_TIMEOUT_S: Final = 3_600.0

_log = structlog.stdlib.get_logger(__name__)


class SocketUnusable(ExpectedFailure):
    """The socket cannot be made where it should be."""


class SignerServer:
    """Answers on the socket."""

    def __init__(self, keeper: Keeper, policy: Policy, path: Path, access_key: bytes) -> None:
        self._keeper = keeper
        self._policy = policy
        self._path = path
        self._access_key = access_key
        self._users = {os.geteuid(), ADMINISTRATOR, *policy.users}
        self._allowance = Allowance(policy.requests_per_minute_max)
        self._server = PrivateServer(
            path,
            self._converse,
            bytes_max=FRAME_BYTES_MAX,
            connections_max=CONNECTIONS_MAX,
            is_shared=bool(policy.users),
        )

    async def start(self) -> None:
        """Listen. Errors: `SocketUnusable`."""
        try:
            await self._server.start()
        except OSError as error:
            raise SocketUnusable(f"cannot open the signer's socket {self._path}: {error.strerror or error}") from error

    async def stop(self) -> None:
        """Listen no longer; what is being signed is finished and recorded, its answer may be lost."""
        await self._server.stop()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        user = user_behind(writer)
        try:
            if user not in self._users:
                _log.warning("not heard", user=user, reason="the policy does not name this user")
                return
            if self._server.is_crowded:
                _log.warning("not heard", user=user, reason=f"there are {CONNECTIONS_MAX} connections already")
                return
            channel = await asyncio.wait_for(
                establish(reader, writer, self._access_key, is_signer=True), GREETING_TIMEOUT_S
            )
            while await self._exchange(channel):
                pass
        except ChannelBroken as broken:
            _log.warning("not heard", user=user, reason=str(broken))
        except (TimeoutError, OSError):
            pass  # Silent or gone.

    async def _exchange(self, channel: Channel) -> bool:
        body = await asyncio.wait_for(channel.receive(), SILENCE_TIMEOUT_S)
        if body is None:
            return False
        await channel.send(await self._reply(body))
        return True

    async def _reply(self, body: bytes) -> Reply:
        if not self._allowance.take(time.monotonic_ns()):
            most = self._policy.requests_per_minute_max
            _log.warning("too many requests", most=most)
            return Unable(f"more than {most} requests a minute; wait, then ask again")
        try:
            question = questions.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Refused(Refusal.MALFORMED, f"this cannot be asked: {error}")
        try:
            return await asyncio.to_thread(self._answer, question)
        except SigningRefused as refused:
            return Refused(refused.refusal, str(refused), refused.again_at_us, refused.approvals)
        except SignerUnavailable as unavailable:
            return Unable(str(unavailable))
        except Exception:
            _log.exception("failed while signing")
            return Unable("the signer failed; its log says how")

    def _answer(self, question: Question) -> Reply:
        match question:
            case AskSign(request):
                return Signatures(self._keeper.answer(request))
            case AskState(statement):
                return Stated(self._keeper.state(statement))
            case AskStatus():
                book = self._keeper.book
                return Status(book.number, book.head, tuple(self._policy.networks), book.head_at(question.since))
            case AskFigures():
                return self._keeper.figures()


class Allowance:
    """So many requests a minute, that many at once."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._left_ns = self._full_ns = 60_000_000_000
        self._cost_ns = self._full_ns // per_minute
        self._at_ns: int | None = None

    def take(self, now_ns: int) -> bool:
        """Take one, if there is one."""
        if self._at_ns is not None:
            self._left_ns = min(self._full_ns, self._left_ns + now_ns - self._at_ns)
        self._at_ns = now_ns
        if self._left_ns < self._cost_ns:
            return False
        self._left_ns -= self._cost_ns
        return True
