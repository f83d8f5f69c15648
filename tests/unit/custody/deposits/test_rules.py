"""What is decided about a deposit: pure, and whatever happens in whatever order, the books say where every unit is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.contracts.amounts import units_of
from rialto.custody.chains.network import ChainAsset
from rialto.custody.deposits.model import Hold, Part, Place, State, fold, number_of, stream_of
from rialto.custody.deposits.rules import (
    Accounts,
    AmountTooSmall,
    Arrival,
    ArrivalChanged,
    NotHeld,
    PartsMoved,
    Settlement,
    arrive,
    cover,
    release,
    reverse,
    settle,
)
from rialto.projections.decisions import Rule

ACCOUNTS = Accounts(custody=10, suspense=11, treasury=4, fees=1)
ALICE = 20
COIN = ChainAsset("ETH", 18, deposit_min=10**16)
PLACE = Place("ETH", "0xabc", "0", "0xours", "", "")


def arrival(amount: int, *, listed: ChainAsset | None = COIN, owner: int | None = 7, house: bool = False) -> Arrival:
    return Arrival(PLACE, amount, 5, "hash", listed, 2, owner, None if owner is None else ALICE, house)


class Books:
    """A stream and the balances its decisions lead to."""

    def __init__(self) -> None:
        self.events: list[bytes] = []
        self.balances = {ALICE: 0, 1: 0, 4: 0, 10: 0, 11: 0}

    def apply(self, rule: Rule) -> bool:
        decision = rule(self.events)
        if decision is None:
            return False
        assert sum(units_of(leg.free) for leg in decision.legs) == 0
        for leg in decision.legs:
            self.balances[leg.account] += units_of(leg.free)
        assert all(balance >= 0 for account, balance in self.balances.items() if account != ACCOUNTS.custody)
        self.events.append(decision.payload)
        return True

    @property
    def free(self) -> dict[int, int]:
        return dict(self.balances)

    def state(self) -> State:
        found = fold(self.events)
        assert found is not None
        return found.state


@pytest.mark.parametrize(
    ("arriving", "state", "account", "units"),
    [
        (arrival(10**18 + 1), State.CREDITED, ALICE, 10**8),
        (arrival(10**16 - 1), State.HELD, 11, 999_999),
        (arrival(10**18, owner=None), State.HELD, 11, 10**8),
        (arrival(10**18, owner=None, house=True), State.HOUSE, 4, 10**8),
        (arrival(10**18, listed=None), State.HELD, 11, 0),
        (arrival(5, listed=ChainAsset("ETH", 18)), State.HELD, 11, 0),
    ],
)
def test_where_what_arrives_goes(arriving: Arrival, state: State, account: int, units: int) -> None:
    books = Books()
    assert books.apply(arrive(ACCOUNTS, arriving))
    assert books.state() is state
    assert (books.balances[account], books.balances[10]) == (units, -units)
    assert not books.apply(arrive(ACCOUNTS, arriving)), "once"


def test_another_amount_under_the_same_name_is_no_credit_until_the_first_is_reversed() -> None:
    books = Books()
    books.apply(arrive(ACCOUNTS, arrival(10**18)))
    with pytest.raises(ArrivalChanged):
        books.apply(arrive(ACCOUNTS, arrival(2 * 10**18)))
    with pytest.raises(PartsMoved):
        books.apply(reverse(ACCOUNTS, 9, {}))
    books.balances[ALICE] = 3 * 10**7
    books.apply(reverse(ACCOUNTS, 9, books.free))
    books.apply(arrive(ACCOUNTS, arrival(2 * 10**18)))
    found = fold(books.events)
    assert found is not None
    assert (books.balances[ALICE], found.shortfall) == (2 * 10**8, 7 * 10**7)


def test_a_shortfall_is_covered_up_to_itself() -> None:
    books = Books()
    books.apply(arrive(ACCOUNTS, arrival(10**18)))
    books.balances[ALICE] = 0
    books.balances[4] = 10**9
    books.apply(reverse(ACCOUNTS, 9, books.free))
    with pytest.raises(AmountTooSmall):
        books.apply(cover(ACCOUNTS, Part(4, 10**8 + 1), "olga"))
    books.apply(cover(ACCOUNTS, Part(4, 4 * 10**7), "olga"))
    found = fold(books.events)
    assert found is not None
    assert found.shortfall == 6 * 10**7
    assert books.balances[10] == -6 * 10**7
    books.apply(arrive(ACCOUNTS, arrival(10**18)))
    assert books.balances[4] == 10**9, "what the house paid comes back to it"
    assert books.balances[10] == -(10**8)


def test_only_what_is_held_is_settled_and_released() -> None:
    books = Books()
    settlement = Settlement(7, ALICE, 100, "olga", "request")
    with pytest.raises(NotHeld):
        books.apply(settle(ACCOUNTS, COIN, 2, settlement))
    books.apply(arrive(ACCOUNTS, arrival(10**16 - 1)))
    assert books.apply(release(ACCOUNTS, ALICE, ()))
    assert not books.apply(release(ACCOUNTS, ALICE, ()))
    with pytest.raises(NotHeld, match="credited"):
        books.apply(settle(ACCOUNTS, COIN, 2, settlement))


@given(
    st.lists(
        st.tuples(st.sampled_from(["arrive", "reverse", "spend", "release", "settle", "cover"]), st.integers(1, 3))
    )
)
def test_custody_is_what_is_credited_and_not_taken_back(steps: list[tuple[str, int]]) -> None:
    books = Books()
    spent = 0
    for what, size in steps:
        try:
            match what:
                case "arrive":
                    books.apply(arrive(ACCOUNTS, arrival(size * 8 * 10**15, owner=None if size == 3 else 7)))
                case "reverse":
                    books.apply(reverse(ACCOUNTS, 9, books.free))
                case "spend":
                    spent += (taken := books.balances[ALICE] // size)
                    books.balances[ALICE] -= taken
                case "release":
                    books.apply(release(ACCOUNTS, ALICE, ()))
                case "settle":
                    books.apply(settle(ACCOUNTS, COIN, 2, Settlement(7, ALICE, size * 100, "olga", "")))
                case _:
                    books.balances[4] += 10**9
                    spent -= 10**9
                    books.apply(cover(ACCOUNTS, Part(4, size * 1_000), "olga"))
        except (ArrivalChanged, NotHeld, AmountTooSmall):
            continue
        found = fold(books.events)
        if found is None:
            continue
        on_chain = 0 if found.state is State.REVERSED else found.opening.amount.units
        assert -books.balances[10] == on_chain + found.shortfall
        assert sum(books.balances.values()) + spent == 0


def test_streams_are_told_apart_by_every_part_of_their_name() -> None:
    names = [("ETH", "a", "1"), ("ETH", "a1", ""), ("BSC", "a", "1"), ("ETH", "a", "2")]
    streams = {stream_of(*name).id for name in names}
    assert len(streams) == len(names)
    assert all(0 <= number_of(stream) < 2**63 for stream in streams)
    assert Hold.BELOW_MINIMUM.value == "below_minimum"
