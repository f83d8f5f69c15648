"""How the calls about sub-accounts' futures accounts are declared."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import ZERO
from rialto.gateway.spot.parameters import EndTime, StartTime, SymbolName
from rialto.products.transfers.parameters import Email, PageNumber, PageSize
from rialto.products.transfers.sub_accounts.declaring import changes, reads
from rialto.products.transfers.sub_accounts.parameters import EmailParameters, FuturesParameters, FuturesType
from rialto.wire.endpoints import Budget, Endpoint
from rialto.wire.kinds import Choice, Integer, Text
from rialto.wire.parameters import Parameters

SummarySize = Annotated[int, Integer(1, 20, clamp=True)]
PRODUCTS: Final = {"UM": "UM", "OPTION": "OPTION"}
MANAGED_TYPES: Final = {"USDT_FUTURE": 1, "COIN_FUTURE": 2}


class SummaryParameters(Parameters, frozen=True):
    """Which page."""

    page: PageNumber
    limit: SummarySize


class TypedSummaryParameters(Parameters, frozen=True):
    """Which futures accounts, and which page."""

    futures_type: FuturesType
    page: PageNumber = 1
    limit: SummarySize = 10


class MoveParameters(Parameters, frozen=True):
    """Which positions to move, and from whom to whom."""

    from_user_email: Email
    to_user_email: Email
    product_type: Annotated[str, Choice(PRODUCTS)]
    order_args: Annotated[str, Text(r"^[ -~]{2,4096}$")]


class MovesParameters(Parameters, frozen=True):
    """Which moved positions."""

    symbol: SymbolName
    page: PageNumber
    rows: PageSize
    product_type: Annotated[str, Choice(PRODUCTS)] = "UM"
    start_time: StartTime | None = None
    end_time: EndTime | None = None


class ManagedFuturesParameters(Parameters, frozen=True):
    """Which managed sub-account, and which of its futures accounts."""

    email: Email
    account_type: Annotated[int, Choice(MANAGED_TYPES)] = 1


class FuturesAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What a futures account holds of an asset. Without positions and orders nothing of it is margin."""

    asset: str
    margin_balance: str
    max_withdraw_amount: str
    wallet_balance: str
    initial_margin: str = ZERO
    maintenance_margin: str = ZERO
    open_order_initial_margin: str = ZERO
    position_initial_margin: str = ZERO
    unrealized_profit: str = ZERO


class FuturesAccount(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A futures account margined in dollars. The first version of the call names what the totals are in, the second
    does not.
    """

    email: str
    asset: str | msgspec.UnsetType = msgspec.UNSET
    assets: list[FuturesAsset]
    can_deposit: bool
    can_trade: bool
    can_withdraw: bool
    fee_tier: int
    max_withdraw_amount: str
    total_initial_margin: str = ZERO
    total_maintenance_margin: str = ZERO
    total_margin_balance: str
    total_open_order_initial_margin: str = ZERO
    total_position_initial_margin: str = ZERO
    total_unrealized_profit: str = ZERO
    total_wallet_balance: str
    update_time: int


class CoinFuturesAccount(msgspec.Struct, frozen=True, rename="camel"):
    """A futures account margined in coins."""

    email: str
    assets: list[FuturesAsset]
    can_deposit: bool
    can_trade: bool
    can_withdraw: bool
    fee_tier: int
    update_time: int


class UsdFutures(msgspec.Struct, frozen=True, rename="camel"):
    """A futures account margined in dollars."""

    future_account_resp: FuturesAccount


class CoinFutures(msgspec.Struct, frozen=True, rename="camel"):
    """A futures account margined in coins."""

    delivery_account_resp: CoinFuturesAccount


class UsdTotal(msgspec.Struct, frozen=True, rename="camel"):
    """What a sub-account's futures account comes to, in dollars."""

    email: str
    total_margin_balance: str
    total_wallet_balance: str
    asset: str = "USD"
    total_initial_margin: str = ZERO
    total_maintenance_margin: str = ZERO
    total_open_order_initial_margin: str = ZERO
    total_position_initial_margin: str = ZERO
    total_unrealized_profit: str = ZERO


class UsdSummary(msgspec.Struct, frozen=True, rename="camel"):
    """What the futures accounts of sub-accounts come to, in dollars."""

    total_margin_balance: str
    total_wallet_balance: str
    sub_account_list: list[UsdTotal]
    asset: str = "USD"
    total_initial_margin: str = ZERO
    total_maintenance_margin: str = ZERO
    total_open_order_initial_margin: str = ZERO
    total_position_initial_margin: str = ZERO
    total_unrealized_profit: str = ZERO


class CoinTotal(msgspec.Struct, frozen=True, rename="camel"):
    """What a sub-account's futures account comes to, in bitcoin."""

    email: str
    total_margin_balance: str
    total_wallet_balance: str
    total_unrealized_profit: str = ZERO
    asset: str = "BTC"


class CoinSummary(msgspec.Struct, frozen=True, rename="camel"):
    """What the futures accounts of sub-accounts come to, in bitcoin."""

    total_margin_balance: str = msgspec.field(name="totalMarginBalanceOfBTC")
    total_wallet_balance: str = msgspec.field(name="totalWalletBalanceOfBTC")
    sub_account_list: list[CoinTotal]
    total_unrealized_profit: str = msgspec.field(name="totalUnrealizedProfitOfBTC", default=ZERO)
    asset: str = "BTC"


class UsdSummaries(msgspec.Struct, frozen=True, rename="camel"):
    """What futures accounts margined in dollars come to."""

    future_account_summary_resp: UsdSummary


class CoinSummaries(msgspec.Struct, frozen=True, rename="camel"):
    """What futures accounts margined in coins come to."""

    delivery_account_summary_resp: CoinSummary


class Position(msgspec.Struct, frozen=True):
    """A position; there are none yet."""


class UsdPositions(msgspec.Struct, frozen=True, rename="camel"):
    """Positions margined in dollars."""

    future_position_risk_vos: list[Position]


class CoinPositions(msgspec.Struct, frozen=True, rename="camel"):
    """Positions margined in coins."""

    delivery_position_risk_vos: list[Position]


class MovedPositions(msgspec.Struct, frozen=True, rename="camel"):
    """What became of each."""

    move_position_orders: list[Position]


class MovedHistory(msgspec.Struct, frozen=True, rename="camel"):
    """A page of moved positions, and how many there are."""

    total: int
    future_move_position_order_vo_list: list[Position]


class ManagedFuturesAsset(msgspec.Struct, frozen=True, rename="camel"):
    """What is held of an asset, in JSON numbers."""

    asset: str
    margin_balance: msgspec.Raw
    wallet_balance: msgspec.Raw


class ManagedFuturesState(msgspec.Struct, frozen=True):
    """What a managed sub-account's futures account holds."""

    assets: list[ManagedFuturesAsset]
    position: list[Position]


class ManagedFuturesView(msgspec.Struct, frozen=True, rename="camel"):
    """A managed sub-account's futures account."""

    type: str
    update_time: int
    data: ManagedFuturesState


class ManagedFutures(msgspec.Struct, frozen=True, rename="camel"):
    """A managed sub-account's futures account, as it is now."""

    code: str
    message: str
    snapshot_vos: list[ManagedFuturesView]


_BASE: Final = "sub-account/futures"

ACCOUNT: Final = reads(
    f"/sapi/v1/{_BASE}/account", "Show a sub-account's futures account.", EmailParameters, FuturesAccount, 10
)
TYPED_ACCOUNT: Final = reads(
    f"/sapi/v2/{_BASE}/account",
    "Show one of a sub-account's futures accounts.",
    FuturesParameters,
    (UsdFutures, CoinFutures),
    1,
)
SUMMARY: Final = reads(
    f"/sapi/v1/{_BASE}/accountSummary",
    "Show what the futures accounts of sub-accounts come to.",
    SummaryParameters,
    UsdSummary,
    1,
)
TYPED_SUMMARY: Final = reads(
    f"/sapi/v2/{_BASE}/accountSummary",
    "Show what the futures accounts of one kind come to.",
    TypedSummaryParameters,
    (UsdSummaries, CoinSummaries),
    10,
)
POSITIONS: Final = reads(
    f"/sapi/v1/{_BASE}/positionRisk", "List a sub-account's positions.", EmailParameters, list[Position], 10
)
TYPED_POSITIONS: Final = reads(
    f"/sapi/v2/{_BASE}/positionRisk",
    "List a sub-account's positions of one kind.",
    FuturesParameters,
    (UsdPositions, CoinPositions),
    1,
)
MOVE: Final = changes(
    f"/sapi/v1/{_BASE}/move-position",
    "Move positions between members of the family.",
    MoveParameters,
    MovedPositions,
)
MOVES: Final = reads(
    f"/sapi/v1/{_BASE}/move-position",
    "List positions that were moved between members of the family.",
    MovesParameters,
    MovedHistory,
    1,
)
MANAGED_FUTURES: Final = reads(
    "/sapi/v1/managed-subaccount/fetch-future-asset",
    "Show a managed sub-account's futures account.",
    ManagedFuturesParameters,
    ManagedFutures,
    60,
    budget=Budget.OWNER,
)

FUTURES_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    ACCOUNT,
    TYPED_ACCOUNT,
    SUMMARY,
    TYPED_SUMMARY,
    POSITIONS,
    TYPED_POSITIONS,
    MOVE,
    MOVES,
    MANAGED_FUTURES,
)
