"""What one holds: by asset, and by kind of account."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.holdings import VALUED_IN, Held, Holdings, Withdrawing
from rialto.gateway.wallet.parameters import AssetName, find_asset
from rialto.wire.decimals import plain_of
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Boolean
from rialto.wire.parameters import Parameters

WALLETS: Final = (
    ("Spot", AccountClass.SPOT),
    ("Funding", AccountClass.FUNDING),
    ("Cross Margin", AccountClass.CROSS_MARGIN),
    ("Isolated Margin", AccountClass.ISOLATED_MARGIN),
    ("USDⓈ-M Futures", AccountClass.USD_MARGINED_FUTURES),
    ("COIN-M Futures", AccountClass.COIN_MARGINED_FUTURES),
    ("Earn", AccountClass.EARN),
    ("Options", AccountClass.OPTIONS),
)
"""What the kinds of accounts are called, in the order of the documents."""


class UserAssetParameters(Parameters, frozen=True):
    """Which asset; all that are held without one."""

    asset: AssetName | None = None
    need_btc_valuation: Annotated[bool, Boolean()] = False


class WalletBalanceParameters(Parameters, frozen=True):
    """What values are told in, and whether assets are shown one by one."""

    quote_asset: AssetName = VALUED_IN
    need_balance_detail: Annotated[bool, Boolean()] = False


class UserAsset(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What is held of an asset. `locked` is in orders, `withdrawing` waits to be paid out."""

    asset: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    ipoable: str
    btc_valuation: str | None = None


class AssetInWallet(msgspec.Struct, frozen=True, rename="camel"):
    """What is held of an asset in one kind of account."""

    asset: str
    asset_name: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    btc_valuation: str


class WalletBalance(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What one kind of account is worth."""

    activate: bool
    balance: str
    wallet_name: str
    asset_balances: list[AssetInWallet] | None = None


USER_ASSET: Final = Endpoint(
    "POST",
    "/sapi/v3/asset/getUserAsset",
    summary="List what the spot account holds.",
    parameters=UserAssetParameters,
    response=list[UserAsset],
    weight=5,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
WALLET_BALANCE: Final = Endpoint(
    "GET",
    "/sapi/v1/asset/wallet/balance",
    summary="Show what each kind of account is worth.",
    parameters=WalletBalanceParameters,
    response=list[WalletBalance],
    weight=60,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)


class WalletBalances:
    """Shows balances."""

    def __init__(self, runtime: Runtime, holdings: Holdings, withdrawing: Withdrawing) -> None:
        self._runtime = runtime
        self._holdings = holdings
        self._withdrawing = withdrawing

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(USER_ASSET, self.user_asset), Route(WALLET_BALANCE, self.wallet_balance)]

    async def user_asset(self, call: Call, parameters: UserAssetParameters) -> list[UserAsset]:
        """List what the spot account holds."""
        only = None if parameters.asset is None else find_asset(self._runtime.catalog, parameters.asset).id
        withdrawing = await self._withdrawing(call.owner)
        held = await self._holdings.of(call.owner, AccountClass.SPOT) or []
        return [
            UserAsset(
                each.name,
                *_parts(each, withdrawing.get(each.name, 0)),
                ipoable="0",
                btc_valuation=plain_of(self._holdings.worth(each)) if parameters.need_btc_valuation else None,
            )
            for each in held
            if only is None or each.asset == only
        ]

    async def wallet_balance(self, call: Call, parameters: WalletBalanceParameters) -> list[WalletBalance]:
        """Show what each kind of account is worth."""
        quote = find_asset(self._runtime.catalog, parameters.quote_asset).name
        withdrawing = await self._withdrawing(call.owner)
        shown = []
        for name, account_class in WALLETS:
            held = await self._holdings.of(call.owner, account_class)
            worth = sum(self._holdings.worth(each, quote) for each in held or [])
            detail = None
            if parameters.need_balance_detail:
                waiting = withdrawing if account_class is AccountClass.SPOT else {}
                detail = [self._in_wallet(each, waiting.get(each.name, 0)) for each in held or []]
            shown.append(WalletBalance(held is not None, plain_of(worth), name, detail))
        return shown

    def _in_wallet(self, held: Held, withdrawing: int) -> AssetInWallet:
        return AssetInWallet(
            held.name, held.name, *_parts(held, withdrawing), btc_valuation=plain_of(self._holdings.worth(held))
        )


def _parts(held: Held, withdrawing: int) -> tuple[str, str, str, str]:
    """Spell what is free, in orders, frozen, and being withdrawn."""
    waiting = min(withdrawing, held.locked)
    return plain_of(held.free), plain_of(held.locked - waiting), "0", plain_of(waiting)
