"""Who gets how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.contracts.amounts import units_of
from rialto.products.distributions import rules
from rialto.products.distributions.model import Planned, Share, Stage, State, encode, hash_of, state_of
from rialto.products.distributions.rules import BATCH_MAX, DistributionRefused, legs_of, shares_by_ratio, shares_of

holders = st.dictionaries(st.integers(1, 500), st.integers(0, 10**30), max_size=40)


@given(holders, st.integers(0, 10**24), st.integers(0, 1_000))
def test_no_more_is_given_than_there_is(weights: dict[int, int], pool: int, minimum: int) -> None:
    shares = shares_of(weights, pool, minimum)
    assert sum(shares.values()) <= pool
    total = sum(weights.values())
    for owner, weight in weights.items():
        exact = pool * weight // total if total else 0
        assert shares.get(owner, 0) == (exact if exact >= max(minimum, 1) else 0)


def test_a_fork_gives_by_what_is_held() -> None:
    assert shares_by_ratio({1: 100, 2: 3, 3: 0}, 1, 2, 0) == {1: 50, 2: 1}
    assert shares_by_ratio({1: 100, 2: 3}, 1, 2, 2) == {1: 50}


@given(st.integers(1, 350))
def test_batches_pay_every_share_once(count: int) -> None:
    shares = [Share(owner, owner + 10, owner) for owner in range(1, count + 1)]
    planned = Planned("a", 0, sum(range(count + 1)), count, hash_of(shares), "ann", 1)
    payloads = [encode(planned), encode(rules.approve(state_of([encode(planned)]), "bob", 2))]
    paid: list[Share] = []
    while (batch := rules.next_batch(state_of(payloads), shares, 3)) is not None:
        assert 1 <= len(batch.shares) <= BATCH_MAX
        legs = legs_of(batch)
        assert len(legs) <= 256
        assert sum(units_of(leg.free) for leg in legs) == 0
        paid += batch.shares
        payloads.append(encode(batch))
    assert paid == shares
    assert state_of(payloads).stage is Stage.PAID


def test_who_plans_does_not_approve() -> None:
    shares = [Share(1, 11, 5)]
    planned = encode(Planned("a", 0, 5, 1, hash_of(shares), "ann", 1))
    with pytest.raises(DistributionRefused, match="somebody else must approve"):
        rules.approve(state_of([planned]), "ann", 2)
    with pytest.raises(DistributionRefused, match="paid once it is approved"):
        rules.next_batch(state_of([planned]), shares, 2)
    approved = [planned, encode(rules.approve(state_of([planned]), "bob", 2))]
    with pytest.raises(DistributionRefused, match="not the one that was approved"):
        rules.next_batch(state_of(approved), [Share(1, 11, 6)], 2)
    dropped = [*approved, encode(rules.drop(state_of(approved), "bob", 3))]
    with pytest.raises(DistributionRefused, match="it is dropped"):
        rules.next_batch(state_of(dropped), shares, 4)
    with pytest.raises(DistributionRefused, match="nobody would get anything"):
        rules.plan(State(), Planned("a", 0, 0, 0, hash_of([]), "ann", 1))
