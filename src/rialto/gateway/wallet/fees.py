"""What things cost: commissions by symbol, the discount, withdrawals by asset."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import SetAccountDiscount
from rialto.contracts.vocabulary import AccountClass
from rialto.core.catalog import Symbol
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.commissions import ask_commission
from rialto.gateway.spot.parameters import SymbolName, find_symbol
from rialto.gateway.wallet.parameters import AssetName, find_asset
from rialto.gateway.wallet.preferences import Preferences
from rialto.wire import errors
from rialto.wire.decimals import plain_of, to_units
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Boolean
from rialto.wire.parameters import Parameters

SYMBOLS_AT_ONCE: Final = 1_000


class AssetTerms(msgspec.Struct, frozen=True):
    """On what terms an asset comes and goes, on the network that is its default. Amounts in units of 1e-8."""

    withdrawal_min: int
    withdrawal_fee: int
    is_deposit_open: bool
    is_withdrawal_open: bool
    deposit_tip: str = ""


class AssetDetailParameters(Parameters, frozen=True):
    """Which asset; all without one."""

    asset: AssetName | None = None


class AssetDetail(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """On what terms an asset comes and goes."""

    min_withdraw_amount: str
    deposit_status: bool
    withdraw_fee: msgspec.Raw
    withdraw_status: bool
    deposit_tip: str = ""


class TradeFeeParameters(Parameters, frozen=True):
    """Which symbol; all without one."""

    symbol: SymbolName | None = None


class TradeFee(msgspec.Struct, frozen=True, rename="camel"):
    """What the account pays on a symbol, as parts of what it receives."""

    symbol: str
    maker_commission: str
    taker_commission: str


class DiscountParameters(
    Parameters,
    frozen=True,
    rename={
        "spot": "spotBNBBurn",
        "interest": "interestBNBBurn",
        "spot_too": "spotBnbBurn",
        "interest_too": "interestBnbBurn",
    },
):
    """What is paid in the discount asset from now on; clients spell the names in two ways."""

    spot: Annotated[bool, Boolean()] | None = None
    interest: Annotated[bool, Boolean()] | None = None
    spot_too: Annotated[bool, Boolean()] | None = None
    interest_too: Annotated[bool, Boolean()] | None = None

    @property
    def wanted(self) -> tuple[bool | None, bool | None]:
        """What is wanted of commissions and of interest, however it was spelled."""
        return (
            self.spot_too if self.spot is None else self.spot,
            self.interest_too if self.interest is None else self.interest,
        )

    def check(self) -> None:
        """Refuse a change of nothing."""
        if self.wanted == (None, None):
            raise errors.one_of("spotBNBBurn", "interestBNBBurn")


class DiscountStatus(msgspec.Struct, frozen=True, rename={"spot": "spotBNBBurn", "interest": "interestBNBBurn"}):
    """What is paid in the discount asset."""

    spot: bool
    interest: bool


ASSET_DETAIL: Final = Endpoint(
    "GET",
    "/sapi/v1/asset/assetDetail",
    summary="Show on what terms assets come and go.",
    parameters=AssetDetailParameters,
    response=dict[str, AssetDetail],
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
TRADE_FEE: Final = Endpoint(
    "GET",
    "/sapi/v1/asset/tradeFee",
    summary="Show what the account pays on symbols.",
    parameters=TradeFeeParameters,
    response=list[TradeFee],
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
DISCOUNT: Final = Endpoint(
    "POST",
    "/sapi/v1/bnbBurn",
    summary="Say whether commissions and interest are paid in the discount asset.",
    parameters=DiscountParameters,
    response=DiscountStatus,
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)


class WalletFees:
    """Shows costs, and sets the discount."""

    def __init__(
        self, runtime: Runtime, terms: Callable[[], Mapping[str, AssetTerms]], preferences: Preferences
    ) -> None:
        """`terms` tells on what terms assets come and go now; those without a network are not in it."""
        self._runtime = runtime
        self._terms = terms
        self._preferences = preferences

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(ASSET_DETAIL, self.asset_detail),
            Route(TRADE_FEE, self.trade_fee),
            Route(DISCOUNT, self.set_discount),
        ]

    async def asset_detail(self, _call: Call, parameters: AssetDetailParameters) -> dict[str, AssetDetail]:
        """Show on what terms assets come and go."""
        terms = self._terms()
        if parameters.asset is not None:
            name = find_asset(self._runtime.catalog, parameters.asset).name
            terms = {name: terms[name]} if name in terms else {}
        return {
            name: AssetDetail(
                text_of(each.withdrawal_min),
                each.is_deposit_open,
                msgspec.Raw(plain_of(each.withdrawal_fee).encode()),
                each.is_withdrawal_open,
                each.deposit_tip,
            )
            for name, each in sorted(terms.items())
        }

    async def trade_fee(self, call: Call, parameters: TradeFeeParameters) -> list[TradeFee]:
        """Show what the account pays, one symbol or all, in the order of their listing."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        catalog = self._runtime.catalog
        symbols = list(catalog.symbols)
        if parameters.symbol is not None:
            symbols = [find_symbol(catalog, parameters.symbol)]
        shown: list[TradeFee] = []
        for first in range(0, len(symbols), SYMBOLS_AT_ONCE):
            some = symbols[first : first + SYMBOLS_AT_ONCE]
            shown += await asyncio.gather(*(self._fee(account, symbol) for symbol in some))
        return shown

    async def _fee(self, account: int, symbol: Symbol) -> TradeFee:
        answer = await ask_commission(self._runtime, account, symbol.id)
        kinds = (answer.commission.standard, answer.commission.special, answer.commission.tax)
        maker, taker = (sum(to_units(getattr(rates, part)) for rates in kinds) for part in ("maker", "taker"))
        return TradeFee(symbol.name, plain_of(maker), plain_of(taker))

    async def set_discount(self, call: Call, parameters: DiscountParameters) -> DiscountStatus:
        """Say what is paid in the discount asset; what is not named stays as it is."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        spot, wanted_interest = parameters.wanted
        call.check_window()
        if spot is not None:
            await self._runtime.submit(SetAccountDiscount(account, spot))
        interest = await asyncio.to_thread(self._preferences.interest_discount, call.owner, wanted_interest)
        return DiscountStatus(await self._is_discounted(account, spot), interest)

    async def _is_discounted(self, account: int, just_set: bool | None) -> bool:
        if just_set is not None or not self._runtime.catalog.symbols:
            return bool(just_set)
        answer = await ask_commission(self._runtime, account, self._runtime.catalog.symbols[0].id)
        return answer.is_enabled_for_account
