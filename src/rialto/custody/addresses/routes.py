"""Where to send deposits: a caller's address of an asset on a network."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec

from rialto.custody.addresses.book import AddressBook, DepositAddress
from rialto.custody.addresses.parameters import Coin, NetworkName, find_network
from rialto.custody.networks.configuration import ConfiguredNetwork, Networks
from rialto.custody.networks.switches import Switches
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Decimal
from rialto.wire.parameters import Parameters
from rialto.wire.wallet_errors import WalletError


class AddressParameters(Parameters, frozen=True):
    """Of which asset, on which network; the amount matters nowhere yet."""

    coin: Coin
    network: NetworkName | None = None
    amount: Annotated[str, Decimal()] | None = None


class AddressListParameters(Parameters, frozen=True):
    """Of which asset, on which network."""

    coin: Coin
    network: NetworkName | None = None


class AddressToDeposit(msgspec.Struct, frozen=True):
    """An address, and its page in a block explorer where one is configured."""

    address: str
    coin: str
    tag: str
    url: str


class ListedAddress(msgspec.Struct, frozen=True, rename="camel"):
    """One of the caller's addresses."""

    coin: str
    address: str
    tag: str
    is_default: int


DEPOSIT_ADDRESS: Final = Endpoint(
    "GET",
    "/sapi/v1/capital/deposit/address",
    summary="Tell where the caller's deposits of an asset go.",
    parameters=AddressParameters,
    response=AddressToDeposit,
    weight=10,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
DEPOSIT_ADDRESS_LIST: Final = Endpoint(
    "GET",
    "/sapi/v1/capital/deposit/address/list",
    summary="List where the caller's deposits of an asset may go.",
    parameters=AddressListParameters,
    response=list[ListedAddress],
    weight=10,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)

ADDRESS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (DEPOSIT_ADDRESS, DEPOSIT_ADDRESS_LIST)


class AddressCalls:
    """Hands out addresses. There is one for each owner and network, so that the list has one entry."""

    def __init__(
        self,
        book: AddressBook,
        networks: Networks,
        switches: Switches,
        may_deposit: Callable[[int], bool] = lambda _owner: True,
    ) -> None:
        """`may_deposit` tells whether an owner may bring something in, by where they live. It blocks."""
        self._may_deposit = may_deposit
        self._book = book
        self._networks = networks
        self._switches = switches

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(DEPOSIT_ADDRESS, self.address), Route(DEPOSIT_ADDRESS_LIST, self.list)]

    async def address(self, call: Call, parameters: AddressParameters) -> AddressToDeposit:
        """Return the caller's address, made now if there was none."""
        return await self.of_owner(call.owner, parameters)

    async def of_owner(self, owner: int, parameters: AddressParameters) -> AddressToDeposit:
        """Return an owner's address, made now if there was none."""
        configured, found = await self._find(owner, parameters.coin, parameters.network)
        url = f"{configured.address_page}{found.address}" if configured.address_page else ""
        return AddressToDeposit(found.address, parameters.coin, found.tag, url)

    async def list(self, call: Call, parameters: AddressListParameters) -> list[ListedAddress]:
        """Return the caller's address as a list."""
        _, found = await self._find(call.owner, parameters.coin, parameters.network)
        return [ListedAddress(parameters.coin, found.address, found.tag, 1)]

    async def _find(self, owner: int, coin: str, network: str | None) -> tuple[ConfiguredNetwork, DepositAddress]:
        configured = find_network(self._networks, coin, network)
        name = configured.network.name
        if not self._switches.deposits_open(name, coin):
            raise WalletError.DEPOSITS_CLOSED.error()
        if not await asyncio.to_thread(self._may_deposit, owner):
            raise WalletError.COUNTRY_REFUSED.error()
        found = self._book.find(owner, name)
        if found is None:
            found = await asyncio.to_thread(self._book.of, owner, name)
        return configured, found
