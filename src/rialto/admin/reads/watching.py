"""Looks at how the exchange is: what is wrong now, and every check there is.

Alerts are what needs somebody: a chain that holds something else than the ledger says, a ledger that is not conserved,
a signer that does not answer, payouts that are stuck, chains that are not followed. Each look finds them anew.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

from rialto.admin.reads.shared import Looking
from rialto.admin.routes import declare
from rialto.contracts.amounts import text_of
from rialto.custody.signing.requests import SignerUnavailable
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.parameters import NoParameters

SIGNER_TIMEOUT_S: Final = 5.0


class Alert(msgspec.Struct, frozen=True, rename="camel"):
    """Something that needs somebody: of which kind, about what, and what is known of it."""

    kind: str
    subject: str
    detail: str


class CheckShown(msgspec.Struct, frozen=True):
    """A check of the exchange's health."""

    name: str
    ok: bool
    detail: str


ALERTS: Final = declare("GET", "/admin/v1/alerts", "List what needs somebody now.", NoParameters, list[Alert])
HEALTH: Final = declare("GET", "/admin/v1/health", "Show every check of health.", NoParameters, list[CheckShown])

WATCHING_READS: Final = (ALERTS, HEALTH)


class WatchingLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(ALERTS, self.alerts), Route(HEALTH, self.health)]

    async def alerts(self, call: Call, _parameters: NoParameters) -> list[Alert]:
        """List what is wrong."""
        await self._gate.admit(call)
        return [each async for each in self._wrong()]

    async def health(self, call: Call, _parameters: NoParameters) -> list[CheckShown]:
        """Show the checks."""
        await self._gate.admit(call)
        return [CheckShown(name, *found) for name, found in self._on.health().items()]

    async def _wrong(self) -> AsyncIterator[Alert]:
        for name, found in self._on.health().items():
            if not found.ok:
                yield Alert("health", name, found.detail)
        for (network, asset), compared in sorted(self._on.reconciliation.newest.items()):
            if compared.difference:
                detail = f"{compared.held} held, {compared.least} to {compared.most} expected; payouts are stopped"
                yield Alert("reconciliation", f"{asset} on {network}", detail)
        for subject, units in self._unreconciled():
            yield Alert("reconciliation", subject, f"{text_of(units)} more than the ledger says; payouts are stopped")
        for network, follower in sorted(self._on.followers.items()):
            if follower.is_lost or follower.failures:
                detail = "forked too deep" if follower.is_lost else f"not reached {follower.failures} times in a row"
                yield Alert("chain", network, detail)
        for network, process in sorted(self._on.paying.items()):
            for payout in sorted(process.carrying.stuck):
                yield Alert("payout", payout, f"stuck on {network}")
            if process.failures:
                yield Alert("payouts", network, f"{process.failures} rounds failed one after the other")
        if self._on.signer is not None:
            try:
                async with asyncio.timeout(SIGNER_TIMEOUT_S):
                    await self._on.signer.status()
            except (SignerUnavailable, TimeoutError) as failure:
                yield Alert("signer", "signer", str(failure) or "does not answer in time")

    def _unreconciled(self) -> list[tuple[str, int]]:
        """List what banks and the provider of cards say beyond what the ledger does."""
        banks, cards = self._on.banks.differences, self._on.cards.books.differences
        found = [(f"bank {name}", units) for name, units in sorted(banks.items())]
        found += [(f"cards in {currency}", units) for currency, units in sorted(cards.items())]
        return [(subject, units) for subject, units in found if units]
