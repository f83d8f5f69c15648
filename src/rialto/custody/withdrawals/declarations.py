"""The API's calls about withdrawals, declared once."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from rialto.custody.withdrawals.reading import ROWS_MAX
from rialto.custody.withdrawals.tables import ADDRESS_LENGTH_MAX, CLIENT_ID_LENGTH_MAX, TAG_LENGTH_MAX
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Boolean, Decimal, Integer, Text, Timestamp, line
from rialto.wire.parameters import NoParameters, Parameters

IDS_MAX: Final = 45

Coin = Annotated[str, Text("^[A-Z0-9]{1,16}$")]
NetworkName = Annotated[str, Text("^[A-Z0-9]{1,32}$")]
Address = Annotated[str, Text(rf"^[!-~]{{1,{ADDRESS_LENGTH_MAX}}}$")]
Tag = Annotated[str, Text(rf"^[ -~]{{1,{TAG_LENGTH_MAX}}}$")]
ClientId = Annotated[str, Text(rf"^[!-~]{{1,{CLIENT_ID_LENGTH_MAX}}}$")]
Ids = Annotated[str, Text(rf"^[0-9a-f]{{32}}(,[0-9a-f]{{32}}){{0,{IDS_MAX - 1}}}$")]
Wallet = Annotated[int, Integer(0, 1)]


class WithdrawParameters(Parameters, frozen=True):
    """What is asked for. `amount` is what is taken, the fee included."""

    coin: Coin
    address: Address
    amount: Annotated[str, Decimal()]
    withdraw_order_id: ClientId | None = None
    network: NetworkName | None = None
    address_tag: Tag | None = None
    transaction_fee_flag: Annotated[bool, Boolean()] = False
    name: Annotated[str, Text(line(64))] | None = None
    wallet_type: Wallet = 0


class WithdrawalId(msgspec.Struct, frozen=True):
    """The withdrawal that was taken."""

    id: str


class HistoryParameters(Parameters, frozen=True):
    """Which withdrawals are wanted."""

    coin: Coin | None = None
    withdraw_order_id: ClientId | None = None
    status: Annotated[int, Integer(0, 6)] | None = None
    offset: Annotated[int, Integer(0, 1_000_000)] = 0
    limit: Annotated[int, Integer(1, ROWS_MAX, clamp=True)] = ROWS_MAX
    id_list: Ids | None = None
    start_time: Annotated[int, Timestamp()] | None = None
    end_time: Annotated[int, Timestamp(is_end=True)] | None = None


class WithdrawalRecord(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A withdrawal as its owner sees it. Times are those of UTC."""

    id: str
    amount: str
    transaction_fee: str
    coin: str
    status: int
    address: str
    tx_id: str
    apply_time: str
    transfer_type: int
    info: str
    confirm_no: int
    wallet_type: int
    tx_key: str
    network: str | UnsetType = UNSET
    address_tag: str | UnsetType = UNSET
    withdraw_order_id: str | UnsetType = UNSET
    complete_time: str | UnsetType = UNSET


class ListedAddress(msgspec.Struct, frozen=True, rename="camel"):
    """An address its owner has named."""

    address: str
    address_tag: str
    coin: str
    name: str
    network: str
    origin: str
    origin_type: str
    white_status: bool


class WithdrawalQuota(msgspec.Struct, frozen=True, rename="camel"):
    """What may be taken out in 24 hours and what was, in the valuation asset."""

    wd_quota: str
    used_wd_quota: str


class AddressQuestionnaire(msgspec.Struct, frozen=True, rename="camel"):
    """What its owner said about an address."""

    send_to: int
    satoshi_token: str
    is_address_owner: int
    verify_method: int


class VerifiedAddress(msgspec.Struct, frozen=True, rename="camel"):
    """An address whose owner was, or is to be, shown."""

    status: str
    token: str
    network: str
    wallet_address: str
    address_questionnaire: AddressQuestionnaire


APPLY: Final = Endpoint(
    "POST",
    "/sapi/v1/capital/withdraw/apply",
    summary="Withdraw: to an address on a chain, or to someone of the exchange.",
    parameters=WithdrawParameters,
    response=WithdrawalId,
    weight=900,
    budget=Budget.OWNER,
    security=Security.WITHDRAW,
)

HISTORY: Final = Endpoint(
    "GET",
    "/sapi/v1/capital/withdraw/history",
    summary="List withdrawals, the newest first.",
    parameters=HistoryParameters,
    response=list[WithdrawalRecord],
    weight=18_000,
    budget=Budget.OWNER,
    security=Security.USER_DATA,
)

OWN_HISTORY: Final = Endpoint(
    "GET",
    "/account/v1/withdrawals",
    summary="List your withdrawals, the newest first.",
    parameters=HistoryParameters,
    response=list[WithdrawalRecord],
    weight=10,
    security=Security.SESSION,
)
"""The same for the page, which follows what is under way."""

ADDRESS_LIST: Final = Endpoint(
    "GET",
    "/sapi/v1/capital/withdraw/address/list",
    summary="List the addresses the account may withdraw to, or has named.",
    parameters=NoParameters,
    response=list[ListedAddress],
    weight=10,
    budget=Budget.ADDRESS,
    security=Security.USER_DATA,
)

QUOTA: Final = Endpoint(
    "GET",
    "/sapi/v1/capital/withdraw/quota",
    summary="Tell how much may be withdrawn in 24 hours, and how much was.",
    parameters=NoParameters,
    response=WithdrawalQuota,
    weight=10,
    budget=Budget.ADDRESS,
    security=Security.USER_DATA,
)

VERIFIED_ADDRESSES: Final = Endpoint(
    "GET",
    "/sapi/v1/addressVerify/list",
    summary="List the addresses whose ownership was shown, or is to be.",
    parameters=NoParameters,
    response=list[VerifiedAddress],
    weight=1,
    budget=Budget.ADDRESS,
    security=Security.USER_DATA,
)

WITHDRAWAL_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    APPLY,
    HISTORY,
    OWN_HISTORY,
    ADDRESS_LIST,
    QUOTA,
    VERIFIED_ADDRESSES,
)
