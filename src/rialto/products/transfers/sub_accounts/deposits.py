"""Where sub-accounts' deposits go, and what came: asked of custody, which is not known here."""

from typing import Annotated, Any, Final, Protocol

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import EndTime, StartTime
from rialto.products.transfers.parameters import Amount, Email
from rialto.products.transfers.sub_accounts.declaring import reads
from rialto.products.transfers.sub_accounts.members import Members
from rialto.wire.endpoints import Budget, Endpoint
from rialto.wire.kinds import Boolean, Integer, Text
from rialto.wire.parameters import Parameters

CoinName = Annotated[str, Text("^[A-Za-z0-9]{1,20}$")]
OFFSET_MAX: Final = 1_000_000


class AddressParameters(Parameters, frozen=True):
    """Which sub-account, which asset, on which network; the amount matters nowhere yet."""

    email: Email
    coin: CoinName
    network: CoinName | None = None
    amount: Amount | None = None


class DepositsParameters(Parameters, frozen=True):
    """Which of a sub-account's deposits."""

    email: Email
    include_source: Annotated[bool, Boolean()] = False
    coin: CoinName | None = None
    status: Annotated[int, Integer(0, 8)] | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: Annotated[int, Integer(1, 1_000, clamp=True)] = 1_000
    offset: Annotated[int, Integer(0, OFFSET_MAX)] = 0
    tx_id: Annotated[str, Text("^[!-~]{1,128}$")] | None = None


class DepositAddress(msgspec.Struct, frozen=True):
    """Where deposits of an asset go, and the page of a block explorer where one is known."""

    address: str
    coin: str
    tag: str
    url: str


class Deposit(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A deposit, as the calls about deposits tell it; times in milliseconds."""

    id: str
    amount: str
    coin: str
    network: str
    status: int
    address: str
    address_tag: str
    tx_id: str
    insert_time: int
    transfer_type: int
    confirm_times: str
    unlock_confirm: int
    wallet_type: int
    source_address: str | msgspec.UnsetType = msgspec.UNSET


class AsksCustody(Protocol):
    """What custody tells of an owner. Raises `ApiError` for an asset or a network that there is not."""

    async def address_of(self, owner: int, coin: str, network: str | None) -> DepositAddress:
        """Return where an owner's deposits of an asset go."""

    async def deposits_of(self, call: Call, owner: int, asked: DepositsParameters) -> list[Deposit]:
        """List an owner's deposits, newest first."""


ADDRESS: Final = reads(
    "/sapi/v1/capital/deposit/subAddress", "Show where a sub-account's deposits go.", AddressParameters, DepositAddress
)
DEPOSITS: Final = reads(
    "/sapi/v1/capital/deposit/subHisrec", "List a sub-account's deposits.", DepositsParameters, list[Deposit]
)
MANAGED_ADDRESS: Final = reads(
    "/sapi/v1/managed-subaccount/deposit/address",
    "Show where a managed sub-account's deposits go.",
    AddressParameters,
    DepositAddress,
    budget=Budget.OWNER,
)

DEPOSITS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (ADDRESS, DEPOSITS, MANAGED_ADDRESS)


class Deposits:
    """Shows deposits. All raise `ApiError` -4006 and -5021 for who may not ask, and what custody raises."""

    def __init__(self, members: Members, custody: AsksCustody) -> None:
        self._members = members
        self._custody = custody

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(ADDRESS, self.address),
            Route(DEPOSITS, self.deposits),
            Route(MANAGED_ADDRESS, self.managed_address),
        ]

    async def address(self, call: Call, parameters: AddressParameters) -> DepositAddress:
        """Show where a sub-account's deposits go."""
        member = await self._members.member(call, parameters.email)
        return await self._custody.address_of(member.owner, parameters.coin, parameters.network)

    async def deposits(self, call: Call, parameters: DepositsParameters) -> list[Deposit]:
        """List a sub-account's deposits, newest first."""
        member = await self._members.member(call, parameters.email)
        return await self._custody.deposits_of(call, member.owner, parameters)

    async def managed_address(self, call: Call, parameters: AddressParameters) -> DepositAddress:
        """Show where the deposits of a managed sub-account go."""
        member = await self._members.invested(call, parameters.email)
        return await self._custody.address_of(member.owner, parameters.coin, parameters.network)
