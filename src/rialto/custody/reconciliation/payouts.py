"""What payouts mean for the comparison of chain and ledger: what may be on its way, and what rounding left behind."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import BigInteger, cast, func, select

from rialto.custody.chains.adapter import Unsigned
from rialto.custody.networks.registry import Holdings
from rialto.custody.payouts.reading import PayoutReading
from rialto.custody.payouts.tables import payouts
from rialto.custody.signing.requests import Purpose
from rialto.projections.history import History
from rialto.projections.pages import Page


class _Sum(msgspec.Struct, frozen=True, array_like=True):
    remainder: int
    count: int


class PayoutsUnderWay:
    """Reads payouts for the comparison. Every method may raise the errors of `History`."""

    def __init__(self, holdings: Holdings, history: History, reading: PayoutReading) -> None:
        self._holdings = holdings
        self._history = history
        self._reading = reading

    async def leaving(self, network: str) -> Mapping[str, int]:
        """Sum up what payouts that are not closed may have taken out of a network, by asset, at most."""
        total: defaultdict[str, int] = defaultdict(int)
        for unclosed in await self._reading.unclosed(network):
            most: defaultdict[str, int] = defaultdict(int)
            for variant in unclosed.payout.variants:
                taken = self._taken(network, variant.unsigned, unclosed.payout.purpose)
                for asset, amount in taken.items():
                    # Of those that exclude each other the largest; a child comes on top.
                    most[asset] = most[asset] + amount if variant.is_child else max(most[asset], amount)
            for asset, amount in most.items():
                total[asset] += amount
        return total

    async def remainders(self, network: str) -> Mapping[str, int]:
        """Sum up what costs that were rounded up left on a network, in its coin."""
        c = payouts.c
        columns: list[Any] = [
            cast(func.coalesce(func.sum(cast(c.remainder, BigInteger)), 0), BigInteger),
            func.count(),
        ]
        statement = select(*columns).where(c.network == network, c.remainder.is_not(None))
        (found,) = await self._history.read(_Sum, Page(statement, newest_first=False))
        return {self._holdings.configured(network).network.coin.asset: found.remainder}

    def _taken(self, network: str, unsigned: Unsigned, purpose: Purpose) -> Mapping[str, int]:
        configured = self._holdings.configured(network).network
        taken: defaultdict[str, int] = defaultdict(int)
        taken[configured.coin.asset] += unsigned.fee_max
        # What moves among our own addresses takes no more than it costs.
        for payment in unsigned.payments if purpose is Purpose.WITHDRAWAL else ():
            listed = configured.asset_of(payment.contract)
            if listed is not None:
                taken[listed.asset] += payment.amount
        return taken
