"""Which payouts are not closed, read as of everything recorded before."""

from typing import Final

import msgspec
from sqlalchemy import select

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.payouts.model import KIND, Member, Payout, payout_of, stored_payment
from rialto.custody.payouts.projection import CLOSED
from rialto.custody.payouts.tables import payouts
from rialto.custody.signing.requests import Purpose
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page

UNCLOSED_MAX: Final = 1_000
"""Payouts of one network that may be under way; more are not begun."""


class _Id(msgspec.Struct, frozen=True, array_like=True):
    id: str
    phase: str


class Unclosed(msgspec.Struct, frozen=True):
    """A payout that is not closed."""

    id: str
    payout: Payout


class Unbooked(msgspec.Struct, frozen=True):
    """A payout whose transactions may have moved what the ledger does not say yet.

    If one of `transactions` is confirmed, the chain holds less by what is paid to `members` that are not completed yet,
    and by its fee unless that is booked.
    """

    id: str
    transactions: tuple[str, ...]
    members: tuple[Member, ...]
    """Of a withdrawal, who is paid what: those whose withdrawals are completed are in the ledger already."""
    is_cost_booked: bool


class PayoutReading:
    """Reads payouts."""

    def __init__(self, decisions: Decisions, history: History) -> None:
        self._decisions = decisions
        self._history = history

    async def payout(self, id_: str) -> Payout:
        """Return a payout as its events tell it. Precondition: there is one. Errors: those of `History`."""
        payout = payout_of(await self._decisions.events(StreamKey(KIND, id_)))
        assert payout is not None, f"there is no payout {id_}"
        return payout

    async def unclosed(self, network: str) -> list[Unclosed]:
        """List a network's payouts that are not closed, oldest first. Errors: those of `History`."""
        c = payouts.c
        page = Page(
            select(c.id, c.phase)
            .where(c.network == network, c.phase != CLOSED)
            .order_by(c.opened_at_us, c.id)
            .limit(UNCLOSED_MAX),
            newest_first=False,
        )
        return [Unclosed(row.id, await self.payout(row.id)) for row in await self._history.read(_Id, page)]

    async def unbooked(self, network: str) -> list[Unbooked]:
        """List what transactions under way may have moved. Errors: those of `History`."""
        return [
            Unbooked(each.id, _transactions(each.payout), _members(each.payout), each.payout.cost is not None)
            for each in await self.unclosed(network)
            if each.payout.live
        ]


def _transactions(payout: Payout) -> tuple[str, ...]:
    signed = [each.signed for each in (*payout.live, *payout.children)]
    return tuple(each.transaction for each in signed if each is not None)


def _members(payout: Payout) -> tuple[Member, ...]:
    if payout.purpose is not Purpose.WITHDRAWAL:
        return ()
    first = payout.variants[0]
    paid = zip(first.references, first.unsigned.payments, strict=True)
    return tuple(Member(reference, stored_payment(payment)) for reference, payment in paid)
