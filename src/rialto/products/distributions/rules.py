"""Who gets how much, and what may happen when. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import REWARDS_ACCOUNT, PostingReason
from rialto.products.distributions.model import (
    Approved,
    BatchPaid,
    Dropped,
    Planned,
    Share,
    Stage,
    State,
    hash_of,
)

BATCH_MAX: Final = 100
"""Shares in one record."""


class DistributionRefused(Exception):
    """What was asked cannot be. The message says why, for an operator."""


def shares_of(weights: Mapping[int, int], pool: int, minimum: int) -> dict[int, int]:
    """Divide a pool by weights: what owners hold, or held over time.

    Owners who would get less than `minimum` get none. Rounded down: what is left stays with the house.
    """
    total = sum(weights.values())
    if total <= 0:
        return {}
    shares = {owner: pool * weight // total for owner, weight in sorted(weights.items()) if weight > 0}
    return {owner: units for owner, units in shares.items() if units >= max(minimum, 1)}


def shares_by_ratio(weights: Mapping[int, int], numerator: int, denominator: int, minimum: int) -> dict[int, int]:
    """Give so much for each unit held: a fork's coin, one for one, say. Rounded down."""
    shares = {owner: weight * numerator // denominator for owner, weight in sorted(weights.items()) if weight > 0}
    return {owner: units for owner, units in shares.items() if units >= max(minimum, 1)}


def plan(state: State, planned: Planned) -> Planned:
    """Errors: `DistributionRefused` where there is a plan that is not dropped."""
    if state.stage not in (Stage.NONE, Stage.DROPPED):
        raise DistributionRefused(f"it is {state.stage.value} already; choose another id")
    if not planned.shares or planned.total <= 0:
        raise DistributionRefused("nobody would get anything; look at the holders and the minimum")
    return planned


def approve(state: State, by: str, at_us: int) -> Approved:
    """Errors: `DistributionRefused`, for whoever planned it too."""
    if state.stage is not Stage.PLANNED or state.plan is None:
        raise DistributionRefused(f"it is {state.stage.value}; only a plan can be approved")
    if by == state.plan.by:
        raise DistributionRefused(f"{by} planned it; somebody else must approve")
    return Approved(by, at_us)


def drop(state: State, by: str, at_us: int) -> Dropped:
    """Errors: `DistributionRefused` once something was paid."""
    if state.stage not in (Stage.PLANNED, Stage.APPROVED) or state.paid:
        raise DistributionRefused(f"it is {state.stage.value}, {state.paid} shares are paid; it cannot be dropped")
    return Dropped(by, at_us)


def next_batch(state: State, shares: Sequence[Share], at_us: int) -> BatchPaid | None:
    """Choose what is paid next of all shares; None once everything is.

    Errors: `DistributionRefused` when it is not approved, or the list is not the one that was.
    """
    if state.stage is Stage.PAID:
        return None
    if state.stage is not Stage.APPROVED or state.plan is None:
        raise DistributionRefused(f"it is {state.stage.value}; it is paid once it is approved")
    if hash_of(shares) != state.plan.shares_hash:
        raise DistributionRefused("the list of shares is not the one that was approved; nothing is paid")
    left = [share for share in shares if share.owner > state.last_owner]
    return BatchPaid(state.plan.asset, state.plan.name, tuple(left[:BATCH_MAX]), at_us)


def legs_of(batch: BatchPaid) -> tuple[Leg, ...]:
    """Say what moves: from the rewards of the house to each owner."""
    total = sum(share.units for share in batch.shares)
    nothing = text_of(0)
    return (
        Leg(REWARDS_ACCOUNT, batch.asset, text_of(-total), nothing, PostingReason.REWARD),
        *(
            Leg(share.account, batch.asset, text_of(share.units), nothing, PostingReason.REWARD)
            for share in batch.shares
        ),
    )
