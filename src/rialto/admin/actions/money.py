"""Actions that move money inside the exchange: adjustments and distributions; and the proof of what is owed."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from rialto.admin.action import Action, AnyAction, Doing, Refused, Sum
from rialto.admin.actions.fees import FINANCE
from rialto.admin.actions.markets import asset_of
from rialto.admin.actions.parameters import Amount, Count, Name, Owner, Reason
from rialto.admin.services import Services
from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, PostingReason, StreamKey
from rialto.products.distributions.model import Stage
from rialto.products.distributions.rules import shares_of
from rialto.products.distributions.tables import ID_LENGTH_MAX, NAME_LENGTH_MAX
from rialto.projections.decisions import Decision
from rialto.wire.decimals import to_units
from rialto.wire.kinds import Choice, Text, line
from rialto.wire.parameters import NoParameters, Parameters

ADJUSTMENT: Final = "adjustment"
GIVE: Final = "GIVE"


class AdjustParameters(Parameters, frozen=True):
    """How much an owner's spot account is given, or has taken away, and why. The treasury has the other side."""

    owner: Owner
    asset: Name
    direction: Annotated[str, Choice({GIVE: GIVE, "TAKE": "TAKE"})]
    amount: Amount
    reason: Reason


class DistributeParameters(Parameters, frozen=True):
    """What is divided among who held an asset when a day ended (days of UTC since 1970)."""

    distribution: Annotated[str, Text(rf"^[A-Za-z0-9_.:-]{{1,{ID_LENGTH_MAX}}}$")]
    label: Annotated[str, Text(line(NAME_LENGTH_MAX))]
    asset: Name
    pool: Amount
    held_asset: Name
    day: Count
    minimum: Amount = "0"


class Adjusted(msgspec.Struct, frozen=True, array_like=True, tag="adjusted.1"):
    """A balance was adjusted by operators."""

    owner: int
    asset: int
    units: int
    reason: str
    proposer: str
    approver: str
    at_us: int


async def adjust(on: Services, doing: Doing, given: AdjustParameters) -> str:
    """Move it once, whatever happens: the proposal's stream takes one event."""
    asset = asset_of(on, given.asset)
    account = await on.runtime.account_of(given.owner, AccountClass.SPOT)
    units = to_units(given.amount)
    if not units:
        raise Refused("the amount is zero")
    signed = units if given.direction == GIVE else -units
    event = Adjusted(
        given.owner, asset.id, signed, given.reason, doing.proposer, doing.approver, doing.now_us
    )  # fmt: skip
    nothing, why = text_of(0), PostingReason.ADJUSTMENT
    legs = (
        Leg(account, asset.id, text_of(signed), nothing, why),
        Leg(TREASURY_ACCOUNT, asset.id, text_of(-signed), nothing, why),
    )

    def rule(events: Sequence[bytes]) -> Decision | None:
        return None if events else Decision(msgspec.msgpack.encode(event), legs)

    await on.decisions.decide(StreamKey(ADJUSTMENT, doing.id), rule)
    return f"owner {given.owner}: {text_of(signed)} {given.asset}"


async def moved_by_adjustment(on: Services, given: AdjustParameters) -> Sum | None:
    """Tell how much is given or taken."""
    return Sum(asset_of(on, given.asset).id, to_units(given.amount))


async def distribute(on: Services, doing: Doing, given: DistributeParameters) -> str:
    """Plan, approve and pay; goes on where it stopped."""
    service, id_ = on.distributions, given.distribution
    state = await service.state(id_)
    if state.stage in (Stage.NONE, Stage.DROPPED):
        weights = await asyncio.to_thread(on.holders.at_end_of, given.day, asset_of(on, given.held_asset).id)
        shares = shares_of(weights, to_units(given.pool), to_units(given.minimum))
        state = await service.plan(id_, given.label, asset_of(on, given.asset).id, shares, doing.proposer)
    elif state.plan is None or state.plan.name != given.label or state.plan.by != doing.proposer:
        raise Refused(f"there is another distribution {id_}; choose another id")
    if state.stage is Stage.PLANNED:
        await service.approve(id_, doing.approver)
    paid = await service.pay(id_)
    return f"{paid.paid} shares are paid"


async def moved_by_distribution(on: Services, given: DistributeParameters) -> Sum | None:
    """Tell how much is divided."""
    return Sum(asset_of(on, given.asset).id, to_units(given.pool))


async def publish_reserves(on: Services, doing: Doing, _given: NoParameters) -> str:
    """Publish."""
    published = await on.publisher.publish(doing.now_us)
    return f"published {published.publication}"


MONEY_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("adjust-balance", "Give an owner something, or take it away.", FINANCE, AdjustParameters, adjust),
        takes_two=False,
        shows=lambda given: f"{given.direction} {given.amount} {given.asset}, owner {given.owner}: {given.reason}",
        moves=moved_by_adjustment,
    ),
    Action(
        *("distribute", "Divide a pool among holders.", FINANCE, DistributeParameters, distribute),
        takes_two=True,
        shows=lambda given: (
            f"{given.distribution}: {given.pool} {given.asset} to who held {given.held_asset} on day {given.day}"
        ),
        moves=moved_by_distribution,
    ),
    Action(
        *("publish-reserves", "Publish a proof of reserves now.", FINANCE, NoParameters, publish_reserves),
        takes_two=False,
        shows=lambda _given: "publish a proof of reserves",
    ),
)
