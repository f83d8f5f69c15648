"""What may be transferred, and what it comes to."""

import pytest

from rialto.contracts.amounts import text_of, units_of
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.products.transfers import rules
from rialto.products.transfers.model import Channel, Place, Transfer

MASTER, MEMBER, OTHER = 1, 2, 3
SPOT, CROSS, ISOLATED = AccountClass.SPOT, AccountClass.CROSS_MARGIN, AccountClass.ISOLATED_MARGIN
USD, COIN = AccountClass.USD_MARGINED_FUTURES, AccountClass.COIN_MARGINED_FUTURES


def transfer(
    source: tuple[int, AccountClass], destination: tuple[int, AccountClass], channel: Channel = Channel.FAMILY
) -> Transfer:
    """A transfer of one unit of asset 0 between two owners' accounts."""
    places = [Place(owner, AccountKind(account_class)) for owner, account_class in (source, destination)]
    return Transfer(MASTER, MASTER, places[0], places[1], 0, "1", channel)


@pytest.mark.parametrize(
    ("source", "destination", "open_"),
    [
        ((MASTER, SPOT), (MEMBER, SPOT), True),
        ((MASTER, SPOT), (MEMBER, USD), True),
        ((MEMBER, COIN), (OTHER, SPOT), True),
        ((MEMBER, USD), (OTHER, USD), False),
        ((MASTER, SPOT), (MEMBER, CROSS), True),
        ((MASTER, SPOT), (MEMBER, ISOLATED), True),
        ((MASTER, SPOT), (MASTER, CROSS), False),
        ((MEMBER, SPOT), (OTHER, CROSS), False),
        ((MEMBER, CROSS), (MASTER, SPOT), True),
        ((MEMBER, ISOLATED), (MASTER, SPOT), True),
        ((MEMBER, CROSS), (OTHER, SPOT), False),
        ((MEMBER, CROSS), (OTHER, CROSS), True),
        ((MASTER, CROSS), (MEMBER, CROSS), False),
        ((MEMBER, ISOLATED), (OTHER, ISOLATED), False),
        ((MEMBER, CROSS), (MEMBER, USD), False),
    ],
)
def test_a_master_moves_along_the_documented_routes_alone(
    source: tuple[int, AccountClass], destination: tuple[int, AccountClass], open_: bool
) -> None:
    asked = transfer(source, destination)
    if open_:
        rules.check_route(asked)
    else:
        with pytest.raises(rules.RouteClosed):
            rules.check_route(asked)
    rules.check_route(transfer(source, destination, Channel.OWN))


def test_a_transfer_is_two_legs_that_sum_to_zero_and_an_event_that_says_it_all() -> None:
    asked = transfer((MASTER, SPOT), (MEMBER, SPOT))
    decision = rules.decide(asked, 12_345, 7, 8)
    assert [leg.account for leg in decision.legs] == [7, 8]
    assert sum(units_of(leg.free) for leg in decision.legs) == 0
    event = rules.read_event(decision.payload)
    assert (event.source, event.destination, event.amount) == (asked.source, asked.destination, text_of(12_345))
    assert (event.family, event.asked_by, event.channel, event.client_id) == (MASTER, MASTER, Channel.FAMILY, None)


def test_nothing_and_nowhere_are_refused() -> None:
    asked = transfer((MASTER, SPOT), (MEMBER, SPOT))
    with pytest.raises(rules.NothingToMove):
        rules.decide(asked, 0, 7, 8)
    with pytest.raises(rules.SamePlace):
        rules.decide(asked, 1, 7, 7)
