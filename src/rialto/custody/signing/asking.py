"""The application's end of the signer's socket: a `Signer` that is another process.

One question at a time over one connection, which is made anew when it breaks. A question whose answer was lost is asked
again by whoever asked: the signer answers the same.
"""

import asyncio
import time
from pathlib import Path
from typing import Final, NoReturn

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
    Figures,
    Question,
    Refused,
    Reply,
    Signatures,
    Stated,
    Status,
    Unable,
    establish,
    read_access_key,
    replies,
)
from rialto.custody.signing.heads import Head, NotTheHead, SignerHeads, SignerPutBack
from rialto.custody.signing.requests import SignerUnavailable, SigningRefused, SigningRequest, StatementRequest
from rialto.foundation.metrics import LATENCY_BOUNDS_US, Distribution

ANSWER_TIMEOUT_S: Final = 60.0
NOT_HEARD: Final = "it closed the connection: it hears only users its policy names, with its access key"

_log = structlog.stdlib.get_logger(__name__)


class SignerProcess:
    """Asks a signer's process."""

    def __init__(self, socket: Path, access_key: Path, heads: SignerHeads | None = None) -> None:
        """Remember where the socket is and where the access key lies; connects when first asked.

        With `heads`, every new connection begins by holding the signer's record against what was seen of it, and what
        an answer says of it is written down before the answer is used. Errors: `AccessKeyUnusable`.
        """
        self._heads = heads
        self.is_put_back = False
        """Whether the record did not hold what was seen of it, when it was last looked at."""
        self.took_us: Final = Distribution(LATENCY_BOUNDS_US)
        """How long requests to sign took."""
        self._socket = socket
        self._access_key = access_key
        self._key = read_access_key(access_key)
        self._one_at_a_time = asyncio.Lock()
        self._connection: tuple[Channel, asyncio.StreamWriter] | None = None

    async def sign(self, request: SigningRequest) -> tuple[bytes, ...]:
        """Ask for signatures. Errors: `SigningRefused`, `SignerUnavailable`."""
        began_ns = time.monotonic_ns()
        try:
            reply = await self._ask(AskSign(request))
        finally:
            self.took_us.observe((time.monotonic_ns() - began_ns) // 1_000)
        if not isinstance(reply, Signatures):
            raise SignerUnavailable(f"the signer answered with {type(reply).__name__}")
        if self._heads is not None:
            await self._see(self._heads, Head(reply.answer.entry, reply.answer.head))
        return reply.answer.signatures

    async def attest(self, request: StatementRequest) -> bytes:
        """Ask to sign a statement. Errors: `SigningRefused`, `SignerUnavailable`."""
        reply = await self._ask(AskState(request))
        if not isinstance(reply, Stated):
            raise SignerUnavailable(f"the signer answered with {type(reply).__name__}")
        return reply.signature

    async def status(self, since: int = 0) -> Status:
        """Ask where the signer stands, and what the head was at an entry. Errors: `SignerUnavailable`."""
        reply = await self._ask(AskStatus(since))
        if not isinstance(reply, Status):
            raise SignerUnavailable(f"the signer answered with {type(reply).__name__}")
        return reply

    async def figures(self) -> Figures:
        """Ask what the signer did since its start. Errors: `SignerUnavailable`."""
        reply = await self._ask(AskFigures())
        if not isinstance(reply, Figures):
            raise SignerUnavailable(f"the signer answered with {type(reply).__name__}")
        if self._heads is not None:
            await self._see(self._heads, Head(reply.entry, reply.head))
        return reply

    async def accept(self, told: Head, by: str) -> None:
        """Take the signer's record as it is from now on, if it holds what operators say they looked at.

        Errors: `NotTheHead`, `SignerUnavailable`.
        """
        if self._heads is None:
            raise SignerUnavailable("nothing is kept of the signer's record here")
        bare = SignerProcess(self._socket, self._access_key)
        try:
            status = await bare.status(told.entry)
        finally:
            await bare.close()
        if status.head_since != told.head:
            raise NotTheHead(
                f"the signer's record is at entry {status.entry}, head {status.head}, and does not hold this"
            )
        await asyncio.to_thread(self._heads.accept, Head(status.entry, status.head), by)

    async def close(self) -> None:
        """Let go of the connection."""
        async with self._one_at_a_time:
            self._disconnect()

    async def _ask(self, question: Question) -> Reply:
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT_S):
                    reply = await self._exchange(question)
            except (OSError, ChannelBroken, TimeoutError, msgspec.DecodeError) as error:
                self._disconnect()
                reason = str(error) or "no answer in time"
                raise SignerUnavailable(f"the signer at {self._socket} cannot be asked: {reason}") from error
            except BaseException:
                # An answer may still come: it must not be taken for the next question's.
                self._disconnect()
                raise
        match reply:
            case Refused(refusal, reason, again_at_us, approvals):
                raise SigningRefused(refusal, reason, again_at_us=again_at_us, approvals=approvals)
            case Unable(reason):
                raise SignerUnavailable(reason)
            case _:
                return reply

    async def _exchange(self, question: Question) -> Reply:
        """Ask over the connection there is, or over a new one when that was closed meanwhile."""
        is_new = self._connection is None
        channel = await self._connected()
        try:
            await channel.send(question)
            body = await channel.receive()
        except OSError:
            body = None
        if body is None and not is_new:
            self._disconnect()
            channel = await self._connected()
            await channel.send(question)
            body = await channel.receive()
        if body is None:
            raise ChannelBroken(NOT_HEARD)
        reply: Reply = replies.decode(body)
        return reply

    async def _connected(self) -> Channel:
        if self._connection is None:
            reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=FRAME_BYTES_MAX)
            try:
                channel = await establish(reader, writer, self._key, is_signer=False)
                if self._heads is not None:
                    await self._look(channel, self._heads)
            except BaseException:
                writer.close()
                raise
            self._connection = channel, writer
        return self._connection[0]

    async def _look(self, channel: Channel, heads: SignerHeads) -> None:
        """Hold the signer's record against what was seen of it. Errors: `SignerPutBack`."""
        seen = await asyncio.to_thread(heads.last)
        await channel.send(AskStatus(0 if seen is None else seen.entry))
        body = await channel.receive()
        if body is None:
            raise ChannelBroken(NOT_HEARD)
        told = replies.decode(body)
        if not isinstance(told, Status):
            raise ChannelBroken(f"it answered with {type(told).__name__}")
        stands = Head(told.entry, told.head)
        if seen is not None and told.head_since != seen.head:
            self._note_put_back(SignerPutBack(seen, stands))
        await self._see(heads, stands)

    async def _see(self, heads: SignerHeads, stands: Head) -> None:
        """Write down where the record stands, before anything is done with what was answered."""
        try:
            await asyncio.to_thread(heads.see, stands)
        except SignerPutBack as put_back:
            self._note_put_back(put_back)
        self.is_put_back = False

    def _note_put_back(self, put_back: SignerPutBack) -> NoReturn:
        if not self.is_put_back:
            _log.error("the signer's record was put back", reason=str(put_back))
        self.is_put_back = True
        self._disconnect()
        raise put_back

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection[1].close()
            self._connection = None
