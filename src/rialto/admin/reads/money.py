"""Looks at money that came and went: deposits and withdrawals by person, address, transaction or state; totals.

What is asked for of a person is a line in their log; so is a search by address or transaction, which may find one.
"""

import asyncio
from typing import Annotated, Any, Final

import msgspec

from rialto.admin.actions.parameters import Reason
from rialto.admin.cursors import Cursor, cursor_of, read_cursor
from rialto.admin.reads.shared import SEES_MONEY, Limit, Looking
from rialto.admin.routes import declare
from rialto.contracts.amounts import text_of
from rialto.custody.deposits.history import Sought as SoughtDeposits
from rialto.custody.deposits.history import Status
from rialto.custody.withdrawals.model import State
from rialto.custody.withdrawals.reading import Sought as SoughtWithdrawals
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.kinds import Choice, Integer, Text
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import NoParameters, Parameters

ADDRESS_RANGE: Final = "^[!-~]{1,128}$"

OnChain = Annotated[str, Text(ADDRESS_RANGE)]


class SearchParameters(Parameters, frozen=True, kw_only=True):
    """Of whom, to which address, in which transaction; and why one looks."""

    owner: Annotated[int | None, Integer(1)] = None
    address: OnChain | None = None
    transaction: OnChain | None = None
    reason: Reason
    before: Cursor | None = None
    limit: Limit = 100


class DepositParameters(SearchParameters, frozen=True):
    """And in which state."""

    state: Annotated[Status | None, Choice(Status)] = None

    def check(self) -> None:
        """Make sure that something is looked for."""
        _check_sought(self.owner, self.address, self.transaction, self.state)


class WithdrawalParameters(SearchParameters, frozen=True):
    """And in which state."""

    state: Annotated[State | None, Choice(State)] = None

    def check(self) -> None:
        """Make sure that something is looked for."""
        _check_sought(self.owner, self.address, self.transaction, self.state)


class FoundDeposit(msgspec.Struct, frozen=True, rename="camel"):
    """A deposit. The amount is in the asset where it was recorded, else in the chain's unit alone."""

    cursor: str
    number: str
    owner: int | None
    asset: str
    network: str
    address: str
    tag: str
    transaction: str
    chain_amount: str
    amount: str | None
    state: Status
    why: str
    confirmations: int
    time: int


class FoundWithdrawal(msgspec.Struct, frozen=True, rename="camel"):
    """A withdrawal."""

    cursor: str
    id: str
    owner: int
    coin: str
    network: str
    address: str
    tag: str | None
    amount: str
    fee: str
    value: str | None
    state: State
    why: str
    agreed: list[str]
    transaction: str | None
    confirmations: int
    time: int
    ended_at: int | None


class TotalShown(msgspec.Struct, frozen=True, rename="camel"):
    """What is held of an asset: by people and owners, by the house, and what stands against it."""

    asset: str
    owners: str
    house: str
    custody: str
    outside: str


DEPOSITS: Final = declare(
    "GET", "/admin/v1/deposits", "Search deposits, the newest first.", DepositParameters, list[FoundDeposit]
)
WITHDRAWALS: Final = declare(
    "GET", "/admin/v1/withdrawals/search", "Search withdrawals, the newest first.", WithdrawalParameters,
    list[FoundWithdrawal],
)  # fmt: skip
TOTALS: Final = declare(
    "GET", "/admin/v1/totals", "Tell what is held of every asset, by whom.", NoParameters, list[TotalShown]
)

MONEY_READS: Final = (DEPOSITS, WITHDRAWALS, TOTALS)


class MoneyLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(DEPOSITS, self.deposits),
            Route(WITHDRAWALS, self.withdrawals),
            Route(TOTALS, self.totals),
        ]

    async def deposits(self, call: Call, parameters: DepositParameters) -> list[FoundDeposit]:
        """Search deposits."""
        await self._gate.admit(call, SEES_MONEY)
        sought = SoughtDeposits(
            *(parameters.owner, parameters.address, parameters.transaction, parameters.state),
            read_cursor(parameters.before),
            parameters.limit,
        )
        await self._note_look(call, parameters.owner, "look-deposits", _about(parameters))
        return [
            FoundDeposit(
                cursor_of(each.row.seen_at_us, each.row.stream),
                str(each.row.number),
                each.owner,
                *(each.row.asset, each.row.network, each.row.address, each.row.tag, each.row.transaction),
                *(each.row.chain_amount, each.row.units, each.status, each.row.reason or "", each.confirmations),
                call.time(each.row.seen_at_us),
            )
            for each in await self._on.deposits.search(sought)
        ]

    async def withdrawals(self, call: Call, parameters: WithdrawalParameters) -> list[FoundWithdrawal]:
        """Search withdrawals."""
        await self._gate.admit(call, SEES_MONEY)
        sought = SoughtWithdrawals(
            *(parameters.owner, parameters.address, parameters.transaction, parameters.state),
            read_cursor(parameters.before),
            parameters.limit,
        )
        await self._note_look(call, parameters.owner, "look-withdrawals", _about(parameters))
        return [
            FoundWithdrawal(
                cursor_of(each.requested_at_us, each.id),
                *(each.id, each.owner, each.coin, each.network, each.address, each.tag),
                *(each.amount, each.fee, each.value, each.state, each.info, each.operators.split()),
                *(each.transaction_id, each.confirmations),
                call.time(each.requested_at_us),
                None if each.ended_at_us is None else call.time(each.ended_at_us),
            )
            for each in await self._on.withdrawals.search(sought)
        ]

    async def totals(self, call: Call, _parameters: NoParameters) -> list[TotalShown]:
        """Add up what everybody holds now."""
        await self._gate.admit(call, SEES_MONEY)
        found = await asyncio.to_thread(self._on.holders.totals)
        return [
            TotalShown(asset, *(text_of(units) for units in (each.owners, each.house, each.custody, each.outside)))
            for asset, each in sorted(found.items())
        ]


def _check_sought(*sought: object) -> None:
    if all(each is None for each in sought):
        raise OperatorError.NOT_PROPOSED.error("give owner, address, transaction or state")


def _about(parameters: SearchParameters) -> str:
    sought = " ".join(each for each in (parameters.address, parameters.transaction) if each is not None)
    return f"{sought}: {parameters.reason}" if sought else parameters.reason
