"""Looks at what waits for operators: withdrawals, recoveries, cases; and at what chains hold."""

from typing import Any, Final

import msgspec

from rialto.admin.actions.parameters import Count, Id
from rialto.admin.actions.verification import VERIFIERS
from rialto.admin.reads.shared import SEES_MONEY, LimitParameters, Looking
from rialto.admin.routes import declare
from rialto.custody.deposits.projection import CLAIMED
from rialto.custody.recovery.model import NotOpen, RecoveryState
from rialto.custody.recovery.service import NothingToRecover
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.decimals import plain_units
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import NoParameters, Parameters


class WithdrawalShown(msgspec.Struct, frozen=True, rename="camel"):
    """A withdrawal that waits for operators, and why."""

    id: str
    owner: int
    coin: str
    network: str
    address: str
    amount: str
    fee: str
    value: str | None
    risk: dict[str, int]
    agreed: list[str]
    approvals_missing: int
    requested_at: int
    refusal: str
    """Why the signer would not sign, in one word, and what it said."""
    reason: str
    needs_signatures: bool
    """Whether who agrees must sign."""


class RecoveryShown(msgspec.Struct, frozen=True, rename="camel"):
    """A request to recover a deposit."""

    id: str
    owner: int
    network: str
    transaction: str
    coin: str
    filed_at: int


class RecoveryParameters(Parameters, frozen=True):
    """Which request; the deposit's number where its transaction has several."""

    recovery: Id
    deposit: Count | None = None


class ReturnQuote(msgspec.Struct, frozen=True, rename="camel"):
    """What is held for a request, where it came from, and what would be sent back of it."""

    id: str
    deposit: str
    """Its number; a text, because it is longer than what is exact in a browser's numbers."""
    asset: str
    """Empty as long as it is not listed: it cannot be given or sent back before."""
    contract: str
    chain_amount: str
    amount: str
    fee: str
    senders: list[str]
    address: str
    """What its owner stated."""
    address_tag: str
    confirmations: int


class ShortfallShown(msgspec.Struct, frozen=True, rename="camel"):
    """What lacks of a deposit that is gone from its chain, and who had it."""

    deposit: str
    owner: int | None
    network: str
    transaction: str
    asset: str
    amount: str
    lacking: str
    is_claimed: bool
    since: int


class ComparisonShown(msgspec.Struct, frozen=True, rename="camel"):
    """What a chain holds of an asset and what it should, in the chain's unit; payouts stop while they differ."""

    network: str
    asset: str
    held: str
    least: str
    most: str
    difference: str
    height: int
    is_stopped: bool


class CaseShown(msgspec.Struct, frozen=True, rename="camel"):
    """A case of verification that waits, or is with an operator."""

    id: int
    owner: int
    level: int
    state: str
    taken_by: str | None
    agreed_by: str | None
    submitted_at: int


WITHDRAWALS: Final = declare(
    "GET", "/admin/v1/withdrawals", "List withdrawals that wait for operators.", LimitParameters, list[WithdrawalShown]
)
RECOVERIES: Final = declare(
    "GET", "/admin/v1/recoveries", "List recoveries that wait.", NoParameters, list[RecoveryShown]
)
RECONCILIATION: Final = declare(
    "GET", "/admin/v1/reconciliation", "Compare chains and ledger.", NoParameters, list[ComparisonShown]
)
SHORTFALLS: Final = declare(
    "GET", "/admin/v1/shortfalls", "List what lacks of deposits.", LimitParameters, list[ShortfallShown]
)
CASES: Final = declare(
    "GET", "/admin/v1/verification", "List cases of verification that wait.", LimitParameters, list[CaseShown]
)

QUOTE: Final = declare(
    "GET", "/admin/v1/recoveries/quote", "Look at what a recovery is about.", RecoveryParameters, ReturnQuote
)

WAITING_READS: Final = (WITHDRAWALS, RECOVERIES, QUOTE, RECONCILIATION, SHORTFALLS, CASES)


class WaitingLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(WITHDRAWALS, self.withdrawals),
            Route(RECOVERIES, self.recoveries),
            Route(QUOTE, self.quote),
            Route(RECONCILIATION, self.reconciliation),
            Route(SHORTFALLS, self.shortfalls),
            Route(CASES, self.cases),
        ]

    async def withdrawals(self, call: Call, parameters: LimitParameters) -> list[WithdrawalShown]:
        """List them, the oldest first."""
        await self._gate.admit(call, SEES_MONEY)
        return [
            WithdrawalShown(
                *(each.row.id, each.row.owner, each.row.coin, each.row.network, each.row.address),
                *(each.row.amount, each.row.fee, each.row.value),
                {part.name: part.points for part in each.risk},
                each.row.operators.split(),
                each.approvals_missing,
                call.time(each.row.requested_at_us),
                each.row.refusal,
                each.row.info,
                each.needs_signatures,
            )
            for each in await self._on.reviews.waiting(parameters.limit)
        ]

    async def recoveries(self, call: Call, _parameters: NoParameters) -> list[RecoveryShown]:
        """List them, the newest first."""
        await self._gate.admit(call, SEES_MONEY)
        return [
            RecoveryShown(each.id, each.owner, each.network, each.transaction, each.coin, call.time(each.filed_at_us))
            for each in await self._on.recoveries.of(state=RecoveryState.FILED)
        ]

    async def quote(self, call: Call, parameters: RecoveryParameters) -> ReturnQuote:
        """Show it."""
        await self._gate.admit(call, SEES_MONEY)
        try:
            filed, quote = await self._on.returns.quote(parameters.recovery, parameters.deposit)
        except (NotOpen, NothingToRecover) as error:
            raise OperatorError.NOTHING_TO_RECOVER.error(str(error)) from error
        row = quote.deposit.row
        return ReturnQuote(
            *(parameters.recovery, str(row.number), quote.asset, row.contract, row.chain_amount),
            *(plain_units(quote.units), plain_units(quote.fee_units), row.senders.split()),
            *(filed.address, filed.tag, quote.deposit.confirmations),
        )

    async def reconciliation(self, call: Call, _parameters: NoParameters) -> list[ComparisonShown]:
        """Show the newest comparisons."""
        await self._gate.admit(call)
        return [
            ComparisonShown(
                *(each.network, each.asset, str(each.held), str(each.least), str(each.most), str(each.difference)),
                each.height,
                self._on.reconciliation.is_stopped(each.network, each.asset),
            )
            for _, each in sorted(self._on.reconciliation.newest.items())
        ]

    async def shortfalls(self, call: Call, parameters: LimitParameters) -> list[ShortfallShown]:
        """List them, the oldest first."""
        await self._gate.admit(call, SEES_MONEY)
        return [
            ShortfallShown(
                *(str(each.number), each.owner, each.network, each.transaction_id, each.asset),
                *(each.units, each.shortfall, each.lack == CLAIMED, call.time(each.changed_at_us)),
            )
            for each in await self._on.shortfalls.listed(limit=parameters.limit)
        ]

    async def cases(self, call: Call, parameters: LimitParameters) -> list[CaseShown]:
        """List them, the oldest first."""
        await self._gate.admit(call, VERIFIERS)
        return [
            CaseShown(
                *(each.id, each.owner, each.level, each.state.value, each.taken_by, each.agreed_by),
                call.time(each.submitted_at_us),
            )
            for each in await self._read(lambda: self._on.cases.waiting(parameters.limit))
        ]
