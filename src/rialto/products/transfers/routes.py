"""Transfers between one's own accounts, their history, and what the funding account holds."""

import asyncio
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.catalog import Asset
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import EndTime, StartTime, SymbolName, find_symbol
from rialto.identity.sub_accounts import SubAccounts
from rialto.products.transfers import pages
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.family import Families
from rialto.products.transfers.model import Channel, Place, Transfer, TransferRecord
from rialto.products.transfers.pages import Part
from rialto.products.transfers.parameters import (
    Amount,
    AssetName,
    PageNumber,
    PageSize,
    find_asset,
    span_of,
)
from rialto.products.transfers.refusals import REFUSED, of_transfer
from rialto.products.transfers.service import Transfers
from rialto.products.transfers.worth import Worth
from rialto.projections.history import History
from rialto.wire import errors
from rialto.wire.decimals import plain, plain_of
from rialto.wire.endpoints import Budget, Endpoint, Security, Urgency
from rialto.wire.kinds import Boolean, Choice
from rialto.wire.parameters import Parameters
from rialto.wire.wallet_errors import WalletError

DAY_US: Final = 86_400_000_000
SPAN_DEFAULT_US: Final = 7 * DAY_US
REACH_US: Final = 183 * DAY_US
"""How far back the history of these transfers is told: half a year."""

FUTURES: Final = frozenset({AccountClass.USD_MARGINED_FUTURES, AccountClass.COIN_MARGINED_FUTURES})

_NAMES: Final = {
    "MAIN": AccountClass.SPOT,
    "FUNDING": AccountClass.FUNDING,
    "MARGIN": AccountClass.CROSS_MARGIN,
    "ISOLATEDMARGIN": AccountClass.ISOLATED_MARGIN,
    "UMFUTURE": AccountClass.USD_MARGINED_FUTURES,
    "CMFUTURE": AccountClass.COIN_MARGINED_FUTURES,
    "OPTION": AccountClass.OPTIONS,
}
_PAIRS: Final = (
    *("MAIN_UMFUTURE", "MAIN_CMFUTURE", "MAIN_MARGIN", "UMFUTURE_MAIN", "UMFUTURE_MARGIN", "CMFUTURE_MAIN"),
    *("CMFUTURE_MARGIN", "MARGIN_MAIN", "MARGIN_UMFUTURE", "MARGIN_CMFUTURE", "ISOLATEDMARGIN_MARGIN"),
    *("MARGIN_ISOLATEDMARGIN", "ISOLATEDMARGIN_ISOLATEDMARGIN", "MAIN_FUNDING", "FUNDING_MAIN", "FUNDING_UMFUTURE"),
    *("UMFUTURE_FUNDING", "MARGIN_FUNDING", "FUNDING_MARGIN", "FUNDING_CMFUTURE", "CMFUTURE_FUNDING", "MAIN_OPTION"),
    *("OPTION_MAIN", "UMFUTURE_OPTION", "OPTION_UMFUTURE", "MARGIN_OPTION", "OPTION_MARGIN", "FUNDING_OPTION"),
    "OPTION_FUNDING",
)


class TransferType(msgspec.Struct, frozen=True):
    """From which kind of account to which; None where this exchange has no such account."""

    name: str
    classes: tuple[AccountClass, AccountClass] | None


def _type(name: str) -> TransferType:
    source, destination = name.split("_")
    return TransferType(name, (_NAMES[source], _NAMES[destination]))


TRANSFER_TYPES: Final = {
    **{name: _type(name) for name in _PAIRS},
    **{name: TransferType(name, None) for name in ("MAIN_PORTFOLIO_MARGIN", "PORTFOLIO_MARGIN_MAIN")},
}
"""Every documented type."""

Type = Annotated[TransferType, Choice(TRANSFER_TYPES)]


class TransferParameters(Parameters, frozen=True):
    """What to move, from where to where."""

    type: Type
    asset: AssetName
    amount: Amount
    from_symbol: SymbolName | None = None
    to_symbol: SymbolName | None = None

    def check(self) -> None:
        """Refuse isolated accounts without their symbol."""
        check_symbols(self.type, self.from_symbol, self.to_symbol)


class HistoryParameters(Parameters, frozen=True):
    """Which transfers."""

    type: Type
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    current: PageNumber = 1
    size: PageSize = 10
    from_symbol: SymbolName | None = None
    to_symbol: SymbolName | None = None

    def check(self) -> None:
        """Refuse isolated accounts without their symbol."""
        check_symbols(self.type, self.from_symbol, self.to_symbol)


class FundingParameters(Parameters, frozen=True):
    """Which asset, and whether with its value."""

    asset: AssetName | None = None
    need_btc_valuation: Annotated[bool, Boolean()] = False


class Made(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer's number."""

    tran_id: int


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer between one's own accounts."""

    asset: str
    amount: str
    type: str
    status: str
    tran_id: int
    timestamp: int


class ToldPage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Transfers, newest first; without rows where there are none."""

    total: int
    rows: list[Told] | msgspec.UnsetType = msgspec.UNSET


class FundingAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What the funding account holds of an asset."""

    asset: str
    free: str
    locked: str
    freeze: str
    withdrawing: str
    btc_valuation: str


TRANSFER: Final = Endpoint(
    "POST",
    "/sapi/v1/asset/transfer",
    summary="Move an amount between two of one's own accounts.",
    parameters=TransferParameters,
    response=Made,
    weight=300,
    budget=Budget.OWNER,
    security=Security.TRANSFER,
    urgency=Urgency.READ,
)
TRANSFERS: Final = Endpoint(
    "GET",
    "/sapi/v1/asset/transfer",
    summary="List transfers between one's own accounts.",
    parameters=HistoryParameters,
    response=ToldPage,
    weight=1,
    budget=Budget.ADDRESS,
    security=Security.USER_DATA,
)
FUNDING: Final = Endpoint(
    "POST",
    "/sapi/v1/asset/get-funding-asset",
    summary="List what the funding account holds.",
    parameters=FundingParameters,
    response=list[FundingAsset],
    weight=1,
    budget=Budget.ADDRESS,
    security=Security.USER_DATA,
)

TRANSFERS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (TRANSFER, TRANSFERS, FUNDING)


class OwnTransfers:
    """Serves transfers between one's own accounts."""

    def __init__(
        self,
        runtime: Runtime,
        history: History,
        accounts: Accounts,
        transfers: Transfers,
        families: Families,
        sub_accounts: SubAccounts,
        worth: Worth,
    ) -> None:
        self._runtime = runtime
        self._history = history
        self._accounts = accounts
        self._transfers = transfers
        self._families = families
        self._sub_accounts = sub_accounts
        self._worth = worth

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(TRANSFER, self.transfer),
            Route(TRANSFERS, self.transfers),
            Route(FUNDING, self.funding),
        ]

    async def transfer(self, call: Call, parameters: TransferParameters) -> Made:
        """Move an amount.

        Raises `ApiError`: -4018 unknown asset, -1121 unknown symbol, -5007 nothing to move, -5010 no such route, -5011
        an account that a sub-account was not given, -5013 insufficient balance.
        """
        asset = find_asset(self._runtime.catalog, parameters.asset)
        source, destination = self._kinds(parameters.type, parameters.from_symbol, parameters.to_symbol)
        self._check_isolated(source, asset)
        self._check_isolated(destination, asset)
        family = await self._families.of(call.owner)
        if family != call.owner:
            await self._check_leave(call.owner, (source.account_class, destination.account_class))
        transfer = Transfer(
            family=family,
            asked_by=call.owner,
            source=Place(call.owner, source),
            destination=Place(call.owner, destination),
            asset=asset.id,
            amount=parameters.amount,
            channel=Channel.OWN,
        )
        try:
            return Made(await self._transfers.move(transfer, call.check_window))
        except REFUSED as refused:
            raise of_transfer(refused) from refused

    async def transfers(self, call: Call, parameters: HistoryParameters) -> ToldPage:
        """List transfers, newest first: of the last seven days unless told otherwise, and of the last half year."""
        if parameters.type.classes is None:
            return ToldPage(0)
        now_us = self._runtime.now_us()
        span = span_of(parameters.start_time, parameters.end_time, now_us, default_us=SPAN_DEFAULT_US)
        span = msgspec.structs.replace(span, start_us=max(span.start_us, now_us - REACH_US))
        conditions = pages.between_own(call.owner, *parameters.type.classes)
        catalog = self._runtime.catalog
        if parameters.from_symbol is not None:
            conditions.append(pages.from_scope(find_symbol(catalog, parameters.from_symbol).id))
        if parameters.to_symbol is not None:
            conditions.append(pages.to_scope(find_symbol(catalog, parameters.to_symbol).id))
        found = await pages.listed(self._history, conditions, span, Part(parameters.current, parameters.size))
        rows = [self._told(call, parameters.type.name, record) for record in found.rows]
        return ToldPage(found.total, rows) if found.total else ToldPage(0)

    async def funding(self, call: Call, parameters: FundingParameters) -> list[FundingAsset]:
        """List what the funding account holds; assets it has none of are left out."""
        catalog = self._runtime.catalog
        wanted = None if parameters.asset is None else find_asset(catalog, parameters.asset).id
        held = await self._accounts.holdings(call.owner, AccountKind(AccountClass.FUNDING))
        return [
            FundingAsset(
                catalog.asset(each.asset).name,
                plain_of(each.free),
                plain_of(each.locked),
                "0",
                "0",
                text_of(self._worth.in_bitcoin(each.asset, each.total)) if parameters.need_btc_valuation else "0",
            )
            for each in held
            if wanted is None or each.asset == wanted
        ]

    def _kinds(
        self, type_: TransferType, from_symbol: str | None, to_symbol: str | None
    ) -> tuple[AccountKind, AccountKind]:
        if type_.classes is None:
            raise WalletError.TRANSFER_FAILED.error()
        source, destination = type_.classes
        return self._kind(source, from_symbol), self._kind(destination, to_symbol)

    def _kind(self, account_class: AccountClass, symbol: str | None) -> AccountKind:
        if account_class is not AccountClass.ISOLATED_MARGIN:
            return AccountKind(account_class)
        assert symbol is not None, "the parameters were checked"
        return AccountKind(account_class, find_symbol(self._runtime.catalog, symbol).id)

    async def _check_leave(self, owner: int, classes: tuple[AccountClass, AccountClass]) -> None:
        """Refuse futures and options to a sub-account whose master did not allow them. Raises `ApiError` -5011."""
        futures, options = FUTURES.intersection(classes), AccountClass.OPTIONS in classes
        if not (futures or options):
            return
        member = await asyncio.to_thread(self._sub_accounts.find, owner)
        assert member is not None, "it belongs to another's family"
        if (futures and not member.has_futures) or (options and not member.has_options):
            raise WalletError.NO_FUTURES_ACCOUNT.error()

    def _check_isolated(self, kind: AccountKind, asset: Asset) -> None:
        """Refuse to put into the account of a symbol what the symbol does not trade."""
        if kind.account_class is not AccountClass.ISOLATED_MARGIN:
            return
        symbol = self._runtime.catalog.symbol(kind.scope)
        if asset not in (symbol.base, symbol.quote):
            raise WalletError.TRANSFER_FAILED.error()

    def _told(self, call: Call, type_name: str, record: TransferRecord) -> Told:
        return Told(
            self._runtime.catalog.asset(record.asset).name,
            plain(record.amount),
            type_name,
            "CONFIRMED",
            record.transfer,
            call.time(record.moved_at_us),
        )


def check_symbols(type_: TransferType, from_symbol: str | None, to_symbol: str | None) -> None:
    """Refuse an isolated account without its symbol, and a symbol where there is no isolated account."""
    source, destination = type_.classes or (AccountClass.SPOT, AccountClass.SPOT)
    for name, account_class, symbol in (
        ("fromSymbol", source, from_symbol),
        ("toSymbol", destination, to_symbol),
    ):
        is_isolated = account_class is AccountClass.ISOLATED_MARGIN
        if is_isolated and symbol is None:
            raise errors.mandatory(name)
        if symbol is not None and not is_isolated:
            raise errors.not_required(name)
