"""Queries: what may be asked of the live state, and the answers."""

import msgspec

from rialto.contracts import vocabulary
from rialto.contracts.commands import OrderReference, PlaceOrder
from rialto.contracts.rejections import Rejection
from rialto.contracts.symbol_rules import ExchangeLimits, SymbolStatus
from rialto.contracts.vocabulary import AccountKind, OrderListState, OrderState, SymbolSpec


class Balances(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Every balance of an account that was ever touched."""

    account: int


class OpenOrders(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The open orders of an account, on one symbol or all."""

    account: int
    symbol: int | None = None


class OpenOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One open order."""

    account: int
    symbol: int
    order: OrderReference


class TestOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Whether an order would be accepted, without placing it."""

    __test__ = False

    order: PlaceOrder


class StateHash(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The hash of the whole state."""


class Account(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The account of an owner, by what it is for."""

    owner: int
    kind: AccountKind


class Catalog(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Every asset and every symbol, in order of their ids."""


class OpenOrderLists(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The open lists of an account."""

    account: int


class Commission(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an account pays on a symbol."""

    account: int
    symbol: int


class Open(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an owner's account has open."""

    owner: int
    kind: AccountKind


class ReferencePrice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A symbol's reference price at a time."""

    symbol: int
    now_us: int


Query = (
    Balances
    | OpenOrders
    | OpenOrder
    | TestOrder
    | StateHash
    | Account
    | Catalog
    | OpenOrderLists
    | Commission
    | Open
    | ReferencePrice
)


class BalanceState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A balance as seen from outside."""

    asset: int
    free: str
    locked: str


class BalancesAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Balances"):
    """To `Balances`: in order of first touch, and when one of them last changed (0: never).

    `commission` is what the account pays where a symbol has no rates of its own for it, if that was set.
    """

    balances: tuple[BalanceState, ...]
    changed_at_us: int
    commission: vocabulary.Commission | None


class OrdersAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Orders"):
    """To `OpenOrders` and `OpenOrder`: oldest first within a symbol."""

    orders: tuple[OrderState, ...]


class AcceptableAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Acceptable"):
    """To `TestOrder`: it would be accepted."""


class RefusedAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Refused"):
    """The query named something that does not exist, or the tested order would be refused."""

    rejection: Rejection


class StateHashAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="StateHash"):
    """To `StateHash`: BLAKE3 of the canonical state, in hexadecimal."""

    hash: str


class AccountAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Account"):
    """To `Account`."""

    account: int


class Pool(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A pool of smart order routing."""

    base: int
    symbols: tuple[int, ...]


class CatalogAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Catalog"):
    """To `Catalog`: asset names by asset id, symbol definitions by symbol id."""

    assets: tuple[str, ...]
    symbols: tuple[SymbolSpec, ...]
    statuses: tuple[SymbolStatus, ...]
    limits: ExchangeLimits
    asset_limits: tuple[tuple[int, str], ...]
    pools: tuple[Pool, ...]


class OrderListsAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="OrderLists"):
    """To `OpenOrderLists`: oldest first."""

    lists: tuple[OrderListState, ...]


class CommissionAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Commission"):
    """To `Commission`: the rates, and the discount."""

    commission: vocabulary.Commission
    discount_asset: int | None
    discount_multiplier: str
    is_enabled_for_account: bool
    is_enabled_for_symbol: bool


class OpenAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="Open"):
    """To `Open`: the account if there is one, its open orders and lists, all as of one moment."""

    account: int | None
    orders: tuple[OrderState, ...]
    lists: tuple[OrderListState, ...]


class ReferencePriceAnswer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="ReferencePrice"):
    """To `ReferencePrice`: the price, if there is one, and since when it has been so."""

    price: str | None
    since_us: int


Answer = (
    BalancesAnswer
    | OrdersAnswer
    | AcceptableAnswer
    | RefusedAnswer
    | StateHashAnswer
    | AccountAnswer
    | CatalogAnswer
    | OrderListsAnswer
    | CommissionAnswer
    | OpenAnswer
    | ReferencePriceAnswer
)
