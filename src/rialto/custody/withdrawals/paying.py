"""Pays withdrawals: picks what waits on a network, in order, and puts it into payouts; tells each how it ended.

Chains whose transactions pay several at once get them together. A payment that cannot be made now, because the hot
addresses hold too little, waits without holding up those behind it.

What the signer refuses is recorded with its reason. Beyond its limits for now: it is left alone until they leave room.
Anything else: operators look at it, and may give it back. Of several together, each then goes alone, at once.

State, not needed after a restart: what waits for holdings.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import structlog

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.chains.adapter import (
    ChainAdapter,
    FeeLevel,
    HotAddress,
    InsufficientHoldings,
    InvalidAddress,
    Payment,
)
from rialto.custody.chains.network import Family
from rialto.custody.payouts.carrying import WITHHELD, Carrying
from rialto.custody.payouts.model import (
    BODY_BYTES_MAX,
    Built,
    Decided,
    Member,
    Opened,
    Outcome,
    Payout,
    loaded_payment,
    stored,
    stored_payment,
)
from rialto.custody.signing.requests import Approval, Purpose
from rialto.custody.withdrawals import rules
from rialto.custody.withdrawals.model import KIND, Completed, Failed, Held, Released, read_risk
from rialto.custody.withdrawals.ports import APPROVALS_OF_CONCERNS, Concern
from rialto.custody.withdrawals.reading import WithdrawalReading, WithdrawalRow
from rialto.projections.decisions import Decisions

_log = structlog.stdlib.get_logger(__name__)

TOGETHER_MAX: Final = 50
"""Payments in one transaction."""

UNDER_WAY_MAX: Final = 32
"""Payouts of one network that may be under way; what waits, waits on."""

PICKED_MAX: Final = 200

LEFT_ALONE_US_MIN: Final = 10_000_000
LEFT_ALONE_US_MAX: Final = 86_400_000_000
"""How long a payment that only time can allow is left alone, at least and at most, whatever the signer's clock says."""


OnHeld = Callable[[WithdrawalRow], Awaitable[None]]
"""Hears of a withdrawal that operators look at again."""


class Gates(Protocol):
    """What may stop payouts: an operator, a difference between the chain and the books, or what somebody owes."""

    def may_pay(self, network: str, asset: str) -> bool:
        """Tell whether an asset may leave now."""

    async def owing(self) -> frozenset[int]:
        """List the owners of whom nothing may leave now: they owe something. Errors: those of `History`."""


class Paying:
    """The withdrawals of one network, as beneficiaries of its payouts."""

    def __init__(
        self,
        adapter: ChainAdapter,
        decisions: Decisions,
        reading: WithdrawalReading,
        hot: Sequence[HotAddress],
        custody: int,
        gates: Gates,
        now_us: Callable[[], int],
        is_held: Callable[[WithdrawalRow], bool] = lambda _row: False,
        concern: Concern = lambda _address: None,
        on_held: OnHeld | None = None,
    ) -> None:
        """`hot` pays; `custody` is the ledger's account for what the network holds.

        `is_held` tells whether a withdrawal waits for what is decided elsewhere. What `concern` holds against an
        address has operators look again, if they did not agree in the knowledge of it; `on_held` hears of that.
        """
        self._adapter = adapter
        self._decisions = decisions
        self._reading = reading
        self._hot = hot
        self._custody = custody
        self._gates = gates
        self._now_us = now_us
        self._is_held = is_held
        self._concern = concern
        self._on_held = on_held
        self.short: dict[str, WithdrawalRow] = {}
        """Withdrawals that wait for the hot addresses to hold enough."""

    async def pay(self, carrying: Carrying, under_way: int) -> None:
        """Begin payouts for what waits. Errors: those of `Carrying.carry_all`."""
        network = self._adapter.network.name
        now_us = self._now_us()
        owing = await self._gates.owing()
        waiting = [
            row
            for row in await self._reading.waiting(network, now_us, PICKED_MAX)
            if self._gates.may_pay(network, row.coin) and row.owner not in owing and not self._is_held(row)
            if not await self._hold(row)
        ]
        ids = {row.id for row in waiting}
        self.short = {id_: row for id_, row in self.short.items() if id_ in ids}
        groups = self._groups(waiting)
        while groups and under_way < UNDER_WAY_MAX:
            group = groups.pop(0)
            fits = await self._fits(carrying, group)
            if fits:
                members = tuple(Member(row.id, stored_payment(_payment(row))) for row in group)
                await carrying.open(secrets.token_hex(16), Opened(network, Purpose.WITHDRAWAL, members, now_us))
                under_way += 1
            elif len(group) > 1:
                # Each by itself, in order: one that is too large does not hold up the others.
                groups[:0] = [[row] for row in group]

    async def _hold(self, row: WithdrawalRow) -> bool:
        """Tell whether something came up against who is paid; operators decide on it from now on."""
        part = self._concern(row.address)
        if part is None or part in read_risk(row.risk):
            return False
        held = Held(part, APPROVALS_OF_CONCERNS, self._now_us())
        if await self._decisions.decide(StreamKey(KIND, row.id), rules.hold(held)) is not None:
            _log.error("held: operators look at it again", withdrawal=row.id, reason=part.name)
            if self._on_held is not None:
                await self._on_held(row)
        return True

    def wanted(self) -> dict[str, int]:
        """Tell what waits for the hot addresses to hold enough, by asset, in the chain's units."""
        found: dict[str, int] = {}
        for row in self.short.values():
            found[row.coin] = found.get(row.coin, 0) + int(row.chain_amount)
        return found

    async def _fits(self, carrying: Carrying, group: Sequence[WithdrawalRow]) -> bool:
        """Tell whether a transaction can be built for some withdrawals now; give back one that can never be paid."""
        try:
            unsigned = await self._adapter.build(
                [_payment(row) for row in group],
                self._hot,
                await self._adapter.fee_rate(FeeLevel.NORMAL),
                await carrying.spent(),
            )
        except InsufficientHoldings as short:
            if len(group) == 1:
                _log.warning("hot addresses hold too little", withdrawal=group[0].id, reason=str(short))
                self.short[group[0].id] = group[0]
            return False
        except InvalidAddress as invalid:
            if len(group) == 1:
                await self._give_back(group[0].id, str(invalid))
            return False
        for row in group:
            self.short.pop(row.id, None)
        return len(unsigned.body) <= BODY_BYTES_MAX

    def _groups(self, waiting: Sequence[WithdrawalRow]) -> list[list[WithdrawalRow]]:
        if self._adapter.network.family is not Family.BITCOIN:
            return [[row] for row in waiting]
        together = [row for row in waiting if not row.is_to_go_alone]
        alone = [[row] for row in waiting if row.is_to_go_alone]
        return [together[first : first + TOGETHER_MAX] for first in range(0, len(together), TOGETHER_MAX)] + alone

    async def gather(self, id_: str, payout: Payout, spent: frozenset[str]) -> Built | None:
        """Take the members that are not canceled meanwhile, and build what pays them."""
        members = []
        for member in payout.members:
            try:
                await self._decide(member.reference, rules.assign(id_))
            except (rules.NotPossible, rules.NoSuchWithdrawal):
                continue
            members.append(member)
        if not members:
            return None
        payments = tuple(loaded_payment(member.payment) for member in members)
        try:
            rate = await self._adapter.fee_rate(FeeLevel.NORMAL)
            unsigned = await self._adapter.build(payments, self._hot, rate, spent)
        except (InsufficientHoldings, InvalidAddress) as error:
            _log.warning("payout not built", payout=id_, reason=str(error))
            return None
        if len(unsigned.body) > BODY_BYTES_MAX:
            return None
        assert unsigned.payments == payments, "what is built pays what was to be paid, in order"
        references = tuple(member.reference for member in members)
        return Built(stored(unsigned), references, Purpose.WITHDRAWAL, False, self._now_us())

    async def approvals(self, payout: Payout) -> tuple[Approval, ...]:
        """List the consents that operators signed."""
        found = []
        for reference in payout.references:
            withdrawal = await self._reading.withdrawal(reference)
            if withdrawal is not None:
                signed = [each for each in withdrawal.approvals if each.signature]
                found += [Approval(reference, each.operator, each.signature) for each in signed]
        return tuple(found)

    async def withheld(self, payout: Payout) -> str:
        """Say what came up against one of those it pays; empty for nothing."""
        for reference in payout.references:
            found = await self._reading.withdrawal(reference)
            part = None if found is None else self._concern(found.request.address)
            if found is not None and part is not None and part not in found.risk:
                return part.name
        return ""

    def own(self, payout: Payout) -> tuple[HotAddress, ...]:  # noqa: ARG002
        """List none: withdrawals pay others."""
        return ()

    async def settle(self, id_: str, payout: Payout, decided: Decided, confirmations: int) -> None:
        """Complete, give back or release each of those it was for."""
        references = {*payout.references, *(member.reference for member in payout.members)}
        for reference in sorted(references):
            rule = self._told(id_, payout, decided, confirmations)
            await self._decide(reference, rule)

    def _told(self, id_: str, payout: Payout, decided: Decided, confirmations: int) -> rules.Rule:
        if decided.outcome is Outcome.PAID:
            assert decided.transaction is not None, "what was paid has a transaction"
            completed = Completed(id_, decided.transaction, confirmations, decided.at_us)
            return rules.complete(completed, self._custody)
        if decided.outcome is Outcome.DISSOLVED:
            return rules.release(self._released(id_, payout, decided))
        return rules.fail(Failed(decided.reason, decided.transaction, decided.at_us), id_)

    def _released(self, id_: str, payout: Payout, decided: Decided) -> Released:
        """Say what is to become of a withdrawal whose payout signed nothing."""
        declined = payout.declined
        if declined is None or len(payout.members) > 1 or declined.refusal == WITHHELD:
            return Released(id_, decided.reason, to_review=False, is_to_go_alone=declined is not None)
        waits_until_us = 0
        if declined.again_at_us:
            now_us = self._now_us()
            waits_until_us = min(max(declined.again_at_us, now_us + LEFT_ALONE_US_MIN), now_us + LEFT_ALONE_US_MAX)
            again_at = datetime.fromtimestamp(waits_until_us / 1_000_000, UTC).isoformat(timespec="seconds")
            _log.warning("held back by the signer's limits", payout=id_, again_at=again_at, reason=decided.reason)
        else:
            _log.error("refused by the signer: operators look at it", payout=id_, reason=decided.reason)
        return Released(
            id_,
            decided.reason,
            to_review=not waits_until_us,
            is_to_go_alone=True,
            refusal=declined.refusal,
            approvals=declined.approvals,
            waits_until_us=waits_until_us,
        )

    async def _give_back(self, id_: str, reason: str) -> None:
        try:
            await self._decide(id_, rules.refuse("", reason, self._now_us()))
        except rules.NotPossible:
            _log.info("not given back", withdrawal=id_)

    async def _decide(self, id_: str, rule: rules.Rule) -> None:
        await self._decisions.decide(StreamKey(KIND, id_), rule)


def _payment(row: WithdrawalRow) -> Payment:
    return Payment(row.address, row.tag, row.contract, int(row.chain_amount))
