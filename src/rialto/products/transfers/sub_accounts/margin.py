"""What sub-accounts hold in their margin accounts. Nothing is lent yet: nothing is owed, no level is in danger."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import ZERO, text_of
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.sub_accounts import SUB_ACCOUNTS_PER_MASTER_MAX
from rialto.products.transfers.accounts import Accounts, Holding
from rialto.products.transfers.parameters import Email
from rialto.products.transfers.sub_accounts.declaring import reads
from rialto.products.transfers.sub_accounts.members import Members
from rialto.products.transfers.sub_accounts.parameters import EmailParameters
from rialto.products.transfers.worth import Worth
from rialto.wire.decimals import plain_of
from rialto.wire.endpoints import Endpoint
from rialto.wire.kinds import Choice
from rialto.wire.parameters import NoParameters, Parameters

CROSS: Final = AccountKind(AccountClass.CROSS_MARGIN)
LEVEL_WITHOUT_DEBT: Final = 999
"""What the level is told as where nothing is owed."""

_KINDS: Final = {"MARGIN": AccountClass.CROSS_MARGIN, "ISOLATED_MARGIN": AccountClass.ISOLATED_MARGIN}


class ManagedMarginParameters(Parameters, frozen=True):
    """Which managed sub-account, and which of its margin accounts."""

    email: Email
    account_type: Annotated[AccountClass, Choice(_KINDS)] = AccountClass.CROSS_MARGIN


class Bars(msgspec.Struct, frozen=True, rename="camel"):
    """At which levels what happens."""

    force_liquidation_bar: str = "1.10000000"
    margin_call_bar: str = "1.50000000"
    normal_bar: str = "2.00000000"


class MarginAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What is held and owed of an asset."""

    asset: str
    borrowed: str
    free: str
    interest: str
    locked: str
    net_asset: str


class MarginAccount(msgspec.Struct, frozen=True, rename="camel"):
    """A margin account."""

    email: str
    margin_level: str
    total_asset_of_btc: str
    total_liability_of_btc: str
    total_net_asset_of_btc: str
    margin_trade_coeff_vo: Bars
    margin_user_asset_vo_list: list[MarginAsset]


class MarginTotal(msgspec.Struct, frozen=True, rename="camel"):
    """What a margin account comes to, in bitcoin."""

    email: str
    total_asset_of_btc: str
    total_liability_of_btc: str
    total_net_asset_of_btc: str


class MarginSummary(msgspec.Struct, frozen=True, rename="camel"):
    """What the margin accounts of all sub-accounts come to, in bitcoin."""

    total_asset_of_btc: str
    total_liability_of_btc: str
    total_net_asset_of_btc: str
    sub_account_list: list[MarginTotal]


class ManagedMargin(msgspec.Struct, frozen=True, rename="camel"):
    """A managed sub-account's margin account."""

    margin_level: str
    total_asset_of_btc: str
    total_liability_of_btc: str
    total_net_asset_of_btc: str
    user_assets: list[MarginAsset]


MARGIN_ACCOUNT: Final = reads(
    "/sapi/v1/sub-account/margin/account", "Show a sub-account's margin account.", EmailParameters, MarginAccount, 10
)
MARGIN_SUMMARY: Final = reads(
    "/sapi/v1/sub-account/margin/accountSummary",
    "Show what the margin accounts of all sub-accounts come to.",
    NoParameters,
    MarginSummary,
    10,
)
MANAGED_MARGIN: Final = reads(
    "/sapi/v1/managed-subaccount/marginAsset",
    "Show a managed sub-account's margin account.",
    ManagedMarginParameters,
    ManagedMargin,
)

MARGIN_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (MARGIN_ACCOUNT, MARGIN_SUMMARY, MANAGED_MARGIN)


class MarginViews:
    """Shows margin accounts. All raise `ApiError` -4006 and -5021 for who may not ask."""

    def __init__(self, runtime: Runtime, members: Members, accounts: Accounts, worth: Worth) -> None:
        self._runtime = runtime
        self._members = members
        self._accounts = accounts
        self._worth = worth

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(MARGIN_ACCOUNT, self.account),
            Route(MARGIN_SUMMARY, self.summary),
            Route(MANAGED_MARGIN, self.managed),
        ]

    async def account(self, call: Call, parameters: EmailParameters) -> MarginAccount:
        """Show a sub-account's cross margin account."""
        member = await self._members.member(call, parameters.email)
        held = await self._accounts.holdings(member.owner, CROSS)
        total = text_of(self._worth.of_all(held))
        assets = [self._asset(each) for each in held]
        level = f"{LEVEL_WITHOUT_DEBT}.00000000"
        return MarginAccount(member.email, level, total, ZERO, total, Bars(), assets)

    async def summary(self, call: Call, _parameters: NoParameters) -> MarginSummary:
        """Show what every sub-account's cross margin account comes to."""
        parent = await self._members.master(call)
        sub_accounts = self._members.sub_accounts
        found = await self._members.read(lambda: sub_accounts.of_parent(parent, limit=SUB_ACCOUNTS_PER_MASTER_MAX))
        sums = [(each.email, self._worth.of_all(await self._accounts.holdings(each.owner, CROSS))) for each in found]
        total = text_of(sum(units for _, units in sums))
        listed = [MarginTotal(email, text_of(units), ZERO, text_of(units)) for email, units in sums]
        return MarginSummary(total, ZERO, total, listed)

    async def managed(self, call: Call, parameters: ManagedMarginParameters) -> ManagedMargin:
        """Show a managed sub-account's cross margin account, or all its isolated ones together."""
        member = await self._members.invested(call, parameters.email)
        held = await self._held(member.owner, parameters.account_type)
        total = plain_of(self._worth.of_all(held))
        assets = [self._asset(each, is_plain=True) for each in held]
        return ManagedMargin(str(LEVEL_WITHOUT_DEBT), total, "0", total, assets)

    async def _held(self, owner: int, account_class: AccountClass) -> list[Holding]:
        if account_class is AccountClass.CROSS_MARGIN:
            return await self._accounts.holdings(owner, CROSS)
        together: dict[int, Holding] = {}
        for symbol in self._runtime.catalog.symbols:
            for each in await self._accounts.holdings(owner, AccountKind(account_class, symbol.id)):
                before = together.get(each.asset, Holding(each.asset, 0, 0))
                together[each.asset] = Holding(each.asset, before.free + each.free, before.locked + each.locked)
        return list(together.values())

    def _asset(self, held: Holding, *, is_plain: bool = False) -> MarginAsset:
        spell = plain_of if is_plain else text_of
        name = self._runtime.catalog.asset(held.asset).name
        nothing = spell(0)
        return MarginAsset(name, nothing, spell(held.free), nothing, spell(held.locked), spell(held.total))
