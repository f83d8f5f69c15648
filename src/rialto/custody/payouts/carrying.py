"""Carries the payouts of one network on: signs what is built, broadcasts what is signed, follows it to its final depth.

Called again and again, by one task a network. What it does next is read from what is recorded, never from memory; so
after a crash it goes on wherever the last process stopped. A transaction that was signed is broadcast as it is. Who was
to be paid is told by `Beneficiaries` after the decision is recorded, however often it takes.

State, none of it needed after a restart: what was signed here and shown to nobody yet, since which height conflicts
are seen, what is stuck, and figures.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import msgspec
import structlog

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.chains.adapter import (
    ChainAdapter,
    FeeLevel,
    HotAddress,
    InsufficientHoldings,
    Rejected,
    Signed,
    TransactionState,
    TransactionStatus,
    Unsigned,
)
from rialto.custody.payouts import rules
from rialto.custody.payouts.costs import Costs
from rialto.custody.payouts.model import (
    BODY_BYTES_MAX,
    KIND,
    Broadcast,
    Built,
    Closed,
    Decided,
    Forgone,
    Opened,
    Outcome,
    Payout,
    SigningDeclined,
    TransactionSigned,
    Variant,
    stored,
)
from rialto.custody.payouts.reading import PayoutReading, Unclosed
from rialto.custody.signing.requests import Approval, Purpose, Signer, SigningRefused, SigningRequest
from rialto.projections.decisions import Decisions

_log = structlog.stdlib.get_logger(__name__)

WITHHELD: Final = "withheld"
"""Instead of a refusal of the signer's: it was not asked, because something came up against who is paid."""

ATTEMPTS_MAX: Final = 8
"""Transactions of one payout, replacements included."""

DECLINES_DOUBLED_MAX: Final = 10
"""Each refusal of a replacement doubles the wait for the next, so many times."""

ATTEMPTS_UNSEEN_MAX: Final = 3
"""Of those that no node ever took."""


class Beneficiaries(Protocol):
    """Those whom payouts of a purpose are for. Each may be told the same more than once."""

    async def gather(self, id_: str, payout: Payout, spent: frozenset[str]) -> Built | None:
        """Build what an opened payout is to be, with those who can still be paid; None if it cannot be.

        `spent` is what must not be used again.
        """

    async def approvals(self, payout: Payout) -> tuple[Approval, ...]:
        """Return operators' consents to what is paid."""

    async def withheld(self, payout: Payout) -> str:
        """Say why it must not be signed now, in a word; empty where it may."""

    def own(self, payout: Payout) -> tuple[HotAddress, ...]:
        """Return the addresses of ours that it pays, beyond the hot ones."""

    async def settle(self, id_: str, payout: Payout, decided: Decided, confirmations: int) -> None:
        """Hear what came of it."""


class Elsewhere(Protocol):
    """Transactions whose keys are on no machine that can be asked: their signatures are carried here by people."""

    def concerns(self, unsigned: Unsigned) -> bool:
        """Tell whether a transaction is one of them."""

    async def outcome(self, payout: Payout, variant: Variant) -> Signed | SigningDeclined | None:
        """Tell what came of asking for signatures: None while people have it in hand."""


class Patience(msgspec.Struct, frozen=True):
    """How long a transaction may wait in the pool before it is replaced."""

    bump_after_us: int


class Carrying:
    """Carries on the payouts of a network."""

    def __init__(
        self,
        adapter: ChainAdapter,
        decisions: Decisions,
        reading: PayoutReading,
        signer: Signer,
        costs: Costs,
        beneficiaries: Mapping[Purpose, Beneficiaries],
        patience: Patience,
        now_us: Callable[[], int],
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._adapter = adapter
        self._decisions = decisions
        self._reading = reading
        self._signer = signer
        self._costs = costs
        self._beneficiaries = beneficiaries
        self._patience = patience
        self._now_us = now_us
        self._elsewhere = elsewhere
        self._unseen: set[str] = set()
        self._conflicting_since: dict[str, int] = {}
        self._bumped_at_us: dict[str, int] = {}
        self.confirmations: dict[str, int] = {}
        """How deep the payouts under way are, as last seen."""
        self.stuck: set[str] = set()
        """Payouts that wait longer than they should, or that need a person."""
        self.figures: Counter[str] = Counter()
        """How many were decided, by outcome, and how often one was replaced."""
        self.refusals: Counter[str] = Counter()
        """How often the signer refused, by why."""

    async def open(self, id_: str, opened: Opened) -> None:
        """Open a payout and carry it as far as it goes. Errors: as `carry`."""
        await self._decide(id_, rules.open_with(opened))
        await self.carry(id_)

    async def carry_all(self) -> list[Unclosed]:
        """Carry every payout of the network as far as it goes now; return those that are left.

        Errors: `NodeUnavailable`, `SignerUnavailable`, those of `Decisions`; the rest is carried on the next time.
        """
        height = (await self._adapter.tip()).height
        for each in await self._reading.unclosed(self._adapter.network.name):
            await self._carry(each.id, each.payout, height)
        left = await self._reading.unclosed(self._adapter.network.name)
        ids = {each.id for each in left}
        self.stuck &= ids
        for kept in (self.confirmations, self._bumped_at_us, self._conflicting_since):
            for id_ in kept.keys() - ids:
                del kept[id_]
        return left

    async def carry(self, id_: str) -> None:
        """Carry one payout as far as it goes now. Errors: as `carry_all`."""
        height = (await self._adapter.tip()).height
        await self._carry(id_, await self._reading.payout(id_), height)

    async def unclosed(self) -> list[Unclosed]:
        """List the payouts of the network that are not closed. Errors: those of `History`."""
        return await self._reading.unclosed(self._adapter.network.name)

    async def spent(self) -> frozenset[str]:
        """List all that transactions under way use up, signed or to be signed. Errors: those of `History`."""
        unclosed = await self.unclosed()
        return frozenset(spent for each in unclosed for spent in each.payout.spends)

    async def _carry(self, id_: str, payout: Payout, height: int) -> None:
        while not payout.is_closed and await self._step(id_, payout, height):
            payout = await self._reading.payout(id_)

    async def _step(self, id_: str, payout: Payout, height: int) -> bool:
        """Do the next thing; tell whether there may be another."""
        if payout.decided is not None:
            return await self._settle(id_, payout, payout.decided)
        if payout.to_sign is not None and self._is_elsewhere(payout.to_sign):
            return await self._take_signatures(id_, payout, payout.to_sign)
        if payout.to_sign is not None:
            return await self._sign(id_, payout, payout.to_sign)
        if not payout.variants:
            return await self._begin(id_, payout)
        if not payout.live:
            return await self._try_again(id_, payout)
        for variant in (*payout.live, *payout.children):
            if variant.broadcast_at_us is None and not await self._broadcast_first(id_, variant):
                return True
        return await self._follow(id_, payout, height)

    async def _begin(self, id_: str, payout: Payout) -> bool:
        built = None
        if payout.declined is None:
            built = await self._beneficiaries[payout.purpose].gather(id_, payout, await self.spent())
        if built is None:
            reason = payout.declined.message if payout.declined else "it could not be built"
            await self._conclude(id_, Outcome.DISSOLVED, None, reason)
        else:
            await self._decide(id_, rules.build(built))
        return True

    async def _sign(self, id_: str, payout: Payout, variant: Variant) -> bool:
        beneficiaries = self._beneficiaries[payout.purpose]
        if not payout.live and (why := await beneficiaries.withheld(payout)):
            _log.warning("withheld before it was signed", payout=id_, reason=why)
            await self._decide(id_, rules.decline(SigningDeclined(WITHHELD, why, 0, 0)))
            return True
        request = SigningRequest(
            variant.purpose,
            variant.references,
            variant.unsigned,
            await beneficiaries.approvals(payout),
            beneficiaries.own(payout),
        )
        self._decisions.check()
        try:
            signatures = await self._signer.sign(request)
        except SigningRefused as refused:
            refusal = refused.refusal.value
            _log.warning("not signed", payout=id_, refusal=refusal, reason=str(refused))
            self.refusals[refusal] += 1
            declined = SigningDeclined(refusal, str(refused), refused.again_at_us, refused.approvals)
            await self._decide(id_, rules.decline(declined))
            return True
        signed = self._adapter.combine(variant.unsigned, signatures)
        self._unseen.add(signed.transaction)
        await self._decide(id_, rules.sign(TransactionSigned(signed.transaction, signed.raw), variant.number))
        return True

    def _is_elsewhere(self, variant: Variant) -> bool:
        return self._elsewhere is not None and self._elsewhere.concerns(variant.unsigned)

    async def _take_signatures(self, id_: str, payout: Payout, variant: Variant) -> bool:
        """Take what people carried here, if it is there. Who has it may have shown it to any node already."""
        assert self._elsewhere is not None, "it was asked whether it concerns it"
        came = await self._elsewhere.outcome(payout, variant)
        if isinstance(came, SigningDeclined):
            await self._decide(id_, rules.decline(came))
        elif came is not None:
            await self._decide(id_, rules.sign(TransactionSigned(came.transaction, came.raw), variant.number))
        return came is not None

    async def _broadcast_first(self, id_: str, variant: Variant) -> bool:
        """Show a transaction to the node; tell whether it may be anywhere now.

        If the node refuses it the first time, and that is the first time for sure, it never left.
        """
        assert variant.signed is not None
        transaction = variant.signed.transaction
        is_first = transaction in self._unseen
        self._decisions.check()
        self._unseen.discard(transaction)
        try:
            await self._adapter.broadcast(variant.signed)
        except Rejected as rejected:
            _log.warning("not taken by the node", payout=id_, transaction=transaction, reason=str(rejected))
            if not is_first:
                # An earlier process may have shown it to a node that took it.
                self.stuck.add(id_)
                return True
            await self._decide(id_, rules.forgo(Forgone(transaction, str(rejected))))
            return False
        await self._decide(id_, rules.note_broadcast(Broadcast(transaction, self._now_us())))
        return True

    async def _try_again(self, id_: str, payout: Payout) -> bool:
        """Build once more what no node took, at a higher price, in case that was the reason; else give it up."""
        last = payout.variants[-1]
        if payout.declined is None and len(payout.variants) < ATTEMPTS_UNSEEN_MAX:
            try:
                if await self._bump(id_, payout, last):
                    return True
            except (Rejected, InsufficientHoldings) as error:
                _log.warning("not built again", payout=id_, reason=str(error))
        await self._conclude(id_, Outcome.LOST, None, "the network does not take it")
        return True

    async def _follow(self, id_: str, payout: Payout, height: int) -> bool:
        statuses: dict[str, TransactionStatus] = {}
        for variant in payout.live:
            assert variant.signed is not None
            transaction = variant.signed.transaction
            statuses[transaction] = await self._adapter.status(transaction, variant.unsigned.spends)
        depth_wanted = self._adapter.network.unlock_confirmations
        for transaction, status in statuses.items():
            if status.state in (TransactionState.CONFIRMED, TransactionState.FAILED):
                self.confirmations[id_] = status.confirmations
                self._conflicting_since.pop(id_, None)
                self.stuck.discard(id_)
                if status.confirmations < depth_wanted:
                    return False
                is_paid = status.state is TransactionState.CONFIRMED
                reason = "" if is_paid else "the network carried it out without effect"
                await self._conclude(id_, Outcome.PAID if is_paid else Outcome.FAILED, transaction, reason)
                return True
        self.confirmations.pop(id_, None)
        if all(status.state is TransactionState.CONFLICTED for status in statuses.values()):
            since = self._conflicting_since.setdefault(id_, height)
            self.stuck.add(id_)
            if height - since + 1 < depth_wanted:
                return False
            await self._conclude(id_, Outcome.LOST, None, "another transaction took its place on the network")
            return True
        self._conflicting_since.pop(id_, None)
        if not any(status.state is TransactionState.PENDING for status in statuses.values()):
            await self._show_again(id_, payout)
        return await self._bump_if_late(id_, payout)

    async def _show_again(self, id_: str, payout: Payout) -> None:
        """Hand the node what it forgot: the newest that it takes."""
        for variant in (*reversed(payout.live), *payout.children):
            assert variant.signed is not None
            try:
                await self._adapter.broadcast(variant.signed)
            except Rejected as rejected:
                _log.warning("not taken again", payout=id_, reason=str(rejected))
            else:
                self.figures["shown_again"] += 1
                if not variant.is_child:
                    return
        self.stuck.add(id_)

    async def _bump_if_late(self, id_: str, payout: Payout) -> bool:
        newest = max(variant.built_at_us for variant in payout.variants)
        # What was tried in vain is not tried again at once, and later and later where the signer will not have it.
        patience_us = self._patience.bump_after_us << min(payout.declines, DECLINES_DOUBLED_MAX)
        if self._now_us() - max(newest, self._bumped_at_us.get(id_, 0)) < patience_us:
            return False
        self.stuck.add(id_)
        self._bumped_at_us[id_] = self._now_us()
        if len(payout.variants) >= ATTEMPTS_MAX or self._is_elsewhere(payout.live[-1]):
            return False
        try:
            return await self._bump(id_, payout, payout.live[-1])
        except (Rejected, InsufficientHoldings) as error:
            _log.warning("not replaced", payout=id_, reason=str(error))
            return False

    async def _bump(self, id_: str, payout: Payout, variant: Variant) -> bool:
        rate = await self._adapter.fee_rate(FeeLevel.FAST)
        unsigned = await self._adapter.bump(variant.unsigned, rate)
        if len(unsigned.body) > BODY_BYTES_MAX:
            return False
        is_child = not set(unsigned.spends) & set(variant.unsigned.spends)
        built = Built(stored(unsigned), payout.references, Purpose.BUMP, is_child, self._now_us())
        await self._decide(id_, rules.build(built))
        self.figures["bumped"] += 1
        return True

    async def _settle(self, id_: str, payout: Payout, decided: Decided) -> bool:
        """Tell everybody, book what it cost, and close it; what cannot be done now is done later."""
        confirmations = self.confirmations.get(id_, self._adapter.network.unlock_confirmations)
        await self._beneficiaries[payout.purpose].settle(id_, payout, decided, confirmations)
        if payout.cost is None and decided.outcome in (Outcome.PAID, Outcome.FAILED):
            cost = await self._costs.of(payout, decided)
            if cost is None:
                return False
            await self._decide(id_, rules.book_cost(cost.event, cost.payer, cost.custody))
        await self._decide(id_, rules.close(Closed(self._now_us())))
        self.stuck.discard(id_)
        return False

    async def _conclude(self, id_: str, outcome: Outcome, transaction: str | None, reason: str) -> None:
        await self._decide(id_, rules.decide(Decided(outcome, transaction, reason, self._now_us())))
        self.figures[outcome.value] += 1
        _log.info("payout decided", payout=id_, outcome=outcome.value, transaction=transaction)

    async def _decide(self, id_: str, rule: rules.Rule) -> None:
        await self._decisions.decide(StreamKey(KIND, id_), rule)
