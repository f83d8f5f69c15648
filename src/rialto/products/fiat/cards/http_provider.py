"""The provider over HTTP: JSON, a bearer key, `Idempotency-Key` on everything that does something."""

from typing import Any, Final, TypeVar

import aiohttp
import msgspec

from rialto.products.fiat.cards.provider import (
    Books,
    Payment,
    ProviderPayout,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
)

ANSWER_TIMEOUT_S: Final = 15
ANSWER_BYTES_MAX: Final = 4 << 20

_NOT_NOW: Final = frozenset((401, 403, 408, 429))
"""Refusals that say nothing of what was asked: of the key, or of how often one asks."""

T = TypeVar("T")


class HttpCardProvider:
    """Asks the provider. Belongs to one event loop; connections are kept open until `close`."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        self._session: aiohttp.ClientSession | None = None

    async def create(self, key: str, amount: int, currency: str, return_url: str, expires_at_s: int) -> Payment:
        """Make a payment named `key`."""
        asked = {
            "reference": key,
            "amount": amount,
            "currency": currency,
            "return_url": return_url,
            "expires_at": expires_at_s,
        }
        return await self._ask("POST", "/v1/payments", Payment, asked, key)

    async def payment(self, payment: str) -> Payment:
        """Look at a payment."""
        return await self._ask("GET", f"/v1/payments/{payment}", Payment)

    async def capture(self, payment: str) -> Payment:
        """Capture what was authorised; looks at it if that was done."""
        return await self._ask("POST", f"/v1/payments/{payment}/capture", Payment, {}, f"{payment}:capture")

    async def cancel(self, payment: str) -> Payment:
        """Let nothing come of a payment; looks at it if it is too late."""
        return await self._ask("POST", f"/v1/payments/{payment}/cancel", Payment, {}, f"{payment}:cancel")

    async def refund(self, key: str, payment: str, amount: int) -> ProviderRefund:
        """Give back a part."""
        asked = {"reference": key, "amount": amount}
        return await self._ask("POST", f"/v1/payments/{payment}/refunds", ProviderRefund, asked, key)

    async def pay_out(self, key: str, card: str, amount: int, currency: str) -> ProviderPayout:
        """Pay to a card."""
        asked = {"reference": key, "card": card, "amount": amount, "currency": currency}
        return await self._ask("POST", "/v1/payouts", ProviderPayout, asked, key)

    async def payout(self, payout: str) -> ProviderPayout:
        """Look at a payout."""
        return await self._ask("GET", f"/v1/payouts/{payout}", ProviderPayout)

    async def books(self, currency: str, after: int) -> Books:
        """Read the books after a line."""
        return await self._ask("GET", f"/v1/books?currency={currency}&after={after}", Books)

    async def close(self) -> None:
        """Let go of connections; asking makes new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(self, method: str, path: str, form: type[T], body: dict[str, Any] | None = None, key: str = "") -> T:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S)
            self._session = aiohttp.ClientSession(timeout=timeout, headers={"authorization": f"Bearer {self._key}"})
        headers = {"content-type": "application/json", "idempotency-key": key} if key else {}
        content = None if body is None else msgspec.json.encode(body)
        try:
            async with self._session.request(
                method, self._url + path, data=content, headers=headers, allow_redirects=False
            ) as response:
                status, answer = response.status, await _read(response)
        except TimeoutError:
            raise ProviderUnavailable(f"the provider does not answer within {ANSWER_TIMEOUT_S} seconds") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ProviderUnavailable(f"the provider cannot be reached: {type(error).__name__}") from None
        if status >= 500 or status in _NOT_NOW:
            raise ProviderUnavailable(f"the provider answers with status {status}")
        if status >= 300:
            raise ProviderRefused(f"the provider refuses with status {status}: {_words(answer)}")
        try:
            return msgspec.json.decode(answer, type=form)
        except msgspec.DecodeError as error:
            raise ProviderUnavailable(f"the provider's answer cannot be read: {error}") from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts, length = [], 0
    async for part in response.content.iter_any():
        length += len(part)
        if length > ANSWER_BYTES_MAX:
            raise ProviderUnavailable(f"the provider's answer is longer than {ANSWER_BYTES_MAX} bytes")
        parts.append(part)
    return b"".join(parts)


class _Refusal(msgspec.Struct):
    message: str = ""


def _words(answer: bytes) -> str:
    try:
        return "".join(
            each if each.isprintable() else "?" for each in msgspec.json.decode(answer, type=_Refusal).message
        )[:200]
    except msgspec.DecodeError:
        return ""
