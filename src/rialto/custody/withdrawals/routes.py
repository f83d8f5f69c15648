"""The API's calls about withdrawals: reads what was sent, asks, and spells the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import UNSET

from rialto.custody.allow_list import AllowList
from rialto.custody.withdrawals.declarations import (
    ADDRESS_LIST,
    APPLY,
    HISTORY,
    OWN_HISTORY,
    QUOTA,
    VERIFIED_ADDRESSES,
    HistoryParameters,
    ListedAddress,
    VerifiedAddress,
    WithdrawalId,
    WithdrawalQuota,
    WithdrawalRecord,
    WithdrawParameters,
)
from rialto.custody.withdrawals.linked import AsksToWhom, nobody_asks, to_be_told
from rialto.custody.withdrawals.model import RiskPart, State
from rialto.custody.withdrawals.reading import Wanted, WithdrawalReading, WithdrawalRow
from rialto.custody.withdrawals.requesting import Asked, Given, Requests
from rialto.custody.withdrawals.signals import SignalsOf, no_signals
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.decimals import shortened, to_text, to_units
from rialto.wire.parameters import NoParameters
from rialto.wire.wallet_errors import WalletError

DAY_US: Final = 86_400_000_000
SPAN_US_MAX: Final = 90 * DAY_US
SPAN_US_MAX_BY_CLIENT_ID: Final = 7 * DAY_US

STATUSES: Final = {
    State.CONFIRMING: 0,
    State.CANCELED: 1,
    State.REVIEW: 2,
    State.REFUSED: 3,
    State.APPROVED: 4,
    State.ASSIGNED: 4,
    State.FAILED: 5,
    State.COMPLETED: 6,
}
"""How the API numbers where a withdrawal is."""

INSIDE_PREFIX: Final = "Internal transfer "
"""What clients know the transaction of an internal transfer by."""

UNLIMITED: Final = "9999999999"

Confirmations = Callable[[str, str], int]
"""How deep the transaction of a payout is, by network and payout."""

Guard = Callable[[Call], Awaitable[bool]]
"""Refuses a call that has not proven enough; tells whether its withdrawal must be confirmed by a mailed code."""

OnTaken = Callable[[Call, Given], Awaitable[None]]
"""Hears of a withdrawal that was taken."""


async def no_guard(_call: Call) -> bool:
    """Ask nothing more."""
    return False


class WithdrawalRoutes:
    """Serves them."""

    def __init__(
        self,
        requests: Requests,
        reading: WithdrawalReading,
        allow_list: AllowList,
        confirmations: Confirmations,
        now_us: Callable[[], int],
        guard: Guard = no_guard,
        signals: SignalsOf = no_signals,
        on_taken: OnTaken | None = None,
        asks_to_whom: AsksToWhom = nobody_asks,
    ) -> None:
        """Without the answers that the travel rule's own call carries nothing leaves that `asks_to_whom` asks about."""
        self._requests = requests
        self._reading = reading
        self._allow_list = allow_list
        self._confirmations = confirmations
        self._now_us = now_us
        self._guard = guard
        self._signals = signals
        self._on_taken = on_taken
        self._asks_to_whom = asks_to_whom

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(APPLY, self.apply),
            Route(HISTORY, self.history),
            Route(OWN_HISTORY, self.history),
            Route(ADDRESS_LIST, self.addresses),
            Route(QUOTA, self.quota),
            Route(VERIFIED_ADDRESSES, self.verified),
        ]

    async def apply(self, call: Call, parameters: WithdrawParameters) -> WithdrawalId:
        """Take a withdrawal."""
        if await self._asks_to_whom(call.owner, [(parameters.coin, to_units(parameters.amount))]):
            raise to_be_told()
        given = await self.take(call, parameters, is_told=False)
        return WithdrawalId(given.id)

    async def take(
        self,
        call: Call,
        parameters: WithdrawParameters,
        concerns: tuple[RiskPart, ...] = (),
        *,
        is_told: bool,
    ) -> Given:
        """Take a withdrawal, whatever call it came by; with what is held against who is paid. Raises `ApiError`.

        `is_told` says whether it comes with the answers of the travel rule.
        """
        needs_confirmation = await self._guard(call)
        asked = Asked(
            owner=call.owner,
            coin=parameters.coin,
            network=parameters.network,
            address=parameters.address,
            tag=parameters.address_tag,
            units=to_units(parameters.amount),
            client_id=parameters.withdraw_order_id,
            wallet=parameters.wallet_type,
            fee_goes_along=parameters.transaction_fee_flag,
            needs_confirmation=needs_confirmation,
            signals=await self._signals(call),
            concerns=concerns,
            is_told=is_told,
        )
        given = await self._requests.ask(asked, call.check_window)
        if given.is_new and self._on_taken is not None:
            await self._on_taken(call, given)
        return given

    async def history(self, call: Call, parameters: HistoryParameters) -> list[WithdrawalRecord]:
        """List withdrawals."""
        start_us, end_us = self._span(parameters)
        states: Sequence[State] | None = None
        if parameters.status is not None:
            states = [state for state, number in STATUSES.items() if number == parameters.status]
        wanted = Wanted(
            coin=parameters.coin,
            client_id=parameters.withdraw_order_id,
            states=states,
            ids=None if parameters.id_list is None else parameters.id_list.split(","),
            start_us=start_us,
            end_us=end_us,
            offset=parameters.offset,
            limit=parameters.limit,
        )
        return [self.record(row) for row in await self._reading.of_owner(call.owner, wanted)]

    async def addresses(self, call: Call, _parameters: NoParameters) -> list[ListedAddress]:
        """List named addresses."""
        entries = await asyncio.to_thread(self._allow_list.entries, call.owner)
        return [
            ListedAddress(
                entry.address,
                entry.tag,
                entry.coin,
                entry.name,
                entry.network,
                entry.origin,
                "others" if entry.origin else "",
                entry.is_allowed,
            )
            for entry in entries
        ]

    async def quota(self, call: Call, _parameters: NoParameters) -> WithdrawalQuota:
        """Tell the quota."""
        quota = await self._requests.quota(call.owner)
        limit = UNLIMITED if quota.limit is None else _short(to_text(quota.limit))
        return WithdrawalQuota(limit, _short(to_text(quota.used)))

    async def verified(self, _call: Call, _parameters: NoParameters) -> list[VerifiedAddress]:
        """List none: no address has to be shown to be one's own here."""
        return []

    def _span(self, parameters: HistoryParameters) -> tuple[int, int]:
        longest = SPAN_US_MAX if parameters.withdraw_order_id is None else SPAN_US_MAX_BY_CLIENT_ID
        end_us = self._now_us() if parameters.end_time is None else parameters.end_time
        start_us = max(0, end_us - longest) if parameters.start_time is None else parameters.start_time
        # The end includes the whole millisecond it names.
        if start_us > end_us or end_us - start_us > longest + 999:
            raise WalletError.INTERVAL_TOO_LONG.error()
        return start_us, end_us

    def record(self, row: WithdrawalRow) -> WithdrawalRecord:
        """Show a withdrawal as its owner sees it."""
        is_inside = row.recipient is not None
        confirmations = row.confirmations
        if row.state is State.ASSIGNED and row.payout is not None:
            confirmations = self._confirmations(row.network, row.payout)
        is_paid = row.state is State.COMPLETED and row.ended_at_us is not None
        return WithdrawalRecord(
            id=row.id,
            amount=row.amount,
            transaction_fee=_short(row.fee),
            coin=row.coin,
            status=STATUSES[row.state],
            address=row.address,
            tx_id=f"{INSIDE_PREFIX}{row.id}" if is_inside else row.transaction_id or "",
            apply_time=_time(row.requested_at_us),
            transfer_type=1 if is_inside else 0,
            # Why operators look at it is for operators.
            info=row.info if row.state.is_over else "",
            confirm_no=confirmations,
            wallet_type=row.wallet,
            tx_key="",
            network=row.network or UNSET,
            address_tag=UNSET if row.tag is None else row.tag,
            withdraw_order_id=UNSET if row.client_id is None else row.client_id,
            complete_time=_time(row.ended_at_us) if is_paid and row.ended_at_us else UNSET,
        )


def _short(text: str) -> str:
    return shortened(text, 0).rstrip(".")


def _time(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
