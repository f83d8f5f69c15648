"""Orders by card, whatever happens in whatever order: money is conserved, and nobody gets more than was paid for."""

from collections import defaultdict
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rialto.contracts.amounts import units_of
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT
from rialto.products.fiat.cards import rules
from rialto.products.fiat.cards.legs import legs_of
from rialto.products.fiat.cards.model import (
    Authorized,
    Captured,
    CardEvent,
    CardOrder,
    Ended,
    Opened,
    PurchaseOrdered,
    after,
    decode,
    encode,
)
from rialto.products.fiat.cards.service import Make
from rialto.products.fiat.model import Stage
from rialto.products.fiat.rules import CENT, FiatRefused

EUR, BTC = 1, 2
OWNER, CUSTODY = 100, 200
OPENED = Opened("pay_1", "https://payments.example/1", 1)
TREASURY_BEGINS_WITH = {EUR: 10_000 * CENT, BTC: 10**12}


class Books:
    """A ledger as plain as can be: nothing goes below zero but what others keep for the house."""

    def __init__(self) -> None:
        self.free: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.locked: defaultdict[tuple[int, int], int] = defaultdict(int)
        for asset, units in TREASURY_BEGINS_WITH.items():
            self.free[TREASURY_ACCOUNT, asset] = units
        self.order = CardOrder()

    def happen(self, make: Make) -> bool:
        """Let what a rule says follow, if it may and the ledger allows it."""
        try:
            event = make(self.order)
        except FiatRefused:
            return False
        if event is None or not self._post(event):
            return False
        assert decode(encode(event)) == event
        self.order = after(self.order, event)
        return True

    def _post(self, event: CardEvent) -> bool:
        free, locked = self.free.copy(), self.locked.copy()
        moved: defaultdict[int, int] = defaultdict(int)
        for leg in legs_of(self.order, event):
            free[leg.account, leg.asset] += units_of(leg.free)
            locked[leg.account, leg.asset] += units_of(leg.locked)
            moved[leg.asset] += units_of(leg.free) + units_of(leg.locked)
            if leg.account != CUSTODY and min(free[leg.account, leg.asset], locked[leg.account, leg.asset]) < 0:
                return False
        assert not any(moved.values()), f"{event} makes or loses money"
        self.free, self.locked = free, locked
        return True

    def total(self, asset: int) -> int:
        """Sum everything up; it never changes."""
        return sum(units for pool in (self.free, self.locked) for (_, of), units in pool.items() if of == asset)


def steps() -> st.SearchStrategy[list[tuple[str, int, int]]]:
    kinds = ("open", "authorize", "capture", "end", "spend", "refund", "paid", "failed", "dispute", "close", "cover")
    return st.lists(st.tuples(st.sampled_from(kinds), st.integers(0, 3), st.integers(1, 120)), max_size=40)


def step(books: Books, kind: str, number: int, cents: int) -> None:
    purchase, id_, amount = books.order.ordered, f"x{number}", cents * CENT
    assert isinstance(purchase, PurchaseOrdered)
    held = rules.Held(books.free[OWNER, purchase.bought], books.free[TREASURY_ACCOUNT, EUR])
    source = OWNER if number % 2 else TREASURY_ACCOUNT
    makes: dict[str, Make] = {
        "open": partial(rules.opened, event=OPENED),
        "authorize": partial(rules.authorized, event=Authorized("card", 1)),
        "capture": partial(rules.captured, event=Captured(CUSTODY, 1)),
        "end": partial(rules.ended, event=Ended("why", False, 1)),
        "refund": partial(rules.refund_ordered, id_=id_, amount=amount, by="o", reason="why", now_us=1),
        "paid": partial(rules.refund_paid, id_=id_, custody=CUSTODY, now_us=1),
        "failed": partial(rules.refund_failed, id_=id_, reason="why", now_us=1),
        "dispute": partial(rules.disputed, id_=id_, amount=amount, reason="why", held=held, now_us=1),
        "close": partial(rules.dispute_closed, id_=id_, is_won=cents % 2 == 0, now_us=1),
        "cover": partial(rules.covered, account=source, amount=amount, by=f"{id_}-{cents}", now_us=1),
    }
    if kind == "spend":
        spent = min(books.free[OWNER, purchase.bought], purchase.obtained * cents // 100)
        books.free[OWNER, purchase.bought] -= spent
        books.free[TREASURY_ACCOUNT, purchase.bought] += spent
    else:
        books.happen(makes[kind])


@settings(max_examples=300, deadline=None)
@given(bought=st.sampled_from((EUR, BTC)), amount=st.integers(1, 120), fee=st.integers(0, 50), done=steps())
def test_money_is_conserved(bought: int, amount: int, fee: int, done: list[tuple[str, int, int]]) -> None:
    paid, fee_units = amount * CENT, min(fee, amount - 1) * CENT
    obtained = paid - fee_units if bought == EUR else rules.obtained_for(paid - fee_units, 3_333_333_333)
    event = PurchaseOrdered(7, OWNER, EUR, paid, fee_units, bought, obtained, 1, 1)
    books = Books()
    assert books.happen(partial(rules.ordered, event=event))
    for each in done:
        step(books, *each)
        for asset, units in TREASURY_BEGINS_WITH.items():
            assert books.total(asset) == units
    order, held = books.order, -books.free[CUSTODY, EUR]
    went_back = sum(each.ordered.amount for each in order.refunds if each.is_paid) + order.disputed - order.shortfall
    assert held == (paid - went_back if order.captured else 0)
    assert order.shortfall >= order.claim >= 0
    assert order.refunded <= paid
    if order.stage is Stage.REFUNDED:
        assert sum(each.ordered.taken for each in order.refunds if each.is_paid) == obtained
        assert sum(each.ordered.fee_share for each in order.refunds if each.is_paid) == fee_units


@pytest.mark.parametrize(("amount", "basis_points", "fee"), [(100, 200, 2), (1, 200, 1), (0, 200, 0), (151, 100, 2)])
def test_fees_are_whole_cents_rounded_up(amount: int, basis_points: int, fee: int) -> None:
    assert rules.fee_of(amount * CENT, basis_points) == fee * CENT


def test_what_is_not_captured_is_not_credited() -> None:
    books = Books()
    event = PurchaseOrdered(7, OWNER, EUR, 100 * CENT, 0, BTC, 5, 1, 1)
    books.happen(partial(rules.ordered, event=event))
    assert books.locked[TREASURY_ACCOUNT, BTC] == 5
    for make in (
        partial(rules.captured, event=Captured(CUSTODY, 1)),
        partial(rules.disputed, id_="d", amount=CENT, reason="", held=rules.Held(0, 0), now_us=1),
        partial(rules.refund_ordered, id_="r", amount=CENT, by="o", reason="", now_us=1),
    ):
        assert not books.happen(make)
    assert books.free[OWNER, BTC] == books.free[FEES_ACCOUNT, EUR] == 0
    assert books.happen(partial(rules.ended, event=Ended("", True, 1)))
    assert (books.locked[TREASURY_ACCOUNT, BTC], books.order.stage) == (0, Stage.EXPIRED)
