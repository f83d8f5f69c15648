"""What is proposed to be moved between the tiers."""

import pytest

from rialto.custody.chains.network import ChainAsset
from rialto.custody.refills.model import Direction
from rialto.custody.refills.proposing import Proposal, place, propose
from rialto.foundation.settings.withdrawals import WithdrawalSettings

SETTINGS = WithdrawalSettings(hot_percent=10, hot_percent_min=5, hot_percent_max=20)


@pytest.mark.parametrize(
    ("hot", "total", "wanted", "expected"),
    [
        (100, 1_000, 0, None),
        (50, 1_000, 0, None),
        (49, 1_000, 0, (Direction.REFILL, 51)),
        (200, 1_000, 0, None),
        (201, 1_000, 0, (Direction.DRAIN, 101)),
        (100, 1_000, 150, (Direction.REFILL, 150)),
        (100, 1_000, 5_000, (Direction.REFILL, 900)),
        (1_000, 1_000, 950, None),
        (0, 0, 0, None),
        (0, 0, 7, None),
    ],
)
def test_proposals_bring_the_hot_share_to_its_target(
    hot: int, total: int, wanted: int, expected: tuple[Direction, int] | None
) -> None:
    proposal = propose("LTC", "LTC", hot, total, wanted, SETTINGS)
    assert (None if proposal is None else (proposal.direction, proposal.amount)) == expected


def placed(direction: Direction, amount: int, behind: dict[str, int], contract: str | None = None) -> object:
    proposal = Proposal("LTC", "LTC", direction, amount, 0, 10_000, "")
    found = place(proposal, ChainAsset("LTC", 8, contract, withdrawal_fee=5), behind)
    return None if found is None else (found.tier, found.amount)


@pytest.mark.parametrize(
    ("amount", "behind", "expected"),
    [
        (500, {"warm": 600, "cold": 9_000}, ("warm", 500)),
        (700, {"warm": 600, "cold": 9_000}, ("cold", 700)),
        (9_500, {"warm": 600, "cold": 9_000}, ("cold", 8_910)),
        (49, {"warm": 600}, None),
        (500, {"warm": 40, "cold": 0}, None),
    ],
)
def test_a_refill_comes_from_the_first_tier_that_has_enough_less_what_moving_costs(
    amount: int, behind: dict[str, int], expected: object
) -> None:
    assert placed(Direction.REFILL, amount, behind) == expected


def test_tokens_are_taken_whole_and_drains_go_to_the_first_tier() -> None:
    assert placed(Direction.REFILL, 9_500, {"cold": 9_000}, "token") == ("cold", 9_000)
    assert placed(Direction.DRAIN, 500, {"warm": 0, "cold": 9_000}) == ("warm", 500)
    assert placed(Direction.DRAIN, 49, {"warm": 0}) is None
