"""What banks say they hold against the ledger: after every look at the folders, for every bank that sent a statement.

A bank account's custody account holds minus what its last statement ended with, to the cent, because nothing but
statements moves it; what a bank took back and nobody made good yet is known to lack. Where that is not so, nothing is
paid out of the currency, over banks or to cards, until it is so again: a statement that broke off in the middle, an
entry whose reference a bank gave twice, a hand in the ledger.

State: the newest difference of each bank; none of it survives a restart, and the first look comes before the first file
of payments.
"""

import structlog

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import StreamKey
from rialto.core.runtime import Runtime
from rialto.products.fiat.accounts import held_of
from rialto.products.fiat.claims import Claims
from rialto.products.fiat.importing import StatementImport
from rialto.products.fiat.model import STATEMENT_KIND, statements_of
from rialto.products.fiat.service import FiatService
from rialto.projections.decisions import Decisions

_log = structlog.stdlib.get_logger(__name__)


class BankReconciliation:
    """The comparisons, and what they stop."""

    def __init__(
        self,
        runtime: Runtime,
        decisions: Decisions,
        service: FiatService,
        statements: StatementImport,
        claims: Claims,
    ) -> None:
        self._runtime = runtime
        self._decisions = decisions
        self._service = service
        self._statements = statements
        self._claims = claims
        self.differences: dict[str, int] = {}
        """What each bank has beyond what the ledger says, in units of 1e-8."""

    async def check(self) -> None:
        """Compare every bank, while no statement is being booked. Errors: those of `Decisions`."""
        async with self._statements.booking:
            for bank in self._service.banks:
                difference = await self.difference(bank)
                if difference is not None:
                    self._keep(bank, difference)

    def is_stopped(self, currency: str) -> bool:
        """Tell whether nothing is paid out of a currency: one of its banks has something else than the ledger says."""
        return any(
            bank.currency == currency and self.differences.get(bank.name) for bank in self._service.banks.values()
        )

    async def difference(self, bank: str) -> int | None:
        """Return what the bank has beyond what the ledger says, in units of 1e-8; None before the first statement."""
        taken = statements_of(await self._decisions.events(StreamKey(STATEMENT_KIND, bank)))
        if not taken:
            return None
        asset = self._service.asset_of(self._service.banks[bank])
        held = sum(await held_of(self._runtime, self._service.custody(bank), asset))
        return taken[-1].closing + held + await self._claims.shortfall(bank)

    def _keep(self, bank: str, difference: int) -> None:
        was = self.differences.get(bank, 0)
        self.differences[bank] = difference
        if difference and difference != was:
            _log.error("a bank does not reconcile: payouts stopped", bank=bank, difference=text_of(difference))
        elif was and not difference:
            _log.info("a bank reconciles again", bank=bank)
