"""A node of Solana over JSON-RPC, asked one thing at a time.

The node's address may hold a password or a token, so no message shows it.
"""

from itertools import count
from typing import Any, Final

import aiohttp
import msgspec

from rialto.custody.chains.adapter import NodeUnavailable

ANSWER_BYTES_MAX: Final = 256 << 20
"""A full block with everything said of it is some megabytes."""


class NodeError(Exception):
    """The node understood and refused; the message is the node's own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code: Final = code


class _Error(msgspec.Struct):
    code: int
    message: str = ""


class _Answer(msgspec.Struct):
    result: Any = None
    error: _Error | None = None


_answers: Final = msgspec.json.Decoder(_Answer)


class Node:
    """Asks one node. Connections are kept open until `close`."""

    def __init__(self, url: str, *, timeout_seconds: int) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None
        self._ids = count(1)

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def ask(self, method: str, *parameters: Any) -> Any:
        """Ask. Errors: `NodeError`, `NodeUnavailable`."""
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": parameters}
        try:
            answer = _answers.decode(await self._post(msgspec.json.encode(request)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NodeUnavailable("the node does not answer in JSON-RPC") from error
        if answer.error is not None:
            raise NodeError(answer.error.code, answer.error.message[:500])
        return answer.result

    async def _post(self, body: bytes) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = {"content-type": "application/json"}
        try:
            async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
                parts, length = [], 0
                async for part in response.content.iter_any():
                    length += len(part)
                    if length > ANSWER_BYTES_MAX:
                        raise NodeUnavailable(f"the node's answer is longer than {ANSWER_BYTES_MAX} bytes")
                    parts.append(part)
                if response.status >= 300:
                    raise NodeUnavailable(f"the node answers with status {response.status}")
        except TimeoutError:
            raise NodeUnavailable(f"the node does not answer within {self._timeout.total} seconds") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NodeUnavailable(f"the node cannot be reached: {type(error).__name__}") from None
        return b"".join(parts)
