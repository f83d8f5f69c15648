"""The account calls of the wallet API: what the account is, how it stands, what its key may do."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from rialto.contracts.vocabulary import AccountClass
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.standing.locks import TradingLocks
from rialto.gateway.standing.ratios import GCR, IFER, UFR, WHOLE, Indicator, Ratios
from rialto.gateway.standing.switches import FastWithdrawals
from rialto.identity.api_keys import ApiKey
from rialto.identity.restrictions import Permission
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.parameters import NoParameters


class AccountInfo(msgspec.Struct, frozen=True, rename="camel"):
    """What an account is."""

    vip_level: int
    is_margin_enabled: bool
    is_future_enabled: bool
    is_options_enabled: bool
    is_portfolio_margin_retail_enabled: bool


class AccountStatus(msgspec.Struct, frozen=True):
    """How an account stands, in a word."""

    data: str


class TriggerCondition(msgspec.Struct, frozen=True):
    """From how many orders on each ratio matters."""

    gcr: int = msgspec.field(name=GCR)
    ifer: int = msgspec.field(name=IFER)
    ufr: int = msgspec.field(name=UFR)


class ApiTrading(msgspec.Struct, frozen=True, rename="camel"):
    """Whether an account may trade over the API. Times are in milliseconds, 0 for none."""

    is_locked: bool
    planned_recover_time: int
    trigger_condition: TriggerCondition
    update_time: int


class ApiTradingStatus(msgspec.Struct, frozen=True):
    """The same, wrapped."""

    data: ApiTrading


class RatioShown(msgspec.Struct, frozen=True, rename="camel"):
    """One ratio of an account's orders on a symbol in the cycle under way."""

    indicator: str
    orders: int
    """Of how many orders."""
    ratio: str
    trigger_ratio: str
    """From which ratio on it locks."""
    trigger_orders: int
    """From how many orders on."""


class SymbolRatios(msgspec.Struct, frozen=True):
    """The ratios of an account's orders on a symbol."""

    symbol: str
    ratios: list[RatioShown]


class TradingRatios(msgspec.Struct, frozen=True, rename="camel"):
    """How near an account is to being locked."""

    cycle_seconds: int
    symbols: list[SymbolRatios]


class KeyRestrictions(msgspec.Struct, frozen=True, rename="camel"):
    """What a key may do. Times are in milliseconds."""

    ip_restrict: bool
    create_time: int
    enable_reading: bool
    enable_withdrawals: bool
    enable_internal_transfer: bool
    enable_margin: bool
    enable_futures: bool
    permits_universal_transfer: bool
    enable_vanilla_options: bool
    enable_fix_api_trade: bool
    enable_fix_read_only: bool
    enable_spot_and_margin_trading: bool
    enable_portfolio_margin_trading: bool
    trading_authority_expiration_time: int | UnsetType = UNSET
    """Until when it may trade; left out where that does not end."""


class Nothing(msgspec.Struct, frozen=True):
    """Done; there is nothing to say."""


def _declare(method: str, name: str, summary: str, response: Any) -> Endpoint[NoParameters]:
    return Endpoint(
        method,
        f"/sapi/v1/account/{name}",
        summary=summary,
        parameters=NoParameters,
        response=response,
        weight=1,
        security=Security.USER_DATA,
        budget=Budget.ADDRESS,
    )


INFO: Final = _declare("GET", "info", "Tell what the account may do.", AccountInfo)
STATUS: Final = _declare("GET", "status", "Tell how the account stands.", AccountStatus)
API_TRADING: Final = _declare(
    "GET", "apiTradingStatus", "Tell whether the account may trade over the API.", ApiTradingStatus
)  # fmt: skip
RESTRICTIONS: Final = _declare("GET", "apiRestrictions", "Tell what the key may do.", KeyRestrictions)
ENABLE_FAST: Final = _declare(
    "POST", "enableFastWithdrawSwitch", "Withdraw to people of this exchange at once, without a chain.", Nothing
)  # fmt: skip
DISABLE_FAST: Final = _declare(
    "POST", "disableFastWithdrawSwitch", "Withdraw over a chain always.", Nothing
)  # fmt: skip

RATIOS: Final = Endpoint(
    "GET",
    "/account/v1/trading-ratios",
    summary="Show the ratios by which trading over the API is locked, of the cycle under way.",
    parameters=NoParameters,
    response=TradingRatios,
    weight=10,
    security=Security.USER_DATA,
)

STANDING_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    INFO,
    STATUS,
    API_TRADING,
    RESTRICTIONS,
    ENABLE_FAST,
    DISABLE_FAST,
    RATIOS,
)


class AccountStanding:
    """Answers the account calls."""

    def __init__(
        self,
        runtime: Runtime,
        ratios: Ratios,
        locks: TradingLocks,
        switches: FastWithdrawals,
        trades_until_us: Callable[[ApiKey], int | None],
        now_us: Callable[[], int],
    ) -> None:
        """`trades_until_us` tells when a key's permission to trade lapses."""
        self._runtime = runtime
        self._ratios = ratios
        self._locks = locks
        self._switches = switches
        self._trades_until_us = trades_until_us
        self._now_us = now_us

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(INFO, self.info),
            Route(STATUS, self.status),
            Route(API_TRADING, self.api_trading),
            Route(RESTRICTIONS, self.restrictions),
            Route(ENABLE_FAST, self.enable_fast),
            Route(DISABLE_FAST, self.disable_fast),
            Route(RATIOS, self.ratios),
        ]

    async def info(self, call: Call, _parameters: NoParameters) -> AccountInfo:
        """Tell which accounts there are. There are no tiers of fees: everyone's level is 0."""
        margin, futures, options = [
            await self._has(call.owner, kind)
            for kind in (AccountClass.CROSS_MARGIN, AccountClass.USD_MARGINED_FUTURES, AccountClass.OPTIONS)
        ]
        return AccountInfo(0, margin, futures, options, is_portfolio_margin_retail_enabled=False)

    def status(self, call: Call, _parameters: NoParameters) -> AccountStatus:
        """Tell whether anything is held against the account; who is frozen does not come this far."""
        return AccountStatus("Locked" if self._locks.is_locked(call.owner, self._now_us()) else "Normal")

    def api_trading(self, call: Call, _parameters: NoParameters) -> ApiTradingStatus:
        """Tell whether the account is locked, and by which rules it would be."""
        now_us, newest, rules = self._now_us(), self._locks.newest(call.owner), self._ratios.rules
        is_locked = self._locks.is_locked(call.owner, now_us)
        condition = TriggerCondition(
            gcr=rules.resting_orders_min, ifer=rules.immediate_orders_min, ufr=rules.unfilled_orders_min
        )
        recovers_us = newest.until_us if newest is not None and is_locked else 0
        updated_us = now_us if newest is None else newest.locked_at_us if is_locked else newest.until_us
        return ApiTradingStatus(ApiTrading(is_locked, call.time(recovers_us), condition, call.time(updated_us)))

    async def ratios(self, call: Call, _parameters: NoParameters) -> TradingRatios:
        """Show the ratios of the account's orders, by symbol."""
        account, rules = await self._runtime.account_of(call.owner, AccountClass.SPOT), self._ratios.rules
        symbols = [
            SymbolRatios(self._runtime.catalog.symbol(symbol).name, [_shown(each) for each in indicators])
            for symbol, indicators in self._ratios.of_account(account)
        ]
        return TradingRatios(rules.cycle_us // 1_000_000, symbols)

    def restrictions(self, call: Call, _parameters: NoParameters) -> KeyRestrictions:
        """Tell what the key that asks may do."""
        key = call.api_key
        until_us = self._trades_until_us(key)
        return KeyRestrictions(
            ip_restrict=bool(key.restrictions.networks),
            create_time=call.time(key.created_at_us),
            enable_reading=Permission.READ in key.permissions,
            enable_withdrawals=Permission.WITHDRAW in key.permissions,
            enable_internal_transfer=Permission.INTERNAL_TRANSFER in key.permissions,
            enable_margin=Permission.MARGIN in key.permissions,
            enable_futures=Permission.FUTURES in key.permissions,
            permits_universal_transfer=Permission.TRANSFER in key.permissions,
            enable_vanilla_options=Permission.OPTIONS in key.permissions,
            enable_fix_api_trade=Permission.FIX in key.permissions,
            enable_fix_read_only=Permission.FIX_READ_ONLY in key.permissions,
            enable_spot_and_margin_trading=Permission.TRADE in key.permissions,
            enable_portfolio_margin_trading=False,
            trading_authority_expiration_time=UNSET if until_us is None else call.time(until_us),
        )

    async def enable_fast(self, call: Call, _parameters: NoParameters) -> Nothing:
        """Switch fast withdrawals on."""
        return await self._switch(call, is_on=True)

    async def disable_fast(self, call: Call, _parameters: NoParameters) -> Nothing:
        """Switch fast withdrawals off."""
        return await self._switch(call, is_on=False)

    async def _switch(self, call: Call, *, is_on: bool) -> Nothing:
        if Permission.TRADE not in call.api_key.permissions:
            raise ErrorCode.REJECTED_MBX_KEY.error()
        call.check_window()
        await asyncio.to_thread(self._switches.switch, call.owner, is_on=is_on)
        return Nothing()

    async def _has(self, owner: int, kind: AccountClass) -> bool:
        try:
            await self._runtime.account_of(owner, kind)
        except CommandRefused:
            return False
        return True


def _shown(indicator: Indicator) -> RatioShown:
    return RatioShown(
        indicator.name,
        indicator.orders,
        _decimal(indicator.ratio),
        _decimal(indicator.limit),
        indicator.orders_min,
    )


def _decimal(ratio: int) -> str:
    return f"{ratio // WHOLE}.{ratio % WHOLE:04}"
