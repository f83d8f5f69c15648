"""Commission rates: what an account pays on a symbol, by kind, and what one order would.

Both are asked of the core, which knows an account's own rates. The page "Commission Rates" says how they add up.
"""

from typing import Any, Final

import msgspec

from rialto.contracts import queries, vocabulary
from rialto.contracts.queries import CommissionAnswer
from rialto.contracts.vocabulary import AccountClass, Side
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import SymbolName, find_symbol
from rialto.wire.decimals import to_text, to_units
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.parameters import Parameters


class CommissionParameters(Parameters, frozen=True):
    """On which symbol."""

    symbol: SymbolName


class CommissionRates(msgspec.Struct, frozen=True):
    """Commission as fractions of what is received, by part and by side."""

    maker: str
    taker: str
    buyer: str
    seller: str


class Rates(msgspec.Struct, frozen=True):
    """Commission as fractions of what an order receives, by part; its side is taken into account."""

    maker: str
    taker: str


class Discount(msgspec.Struct, frozen=True, rename="camel"):
    """What becomes of the standard commission where it is paid in an asset of its own.

    `discount` is the part of it that is paid then. Without such an asset there is no name, and nothing is enabled.
    """

    enabled_for_account: bool
    enabled_for_symbol: bool
    discount_asset: str | None
    discount: str


class AccountCommission(msgspec.Struct, frozen=True, rename="camel"):
    """What an account pays on a symbol."""

    symbol: str
    standard_commission: CommissionRates
    special_commission: CommissionRates
    tax_commission: CommissionRates
    discount: Discount


class OrderRates(msgspec.Struct, frozen=True, rename="camel"):
    """The commission rates that would apply to an order."""

    standard_commission_for_order: Rates
    special_commission_for_order: Rates
    tax_commission_for_order: Rates
    discount: Discount


COMMISSION: Final = Endpoint(
    "GET",
    "/api/v3/account/commission",
    summary="Show the commission rates of the account on a symbol.",
    parameters=CommissionParameters,
    response=AccountCommission,
    sbe_message="AccountCommissionResponse",
    weight=20,
    security=Security.USER_DATA,
    websocket_method="account.commission",
)


class Commissions:
    """Reads commission rates."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(COMMISSION, self.commission)]

    async def commission(self, call: Call, parameters: CommissionParameters) -> AccountCommission:
        """Show the rates of the account on a symbol."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        answer = await ask_commission(self._runtime, account, symbol.id)
        rates = answer.commission
        return AccountCommission(
            symbol.name,
            commission_rates(rates.standard),
            commission_rates(rates.special),
            commission_rates(rates.tax),
            _discount(self._runtime, answer),
        )


async def ask_commission(runtime: Runtime, account: int, symbol: int) -> CommissionAnswer:
    """Ask the core what an account pays on a symbol."""
    answer = await runtime.ask(queries.Commission(account, symbol))
    assert isinstance(answer, CommissionAnswer)
    return answer


async def order_rates(runtime: Runtime, account: int, symbol: int, side: Side) -> OrderRates:
    """Tell what an order of an account would pay: by part, what its part and its side pay together."""
    answer = await ask_commission(runtime, account, symbol)
    rates = answer.commission
    return OrderRates(
        _of_side(rates.standard, side),
        _of_side(rates.special, side),
        _of_side(rates.tax, side),
        _discount(runtime, answer),
    )


def commission_rates(rates: vocabulary.Rates) -> CommissionRates:
    """Write rates with eight places."""
    return CommissionRates(*(to_text(to_units(rate)) for rate in (rates.maker, rates.taker, rates.buyer, rates.seller)))


def _of_side(rates: vocabulary.Rates, side: Side) -> Rates:
    of_side = to_units(rates.buyer if side is Side.BUY else rates.seller)
    return Rates(to_text(to_units(rates.maker) + of_side), to_text(to_units(rates.taker) + of_side))


def _discount(runtime: Runtime, answer: CommissionAnswer) -> Discount:
    asset = answer.discount_asset
    is_offered = asset is not None
    return Discount(
        enabled_for_account=is_offered and answer.is_enabled_for_account,
        enabled_for_symbol=is_offered and answer.is_enabled_for_symbol,
        discount_asset=None if asset is None else runtime.catalog.asset(asset).name,
        discount=to_text(to_units(answer.discount_multiplier)),
    )
