"""The stand-in's server: its API, its pages, and the sending of its events."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import aiohttp
import msgspec
import structlog
from aiohttp import web
from msgspec import Meta

from rialto.foundation.tasks import end
from rialto.products.fiat.cards.provider import PaymentState
from rialto.products.fiat.cards.signatures import HEADER, signature_of
from rialto.products.fiat.cards.stand_in.house import Event, House, Missing, Refused
from rialto.products.fiat.cards.stand_in.pages import CODE, card_page, challenge_page, end_page

TICK_S: Final = 1.0
RETRY_S: Final = 2.0
SEND_TIMEOUT_S: Final = 30.0
BODY_BYTES_MAX: Final = 65_536

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")

_log = structlog.stdlib.get_logger(__name__)


class _NewPayment(msgspec.Struct):
    reference: Annotated[str, Meta(min_length=1, max_length=64)]
    amount: Annotated[int, Meta(ge=1)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    return_url: Annotated[str, Meta(pattern="^https?://", max_length=500)]
    expires_at: int


class _NewRefund(msgspec.Struct):
    reference: Annotated[str, Meta(min_length=1, max_length=128)]
    amount: Annotated[int, Meta(ge=1)]


class _NewPayout(msgspec.Struct):
    reference: Annotated[str, Meta(min_length=1, max_length=64)]
    card: str
    amount: Annotated[int, Meta(ge=1)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class StandIn:
    """The server. Belongs to one event loop."""

    def __init__(
        self,
        key: str,
        webhook_secret: str,
        *,
        path: Path | None = None,
        now_s: Callable[[], int] = lambda: int(time.time()),
        dispute_after_s: int = 60,
        tick_s: float = TICK_S,
    ) -> None:
        self.house = House(now_s, path=path)
        self.webhook_url = ""
        """Where events are sent; unset, they wait."""
        self.port = 0
        self._key = key
        self._webhook_secret = webhook_secret
        self._now_s = now_s
        self._dispute_after_s = dispute_after_s
        self._tick_s = tick_s
        self._runner: web.AppRunner | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen on this machine, and begin to send events."""
        application = web.Application(client_max_size=BODY_BYTES_MAX)
        application.add_routes(
            [
                web.post("/v1/payments", self._api(self._create)),
                web.get("/v1/payments/{id}", self._api(self._payment)),
                web.post("/v1/payments/{id}/capture", self._api(self._capture)),
                web.post("/v1/payments/{id}/cancel", self._api(self._cancel)),
                web.post("/v1/payments/{id}/refunds", self._api(self._refund)),
                web.post("/v1/payouts", self._api(self._pay_out)),
                web.get("/v1/payouts/{id}", self._api(self._payout)),
                web.get("/v1/books", self._api(self._books)),
                web.get("/pay/{id}", self._page),
                web.post("/pay/{id}", self._card),
                web.get("/pay/{id}/challenge", self._challenge),
                web.post("/pay/{id}/challenge", self._answer),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.house.url = self.url
        self._task = asyncio.create_task(self._run(), name="card stand-in")

    async def stop(self) -> None:
        """Let nobody in any more. What is to be sent is sent the next time, where a file keeps it."""
        await end(self._task)
        if self._runner is not None:
            await self._runner.cleanup()

    def signed(self, event: Event) -> tuple[bytes, dict[str, str]]:
        """Return an event as it is sent: its body and its headers."""
        body = msgspec.json.encode(event)
        signature = signature_of(self._webhook_secret, self._now_s(), body)
        return body, {HEADER.decode(): signature, "content-type": "application/json"}

    async def send_events(self) -> None:
        """Send what waits, oldest first, until one is not taken."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SEND_TIMEOUT_S)) as session:
            for event in list(self.house.events):
                body, headers = self.signed(event)
                async with session.post(self.webhook_url, data=body, headers=headers) as response:
                    if response.status != 200:
                        _log.info("card event not taken; sent again", type=event.type, status=response.status)
                        return
                self.house.sent(event)

    async def _run(self) -> None:
        while True:
            delay_s = self._tick_s
            try:
                self.house.tick(self._dispute_after_s)
                if self.webhook_url and self.house.events:
                    await self.send_events()
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                _log.info("card events not sent; sent again", reason=type(error).__name__)
                delay_s = RETRY_S
            await asyncio.sleep(delay_s)

    def _api(self, handle: Callable[[web.Request], Awaitable[Any]]) -> Handler:
        """Let in who has the key, and answer in JSON."""

        async def handler(request: web.Request) -> web.Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, f"Bearer {self._key}".encode()):
                return _json(401, {"message": "the key is not known"})
            try:
                return _json(200, await handle(request))
            except Missing as error:
                return _json(404, {"message": str(error)})
            except Refused as error:
                return _json(409, {"message": str(error)})
            except (msgspec.DecodeError, ValueError, KeyError) as error:
                return _json(400, {"message": str(error)})

        return handler

    async def _create(self, request: web.Request) -> Any:
        asked = await _read(request, _NewPayment)
        _check_key(request, asked.reference)
        return self.house.create(
            asked.reference, asked.amount, asked.currency, asked.return_url, asked.expires_at
        )  # fmt: skip

    async def _payment(self, request: web.Request) -> Any:
        return self.house.payment(request.match_info["id"])

    async def _capture(self, request: web.Request) -> Any:
        return self.house.capture(request.match_info["id"])

    async def _cancel(self, request: web.Request) -> Any:
        return self.house.cancel(request.match_info["id"])

    async def _refund(self, request: web.Request) -> Any:
        asked = await _read(request, _NewRefund)
        _check_key(request, asked.reference)
        return self.house.refund(asked.reference, request.match_info["id"], asked.amount)

    async def _pay_out(self, request: web.Request) -> Any:
        asked = await _read(request, _NewPayout)
        _check_key(request, asked.reference)
        return self.house.pay_out(asked.reference, asked.card, asked.amount, asked.currency)

    async def _payout(self, request: web.Request) -> Any:
        return self.house.payout(request.match_info["id"])

    async def _books(self, request: web.Request) -> Any:
        return self.house.books(request.query["currency"], int(request.query.get("after", "0")))

    async def _page(self, request: web.Request) -> web.StreamResponse:
        try:
            kept = self.house.kept(request.match_info["id"])
        except Missing as error:
            return web.Response(status=404, text=str(error))
        is_open = kept.payment.state is PaymentState.OPEN
        return _html(card_page(kept.payment) if is_open else end_page(kept.payment))

    async def _card(self, request: web.Request) -> web.StreamResponse:
        id_ = request.match_info["id"]
        number = str((await request.post()).get("number", "")).replace(" ", "")
        try:
            self.house.show_card(id_, number)
        except Missing as error:
            return web.Response(status=404, text=str(error))
        except Refused as error:
            return _html(card_page(self.house.payment(id_), str(error)))
        return self._onwards(id_)

    async def _challenge(self, request: web.Request) -> web.StreamResponse:
        return _html(challenge_page(self.house.payment(request.match_info["id"])))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        id_ = request.match_info["id"]
        try:
            self.house.answer(id_, is_holder=(await request.post()).get("code") == CODE)
        except (Missing, Refused) as error:
            return web.Response(status=409, text=str(error))
        return self._onwards(id_)

    def _onwards(self, id_: str) -> web.StreamResponse:
        """Send the browser to what comes next: its bank, another card, or back."""
        kept = self.house.kept(id_)
        if kept.is_asking:
            return _see(f"/pay/{id_}/challenge")
        return _see(f"/pay/{id_}" if kept.payment.state is PaymentState.OPEN else kept.return_url)


async def _read(request: web.Request, form: type[T]) -> T:
    return msgspec.json.decode(await request.read(), type=form)


def _check_key(request: web.Request, reference: str) -> None:
    if request.headers.get("idempotency-key") != reference:
        raise ValueError("the idempotency key is not the reference")


def _see(where: str) -> web.Response:
    return web.Response(status=303, headers={"location": where})


def _html(page: str) -> web.Response:
    return web.Response(text=page, content_type="text/html", headers={"cache-control": "no-store"})


def _json(status: int, answer: Any) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(answer), content_type="application/json")
