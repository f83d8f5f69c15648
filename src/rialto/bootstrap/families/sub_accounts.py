"""Sub-accounts, wired."""

from typing import Any

from msgspec import UNSET

from rialto.bootstrap.families.custody import Custody
from rialto.bootstrap.families.transfers import TransfersFamily
from rialto.bootstrap.parts import Parts
from rialto.custody.addresses.routes import AddressParameters
from rialto.custody.deposits.routes import STATUSES, HistoricalDeposit, HistoryParameters
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.snapshots import AccountSnapshots
from rialto.products.transfers.sub_accounts.assets import Assets
from rialto.products.transfers.sub_accounts.deposits import (
    Deposit,
    DepositAddress,
    Deposits,
    DepositsParameters,
)
from rialto.products.transfers.sub_accounts.futures import FuturesViews
from rialto.products.transfers.sub_accounts.histories import Histories
from rialto.products.transfers.sub_accounts.keys import Keys
from rialto.products.transfers.sub_accounts.managed import Managed
from rialto.products.transfers.sub_accounts.management import Management
from rialto.products.transfers.sub_accounts.margin import MarginViews
from rialto.products.transfers.sub_accounts.members import Members
from rialto.products.transfers.sub_accounts.moves import Moves
from rialto.products.transfers.sub_accounts.own import OwnSubAccounts
from rialto.products.transfers.sub_accounts.statistics import TradeStatistics
from rialto.wire import errors


class DepositsOfMembers:
    """Asks custody for members of a family, in the words of its own calls."""

    def __init__(self, custody: Custody) -> None:
        self._custody = custody

    async def address_of(self, owner: int, coin: str, network: str | None) -> DepositAddress:
        """Return where an owner's deposits of an asset go. Raises `ApiError` of the call about addresses."""
        asked = AddressParameters(coin=coin, network=network)
        found = await self._custody.address_calls.of_owner(owner, asked)
        return DepositAddress(found.address, found.coin, found.tag, found.url)

    async def deposits_of(self, call: Call, owner: int, asked: DepositsParameters) -> list[Deposit]:
        """List an owner's deposits, newest first. Raises `ApiError` of the call about deposits."""
        status = None if asked.status is None else str(asked.status)
        if status is not None and status not in STATUSES:
            raise errors.invalid_value("status")
        wanted = HistoryParameters(
            include_source=asked.include_source,
            coin=asked.coin,
            status=None if status is None else STATUSES[status] or status,
            start_time=asked.start_time,
            end_time=asked.end_time,
            offset=asked.offset,
            limit=asked.limit,
            tx_id=asked.tx_id,
        )
        return [_deposit(each) for each in await self._custody.deposit_calls.of_owner(call, owner, wanted)]


def _deposit(found: HistoricalDeposit) -> Deposit:
    return Deposit(
        id=found.id,
        amount=found.amount,
        coin=found.coin,
        network=found.network,
        status=found.status,
        address=found.address,
        address_tag=found.address_tag,
        tx_id=found.tx_id,
        insert_time=found.insert_time,
        transfer_type=found.transfer_type,
        confirm_times=found.confirm_times,
        unlock_confirm=found.unlock_confirm,
        wallet_type=found.wallet_type,
        source_address=UNSET if found.source_address is None else found.source_address,
    )


def open_sub_accounts(
    parts: Parts, transfers: TransfersFamily, snapshots: AccountSnapshots, custody: Custody
) -> list[Route[Any]]:
    """Wire the calls about sub-accounts."""
    runtime, history, accounts, worth = parts.runtime, parts.history, transfers.accounts, transfers.worth
    members = Members(
        transfers.sub_accounts, transfers.families, accounts, parts.identity.behaviour, parts.wall_clock_us
    )
    keys = Keys(members, parts.api_keys)
    return [
        *Management(members, accounts).routes(),
        *keys.routes(),
        *Moves(runtime, members, transfers.transfers, transfers.plans).routes(),
        *Histories(runtime, history, members).routes(),
        *Assets(runtime, members, accounts, worth).routes(),
        *MarginViews(runtime, members, accounts, worth).routes(),
        *FuturesViews(runtime, members, accounts, worth).routes(),
        *TradeStatistics(runtime, history, members, accounts, worth).routes(),
        *Deposits(members, DepositsOfMembers(custody)).routes(),
        *Managed(runtime, history, members, accounts, snapshots.of_owner).routes(),
        *OwnSubAccounts(members, keys).routes(),
    ]
