"""What operators look at of fiat money: transfers in suspense, and what was taken back and lacks."""

from typing import Any, Final

import msgspec

from rialto.admin.actions.fees import FINANCE
from rialto.admin.reads.shared import LimitParameters, Looking
from rialto.admin.routes import declare
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.products.fiat.iso20022.reasons import code_of, in_words
from rialto.products.fiat.reversals import NOBODY


class SuspendedShown(msgspec.Struct, frozen=True, rename="camel"):
    """A bank transfer in suspense, why, and who sent it as far as the statement says."""

    order: str
    bank: str
    currency: str
    amount: str
    code: str
    """Why it came back, where it is one that did: the bank's code."""
    reason: str
    sender: str
    sender_account: str
    suspended_at: int


class ClaimShown(msgspec.Struct, frozen=True, rename="camel"):
    """An order that a card's holder or a bank took back: what its owner has to make good, and what lacks in the ledger.

    Whose it was is null while nobody knows. `source` is `card` or `bank`.
    """

    order: str
    source: str
    owner: int | None
    currency: str
    amount: str
    claim: str
    lacking: str
    code: str
    """The bank's code for the reason, where it gave one."""
    reason: str
    ordered_at: int


SUSPENDED: Final = declare(
    "GET", "/admin/v1/fiat/suspended", "List bank transfers in suspense.", LimitParameters, list[SuspendedShown]
)
CLAIMS: Final = declare(
    "GET",
    "/admin/v1/fiat/claims",
    "List what was taken back and is to be made good.",
    LimitParameters,
    list[ClaimShown],
)
FIAT_READS: Final = (SUSPENDED, CLAIMS)


class FiatLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(SUSPENDED, self.suspended), Route(CLAIMS, self.claims)]

    async def suspended(self, call: Call, parameters: LimitParameters) -> list[SuspendedShown]:
        """List them, the oldest first."""
        await self._gate.admit(call, FINANCE)
        await self._note_look(call, None, "fiat-suspended")
        shown = []
        for row in await self._on.fiat.suspended(parameters.limit):
            sender = await self._on.fiat.sender(row.order_no)
            name, account = ("", "") if sender is None else (sender.name, sender.number)
            currency = self._on.runtime.catalog.asset(row.asset).name
            shown.append(
                SuspendedShown(
                    *(row.order_no, row.bank, currency, row.amount, code_of(row.reason), in_words(row.reason)),
                    *(name, account),
                    call.time(row.created_at_us),
                )
            )
        return shown

    async def claims(self, call: Call, parameters: LimitParameters) -> list[ClaimShown]:
        """List them, the oldest first."""
        await self._gate.admit(call, FINANCE)
        return [
            ClaimShown(
                *(row.order_no, row.source, None if row.owner == NOBODY else row.owner),
                *(self._on.runtime.catalog.asset(row.asset).name, row.amount, row.claim, row.shortfall),
                *(code_of(row.reason), in_words(row.reason)),
                call.time(row.created_at_us),
            )
            for row in await self._on.claims.listed(parameters.limit)
        ]
