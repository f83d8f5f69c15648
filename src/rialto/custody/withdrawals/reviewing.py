"""What operators do with withdrawals: see what waits for them and why, agree, refuse. Two agree where two must.

Who an operator is, and whether they may, is for whoever calls.
"""

from typing import Final

import msgspec

from rialto.contracts.vocabulary import StreamKey
from rialto.custody.signing.requests import Refusal
from rialto.custody.withdrawals import rules
from rialto.custody.withdrawals.model import KIND, RiskPart, State, Withdrawal, read_risk, withdrawal_of
from rialto.custody.withdrawals.reading import WithdrawalReading, WithdrawalRow
from rialto.projections.decisions import Decisions

REASON_LENGTH_MAX: Final = 255
OPERATOR_LENGTH_MAX: Final = 64
SIGNATURE_LENGTH: Final = 64


class InvalidReview(Exception):
    """A decision that cannot be taken as it was given; the message says why."""


class Review(msgspec.Struct, frozen=True):
    """A withdrawal that operators look at."""

    row: WithdrawalRow
    risk: tuple[RiskPart, ...]
    approvals_missing: int
    needs_signatures: bool


class Reviews:
    """Takes operators' decisions. Methods may raise what `Decisions` and `History` do."""

    def __init__(self, decisions: Decisions, reading: WithdrawalReading) -> None:
        self._decisions = decisions
        self._reading = reading

    async def waiting(self, limit: int) -> list[Review]:
        """List what waits for operators, the oldest first."""
        rows = await self._reading.in_state(State.REVIEW, None, limit)
        return [_review(row) for row in rows]

    async def approve(self, withdrawal: str, operator: str, now_us: int, signature: bytes = b"") -> Withdrawal:
        """Agree; with a signature over `approval_message` where the signer's policy demands one.

        Errors: `NoSuchWithdrawal`, `NotPossible`, `SameOperator`, `SignatureMissing`, `InvalidReview`.
        """
        if len(signature) not in (0, SIGNATURE_LENGTH):
            raise InvalidReview(f"the signature has {len(signature)} bytes; an Ed25519 signature has 64")
        return await self._decide(withdrawal, rules.approve(_operator(operator), signature, now_us))

    async def refuse(self, withdrawal: str, operator: str, reason: str, now_us: int) -> Withdrawal:
        """Refuse: what it locked is given back. Errors: `NoSuchWithdrawal`, `NotPossible`, `InvalidReview`."""
        if not 1 <= len(reason) <= REASON_LENGTH_MAX or not reason.isprintable():
            raise InvalidReview(f"give a reason of 1 to {REASON_LENGTH_MAX} printable characters")
        return await self._decide(withdrawal, rules.refuse(_operator(operator), reason, now_us))

    async def _decide(self, withdrawal: str, rule: rules.Rule) -> Withdrawal:
        key = StreamKey(KIND, withdrawal)
        await self._decisions.decide(key, rule)
        found = withdrawal_of(await self._decisions.events(key))
        assert found is not None, "what was decided on is there"
        return found


def _operator(name: str) -> str:
    if not 1 <= len(name) <= OPERATOR_LENGTH_MAX or not name.isprintable() or " " in name:
        raise InvalidReview(f"{name[:OPERATOR_LENGTH_MAX]!r} is no operator's name: give one without spaces")
    return name


def _review(row: WithdrawalRow) -> Review:
    parts = read_risk(row.risk)
    missing = max(0, row.approvals_needed - len(row.operators.split()))
    return Review(row, parts, missing, row.refusal == Refusal.APPROVAL.value)
