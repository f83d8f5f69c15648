"""JSON-RPC to a node of this family: one pool of connections, answers bounded and read off the loop."""

import asyncio
import base64
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import aiohttp
import msgspec

from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.chains.bitcoin.settings import AdapterSettings

ANSWER_BYTES_MAX: Final = 128 * 1024 * 1024
CALLS_PER_REQUEST_MAX: Final = 500
CONNECTIONS_MAX: Final = 4
_LARGE_ANSWER: Final = 65_536
_UNAUTHORISED: Final = 401
_STARTING: Final = -28
_BUSY: Final = 503

NOT_FOUND: Final = -5
NO_SUCH_WALLET: Final = -18
WALLET_ERROR: Final = -4
WALLET_LOADED: Final = -35
OUT_OF_RANGE: Final = -8
REFUSED: Final = (-25, -26)
IN_CHAIN: Final = -27

T = TypeVar("T")
Call = tuple[str, Sequence[Any]]


class NodeError(Exception):
    """The node answered with an error of its own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message


class _Failure(msgspec.Struct, frozen=True):
    code: int
    message: str


class _Answer(msgspec.Struct, frozen=True):
    error: _Failure | None
    result: msgspec.Raw = msgspec.Raw(b"null")
    id: int | None = None


class Node:
    """One node. Errors of every call: `NodeUnavailable`, `NodeError`."""

    def __init__(self, settings: AdapterSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def ask(
        self, kind: type[T], method: str, *parameters: Any, wallet: str = "", timeout_s: int | None = None
    ) -> T:
        """Call one method and read its answer as a type; by default within the configured time."""
        answer = await self._post(msgspec.json.encode(_call(0, method, parameters)), wallet, timeout_s)
        return await _read(_Answer, kind, answer)

    async def ask_all(self, kind: type[T], calls: Sequence[Call], wallet: str = "") -> list[T | NodeError]:
        """Call many methods at once; the answers come in their order, an error in the place of the answer it is for."""
        found: list[T | NodeError] = []
        for start in range(0, len(calls), CALLS_PER_REQUEST_MAX):
            some = calls[start : start + CALLS_PER_REQUEST_MAX]
            body = msgspec.json.encode([_call(index, *each) for index, each in enumerate(some)])
            answers = await _decoded(list[_Answer], await self._post(body, wallet))
            if sorted(each.id if each.id is not None else -1 for each in answers) != list(range(len(some))):
                raise NodeUnavailable("the node did not answer every question")
            for each in sorted(answers, key=lambda answer: answer.id or 0):
                failed = each.error
                found.append(_typed(kind, each.result) if failed is None else NodeError(failed.code, failed.message))
        return found

    async def _post(self, body: bytes, wallet: str, timeout_s: int | None = None) -> bytes:
        url = f"{self._settings.url}/wallet/{wallet}" if wallet else f"{self._settings.url}/"
        try:
            status, answer = await self._exchange(url, body, timeout_s or self._settings.options.timeout_seconds)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NodeUnavailable(
                f"the node of {self._settings.parameters.title} does not answer: {error!r}"
            ) from error
        if status == _UNAUTHORISED:
            raise NodeUnavailable(f"the node of {self._settings.parameters.title} does not take our user and password")
        if status == _BUSY or not answer:
            raise NodeUnavailable(f"the node of {self._settings.parameters.title} answered with status {status}")
        return answer

    async def _exchange(self, url: str, body: bytes, timeout_s: int) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX))
        headers = {"authorization": self._authorisation(), "content-type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        async with self._session.post(
            url, data=body, headers=headers, timeout=timeout, allow_redirects=False
        ) as answer:
            content = bytearray()
            async for piece in answer.content.iter_chunked(1 << 20):
                content += piece
                if len(content) > ANSWER_BYTES_MAX:
                    raise NodeUnavailable(f"the node answers with more than {ANSWER_BYTES_MAX} bytes")
            return answer.status, bytes(content)

    def _authorisation(self) -> str:
        user, password = self._settings.user, self._settings.password
        if self._settings.cookie_file is not None:
            # The node writes another at every start.
            user, _, password = self._settings.cookie_file.read_text(encoding="utf-8").strip().partition(":")
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _call(number: int, method: str, parameters: Sequence[Any]) -> dict[str, Any]:
    return {"jsonrpc": "1.0", "id": number, "method": method, "params": parameters}


async def _read(envelope: type[_Answer], kind: type[T], content: bytes) -> T:
    answer = await _decoded(envelope, content)
    if answer.error is not None:
        if answer.error.code == _STARTING:
            raise NodeUnavailable(f"the node is starting: {answer.error.message}")
        raise NodeError(answer.error.code, answer.error.message)
    if len(answer.result) > _LARGE_ANSWER:
        return await asyncio.to_thread(_typed, kind, answer.result)
    return _typed(kind, answer.result)


async def _decoded(kind: type[T], content: bytes) -> T:
    if len(content) > _LARGE_ANSWER:
        return await asyncio.to_thread(_typed, kind, content)
    return _typed(kind, content)


def _typed(kind: type[T], content: bytes | msgspec.Raw) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NodeUnavailable(f"the node's answer cannot be read: {error}") from error
