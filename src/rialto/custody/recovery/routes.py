"""Asking for what was mis-sent: the API's own call, and one that says more."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.custody.addresses.parameters import Coin, NetworkName
from rialto.custody.chains.adapter import InvalidAddress
from rialto.custody.deposits.history import DepositHistory
from rialto.custody.deposits.model import State
from rialto.custody.networks.registry import Holdings
from rialto.custody.recovery.returning import fee_of
from rialto.custody.recovery.service import OPEN_MAX, Recoveries, Recovery, TooManyRequests
from rialto.custody.withdrawals.declarations import Address, Tag
from rialto.custody.withdrawals.destinations import is_tag
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire import errors
from rialto.wire.decimals import plain_units
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Integer, Text
from rialto.wire.parameters import NoParameters, Parameters
from rialto.wire.wallet_errors import WalletError

TRANSACTION_RANGE: Final = r"^[\x21-\x7e]{1,128}$"

TransactionId = Annotated[str, Text(TRANSACTION_RANGE)]


class ApplyParameters(Parameters, frozen=True):
    """Which deposit, by its number or by its transaction. Whose sub-account it is does not matter."""

    deposit_id: Annotated[int, Integer()] | None = None
    tx_id: TransactionId | None = None
    sub_account_id: Annotated[str, Text("^[0-9]{1,20}$")] | None = None
    sub_user_id: Annotated[int, Integer()] | None = None

    def check(self) -> None:
        """Refuse a request for nothing."""
        if self.deposit_id is None and self.tx_id is None:
            raise errors.one_of("depositId", "txId")


class Applied(msgspec.Struct, frozen=True):
    """The API's own way of saying that it worked."""

    code: str = "000000"
    message: str = "success"
    data: bool = True
    success: bool = True


class FilingParameters(Parameters, frozen=True):
    """Which transaction was meant for the caller."""

    network: NetworkName
    tx_id: TransactionId
    coin: Coin
    return_address: Address | None = None
    """Where it may be sent back to on its network, for what returnFee says."""
    return_address_tag: Tag | None = None


class FiledRequest(msgspec.Struct, frozen=True):
    """The request's id."""

    id: str


class ShownRecovery(msgspec.Struct, frozen=True, rename="camel"):
    """A request and its answer. `amount` is what was given, after the fee.

    What is sent back is the withdrawal of `withdrawal_id`; `return_fee` is what that takes of it, where that is known.
    """

    id: str
    network: str
    tx_id: str
    coin: str
    status: str
    amount: str
    fee: str
    reason: str
    insert_time: int
    complete_time: int | None
    return_address: str
    return_address_tag: str
    return_fee: str
    withdrawal_id: str | None


CREDIT_APPLY: Final = Endpoint(
    "POST",
    "/sapi/v1/capital/deposit/credit-apply",
    summary="Ask for a deposit that is held.",
    parameters=ApplyParameters,
    response=Applied,
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
FILE_RECOVERY: Final = Endpoint(
    "POST",
    "/account/v1/recoveries",
    summary="Ask for what was sent to the wrong network, without its tag, or is not listed.",
    parameters=FilingParameters,
    response=FiledRequest,
    weight=10,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)
RECOVERIES: Final = Endpoint(
    "GET",
    "/account/v1/recoveries",
    summary="List the caller's requests and their answers.",
    parameters=NoParameters,
    response=list[ShownRecovery],
    weight=10,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)

RECOVERY_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (CREDIT_APPLY, FILE_RECOVERY, RECOVERIES)


class RecoveryCalls:
    """Takes requests. Whether a deposit is there and whose is told to operators only."""

    def __init__(self, recoveries: Recoveries, deposits: DepositHistory, holdings: Holdings) -> None:
        self._recoveries = recoveries
        self._deposits = deposits
        self._holdings = holdings

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(CREDIT_APPLY, self.apply), Route(FILE_RECOVERY, self.file), Route(RECOVERIES, self.list)]

    async def apply(self, call: Call, parameters: ApplyParameters) -> Applied:
        """File a request for a held deposit that is the caller's, or nobody's."""
        found = await self._deposits.found(parameters.deposit_id, parameters.tx_id)
        mine = [each.row for each in found if each.row.state == State.HELD.value and each.owner in (None, call.owner)]
        if not mine:
            raise WalletError.INVALID_OPERATION.error()
        await self._file(call, mine[0].network, mine[0].transaction, mine[0].asset or mine[0].contract)
        return Applied()

    async def file(self, call: Call, parameters: FilingParameters) -> FiledRequest:
        """File a request. There may be nothing yet that it could mean."""
        network, address, tag = parameters.network, parameters.return_address, parameters.return_address_tag
        if network not in self._holdings.names:
            raise errors.invalid_value("network")
        where = "" if address is None else self._canonical(network, parameters.coin, address, tag)
        return FiledRequest(await self._file(call, network, parameters.tx_id, parameters.coin, where, tag or ""))

    async def list(self, call: Call, parameters: NoParameters) -> list[ShownRecovery]:
        """List requests, the newest first."""
        _ = parameters
        return [
            _shown(call, each, self._return_fee(each.network, each.coin))
            for each in await self._recoveries.of(call.owner)
        ]

    def _canonical(self, network: str, coin: str, address: str, tag: str | None) -> str:
        configured = self._holdings.configured(network)
        if tag and not is_tag(tag, configured.network, is_tagged=configured.is_tagged):
            raise WalletError.TAG_INVALID.error()
        asset = configured.network.asset_named(coin) or configured.network.asset_of(coin)
        contract = coin if asset is None else asset.contract
        try:
            return self._holdings.adapter(network).canonical(address, tag, contract)
        except InvalidAddress as invalid:
            raise WalletError.ADDRESS_INVALID.error(str(invalid), form=1) from invalid

    def _return_fee(self, network: str, coin: str) -> str:
        if network not in self._holdings.names:
            return ""
        configured = self._holdings.configured(network).network
        listed = configured.asset_named(coin) or configured.asset_of(coin)
        return "" if listed is None else plain_units(fee_of(listed))

    async def _file(
        self, call: Call, network: str, transaction: str, coin: str, address: str = "", tag: str = ""
    ) -> str:
        call.check_window()
        try:
            return await self._recoveries.file(call.owner, network, transaction, coin[:20], address, tag)
        except TooManyRequests as error:
            raise WalletError.TOO_MANY_RECOVERIES.error(OPEN_MAX) from error


def _shown(call: Call, recovery: Recovery, return_fee: str) -> ShownRecovery:
    return ShownRecovery(
        id=recovery.id,
        network=recovery.network,
        tx_id=recovery.transaction,
        coin=recovery.coin,
        status=recovery.state,
        amount=plain_units(units_of(recovery.given)),
        fee=plain_units(units_of(recovery.fee)),
        reason=recovery.reason,
        insert_time=call.time(recovery.filed_at_us),
        complete_time=None if recovery.answered_at_us is None else call.time(recovery.answered_at_us),
        return_address=recovery.address,
        return_address_tag=recovery.tag,
        return_fee=return_fee,
        withdrawal_id=recovery.withdrawal,
    )
