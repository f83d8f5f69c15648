"""Refills of one network: proposes them, and carries those that are approved; the beneficiary of their payouts.

Called by the task that pays on the network, so that nothing else builds on the same coins. What is taken from a tier
behind waits in its payout until its keepers' signatures were brought; what goes there is signed like any payment.

State, none of it needed after a restart: when it is looked again at what should be hot.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog

from rialto.custody.chains.adapter import (
    ChainAdapter,
    FeeLevel,
    HotAddress,
    InsufficientHoldings,
    InvalidAddress,
    Payment,
    Signed,
    Unsigned,
)
from rialto.custody.chains.tiers import Tier
from rialto.custody.payouts.carrying import Carrying
from rialto.custody.payouts.model import (
    BODY_BYTES_MAX,
    Built,
    Decided,
    Member,
    Opened,
    Payout,
    SigningDeclined,
    Variant,
    loaded_payment,
    stored,
    stored_payment,
)
from rialto.custody.refills import rules
from rialto.custody.refills.model import Direction, Ended, Lapsed, Proposed, Refill, State, read_id, stream_of
from rialto.custody.refills.proposing import Proposal, Tiers
from rialto.custody.refills.reading import RefillReading, RefillRow
from rialto.custody.signing.requests import Approval, Purpose
from rialto.projections.decisions import Decisions

CANCELED: Final = "canceled"
"""What a payout says was declined when operators took its refill back."""

STALE_FACTOR: Final = 2
"""A proposal lapses once so many times as much, or as little, is wanted as it says."""

_log = structlog.stdlib.get_logger(__name__)


class Refilling:
    """The refills of one network."""

    def __init__(
        self,
        adapter: ChainAdapter,
        tiers: Sequence[Tier],
        hot: Sequence[HotAddress],
        wanted: Tiers,
        decisions: Decisions,
        reading: RefillReading,
        interval_us: int,
        now_us: Callable[[], int],
    ) -> None:
        """`wanted` tells what should be moved."""
        self._adapter = adapter
        self._tiers: Mapping[str, Tier] = {each.name: each for each in tiers}
        self._by_home = {each.home.address: each for each in tiers}
        self._hot = hot
        self._wanted = wanted
        self._decisions = decisions
        self._reading = reading
        self._interval_us = interval_us
        self._now_us = now_us
        self._next_us = 0
        self.open: dict[str, int] = {}
        """How many refills were in each open state when it was last looked."""

    async def work(self, carrying: Carrying) -> None:
        """Open payouts for what is approved; propose, if it is time. Errors: those of `Carrying.carry_all`."""
        if not self._tiers:
            return
        network = self._adapter.network.name
        approved = await self._reading.in_state(network, State.APPROVED)
        under_way = {each.id for each in await carrying.unclosed()}
        for row in approved:
            if row.payout not in under_way:
                await self._open(carrying, row)
        if self._now_us() >= self._next_us:
            await self._propose(await self._reading.in_state(network, State.PROPOSED))
            self._next_us = self._now_us() + self._interval_us
        proposed = await self._reading.in_state(network, State.PROPOSED)
        self.open = {State.PROPOSED.value: len(proposed), State.APPROVED.value: len(approved)}

    async def _open(self, carrying: Carrying, row: RefillRow) -> None:
        asset = self._adapter.network.asset_named(row.asset)
        if asset is None or row.tier not in self._tiers:
            _log.error("an approved refill waits: its asset or tier is not configured any more", refill=row.id)
            return
        is_refill = row.direction == Direction.REFILL.value
        destination = self._hot[0].address if is_refill else self._tiers[row.tier].home.address
        payment = Payment(destination, None, asset.contract, int(row.amount))
        members = (Member(row.id, stored_payment(payment)),)
        await carrying.open(row.payout, Opened(row.network, Purpose.REFILL, members, self._now_us()))

    async def _propose(self, proposed: Sequence[RefillRow]) -> None:
        wanted = {each.asset: each for each in await self._wanted.proposals()}
        now_us = self._now_us()
        for row in proposed:
            if _is_stale(row, wanted.get(row.asset)):
                stream, number = read_id(row.id)
                await self._decisions.decide(stream, rules.lapse(number, Lapsed(now_us)))
        for each in wanted.values():
            event = Proposed(
                *(each.network, each.asset, each.direction, each.tier, str(each.amount), str(each.hot)),
                *(str(each.total), each.reason, now_us),
            )
            made = await self._decisions.decide(stream_of(each.network, each.asset), rules.propose(event))
            if made is not None:
                _log.warning(
                    "holdings should be moved: operators are asked", network=each.network, asset=each.asset,
                    direction=each.direction.value, tier=each.tier, amount=each.amount, reason=each.reason,
                )  # fmt: skip

    async def gather(self, id_: str, payout: Payout, spent: frozenset[str]) -> Built | None:
        """Build what moves the holdings; None if it cannot be."""
        refill = await self._refill(payout)
        payment = loaded_payment(payout.members[0].payment)
        if refill.state is not State.APPROVED:
            return None
        try:
            if refill.proposed.direction is Direction.REFILL:
                # Nobody will be asked to sign it again at a higher price.
                rate = await self._adapter.fee_rate(FeeLevel.FAST)
                unsigned = await self._tiers[refill.proposed.tier].build(payment, rate, spent)
            else:
                rate = await self._adapter.fee_rate(FeeLevel.NORMAL)
                unsigned = await self._adapter.build([payment], self._hot, rate, spent)
        except (InsufficientHoldings, InvalidAddress) as error:
            _log.warning("refill not built", refill=refill.id, reason=str(error))
            return None
        if len(unsigned.body) > BODY_BYTES_MAX:
            return None
        assert unsigned.payments == (payment,), "what is built moves what was agreed"
        return Built(stored(unsigned), (f"{refill.id}.{id_}",), Purpose.REFILL, False, self._now_us())

    def concerns(self, unsigned: Unsigned) -> bool:
        """Tell whether a transaction takes from a tier behind."""
        return any(source.address in self._by_home for source in unsigned.sources)

    async def outcome(self, payout: Payout, variant: Variant) -> Signed | SigningDeclined | None:
        """Finish what enough keepers signed; decline what operators took back."""
        refill = await self._refill(payout)
        if refill.canceled is not None:
            return SigningDeclined(CANCELED, f"{refill.canceled.operator}: {refill.canceled.reason}")
        tier = self._by_home[variant.unsigned.sources[0].address]
        if len(variant.brought) < tier.signatures_needed:
            return None
        return tier.combine(variant.unsigned, variant.brought)

    async def approvals(self, payout: Payout) -> tuple[Approval, ...]:  # noqa: ARG002
        """List none: what stays ours needs no consent of the signer's."""
        return ()

    async def withheld(self, payout: Payout) -> str:  # noqa: ARG002
        """Say nothing: it pays ourselves."""
        return ""

    def own(self, payout: Payout) -> tuple[HotAddress, ...]:  # noqa: ARG002
        """List none: the signer's policy names the tiers behind."""
        return ()

    async def settle(self, id_: str, payout: Payout, decided: Decided, confirmations: int) -> None:
        """Record how it ended."""
        _ = (id_, confirmations)
        stream, number = read_id(payout.members[0].reference)
        ended = Ended(decided.outcome, decided.transaction, decided.reason, decided.at_us)
        await self._decisions.decide(stream, rules.end(number, ended))

    async def _refill(self, payout: Payout) -> Refill:
        return await self._reading.refill(payout.members[0].reference)


def _is_stale(row: RefillRow, wanted: Proposal | None) -> bool:
    if wanted is None or wanted.direction.value != row.direction or wanted.tier != row.tier:
        return True
    least, most = sorted((int(row.amount), wanted.amount))
    return most > STALE_FACTOR * least
