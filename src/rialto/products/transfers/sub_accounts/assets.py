"""What sub-accounts hold in their spot accounts, as their master and their investor see it."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.parameters import Email, PageNumber
from rialto.products.transfers.sub_accounts.declaring import reads
from rialto.products.transfers.sub_accounts.members import Members
from rialto.products.transfers.sub_accounts.parameters import EmailParameters, figure
from rialto.products.transfers.worth import Worth
from rialto.wire.decimals import plain_of
from rialto.wire.endpoints import Budget, Endpoint
from rialto.wire.kinds import Integer
from rialto.wire.parameters import Parameters

SPOT: Final = AccountKind(AccountClass.SPOT)


class SummaryParameters(Parameters, frozen=True):
    """Which sub-accounts."""

    email: Email | None = None
    page: PageNumber = 1
    size: Annotated[int, Integer(1, 20, clamp=True)] = 10


class AssetAsNumbers(msgspec.Struct, frozen=True):
    """What is held of an asset, in JSON numbers."""

    freeze: int
    withdrawing: int
    asset: str
    free: msgspec.Raw
    locked: msgspec.Raw


class AssetsAsNumbers(msgspec.Struct, frozen=True):
    """What is held."""

    balances: list[AssetAsNumbers]


class AssetAsText(msgspec.Struct, frozen=True):
    """What is held of an asset."""

    freeze: str
    withdrawing: str
    asset: str
    free: str
    locked: str


class AssetsAsText(msgspec.Struct, frozen=True):
    """What is held."""

    balances: list[AssetAsText]


class Total(msgspec.Struct, frozen=True, rename="camel"):
    """What a sub-account holds, in bitcoin."""

    email: str
    total_asset: str


class Summary(msgspec.Struct, frozen=True, rename="camel"):
    """What the master and its sub-accounts hold, in bitcoin."""

    total_count: int
    master_account_total_asset: str
    spot_sub_user_asset_btc_vo_list: list[Total]


class ManagedAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What a managed sub-account holds of an asset. An asset has no other name than its own."""

    coin: str
    name: str
    total_balance: str
    available_balance: str
    in_order: str
    btc_value: str


ASSETS_AS_NUMBERS: Final = reads(
    "/sapi/v3/sub-account/assets",
    "List what a sub-account holds, in numbers.",
    EmailParameters,
    AssetsAsNumbers,
    60,
    budget=Budget.OWNER,
)
ASSETS: Final = reads(
    "/sapi/v4/sub-account/assets",
    "List what a sub-account holds.",
    EmailParameters,
    AssetsAsText,
    60,
    budget=Budget.OWNER,
)
SUMMARY: Final = reads(
    "/sapi/v1/sub-account/spotSummary",
    "Show what the family holds in its spot accounts, in bitcoin.",
    SummaryParameters,
    Summary,
)
MANAGED_ASSETS: Final = reads(
    "/sapi/v1/managed-subaccount/asset", "List what a managed sub-account holds.", EmailParameters, list[ManagedAsset]
)

ASSETS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (ASSETS_AS_NUMBERS, ASSETS, SUMMARY, MANAGED_ASSETS)


class Assets:
    """Shows what sub-accounts hold. All raise `ApiError` -4006 and -5021 for who may not ask."""

    def __init__(self, runtime: Runtime, members: Members, accounts: Accounts, worth: Worth) -> None:
        self._runtime = runtime
        self._members = members
        self._accounts = accounts
        self._worth = worth

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(ASSETS_AS_NUMBERS, self.assets_as_numbers),
            Route(ASSETS, self.assets),
            Route(SUMMARY, self.summary),
            Route(MANAGED_ASSETS, self.managed_assets),
        ]

    async def assets_as_numbers(self, call: Call, parameters: EmailParameters) -> AssetsAsNumbers:
        """List what a sub-account holds."""
        member = await self._members.member(call, parameters.email)
        held = await self._accounts.holdings(member.owner, SPOT)
        return AssetsAsNumbers(
            [AssetAsNumbers(0, 0, self._name(each.asset), figure(each.free), figure(each.locked)) for each in held]
        )

    async def assets(self, call: Call, parameters: EmailParameters) -> AssetsAsText:
        """List what a sub-account holds."""
        member = await self._members.member(call, parameters.email)
        held = await self._accounts.holdings(member.owner, SPOT)
        return AssetsAsText(
            [AssetAsText("0", "0", self._name(each.asset), plain_of(each.free), plain_of(each.locked)) for each in held]
        )

    async def summary(self, call: Call, parameters: SummaryParameters) -> Summary:
        """Show what the master holds, and each of its sub-accounts, in bitcoin."""
        parent = await self._members.master(call)
        sub_accounts = self._members.sub_accounts
        if parameters.email is not None:
            found, count = [await self._members.member_of(parent, parameters.email)], 1
        else:
            skip = (parameters.page - 1) * parameters.size
            found = await self._members.read(lambda: sub_accounts.of_parent(parent, skip=skip, limit=parameters.size))
            count = await self._members.read(lambda: sub_accounts.count_of_parent(parent))
        totals = [Total(member.email, await self._total(member.owner)) for member in found]
        return Summary(count, await self._total(parent), totals)

    async def managed_assets(self, call: Call, parameters: EmailParameters) -> list[ManagedAsset]:
        """List what a managed sub-account holds of its investor's."""
        member = await self._members.invested(call, parameters.email)
        return [
            ManagedAsset(
                self._name(each.asset),
                self._name(each.asset),
                plain_of(each.total),
                plain_of(each.free),
                plain_of(each.locked),
                plain_of(self._worth.in_bitcoin(each.asset, each.total)),
            )
            for each in await self._accounts.holdings(member.owner, SPOT)
        ]

    async def _total(self, owner: int) -> str:
        return text_of(self._worth.of_all(await self._accounts.holdings(owner, SPOT)))

    def _name(self, asset: int) -> str:
        return self._runtime.catalog.asset(asset).name
