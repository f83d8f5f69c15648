"""The calls about cards: what is the house's own. What the API has, orders and payments, is in `fiat.histories`."""

import asyncio
from typing import Annotated, Any, Final

import msgspec
import structlog

from rialto.contracts.amounts import text_of
from rialto.core.errors import CommandRefused
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.products.fiat.cards.connected import NotTaken
from rialto.products.fiat.cards.following import Following, NotYet
from rialto.products.fiat.cards.provider import ProviderRefused, ProviderUnavailable
from rialto.products.fiat.cards.service import CardService
from rialto.products.fiat.cards.signatures import HEADER, BadSignature
from rialto.products.fiat.refusals import CARD_FAILURES, refusal_of
from rialto.products.fiat.rules import FiatRefused
from rialto.wire.decimals import shortened, to_units
from rialto.wire.endpoints import Body, Budget, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.fiat_errors import CardError
from rialto.wire.kinds import Decimal, Text
from rialto.wire.parameters import NoParameters, Parameters

EVENTS_PATH: Final = "/fiat/v1/card/events"
WEIGHT: Final = 100
"""What an order weighs: it asks somebody else."""

Currency = Annotated[str, Text(r"^[A-Z]{3}$")]
AssetName = Annotated[str, Text(r"^[A-Z0-9]{1,16}$")]
CardId = Annotated[str, Text(r"^[0-9a-f]{24}$")]


_log = structlog.stdlib.get_logger(__name__)


class PurchaseParameters(Parameters, frozen=True):
    """How much of a currency is paid by card, for which asset (the currency itself for a deposit), and where to go on
    from the provider's page.
    """

    currency: Currency
    amount: Annotated[str, Decimal()]
    asset: AssetName
    return_url: Annotated[str, Text(r"^https?://[^\s\x00-\x1f\x7f\"<>]{1,300}$")]


class PayoutParameters(Parameters, frozen=True):
    """How much of an asset is given, for what is paid to which card in which currency."""

    currency: Currency
    asset: AssetName
    amount: Annotated[str, Decimal()]
    card: CardId


class CardParameters(Parameters, frozen=True):
    """Which card."""

    card: CardId


class PurchaseLine(msgspec.Struct, frozen=True, rename="camel"):
    """An order, and the provider's page to pay it on, in milliseconds until when."""

    order_id: str
    url: str
    price: str
    fee: str
    obtain_amount: str
    expire_time: int


class PayoutLine(msgspec.Struct, frozen=True, rename="camel"):
    """An order."""

    order_id: str


class CardLine(msgspec.Struct, frozen=True, rename="camel"):
    """A card that was paid with."""

    card: str
    brand: str
    last4: str


class Taken(msgspec.Struct, frozen=True):
    """The event was taken."""

    received: bool


class TermsLine(msgspec.Struct, frozen=True, rename="camel"):
    """On which terms cards are taken for a currency."""

    currency: str
    assets: list[str]
    fee_basis_points: int
    spread_basis_points: int
    payment_min: str
    payment_max: str
    payout_fee: str


def _declare(
    method: str, path: str, summary: str, parameters: Any, response: Any, security: Security, weight: int = WEIGHT
) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"/fiat/v1/card/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=weight,
        security=security,
        budget=Budget.OWNER,
        refused_with=(401, 403),
    )


TERMS: Final = _declare(
    "GET", "terms", "Tell on which terms cards are taken.", NoParameters, list[TermsLine], Security.USER_DATA, 1
)
CARDS: Final = _declare(
    "GET", "cards", "List cards that were paid with.", NoParameters, list[CardLine], Security.USER_DATA, 1
)
FORGET: Final = _declare("DELETE", "cards", "Forget a card.", CardParameters, list[CardLine], Security.WITHDRAW, 1)
PURCHASE: Final = _declare(
    "POST", "purchases", "Order something to be paid by card.", PurchaseParameters, PurchaseLine, Security.TRADE
)
PAYOUT: Final = _declare(
    "POST", "payouts", "Have a card paid that was paid with.", PayoutParameters, PayoutLine, Security.WITHDRAW
)
EVENTS: Final = Endpoint(
    "POST",
    EVENTS_PATH,
    summary="Take an event of the card provider's, signed in the header Card-Signature.",
    parameters=NoParameters,
    response=Taken,
    weight=1,
    body=Body.RAW,
    refused_with=(401,),
)
CARD_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (TERMS, CARDS, FORGET, PURCHASE, PAYOUT, EVENTS)


class CardRoutes:
    """Serves the calls about cards."""

    def __init__(self, service: CardService, following: Following) -> None:
        self._service = service
        self._following = following

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(TERMS, self.terms),
            Route(CARDS, self.cards),
            Route(FORGET, self.forget),
            Route(PURCHASE, self.purchase),
            Route(PAYOUT, self.pay_out),
            Route(EVENTS, self.take_event),
        ]

    async def terms(self, _call: Call, _parameters: NoParameters) -> list[TermsLine]:
        """List them, by currency; none where cards are not taken."""
        connected = self._service.connected
        return [
            TermsLine(
                each.currency,
                sorted({each.currency, *each.assets}),
                each.fee_basis_points,
                each.spread_basis_points,
                *(shortened(text_of(units), 2) for units in (each.payment_min, each.payment_max, each.payout_fee)),
            )
            for each in (() if connected is None else connected.terms.values())
        ]

    async def cards(self, call: Call, _parameters: NoParameters) -> list[CardLine]:
        """List the caller's, the newest first."""
        kept = await asyncio.to_thread(self._service.cards.of, call.owner)
        return [CardLine(each.id, each.card.brand, each.card.last4) for each in kept]

    async def forget(self, call: Call, parameters: CardParameters) -> list[CardLine]:
        """Forget one; return the others."""
        try:
            is_gone = await self._service.forget(call.owner, parameters.card)
        except CARD_FAILURES as refused:
            raise refusal_of(refused) from refused
        if not is_gone:
            raise CardError.NO_SUCH_CARD.error()
        return await self.cards(call, NoParameters())

    async def purchase(self, call: Call, parameters: PurchaseParameters) -> PurchaseLine:
        """Order it."""
        call.check_window()
        try:
            made = await self._service.order_purchase(
                *(call.owner, parameters.currency, parameters.asset, to_units(parameters.amount)),
                parameters.return_url,
            )
        except CARD_FAILURES as refused:
            raise refusal_of(refused) from refused
        price, fee, obtained = (text_of(each) for each in (made.event.price, made.event.fee, made.event.obtained))
        return PurchaseLine(made.order, made.url, price, fee, obtained, call.time(made.expires_at_us))

    async def pay_out(self, call: Call, parameters: PayoutParameters) -> PayoutLine:
        """Order it, and ask the provider; where it cannot be asked now, it is asked later."""
        call.require_step_up()
        call.check_window()
        try:
            order = await self._service.order_payout(
                *(call.owner, parameters.currency, parameters.asset, to_units(parameters.amount)), parameters.card
            )
        except CARD_FAILURES as refused:
            raise refusal_of(refused) from refused
        await self._following.try_look(order)
        return PayoutLine(order)

    async def take_event(self, call: Call, _parameters: NoParameters) -> Taken:
        """Take an event; what cannot be followed now is answered with "busy", so that it is sent again."""
        request = call.request
        if self._service.connected is None:
            raise refusal_of(NotTaken("cards are not taken here"))
        try:
            await self._following.told(request.headers.get(HEADER, b""), request.body)
        except BadSignature:
            raise CardError.BAD_EVENT.error() from None
        except (msgspec.DecodeError, UnicodeError):
            raise CardError.UNREADABLE_EVENT.error() from None
        except (NotYet, FiatRefused, ProviderUnavailable, ProviderRefused, CommandRefused) as failure:
            _log.error("card event not taken; it comes again", reason=str(failure))
            raise ErrorCode.SERVER_BUSY.error() from None
        return Taken(True)
