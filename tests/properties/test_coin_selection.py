"""Whatever coins there are and whatever is asked: nothing is overspent, no dust is made, and the fee is as agreed."""

from hypothesis import given
from hypothesis import strategies as st

from rialto.custody.chains.adapter import InsufficientHoldings
from rialto.custody.chains.bitcoin.selection import INPUTS_MAX, Coin, Selection, Target, select
from rialto.custody.chains.bitcoin.sizes import KEY_INPUT_WEIGHT, KEY_OUTPUT_SIZE, fee_at, virtual_size

AMOUNTS = st.one_of(st.integers(1, 20_000), st.integers(1, 10**7), st.integers(10**7, 10**12))
TARGETS = st.builds(
    Target,
    amount=AMOUNTS,
    output_sizes=st.lists(st.sampled_from([31, 32, 34, 43]), min_size=1, max_size=20).map(tuple),
    rate=st.integers(1, 500_000),
    dust=st.sampled_from([294, 2_940]),
    wants_change=st.booleans(),
)


def coins_of(amounts: list[int]) -> list[Coin]:
    return [
        Coin(amount, f"{index:064x}:{index % 3}", f"address{index}", f"1/{index}")
        for index, amount in enumerate(amounts)
    ]


def check(chosen: Selection, coins: list[Coin], target: Target) -> None:
    assert set(chosen.coins) <= set(coins)
    assert len({each.outpoint for each in chosen.coins}) == len(chosen.coins) <= INPUTS_MAX
    assert sum(each.amount for each in chosen.coins) == target.amount + chosen.change + chosen.fee
    assert chosen.change == 0 or chosen.change >= target.dust
    outputs = [*target.output_sizes, *([KEY_OUTPUT_SIZE] if chosen.change else [])]
    size = virtual_size([KEY_INPUT_WEIGHT] * len(chosen.coins), outputs)
    assert chosen.size == size
    assert chosen.fee >= fee_at(target.rate, size)
    spending = fee_at(target.rate, -(-KEY_INPUT_WEIGHT // 4))
    change_cost = fee_at(target.rate, KEY_OUTPUT_SIZE) + max(target.dust, spending) + 2
    assert chosen.fee <= fee_at(target.rate, size) + (0 if chosen.change else change_cost)
    assert all(each.amount > spending for each in chosen.coins), "no coin costs more than it brings"


@given(st.lists(AMOUNTS, max_size=40), TARGETS)
def test_a_selection_adds_up(amounts: list[int], target: Target) -> None:
    coins = coins_of(amounts)
    try:
        chosen = select(coins, target)
    except InsufficientHoldings:
        spending = fee_at(target.rate, -(-KEY_INPUT_WEIGHT // 4))
        worthy = [each for each in coins if each.amount > spending]
        size = virtual_size([KEY_INPUT_WEIGHT] * len(worthy), target.output_sizes)
        left = sum(each.amount for each in worthy) - target.amount
        assert left < fee_at(target.rate, size), "what can be paid is paid"
        return
    check(chosen, coins, target)


@given(st.lists(AMOUNTS, min_size=1, max_size=30), TARGETS, st.randoms(use_true_random=False))
def test_the_order_of_coins_makes_no_difference(amounts: list[int], target: Target, random: object) -> None:
    coins = coins_of(amounts)
    shuffled = list(coins)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    try:
        assert select(shuffled, target) == select(coins, target)
    except InsufficientHoldings:
        return


@given(st.lists(st.integers(10**6, 10**8), min_size=3, max_size=12, unique=True), st.data())
def test_an_exact_set_pays_without_change(amounts: list[int], data: st.DataObject) -> None:
    coins = coins_of(amounts)
    some = data.draw(st.lists(st.sampled_from(coins), min_size=1, max_size=3, unique=True))
    size = virtual_size([KEY_INPUT_WEIGHT] * len(some), [31])
    amount = sum(each.amount for each in some) - fee_at(10_000, size)
    chosen = select(coins, Target(amount, (31,), 10_000, 294, wants_change=False))
    assert chosen.change == 0
    check(chosen, coins, Target(amount, (31,), 10_000, 294, wants_change=False))


def test_where_change_is_wanted_there_is_some_if_it_can_be() -> None:
    coins = coins_of([100_000, 200_000])
    exact = 100_000 - fee_at(10_000, virtual_size([KEY_INPUT_WEIGHT], [31]))
    assert select(coins, Target(exact, (31,), 10_000, 294, wants_change=True)).change > 0
    only = select(coins[:1], Target(exact, (31,), 10_000, 294, wants_change=True))
    assert (only.change, len(only.coins)) == (0, 1)


def test_thousands_of_small_coins_are_never_spent_at_once() -> None:
    coins = coins_of([10_000] * 3_000)
    chosen = select(coins, Target(400 * 8_000, (31,), 10_000, 294, wants_change=False))
    assert len(chosen.coins) <= INPUTS_MAX
