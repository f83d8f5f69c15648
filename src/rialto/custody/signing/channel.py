"""The signer's channel: how requests and answers travel over its socket, and how each end knows the other.

Both ends hold the access key. Each sends 32 random bytes first; the key of the connection is drawn from both and the
access key, and every frame carries a code over its direction, its number and its bytes. So another process of the same
user cannot ask, none can answer in the signer's place, and nothing can be replayed, moved or left out. Nothing secret
travels, and nothing is encrypted.

    frame: 4 bytes length, 32 bytes HMAC-SHA256, JSON
"""

import asyncio
import hmac
import os
import stat
from pathlib import Path
from typing import Final

import msgspec

from rialto.custody.signing.requests import Refusal, SigningAnswer, SigningRequest, StatementRequest
from rialto.foundation.failures import ExpectedFailure

ACCESS_KEY_NAME: Final = "access.key"
ACCESS_KEY_BYTES: Final = 32
CHALLENGE_BYTES: Final = 32
CODE_BYTES: Final = 32
FRAME_BYTES_MAX: Final = 4_194_304
GREETING: Final = b"rialto signer 1\n"


class AccessKeyUnusable(ExpectedFailure):
    """The file with the access key is missing, readable by others, or holds no key."""


class ChannelBroken(Exception):
    """The other end is not who it should be, or does not speak as agreed."""


class AskStatus(msgspec.Struct, frozen=True, tag="status"):
    """Ask where the signer stands, and what the hash of all entries up to one was."""

    since: int = 0


class AskFigures(msgspec.Struct, frozen=True, tag="figures"):
    """Ask what the signer did since its start, and how much of its limits is used."""


class AskSign(msgspec.Struct, frozen=True, tag="sign"):
    """Ask to sign a transaction."""

    request: SigningRequest


class AskState(msgspec.Struct, frozen=True, tag="state"):
    """Ask to sign a statement."""

    request: StatementRequest


class Status(msgspec.Struct, frozen=True, tag="status"):
    """Where the signer stands: the number of its last entry, and the hash of all."""

    entry: int
    head: str
    networks: tuple[str, ...]
    head_since: str = ""
    """The hash of all entries up to the one that was asked about; empty where the record does not go so far."""


class LimitUsed(msgspec.Struct, frozen=True):
    """How much of a limit is used, in percent: `hour` or `day` of what is paid, `fees` of a day's in the coin."""

    network: str
    asset: str
    limit: str
    percent: int


class Figures(msgspec.Struct, frozen=True, tag="figures"):
    """What the signer did since its start, by purpose and by why it refused, and how much of its limits is used."""

    entry: int
    head: str
    signed: dict[str, int]
    refused: dict[str, int]
    limits: tuple[LimitUsed, ...]


class Signatures(msgspec.Struct, frozen=True, tag="signatures"):
    """A transaction was signed."""

    answer: SigningAnswer


class Stated(msgspec.Struct, frozen=True, tag="stated"):
    """A statement was signed."""

    signature: bytes


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The policy does not allow it; the last two as `SigningRefused` has them."""

    refusal: Refusal
    reason: str
    again_at_us: int = 0
    approvals: int = 0


class Unable(msgspec.Struct, frozen=True, tag="unable"):
    """Not now."""

    reason: str


Question = AskStatus | AskFigures | AskSign | AskState
Reply = Status | Figures | Signatures | Stated | Refused | Unable

questions: Final = msgspec.json.Decoder(Question)
replies: Final = msgspec.json.Decoder(Reply)


def create_access_key(path: Path) -> None:
    """Write a new access key for this user alone. Raises FileExistsError where there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(os.urandom(ACCESS_KEY_BYTES).hex() + "\n")


def read_access_key(path: Path) -> bytes:
    """Read it. Errors: `AccessKeyUnusable`."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(4 * ACCESS_KEY_BYTES).strip()
    except OSError as error:
        raise AccessKeyUnusable(f"the signer's access key {path} cannot be read: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise AccessKeyUnusable(f"{path} has mode {mode:04o}, so that others can use it; say chmod 600 {path}")
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != ACCESS_KEY_BYTES:
        raise AccessKeyUnusable(f"{path} does not hold {2 * ACCESS_KEY_BYTES} hexadecimal digits; copy it once more")
    return key


class Channel:
    """One end of a connection that is established."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: bytes, *, is_signer: bool
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._key = key
        self._sends, self._hears = (b"answer", b"ask") if is_signer else (b"ask", b"answer")
        self._sent = self._heard = 0

    async def send(self, value: Question | Reply) -> None:
        """Send a frame. Errors: OSError."""
        body = msgspec.json.encode(value)
        frame = self._code(self._sends, self._sent, body) + body
        self._sent += 1
        self._writer.write(len(frame).to_bytes(4, "big") + frame)
        await self._writer.drain()

    async def receive(self) -> bytes | None:
        """Receive a frame's JSON; None when the other end has gone. Errors: `ChannelBroken`."""
        try:
            length = int.from_bytes(await self._reader.readexactly(4), "big")
            if not CODE_BYTES <= length <= FRAME_BYTES_MAX:
                raise ChannelBroken(f"a frame of {length} bytes; at most {FRAME_BYTES_MAX}")
            frame = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        code, body = frame[:CODE_BYTES], frame[CODE_BYTES:]
        if not hmac.compare_digest(code, self._code(self._hears, self._heard, body)):
            raise ChannelBroken("a frame that was not made with the access key")
        self._heard += 1
        return body

    def _code(self, direction: bytes, number: int, body: bytes) -> bytes:
        return hmac.digest(self._key, direction + number.to_bytes(8, "big") + body, "sha256")


async def establish(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, access_key: bytes, *, is_signer: bool
) -> Channel:
    """Exchange random bytes and agree on the connection's key. Errors: `ChannelBroken`."""
    ours = os.urandom(CHALLENGE_BYTES)
    writer.write(GREETING + ours)
    await writer.drain()
    try:
        theirs = await reader.readexactly(len(GREETING) + CHALLENGE_BYTES)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise ChannelBroken("the other end closed the connection") from error
    if not theirs.startswith(GREETING):
        raise ChannelBroken("the other end is no signer of this version")
    challenge = theirs[len(GREETING) :]
    if challenge == ours:
        raise ChannelBroken("the other end sends back what it hears")
    both = ours + challenge if is_signer else challenge + ours
    return Channel(reader, writer, hmac.digest(access_key, b"rialto signer" + both, "sha256"), is_signer=is_signer)
