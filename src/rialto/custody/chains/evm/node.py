"""A node of an EVM network over JSON-RPC: asked one thing or many at once, believed only when in step with its network.

What the node itself refuses is a `NodeError` with its code and words; everything else that goes wrong is
`NodeUnavailable`. The node's address may hold a password, so no message shows it.
"""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final, Generic, TypeVar

import aiohttp
import msgspec

from rialto.custody.chains.adapter import NodeUnavailable

ANSWER_LENGTH_MAX: Final = 512 * 2**20
"""The traces of a full block are some tens of megabytes."""
LONG: Final = 2**20
"""From how many bytes on an answer is read in a thread."""
_METHOD_MISSING: Final = -32601
_MISSING_WORDS: Final = ("method not found", "does not exist", "not supported", "not available", "not whitelisted")

Result = TypeVar("Result")
Ask = tuple[str, list[Any]]
"""A method and its parameters."""


class NodeError(Exception):
    """The node understood and refused; the message is the node's own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code: Final = code
        self.words: Final = message.lower()

    @property
    def is_missing_method(self) -> bool:
        """Whether the node does not know the method at all."""
        return self.code == _METHOD_MISSING or (
            "method" in self.words and any(words in self.words for words in _MISSING_WORDS)
        )

    @property
    def is_revert(self) -> bool:
        """Whether a contract refused, rather than the node."""
        return self.code == 3 or "revert" in self.words


class _Error(msgspec.Struct):
    code: int
    message: str = ""


class Reply(msgspec.Struct, Generic[Result]):
    """What comes back for one question."""

    result: Result | None = None
    error: _Error | None = None


class _Answer(msgspec.Struct):
    id: int | None = None
    result: Any = None
    error: _Error | None = None


_ANSWERS: Final = msgspec.json.Decoder(list[_Answer] | _Answer)


class Node:
    """Asks one node. Connections are kept open until `close`."""

    def __init__(self, url: str, *, timeout_s: int, batch_length_max: int) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._batch_length_max = batch_length_max
        self._session: aiohttp.ClientSession | None = None
        self._ids = count(1)

    async def close(self) -> None:
        """Close the connections; asking opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def ask(self, method: str, *parameters: Any) -> Any:
        """Ask one thing. Errors: `NodeError`, `NodeUnavailable`."""
        [answer] = await self.ask_each([(method, list(parameters))])
        if isinstance(answer, NodeError):
            raise answer
        return answer

    async def ask_reading(self, read: Callable[[bytes], Reply[Result]], method: str, *parameters: Any) -> Result | None:
        """Ask one thing whose answer may be long, and read it in a thread. Errors: `NodeError`, `NodeUnavailable`."""
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": parameters}
        reply = await asyncio.to_thread(read, await self._post(msgspec.json.encode(request)))
        if reply.error is not None:
            raise NodeError(reply.error.code, reply.error.message[:500])
        return reply.result

    async def ask_all(self, asks: Sequence[Ask]) -> list[Any]:
        """Ask many things at once; one that is refused is raised. Errors: `NodeError`, `NodeUnavailable`."""
        answers = await self.ask_each(asks)
        refused = next((each for each in answers if isinstance(each, NodeError)), None)
        if refused is not None:
            raise refused
        return answers

    async def ask_each(self, asks: Sequence[Ask]) -> list[Any]:
        """Ask many things at once and return answers in the same order, a `NodeError` in the place of what was refused.

        Errors: `NodeUnavailable`.
        """
        answers: list[Any] = []
        for start in range(0, len(asks), self._batch_length_max):
            answers += await self._batch(asks[start : start + self._batch_length_max])
        return answers

    async def _batch(self, asks: Sequence[Ask]) -> list[Any]:
        requests: list[dict[str, Any]] = [
            {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": parameters}
            for method, parameters in asks
        ]
        body = await self._post(msgspec.json.encode(requests[0] if len(requests) == 1 else requests))
        answer = _decoded(body) if len(body) < LONG else await asyncio.to_thread(_decoded, body)
        if len(requests) > 1 and isinstance(answer, _Answer):
            raise NodeUnavailable(f"the node refuses {len(requests)} questions at once: {_words(answer)}")
        answers = {each.id: each for each in ([answer] if isinstance(answer, _Answer) else answer)}
        if len(requests) == 1 and None in answers:
            answers[requests[0]["id"]] = answers[None]
        missing = [request["method"] for request in requests if request["id"] not in answers]
        if missing:
            raise NodeUnavailable(f"the node left {len(missing)} questions unanswered, {missing[0]} first")
        return [_value(answers[request["id"]]) for request in requests]

    async def _post(self, body: bytes) -> bytes:
        for last in (False, True):
            try:
                return await self._post_once(body)
            except aiohttp.ServerDisconnectedError as error:
                # A connection that was kept open too long; everything that is asked may be asked twice.
                if last:
                    raise NodeUnavailable("the node closes every connection") from error
            except TimeoutError:
                raise NodeUnavailable(f"the node does not answer within {self._timeout.total} seconds") from None
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise NodeUnavailable(f"the node cannot be reached: {type(error).__name__}") from None
        raise AssertionError("unreachable")

    async def _post_once(self, body: bytes) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, auto_decompress=True)
        headers = {"content-type": "application/json"}
        async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
            if (response.content_length or 0) > ANSWER_LENGTH_MAX:
                raise NodeUnavailable(f"the node's answer is longer than {ANSWER_LENGTH_MAX} bytes")
            parts, length = [], 0
            async for part in response.content.iter_any():
                length += len(part)
                if length > ANSWER_LENGTH_MAX:
                    raise NodeUnavailable(f"the node's answer is longer than {ANSWER_LENGTH_MAX} bytes")
                parts.append(part)
            answer = b"".join(parts)
            # Some nodes state a refusal in words with a status of 4xx.
            if response.status >= 300 and not answer.lstrip().startswith((b"{", b"[")):
                raise NodeUnavailable(f"the node answers with status {response.status}")
            return answer


def _decoded(answer: bytes) -> list[_Answer] | _Answer:
    try:
        decoded: list[_Answer] | _Answer = _ANSWERS.decode(answer)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NodeUnavailable("the node does not answer in JSON-RPC") from error
    return decoded


def _value(answer: _Answer) -> Any:
    return answer.result if answer.error is None else NodeError(answer.error.code, answer.error.message[:500])


def _words(answer: _Answer) -> str:
    return "no list of answers" if answer.error is None else answer.error.message[:500]


def number(value: Any) -> int:
    """Read a number of the node's: hexadecimal after 0x. Errors: `NodeUnavailable`."""
    try:
        return int(value, 16)
    except (TypeError, ValueError) as error:
        raise NodeUnavailable("the node answers something that is no number") from error
