"""Every asset: what the caller has of it, and the networks it comes in and goes out by."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.symbol_rules import SymbolStatus
from rialto.contracts.vocabulary import AccountClass
from rialto.core.runtime import Runtime
from rialto.custody.chains.amounts import LEDGER_PLACES
from rialto.custody.networks.configuration import ConfiguredNetwork, Networks
from rialto.custody.networks.switches import Switches
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.decimals import plain_units
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.parameters import NoParameters

WITHDRAW_MAX: Final = "9999999999"
"""What the API states where there is no maximum."""

Withdrawing = Callable[[int], Awaitable[Mapping[str, int]]]
"""Tells what of an owner's spot account is locked by withdrawals, in units of 1e-8 by asset."""


async def nothing_withdrawing(_owner: int) -> Mapping[str, int]:
    """Tell of an exchange that pays nothing out."""
    return {}


class CoinNetwork(msgspec.Struct, frozen=True, rename="camel"):
    """An asset on a network."""

    network: str
    coin: str
    withdraw_integer_multiple: str
    is_default: bool
    deposit_enable: bool
    withdraw_enable: bool
    deposit_desc: str
    withdraw_desc: str
    special_tips: str
    special_withdraw_tips: str
    name: str
    reset_address_status: bool
    address_regex: str
    memo_regex: str
    withdraw_fee: str
    withdraw_min: str
    withdraw_max: str
    withdraw_internal_min: str
    deposit_dust: str
    min_confirm: int
    un_lock_confirm: int
    same_address: bool
    withdraw_tag: bool
    estimated_arrival_time: int
    busy: bool
    contract_address_url: str
    contract_address: str


class Coin(msgspec.Struct, frozen=True, rename="camel"):
    """An asset, what the caller has of it in the spot account, and its networks."""

    coin: str
    deposit_all_enable: bool
    withdraw_all_enable: bool
    name: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    ipoing: str
    ipoable: str
    storage: str
    is_legal_money: bool
    trading: bool
    network_list: list[CoinNetwork]


COINS: Final = Endpoint(
    "GET",
    "/sapi/v1/capital/config/getall",
    summary="List every asset with its networks and what the caller has of it.",
    parameters=NoParameters,
    response=list[Coin],
    weight=10,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)


class CoinCalls:
    """Tells of assets."""

    def __init__(
        self,
        runtime: Runtime,
        networks: Networks,
        switches: Switches,
        is_busy: Callable[[str], bool] = lambda _network: False,
        withdrawing: Withdrawing = nothing_withdrawing,
    ) -> None:
        """`is_busy` tells whether a network cannot be followed now."""
        self._runtime = runtime
        self._networks = networks
        self._switches = switches
        self._is_busy = is_busy
        self.withdrawing = withdrawing

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(COINS, self.coins)]

    async def coins(self, call: Call, parameters: NoParameters) -> list[Coin]:
        """List the assets in the order they were registered in."""
        _ = parameters
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        answer = await self._runtime.ask(Balances(account))
        assert isinstance(answer, BalancesAnswer)
        held = {each.asset: each for each in answer.balances}
        withdrawing = await self.withdrawing(call.owner)
        trading = {
            asset.id
            for symbol in self._runtime.catalog.symbols
            if symbol.status is SymbolStatus.TRADING
            for asset in (symbol.base, symbol.quote)
        }
        coins = []
        for asset in self._runtime.catalog.assets:
            networks = self.of_asset(asset.name)
            balance = held.get(asset.id)
            leaving = withdrawing.get(asset.name, 0)
            locked = 0 if balance is None else units_of(balance.locked) - leaving
            coins.append(
                Coin(
                    coin=asset.name,
                    deposit_all_enable=any(each.deposit_enable for each in networks),
                    withdraw_all_enable=any(each.withdraw_enable for each in networks),
                    name=self._networks.titles.get(asset.name, asset.name),
                    free="0" if balance is None else plain_units(units_of(balance.free)),
                    locked=plain_units(locked),
                    freeze="0",
                    withdrawing=plain_units(leaving),
                    ipoing="0",
                    ipoable="0",
                    storage="0",
                    is_legal_money=False,
                    trading=asset.id in trading,
                    network_list=networks,
                )
            )
        return coins

    def of_asset(self, asset: str) -> list[CoinNetwork]:
        """List an asset's networks, the default first."""
        having = self._networks.of_asset(asset)
        return [self._of_network(asset, each, is_default=each is having[0]) for each in having]

    def _of_network(self, asset: str, configured: ConfiguredNetwork, *, is_default: bool) -> CoinNetwork:
        network = configured.network
        found = network.asset_named(asset)
        assert found is not None, "the network was found by the asset"
        switch = self._switches.of(network.name, asset)
        places = min(found.decimals, LEDGER_PLACES)
        return CoinNetwork(
            network=network.name,
            coin=asset,
            withdraw_integer_multiple=plain_units(1, places),
            is_default=is_default,
            deposit_enable=switch.deposits_open,
            withdraw_enable=switch.withdrawals_open,
            deposit_desc="" if switch.deposits_open else switch.reason,
            withdraw_desc="" if switch.withdrawals_open else switch.reason,
            special_tips="",
            special_withdraw_tips="",
            name=network.title,
            reset_address_status=False,
            address_regex=network.address_pattern,
            memo_regex=network.tag_pattern,
            withdraw_fee=plain_units(found.withdrawal_fee, found.decimals),
            withdraw_min=plain_units(found.withdrawal_min, found.decimals),
            withdraw_max=WITHDRAW_MAX,
            withdraw_internal_min=plain_units(1, places),
            deposit_dust=plain_units(found.deposit_min, found.decimals),
            min_confirm=network.confirmations,
            un_lock_confirm=network.unlock_confirmations,
            same_address=configured.is_tagged,
            withdraw_tag=configured.is_tagged,
            estimated_arrival_time=configured.minutes_to_arrive,
            busy=self._is_busy(network.name),
            contract_address_url=configured.contract_page,
            contract_address=found.contract or "",
        )
