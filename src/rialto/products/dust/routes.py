"""The calls about dust."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.contracts.vocabulary import AccountClass
from rialto.core.catalog import Asset
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.wallet.holdings import Holdings
from rialto.gateway.wallet.parameters import AssetName, EndTime, StartTime, find_asset
from rialto.products.dust.rules import ASSETS_MAX, Dust, DustRefused, NotDust, NotHeld, TooSmall, TooSoon, appraise
from rialto.products.dust.service import Done, DustService, Exchange, NoSuchTarget
from rialto.wire import errors
from rialto.wire.decimals import plain, plain_of
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.errors import ApiError
from rialto.wire.kinds import Choice, Decimal, Text
from rialto.wire.parameters import Parameters
from rialto.wire.wallet_errors import WalletError

TARGET_DEFAULT: Final = "BNB"
_ACCOUNTS: Final = {"SPOT": AccountClass.SPOT, "MARGIN": AccountClass.CROSS_MARGIN}
_REFUSALS: Final = {
    NotHeld: WalletError.NOTHING_HELD,
    NotDust: WalletError.NOT_DUST,
    TooSmall: WalletError.DUST_TOO_SMALL,
    TooSoon: WalletError.DUST_ONCE_A_DAY,
    NoSuchTarget: WalletError.NO_SUCH_ASSET,
}

Assets = Annotated[str, Text(r"^\[?\"?[A-Za-z0-9]{1,16}(\"?,\"?[A-Za-z0-9]{1,16}){0,99}\"?\]?$")]
AccountType = Annotated[AccountClass, Choice(_ACCOUNTS)]
ClientId = Annotated[str, Text(r"^[\w-]{1,64}$")]
ASSETS_PATH: Final = "/sapi/v1/asset"


class DustParameters(Parameters, frozen=True):
    """Which assets, from which account."""

    asset: Assets
    account_type: AccountType = AccountClass.SPOT


class ConvertParameters(Parameters, frozen=True):
    """Which assets, from which account, into which, and what the client calls it."""

    asset: Assets
    account_type: AccountType = AccountClass.SPOT
    client_id: ClientId | None = None
    target_asset: AssetName = TARGET_DEFAULT
    third_party_client_id: ClientId | None = None
    dust_quota_asset_to_target_asset_price: Annotated[str, Decimal()] | None = None


class ConvertibleParameters(Parameters, frozen=True):
    """Into which asset, from which account."""

    target_asset: AssetName
    account_type: AccountType = AccountClass.SPOT
    dust_quota_asset_to_target_asset_price: Annotated[str, Decimal()] | None = None


class AccountParameters(Parameters, frozen=True):
    """Which account."""

    account_type: AccountType = AccountClass.SPOT


class LogParameters(Parameters, frozen=True):
    """Of which account, from when to when."""

    account_type: AccountType = AccountClass.SPOT
    start_time: StartTime | None = None
    end_time: EndTime | None = None


class Transferred(msgspec.Struct, frozen=True, rename="camel"):
    """What one asset came to; `transfered_amount` is what its owner got."""

    tran_id: int
    from_asset: str
    amount: str
    transfered_amount: str
    service_charge_amount: str
    operate_time: int


class DustTransfer(msgspec.Struct, frozen=True, rename="camel"):
    """What a request came to."""

    total_transfered: str
    total_service_charge: str
    transfer_result: list[Transferred]


class Convertible(msgspec.Struct, frozen=True, rename={"to_btc": "toBTC", "to_bnb": "toBNB"}):
    """What an asset would come to in BNB."""

    asset: str
    name: str = msgspec.field(name="assetFullName")
    free: str = msgspec.field(name="amountFree")
    to_btc: str
    to_bnb: str
    after_fee: str = msgspec.field(name="toBNBOffExchange")
    fee: str = msgspec.field(name="exchange")


class ConvertibleIntoBnb(msgspec.Struct, frozen=True):
    """What could be exchanged for BNB."""

    details: list[Convertible]
    total_btc: str = msgspec.field(name="totalTransferBtc")
    total_bnb: str = msgspec.field(name="totalTransferBNB")
    fee: str = msgspec.field(name="dribbletPercentage")


class ConvertibleAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What an asset would come to."""

    asset: str
    asset_full_name: str
    amount_free: str
    exchange: str
    to_quota_asset_amount: str
    to_target_asset_amount: str
    to_target_asset_off_exchange: str


class ConvertibleAssets(msgspec.Struct, frozen=True, rename="camel"):
    """What could be exchanged. The quota is told in BTC."""

    dribblet_percentage: str
    total_transfer_quota_asset_amount: str
    total_transfer_target_asset_amount: str
    dribblet_base: str
    details: list[ConvertibleAsset]


class DribbletDetail(msgspec.Struct, frozen=True, rename="camel"):
    """One asset of a request of the past."""

    trans_id: int
    service_charge_amount: str
    amount: str
    operate_time: int
    transfered_amount: str
    from_asset: str
    target_asset: str


class Dribblet(msgspec.Struct, frozen=True, rename="camel"):
    """A request of the past."""

    operate_time: int
    total_transfered_amount: str
    total_service_charge_amount: str
    trans_id: int
    user_asset_dribblet_details: list[DribbletDetail]


class Dribblets(msgspec.Struct, frozen=True, rename="camel"):
    """Requests of the past, newest first."""

    total: int
    user_asset_dribblets: list[Dribblet]


def _endpoint(method: str, path: str, summary: str, parameters: Any, response: Any, weight: int) -> Endpoint[Any]:
    security = Security.TRADE if path in ("/dust", "/dust-convert/convert") else Security.USER_DATA
    return Endpoint(
        method,
        ASSETS_PATH + path,
        summary=summary,
        parameters=parameters,
        response=response,
        weight=weight,
        security=security,
        budget=Budget.OWNER if weight > 1 else Budget.ADDRESS,
    )


DUST: Final = _endpoint("POST", "/dust", "Exchange dust for BNB.", DustParameters, DustTransfer, 10)
CONVERT: Final = _endpoint(
    "POST", "/dust-convert/convert", "Exchange dust for an asset.", ConvertParameters, DustTransfer, 10
)
CONVERTIBLE_INTO_BNB: Final = _endpoint(
    "POST", "/dust-btc", "List what could be exchanged for BNB.", AccountParameters, ConvertibleIntoBnb, 1
)
CONVERTIBLE: Final = _endpoint(
    "POST",
    "/dust-convert/query-convertible-assets",
    "List what could be exchanged for an asset.",
    ConvertibleParameters,
    ConvertibleAssets,
    1,
)
LOG: Final = _endpoint("GET", "/dribblet", "List the dust that was exchanged.", LogParameters, Dribblets, 1)
DUST_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (DUST, CONVERT, CONVERTIBLE_INTO_BNB, CONVERTIBLE, LOG)


class DustRoutes:
    """Serves the calls about dust."""

    def __init__(self, runtime: Runtime, service: DustService, holdings: Holdings) -> None:
        self._runtime = runtime
        self._service = service
        self._holdings = holdings

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(DUST, self.dust),
            Route(CONVERT, self.convert),
            Route(CONVERTIBLE_INTO_BNB, self.convertible_into_bnb),
            Route(CONVERTIBLE, self.convertible),
            Route(LOG, self.log),
        ]

    async def dust(self, call: Call, parameters: DustParameters) -> DustTransfer:
        """Exchange dust for BNB."""
        return await self._exchange(call, parameters.asset, parameters.account_type, TARGET_DEFAULT, "")

    async def convert(self, call: Call, parameters: ConvertParameters) -> DustTransfer:
        """Exchange dust for an asset."""
        client_id = parameters.client_id or ""
        return await self._exchange(call, parameters.asset, parameters.account_type, parameters.target_asset, client_id)

    async def _exchange(
        self, call: Call, assets: str, account_class: AccountClass, target_name: str, client_id: str
    ) -> DustTransfer:
        catalog = self._runtime.catalog
        names = [name.strip('"[]') for name in assets.split(",")]
        if len(set(names)) != len(names) or len(names) > ASSETS_MAX:
            raise errors.invalid_value("asset")
        target = find_asset(catalog, target_name)
        account = await self._runtime.account_of(call.owner, account_class)
        free = {each.asset: each.free for each in await self._holdings.of(call.owner, account_class) or []}
        held = [(asset, free.get(asset.id, 0)) for asset in (find_asset(catalog, name) for name in names)]
        call.check_window()
        try:
            done = await self._service.exchange(call.owner, account, account_class, held, target, client_id)
        except DustRefused as refused:
            raise _refusal(refused) from refused
        return self._told(call, done)

    def _told(self, call: Call, done: Done) -> DustTransfer:
        event = done.event
        return DustTransfer(
            plain_of(sum(each.received for each in event.exchanged)),
            plain_of(sum(each.fee for each in event.exchanged)),
            [
                Transferred(
                    done.sequence,
                    self._name(each.asset),
                    plain_of(each.amount),
                    plain_of(each.received),
                    plain_of(each.fee),
                    call.time(event.at_us),
                )
                for each in event.exchanged
            ],
        )

    async def convertible_into_bnb(self, call: Call, parameters: AccountParameters) -> ConvertibleIntoBnb:
        """List what could be exchanged for BNB."""
        found = await self._convertible(
            call, parameters.account_type, find_asset(self._runtime.catalog, TARGET_DEFAULT)
        )
        details = [
            Convertible(
                asset=dust.name,
                name=dust.name,
                free=plain_of(dust.amount),
                to_btc=plain_of(in_btc),
                to_bnb=plain_of(worth),
                after_fee=plain_of(worth - fee),
                fee=plain_of(fee),
            )
            for dust, in_btc, worth, fee in found
        ]
        return ConvertibleIntoBnb(
            details=details,
            total_btc=plain_of(sum(in_btc for _, in_btc, _, _ in found)),
            total_bnb=plain_of(sum(worth for _, _, worth, _ in found)),
            fee=self._fee(),
        )

    async def convertible(self, call: Call, parameters: ConvertibleParameters) -> ConvertibleAssets:
        """List what could be exchanged for an asset."""
        target = find_asset(self._runtime.catalog, parameters.target_asset)
        found = await self._convertible(call, parameters.account_type, target)
        return ConvertibleAssets(
            self._fee(),
            plain_of(sum(in_btc for _, in_btc, _, _ in found)),
            plain_of(sum(worth for _, _, worth, _ in found)),
            plain_of(self._service.terms.worth_max),
            [
                ConvertibleAsset(
                    dust.name,
                    dust.name,
                    plain_of(dust.amount),
                    plain_of(fee),
                    plain_of(in_btc),
                    plain_of(worth),
                    plain_of(worth - fee),
                )
                for dust, in_btc, worth, fee in found
            ],
        )

    async def _convertible(
        self, call: Call, account_class: AccountClass, target: Asset
    ) -> list[tuple[Dust, int, int, int]]:
        """List dust, with what it is worth in BTC and in the target, and the fee."""
        found = []
        for held in await self._holdings.of(call.owner, account_class) or []:
            asset = self._runtime.catalog.asset(held.asset)
            dust = self._service.appraised(asset, held.free, target)
            try:
                exchanged = appraise(dust, self._service.terms)
            except DustRefused:
                continue
            if asset != target and dust.in_btc is not None:
                found.append((dust, int(dust.amount * dust.in_btc), exchanged.worth, exchanged.fee))
        return found

    async def log(self, call: Call, parameters: LogParameters) -> Dribblets:
        """List the dust that was exchanged."""
        rows = await self._service.exchanges(
            call.owner, parameters.account_type, parameters.start_time, parameters.end_time
        )
        requests: defaultdict[int, list[Exchange]] = defaultdict(list)
        for row in rows:
            requests[row.sequence].append(row)
        return Dribblets(len(requests), [self._dribblet(call, rows) for rows in requests.values()])

    def _dribblet(self, call: Call, rows: Sequence[Exchange]) -> Dribblet:
        details = [
            DribbletDetail(
                row.sequence,
                plain(row.fee),
                plain(row.amount),
                call.time(row.at_us),
                plain_of(units_of(row.worth) - units_of(row.fee)),
                self._name(row.asset),
                self._name(row.target),
            )
            for row in rows
        ]
        fee = sum(units_of(row.fee) for row in rows)
        received = sum(units_of(row.worth) for row in rows) - fee
        return Dribblet(call.time(rows[0].at_us), plain_of(received), plain_of(fee), rows[0].sequence, details)

    def _name(self, asset: int) -> str:
        return self._runtime.catalog.asset(asset).name

    def _fee(self) -> str:
        share = self._service.terms.fee
        return plain_of(share.numerator * 100_000_000 // share.denominator)


def _refusal(refused: DustRefused) -> ApiError:
    error = _REFUSALS.get(type(refused), WalletError.TRANSFER_FAILED)
    return error.error(refused.name)
