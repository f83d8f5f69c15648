"""Collects deposit addresses into the hot one, a few at a time: gas first where an address has none for its tokens.

Each transaction is a payout like any other, but pays nobody: only what it costs is booked. What the chain says is the
only state; a sweep that was not signed when the process died is forgotten, and made anew from what the addresses hold.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import structlog

from rialto.custody.chains.adapter import ChainAdapter, FeeLevel, HotAddress, InsufficientHoldings, Unsigned
from rialto.custody.chains.network import ChainAsset
from rialto.custody.payouts.carrying import Carrying
from rialto.custody.payouts.model import BODY_BYTES_MAX, Built, Decided, Opened, Payout, stored
from rialto.custody.payouts.reading import PayoutReading
from rialto.custody.signing.requests import Approval, Purpose

_log = structlog.stdlib.get_logger(__name__)

SOURCES_MAX: Final = 20
"""Deposit addresses collected from in one go."""

UNDER_WAY_MAX: Final = 64
DECLINES_DOUBLED_MAX: Final = 10
PAUSE_US_MAX: Final = 21_600_000_000
"""How long sweeping pauses at most where the signer will not sign it: each refusal doubles the pause."""

ADDRESSES_ASKED_MAX: Final = 500
"""Addresses whose holdings are asked for at once."""

WORTH_FEES: Final = 2
"""What an address must hold to be collected from, in withdrawal fees of the asset."""


class DepositAddresses(Protocol):
    """The addresses deposits come to."""

    def depositing(self, network: str) -> list[HotAddress]:
        """List the addresses that take deposits on a network, with their places."""


class Sweeping:
    """Sweeps one network; the beneficiary of its sweeps, and of the gas they need."""

    def __init__(
        self,
        adapter: ChainAdapter,
        addresses: DepositAddresses,
        reading: PayoutReading,
        hot: HotAddress,
        interval_us: int,
        now_us: Callable[[], int],
    ) -> None:
        """`hot` is collected into, and pays for gas."""
        self._adapter = adapter
        self._addresses = addresses
        self._reading = reading
        self._hot = hot
        self._interval_us = interval_us
        self._now_us = now_us
        self._next_us = 0
        self._declines = 0
        self._paused_until_us = 0
        self._built: dict[str, Unsigned] = {}
        self.held: dict[str, int] = {}
        """What deposit addresses held of each asset when they were last looked at, in the chain's units."""

    async def sweep(self, carrying: Carrying) -> None:
        """Collect, if it is time. Errors: those of `Carrying.carry_all`."""
        if self._now_us() < max(self._next_us, self._paused_until_us):
            return
        unclosed = await self._reading.unclosed(self._adapter.network.name)
        if len(unclosed) < UNDER_WAY_MAX:
            sources = await self._worth_it({address for each in unclosed for address in _concerned(each.payout)})
            if sources:
                await self._collect(carrying, sources[:SOURCES_MAX])
                if len(sources) > SOURCES_MAX:
                    return
        self._next_us = self._now_us() + self._interval_us

    async def _collect(self, carrying: Carrying, sources: Sequence[HotAddress]) -> None:
        rate = await self._adapter.fee_rate(FeeLevel.SLOW)
        spent = await carrying.spent()
        try:
            transactions = await self._adapter.sweep(
                sources, self._adapter.network.assets, self._hot.address, self._hot, rate, spent
            )
        except InsufficientHoldings as short:
            _log.warning("not swept", network=self._adapter.network.name, reason=str(short))
            return
        for unsigned in transactions:
            if len(unsigned.body) > BODY_BYTES_MAX:
                _log.error("a sweep is too large to be recorded", network=self._adapter.network.name)
                continue
            is_into_hot = all(payment.destination == self._hot.address for payment in unsigned.payments)
            purpose = Purpose.SWEEP if is_into_hot else Purpose.GAS
            id_ = secrets.token_hex(16)
            self._built[id_] = unsigned
            try:
                await carrying.open(id_, Opened(unsigned.network, purpose, (), self._now_us()))
            finally:
                self._built.pop(id_, None)

    async def _worth_it(self, concerned: set[str]) -> list[HotAddress]:
        """List the deposit addresses that hold enough of something, but for those that something is under way with."""
        assets = self._adapter.network.assets
        found: list[HotAddress] = []
        held: dict[str, int] = {}
        candidates = self._addresses.depositing(self._adapter.network.name)
        for first in range(0, len(candidates), ADDRESSES_ASKED_MAX):
            some = candidates[first : first + ADDRESSES_ASKED_MAX]
            balances = await self._adapter.balances([each.address for each in some], assets)
            for (_, asset), amount in balances.items():
                held[asset] = held.get(asset, 0) + amount
            found += [
                each
                for each in some
                if each.address not in concerned
                and any(balances.get((each.address, asset.asset), 0) >= _least(asset) for asset in assets)
            ]
        self.held = held
        return found

    async def gather(self, id_: str, payout: Payout, spent: frozenset[str]) -> Built | None:
        """Give what was built for it in this process; nothing after a crash: it is made anew."""
        unsigned = self._built.pop(id_, None)
        if unsigned is None or spent & set(unsigned.spends):
            return None
        return Built(stored(unsigned), (id_,), payout.purpose, False, self._now_us())

    async def approvals(self, payout: Payout) -> tuple[Approval, ...]:  # noqa: ARG002
        """List none: what stays ours needs nobody's consent."""
        return ()

    async def withheld(self, payout: Payout) -> str:  # noqa: ARG002
        """Say nothing: it pays ourselves."""
        return ""

    def own(self, payout: Payout) -> tuple[HotAddress, ...]:
        """List the deposit addresses that gas is brought to."""
        paid = {payment.destination for variant in payout.variants for payment in variant.unsigned.payments}
        if payout.purpose is not Purpose.GAS:
            return ()
        return tuple(each for each in self._addresses.depositing(payout.network) if each.address in paid)

    async def settle(self, id_: str, payout: Payout, decided: Decided, confirmations: int) -> None:
        """Look again at once where gas has arrived; later and later while the signer will not have it."""
        _ = (id_, decided, confirmations)
        if payout.declined is not None:
            self._declines += 1
            pause_us = min(self._interval_us << min(self._declines, DECLINES_DOUBLED_MAX), PAUSE_US_MAX)
            self._paused_until_us = max(payout.declined.again_at_us, self._now_us() + pause_us)
            return
        self._declines = 0
        if payout.purpose is Purpose.GAS:
            self._next_us = 0


def _concerned(payout: Payout) -> set[str]:
    """List the addresses that a sweep under way takes from, or that gas is on its way to."""
    if payout.purpose not in (Purpose.SWEEP, Purpose.GAS):
        return set()
    sources = {source.address for variant in payout.variants for source in variant.unsigned.sources}
    return sources | {payment.destination for variant in payout.variants for payment in variant.unsigned.payments}


def _least(asset: ChainAsset) -> int:
    return max(1, asset.deposit_min, WORTH_FEES * asset.withdrawal_fee)
