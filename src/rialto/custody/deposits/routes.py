"""The history of deposits, as the API tells it."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import ZERO, units_of
from rialto.custody.addresses.parameters import Coin
from rialto.custody.deposits.history import DepositHistory, ListedDeposit, Status, Wanted
from rialto.custody.networks.registry import Holdings
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.decimals import plain_units
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Boolean, Choice, Integer, Text, Timestamp
from rialto.wire.parameters import Parameters
from rialto.wire.wallet_errors import WalletError

DAY_US: Final = 86_400_000_000
INTERVAL_US_MAX: Final = 90 * DAY_US
STATUSES: Final = {
    "0": Status.PENDING,
    "1": Status.SUCCESS,
    "2": Status.REJECTED,
    "6": Status.CREDITED,
    "7": Status.WRONG,
    "8": None,
}
"""The API's numbers; nothing here waits for its owner's confirmation."""

_NUMBERS: Final = {status: int(number) for number, status in STATUSES.items() if status is not None}
SPOT_WALLET: Final = 0
EXTERNAL: Final = 0
INTERNAL: Final = 1


class HistoryParameters(Parameters, frozen=True):
    """Which deposits."""

    include_source: Annotated[bool, Boolean()] = False
    coin: Coin | None = None
    status: (
        Annotated[Status | str, Choice({number: status or number for number, status in STATUSES.items()})] | None
    ) = None
    start_time: Annotated[int, Timestamp()] | None = None
    end_time: Annotated[int, Timestamp(is_end=True)] | None = None
    offset: Annotated[int, Integer(0, 1_000_000)] = 0
    limit: Annotated[int, Integer(1, 1_000, clamp=True)] = 1_000
    tx_id: Annotated[str, Text(r"^[\x20-\x7e]{1,128}$")] | None = None


class HistoricalDeposit(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A deposit."""

    id: str
    amount: str
    coin: str
    network: str
    status: int
    address: str
    address_tag: str
    tx_id: str
    insert_time: int
    complete_time: int | None
    transfer_type: int
    confirm_times: str
    unlock_confirm: int
    wallet_type: int
    travel_rule_status: int
    source_address: str | None = None


DEPOSIT_HISTORY: Final = Endpoint(
    "GET",
    "/sapi/v1/capital/deposit/hisrec",
    summary="List the caller's deposits, the newest first.",
    parameters=HistoryParameters,
    response=list[HistoricalDeposit],
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)

DEPOSIT_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (DEPOSIT_HISTORY,)


Listed = list[HistoricalDeposit]


class DepositCalls:
    """Lists deposits."""

    def __init__(self, history: DepositHistory, holdings: Holdings, now_us: Callable[[], int]) -> None:
        self._history = history
        self._holdings = holdings
        self._now_us = now_us

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(DEPOSIT_HISTORY, self.list)]

    async def list(self, call: Call, parameters: HistoryParameters) -> list[HistoricalDeposit]:
        """List the caller's deposits within 90 days."""
        return await self.of_owner(call, call.owner, parameters)

    async def of_owner(self, call: Call, owner: int, parameters: HistoryParameters) -> Listed:
        """List an owner's deposits within 90 days, as who calls is told of them."""
        start_us, end_us = interval(parameters.start_time, parameters.end_time, self._now_us())
        if parameters.status is not None and not isinstance(parameters.status, Status):
            return []
        wanted = Wanted(
            asset=parameters.coin,
            status=parameters.status,
            start_us=start_us,
            end_us=end_us,
            transaction=parameters.tx_id,
            offset=parameters.offset,
            limit=parameters.limit,
        )
        found = await self._history.of(owner, wanted)
        return [self._shown(call, each, with_source=parameters.include_source) for each in found]

    def _shown(self, call: Call, deposit: ListedDeposit, *, with_source: bool) -> HistoricalDeposit:
        row = deposit.row
        if row.is_internal:
            return _internal(call, deposit)
        network = self._holdings.configured(row.network).network
        listed = network.asset_named(row.asset)
        decimals = 0 if listed is None else listed.decimals
        amount = plain_units(int(row.chain_amount), decimals)
        if row.units is not None and listed is not None:
            amount = plain_units(units_of(row.units))
        is_done = deposit.status in (Status.SUCCESS, Status.CREDITED)
        needed = network.confirmations
        return HistoricalDeposit(
            id=str(row.number),
            amount=amount,
            coin=row.asset or row.contract,
            network=row.network,
            status=_NUMBERS[deposit.status],
            address=row.address,
            address_tag=row.tag,
            tx_id=row.transaction,
            insert_time=call.time(row.seen_at_us),
            complete_time=call.time(row.recorded_at_us) if is_done and row.recorded_at_us is not None else None,
            transfer_type=EXTERNAL,
            confirm_times=f"{min(deposit.confirmations, needed)}/{needed}",
            unlock_confirm=network.unlock_confirmations,
            wallet_type=SPOT_WALLET,
            travel_rule_status=0,
            source_address=(row.senders.split(" ")[0] if row.senders else "") if with_source else None,
        )


def _internal(call: Call, deposit: ListedDeposit) -> HistoricalDeposit:
    """Show what another owner sent here, on no chain. Who it was is not told."""
    row = deposit.row
    return HistoricalDeposit(
        id=str(row.number),
        amount=plain_units(units_of(row.units or ZERO)),
        coin=row.asset,
        network=row.network,
        status=_NUMBERS[deposit.status],
        address=row.address,
        address_tag=row.tag,
        tx_id=row.transaction,
        insert_time=call.time(row.seen_at_us),
        complete_time=None if row.recorded_at_us is None else call.time(row.recorded_at_us),
        transfer_type=INTERNAL,
        confirm_times="1/1",
        unlock_confirm=0,
        wallet_type=SPOT_WALLET,
        travel_rule_status=0,
    )


def interval(start_us: int | None, end_us: int | None, now_us: int) -> tuple[int, int]:
    """Return the times of a range of at most 90 days; the newest 90 without any. Raises `ApiError` -4047."""
    end = now_us if end_us is None else end_us
    start = max(end - INTERVAL_US_MAX, 0) if start_us is None else start_us
    if not 0 <= end // 1000 - start // 1000 <= INTERVAL_US_MAX // 1000:
        raise WalletError.INTERVAL_TOO_LONG.error()
    return start, end
