"""What operators do about refills: agree, take back, carry a transaction to its keepers, and bring signatures back."""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.chains.adapter import Rejected
from rialto.custody.chains.tiers import Tier
from rialto.custody.networks.registry import Holdings
from rialto.custody.payouts import rules as payout_rules
from rialto.custody.payouts.model import KIND as PAYOUT
from rialto.custody.payouts.model import Payout, SignaturesBrought, Variant, loaded_payment, payout_of
from rialto.custody.refills import rules
from rialto.custody.refills.model import Approved, Canceled, Direction, Refill, State, read_id
from rialto.custody.refills.reading import RefillReading, RefillRow
from rialto.custody.refills.rules import RefillRefused
from rialto.custody.signing.requests import Purpose, SigningAnswer, SigningRequest
from rialto.projections.decisions import Decisions

ANSWER_BYTES_MAX: Final = 8_192


class RefillShown(msgspec.Struct, frozen=True):
    """A refill, with how far its signatures are."""

    row: RefillRow
    signed: int
    """How many keepers signed what was built last."""
    needed: int
    """How many must; 0 where the signer does."""


class _Waiting(NamedTuple):
    """What waits for signatures."""

    refill: Refill
    variant: Variant
    tier: Tier


class RefillDesk:
    """The refills of every network. Errors of every method: those of `Decisions` and `History`."""

    def __init__(
        self, holdings: Holdings, decisions: Decisions, reading: RefillReading, now_us: Callable[[], int]
    ) -> None:
        self._holdings = holdings
        self._decisions = decisions
        self._reading = reading
        self._now_us = now_us

    async def listed(self, limit: int) -> list[RefillShown]:
        """List refills, the newest first."""
        return [await self._shown(row) for row in await self._reading.listed(limit)]

    async def approve(self, id_: str, by: str, proposer: str, approver: str) -> None:
        """Agree, by what two operators proposed and approved. Errors: `RefillRefused`, `NoSuchRefill`."""
        stream, number = read_id(id_)
        await self._reading.refill(id_)
        event = Approved(by, proposer, approver, self._now_us())
        await self._decisions.decide(stream, rules.approve(number, event))

    async def cancel(self, id_: str, operator: str, reason: str) -> None:
        """Take back what is not signed. Errors: `RefillRefused`, `NoSuchRefill`."""
        refill = await self._reading.refill(id_)
        payout = await self._payout(refill)
        is_drain = refill.proposed.direction is Direction.DRAIN
        if payout is not None and payout.decided is None and (payout.live or is_drain):
            raise RefillRefused("it is under way: it can only be followed to its end")
        stream, number = read_id(id_)
        await self._decisions.decide(stream, rules.cancel(number, Canceled(operator, reason, self._now_us())))

    async def export(self, id_: str) -> SigningRequest:
        """Return what is to be carried to the keepers. Errors: `RefillRefused`, `NoSuchRefill`."""
        waiting = await self._waiting(id_)
        return SigningRequest(Purpose.REFILL, waiting.variant.references, waiting.variant.unsigned)

    async def bring(self, id_: str, answer: str, operator: str) -> str:
        """Take the signatures a keeper gave; say how far it is. The same again changes nothing.

        They are believed once they verify for the transaction that was built, and that one once it moves what was
        agreed to, and nothing else. Errors: `RefillRefused`, `NoSuchRefill`.
        """
        try:
            given = msgspec.json.decode(answer, type=SigningAnswer)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise RefillRefused(f"this is no file of signatures: {error}") from error
        waiting = await self._waiting(id_)
        variant, tier = waiting.variant, waiting.tier
        try:
            keeper = tier.keeper_of(variant.unsigned, given.signatures)
        except Rejected as rejected:
            raise RefillRefused(
                f"these are no signatures of this transaction by keys of the {tier.name} tier: {rejected}"
            ) from rejected
        event = SignaturesBrought(keeper, given.signatures, operator, self._now_us())
        stream = StreamKey(PAYOUT, waiting.refill.payout)
        try:
            made = await self._decisions.decide(stream, payout_rules.bring(event, variant.number))
        except payout_rules.OutOfTurn as late:
            raise RefillRefused(str(late)) from late
        number = len({*variant.brought, keeper})
        words = "signed" if made is not None else "had signed already"
        return f"keeper {keeper + 1} {words}: {number} of {tier.signatures_needed}"

    async def _waiting(self, id_: str) -> _Waiting:
        refill = await self._reading.refill(id_)
        proposed = refill.proposed
        if proposed.direction is Direction.DRAIN:
            raise RefillRefused("what goes out of the hot addresses is signed by the signer, not by keepers")
        if refill.state is not State.APPROVED:
            raise RefillRefused(f"the refill is {refill.state.value}, and only what was approved is signed")
        payout = await self._payout(refill)
        variant = None if payout is None else payout.to_sign
        if payout is not None and payout.live:
            raise RefillRefused("enough keepers have signed already")
        tier = next((each for each in self._holdings.tiers(proposed.network) if each.name == proposed.tier), None)
        if payout is None or variant is None or tier is None:
            raise RefillRefused("the transaction is not built yet; try again in a moment")
        if variant.unsigned.payments != (loaded_payment(payout.members[0].payment),):
            raise RefillRefused("the transaction does not move what was agreed to")
        return _Waiting(refill, variant, tier)

    async def _payout(self, refill: Refill) -> Payout | None:
        return payout_of(await self._decisions.events(StreamKey(PAYOUT, refill.payout)))

    async def _shown(self, row: RefillRow) -> RefillShown:
        needed = 0
        if row.direction == Direction.REFILL.value and row.network in self._holdings.names:
            tiers = self._holdings.tiers(row.network)
            needed = next((each.signatures_needed for each in tiers if each.name == row.tier), 0)
        signed = 0
        if row.state is State.APPROVED and needed:
            payout = payout_of(await self._decisions.events(StreamKey(PAYOUT, row.payout)))
            if payout is not None:
                signed = needed if payout.live else len(payout.to_sign.brought if payout.to_sign else ())
        return RefillShown(row, signed, needed)
