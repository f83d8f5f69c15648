"""Actions on fiat money: transfers whose owner is not known, refunds to cards, and what was taken back and lacks."""

from typing import Annotated, Final

import msgspec

from rialto.admin.action import Action, AnyAction, Doing, Refused, Sum
from rialto.admin.actions.fees import FINANCE
from rialto.admin.actions.parameters import Amount, Id, Owner, Reason
from rialto.admin.services import Services
from rialto.contracts.vocabulary import StreamKey
from rialto.products.fiat.iso20022.payments import account_of
from rialto.products.fiat.iso20022.reasons import RETURNABLE, WORDS
from rialto.products.fiat.model import ORDER_KIND, Assigned, OrderEvent, Reversed, Stage
from rialto.products.fiat.rules import FiatRefused
from rialto.wire.decimals import to_units
from rialto.wire.kinds import Choice, Text, line
from rialto.wire.parameters import Parameters

OWNER, TREASURY = "OWNER", "TREASURY"


class AssignParameters(Parameters, frozen=True):
    """Whose a transfer over a bank is, or what the bank took back, that could not be told; the order's number is that
    of its suspense, or of the claim.
    """

    order: Id
    owner: Owner
    reason: Reason


class ReturnParameters(Parameters, frozen=True):
    """Which suspended transfer goes back and why; to where only if the statement did not name it."""

    order: Id
    code: Annotated[str, Choice({code: code for code in RETURNABLE})]
    reason: Reason
    account: Annotated[str | None, Text("^[A-Za-z0-9]{4,40}$")] = None
    holder: Annotated[str | None, Text(line(70))] = None


class RefundParameters(Parameters, frozen=True):
    """How much of a card's payment is given back."""

    order: Id
    amount: Amount
    reason: Reason


class CoverParameters(Parameters, frozen=True):
    """How much of what a chargeback or a bank's reversal left lacking is made good, and by whom."""

    order: Id
    source: Annotated[str, Choice({OWNER: OWNER, TREASURY: TREASURY})]
    amount: Amount
    reason: Reason


async def assign_fiat(on: Services, doing: Doing, given: AssignParameters) -> str:
    """Credit it, once: who said so is this proposal."""
    by = f"{doing.approver}:{doing.id}"
    try:
        await on.fiat.assign(given.order, given.owner, by)
    except FiatRefused:
        events = await on.decisions.events(StreamKey(ORDER_KIND, given.order))
        found = (msgspec.msgpack.decode(payload, type=OrderEvent) for payload in events)
        if not any(isinstance(event, Assigned | Reversed) and event.by == by for event in found):
            raise
    return f"the transfer is owner {given.owner}'s"


async def moved_by_assignment(on: Services, given: AssignParameters) -> Sum | None:
    """Tell how much is in suspense; nothing to tell where nothing is."""
    order = await on.fiat.order(given.order)
    found = order.suspended or order.unexplained
    return None if found is None else Sum(found.asset, found.amount)


async def return_fiat(on: Services, doing: Doing, given: ReturnParameters) -> str:
    """Have it go back, once: who said so is this proposal."""
    to = None
    if given.account is not None:
        try:
            to = account_of(given.holder or "", given.account)
        except ValueError as error:
            raise Refused(f"{given.account} is no account: {error}") from error
    await on.fiat.give_back(given.order, f"{doing.approver}:{doing.id}", given.code, to)
    return f"the transfer goes back with the next file of payments: {WORDS[given.code]}"


async def refund_card(on: Services, doing: Doing, given: RefundParameters) -> str:
    """Order the refund, once, and ask the provider; where it cannot be asked now, it is asked later."""
    by = f"{doing.approver}:{doing.id}"
    await on.cards.service.order_refund(given.order, doing.id, to_units(given.amount), by, given.reason)
    await on.cards.following.try_look(given.order)
    return f"{given.amount} of order {given.order} goes back to its card"


async def cover_card_claim(on: Services, doing: Doing, given: CoverParameters) -> str:
    """Make it good, once."""
    by = f"{doing.approver}:{doing.id}"
    is_banks = (await on.fiat.order(given.order)).stage is not Stage.NONE
    cover = on.fiat.cover if is_banks else on.cards.service.cover
    await cover(given.order, to_units(given.amount), by, by_treasury=given.source == TREASURY)
    return f"{given.amount} of order {given.order} is made good"


async def moved_by_card(on: Services, given: RefundParameters | CoverParameters) -> Sum | None:
    """Tell how much is moved, in the currency of the order; nothing to tell where there is none."""
    ordered = (await on.cards.service.order(given.order)).ordered
    asset = (await on.fiat.order(given.order)).asset if ordered is None else ordered.asset
    return None if asset is None else Sum(asset, to_units(given.amount))


FIAT_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("assign-fiat", "Say whose a suspended bank transfer is.", FINANCE, AssignParameters, assign_fiat),
        takes_two=False,
        shows=lambda given: f"credit transfer {given.order} to owner {given.owner}: {given.reason}",
        moves=moved_by_assignment,
    ),
    Action(
        *("return-fiat", "Send a suspended bank transfer back.", FINANCE, ReturnParameters, return_fiat),
        takes_two=True,
        shows=lambda given: f"send transfer {given.order} back, {given.code}: {given.reason}",
    ),
    Action(
        *("refund-card-payment", "Give back a card payment or a part.", FINANCE, RefundParameters, refund_card),
        takes_two=True,
        shows=lambda given: f"give back {given.amount} of card order {given.order}: {given.reason}",
        moves=moved_by_card,
    ),
    Action(
        *("cover-card-claim", "Make good what was taken back and lacks.", FINANCE, CoverParameters, cover_card_claim),
        takes_two=True,
        shows=lambda given: f"{given.source} makes good {given.amount} of order {given.order}: {given.reason}",
        moves=moved_by_card,
    ),
)
