"""A provider over HTTP.

    POST {url}/v1/checks        {"reference", "level", "firstName", …}  →  {"id", "link"}
    GET  {url}/v1/checks/{id}                                           →  {"id", "reference", "status", "reason"}

Both carry `authorization: Bearer <key>`; the first an `idempotency-key`, which is the reference. Another provider's
calls take another class of this shape, or something that translates between them.
"""

import re
from typing import Annotated, Any, Final
from urllib.parse import quote

import aiohttp
import msgspec
from msgspec import Meta

from rialto.identity.verification.model import Stated
from rialto.identity.verification.provider import Begun, Outcome, ProviderRefused, ProviderUnavailable, Verdict

ANSWER_BYTES_MAX: Final = 65_536
TIMEOUT_S: Final = 15
LINK_LENGTH_MAX: Final = 500

_CHECK: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}", re.ASCII)

Text = Annotated[str, Meta(max_length=2_000)]


class _Begun(msgspec.Struct):
    id: Text
    link: Text | None = None


class _Standing(msgspec.Struct):
    id: Text
    status: Verdict
    reason: Text = ""


class HttpProvider:
    """The provider. Belongs to one event loop."""

    def __init__(self, name: str, url: str, key: str) -> None:
        self.operator: Final = f"provider:{name}"
        self._url: Final = url.rstrip("/")
        self._headers: Final = {"authorization": f"Bearer {key}", "accept": "application/json"}
        self._session: aiohttp.ClientSession | None = None

    async def start(self, reference: str, level: int, stated: Stated) -> Begun:
        """Begin a check. Errors: `ProviderUnavailable`, `ProviderRefused`."""
        asked = {"reference": reference, "level": level, **_camel(stated)}
        answer = await self._ask("POST", "/v1/checks", _Begun, asked, {"idempotency-key": reference})
        if _CHECK.fullmatch(answer.id) is None:
            raise ProviderUnavailable("the provider names a check as none can be named")
        link = answer.link
        if link is not None and (not link.startswith("https://") or len(link) > LINK_LENGTH_MAX):
            raise ProviderUnavailable("the provider gives a link that nobody should follow")
        return Begun(answer.id, link)

    async def outcome(self, check: str) -> Outcome:
        """Ask how a check stands. Errors: `ProviderUnavailable`, `ProviderRefused`."""
        answer = await self._ask("GET", f"/v1/checks/{quote(check, safe='')}", _Standing)
        if answer.id != check:
            raise ProviderUnavailable("the provider answers about another check")
        return Outcome(answer.status, "".join(each if each.isprintable() else " " for each in answer.reason))

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(
        self,
        method: str,
        path: str,
        kind: type[Any],
        asked: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
            self._session = aiohttp.ClientSession(timeout=timeout, headers=self._headers)
        body = None if asked is None else msgspec.json.encode(asked)
        more = {**(headers or {}), **({} if body is None else {"content-type": "application/json"})}
        try:
            async with self._session.request(
                method, f"{self._url}{path}", data=body, headers=more, allow_redirects=False
            ) as response:
                content = await response.content.read(ANSWER_BYTES_MAX + 1)
                status = response.status
        except TimeoutError:
            raise ProviderUnavailable(f"the provider does not answer within {TIMEOUT_S} seconds") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ProviderUnavailable(f"the provider cannot be reached: {type(error).__name__}") from None
        if status in (400, 404, 409, 422):
            raise ProviderRefused(f"the provider answers with status {status}")
        if status not in (200, 201) or len(content) > ANSWER_BYTES_MAX:
            raise ProviderUnavailable(f"the provider answers with status {status}, {len(content)} bytes")
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.DecodeError as error:
            raise ProviderUnavailable("the provider's answer cannot be read") from error


def _camel(stated: Stated) -> dict[str, object]:
    names = {name: name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]) for name in _FIELDS}
    return {names[name]: getattr(stated, name) for name in _FIELDS}


_FIELDS: Final = Stated.__struct_fields__
