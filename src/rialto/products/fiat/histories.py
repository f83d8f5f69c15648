"""Histories of fiat money, as the API has them: deposits and withdrawals, over banks and by card, are one list; what
was bought with a card, or sold to one, is another.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Select, Table, func, literal, select, union_all

from rialto.contracts.amounts import units_of
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.products.fiat.cards.projection import PURCHASE, SALE
from rialto.products.fiat.cards.reading import CardReading, CardRow
from rialto.products.fiat.cards.tables import card_orders
from rialto.products.fiat.iso20022.reasons import code_of, in_words
from rialto.products.fiat.model import Stage
from rialto.products.fiat.service import FiatService
from rialto.products.fiat.tables import fiat_orders
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.wire.decimals import shortened
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.fiat_errors import FiatError
from rialto.wire.kinds import Choice, Integer, Text, Timestamp
from rialto.wire.parameters import Parameters

SUCCESS: Final = "000000"
ROWS_MAX: Final = 500
DAYS_DEFAULT_US: Final = 30 * 86_400_000_000

OrderNo = Annotated[str, Text(r"^[0-9A-Z]{1,32}$")]
R = TypeVar("R", bound=msgspec.Struct)

_METHOD_TITLES: Final = {"bank_transfer": "BankAccount", "pix": "Pix", "card": "Card"}
_STATUSES: Final = {
    Stage.INITIAL.value: "Processing",
    Stage.PROCESSING.value: "Processing",
    Stage.SUCCESSFUL.value: "Successful",
    Stage.FAILED.value: "Failed",
    Stage.EXPIRED.value: "Expired",
    Stage.REFUNDED.value: "Refunded",
    Stage.SUSPENDED.value: "Processing",
}
_PAYMENT_STATUSES: Final = {**_STATUSES, Stage.SUCCESSFUL.value: "Completed", Stage.EXPIRED.value: "Failed"}
_EXPLAINED: Final = (Stage.FAILED.value, Stage.REFUNDED.value, Stage.EXPIRED.value)


class HistoryParameters(Parameters, frozen=True):
    """Which way (0 in, 1 out), from when to when, which page."""

    transaction_type: Annotated[str, Choice({"0": "deposit", "1": "withdrawal"})]
    begin_time: Annotated[int, Timestamp()] | None = None
    end_time: Annotated[int, Timestamp(is_end=True)] | None = None
    page: Annotated[int, Integer(1, 1_000_000)] = 1
    rows: Annotated[int, Integer(1, ROWS_MAX, clamp=True)] = 100


class DetailParameters(Parameters, frozen=True):
    """Which order."""

    order_no: OrderNo


class Detail(msgspec.Struct, frozen=True, rename="camel"):
    """An order as it is now. Of a deposit, `ext` says how it is to be sent.

    Of what came back, `errorCode` is the code of ISO 20022 that the bank gave, and `errorMessage` says it in words.
    """

    order_id: str
    order_status: str
    amount: str
    fee: str
    fiat_currency: str
    error_code: str
    error_message: str
    ext: dict[str, str]


class OrderDetail(msgspec.Struct, frozen=True):
    """An order as it is now."""

    code: str
    message: str
    data: Detail


class HistoryRow(msgspec.Struct, frozen=True, rename="camel"):
    """An order of the past."""

    order_no: str
    fiat_currency: str
    indicated_amount: str
    amount: str
    total_fee: str
    method: str
    status: str
    create_time: int
    update_time: int


class OrderHistory(msgspec.Struct, frozen=True):
    """Orders, newest first."""

    code: str
    message: str
    data: list[HistoryRow]
    total: int
    success: bool


class PaymentRow(msgspec.Struct, frozen=True, rename="camel"):
    """A purchase with a card, or a sale to one."""

    order_no: str
    source_amount: str
    fiat_currency: str
    obtain_amount: str
    crypto_currency: str
    total_fee: str
    price: str
    status: str
    payment_method: str
    create_time: int
    update_time: int


class PaymentHistory(msgspec.Struct, frozen=True):
    """Purchases and sales, newest first."""

    code: str
    message: str
    data: list[PaymentRow]
    total: int
    success: bool


class _Row(msgspec.Struct, frozen=True, array_like=True):
    order_no: str
    kind: str
    asset: int
    bank: str
    method: str
    indicated: str
    amount: str
    fee: str
    stage: str
    reason: str
    url: str
    created_at_us: int
    updated_at_us: int


class _Count(msgspec.Struct, frozen=True, array_like=True):
    count: int


ORDERS: Final = Endpoint(
    "GET",
    "/sapi/v1/fiat/orders",
    summary="List deposits or withdrawals of fiat money.",
    parameters=HistoryParameters,
    response=OrderHistory,
    weight=45_000,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)
PAYMENTS: Final = Endpoint(
    "GET",
    "/sapi/v1/fiat/payments",
    summary="List purchases or sales with cards.",
    parameters=HistoryParameters,
    response=PaymentHistory,
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
DETAIL: Final = Endpoint(
    "GET",
    "/sapi/v1/fiat/get-order-detail",
    summary="Show an order of fiat money.",
    parameters=DetailParameters,
    response=OrderDetail,
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
HISTORY_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (ORDERS, PAYMENTS, DETAIL)

_BANKS: Final = select(
    *(fiat_orders.c[name] for name in ("order_no", "owner", "kind", "asset", "bank", "method", "indicated", "amount")),
    *(fiat_orders.c[name] for name in ("fee", "stage", "reason")),
    literal("").label("url"),
    *(fiat_orders.c[name] for name in ("created_at_us", "updated_at_us")),
)
_CARDS: Final = select(
    *(card_orders.c[name] for name in ("order_no", "owner", "kind", "asset")),
    literal("").label("bank"),
    literal("card").label("method"),
    card_orders.c.amount.label("indicated"),
    *(card_orders.c[name] for name in ("amount", "fee", "stage", "reason", "url", "created_at_us", "updated_at_us")),
)


class FiatHistories:
    """Serves the histories."""

    def __init__(self, runtime: Runtime, history: History, service: FiatService, cards: CardReading) -> None:
        self._runtime = runtime
        self._history = history
        self._service = service
        self._cards = cards

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(ORDERS, self.orders), Route(PAYMENTS, self.payments), Route(DETAIL, self.detail)]

    async def orders(self, call: Call, parameters: HistoryParameters) -> OrderHistory:
        """List deposits or withdrawals, newest first; of the last 30 days where no time is given."""
        both = [
            each.where(*self._conditions(call, parameters, table, parameters.transaction_type))
            for each, table in ((_BANKS, fiat_orders), (_CARDS, card_orders))
        ]
        rows, total = await self._page(_Row, union_all(*both).subquery(), _Row.__struct_fields__, parameters)
        return OrderHistory(SUCCESS, "success", [self._order_shown(call, row) for row in rows], total, True)

    async def payments(self, call: Call, parameters: HistoryParameters) -> PaymentHistory:
        """List what was bought with cards or sold to them, newest first; of the last 30 days unless a time is given."""
        kind = PURCHASE if parameters.transaction_type == "deposit" else SALE
        own = select(*card_orders.c).where(*self._conditions(call, parameters, card_orders, kind)).subquery()
        rows, total = await self._page(CardRow, own, CardRow.__struct_fields__, parameters)
        return PaymentHistory(SUCCESS, "success", [self._payment_shown(call, row) for row in rows], total, True)

    async def detail(self, call: Call, parameters: DetailParameters) -> OrderDetail:
        """Show one of the caller's orders."""
        both = union_all(_BANKS, _CARDS).subquery()
        own = select(*(both.c[name] for name in _Row.__struct_fields__)).where(
            both.c.order_no == parameters.order_no, both.c.owner == call.owner
        )
        row = next(iter(await self._history.read(_Row, Page(own, newest_first=False))), None)
        if row is None:
            raise FiatError.NO_SUCH_ORDER.error()
        ext: dict[str, str] = {}
        if row.stage == Stage.INITIAL.value and row.bank and row.kind == "deposit":
            ext = self._service.instructions(row.order_no, row.bank)
        elif row.stage == Stage.INITIAL.value and row.url:
            ext = {"url": row.url}
        return OrderDetail(
            SUCCESS,
            "success",
            Detail(
                row.order_no,
                row.stage,
                _money(row.indicated),
                _money(row.fee),
                self._name(row.asset),
                (code_of(row.reason) or row.reason) if row.stage in _EXPLAINED else "",
                in_words(row.reason),
                ext,
            ),
        )

    def _conditions(
        self, call: Call, parameters: HistoryParameters, table: Table, kind: str
    ) -> Sequence[ColumnElement[bool]]:
        conditions = [table.c.owner == call.owner, table.c.kind == kind]
        begin_us = parameters.begin_time
        if begin_us is None and parameters.end_time is None:
            begin_us = self._runtime.now_us() - DAYS_DEFAULT_US
        if begin_us is not None:
            conditions.append(table.c.created_at_us >= begin_us)
        if parameters.end_time is not None:
            conditions.append(table.c.created_at_us <= parameters.end_time)
        return conditions

    async def _page(
        self, form: type[R], own: Any, columns: Sequence[str], parameters: HistoryParameters
    ) -> tuple[Sequence[R], int]:
        newest: Select[Any] = select(*(own.c[name] for name in columns))
        newest = newest.order_by(own.c.created_at_us.desc(), own.c.order_no)
        page = newest.limit(parameters.rows).offset((parameters.page - 1) * parameters.rows)
        rows = await self._history.read(form, Page(page, newest_first=False))
        (total,) = await self._history.read(_Count, Page(select(func.count()).select_from(own), newest_first=False))
        return rows, total.count

    def _order_shown(self, call: Call, row: _Row) -> HistoryRow:
        return HistoryRow(
            row.order_no,
            self._name(row.asset),
            _money(row.indicated),
            _money(row.amount),
            _money(row.fee),
            _METHOD_TITLES[row.method],
            _STATUSES[row.stage],
            call.time(row.created_at_us),
            call.time(row.updated_at_us),
        )

    def _payment_shown(self, call: Call, row: CardRow) -> PaymentRow:
        """Show it: the source is what was paid with, be it the currency or what was sold."""
        fiat, other = _money(row.amount), shortened(row.other_amount, 1)
        source, obtained = (fiat, other) if row.is_payment else (other, fiat)
        return PaymentRow(
            row.order_no,
            source,
            self._name(row.asset),
            obtained,
            self._name(row.other_asset),
            _money(row.fee),
            shortened(row.price, 2),
            _PAYMENT_STATUSES[row.stage],
            "Credit Card",
            call.time(row.created_at_us),
            call.time(row.updated_at_us),
        )

    def _name(self, asset: int) -> str:
        return self._runtime.catalog.asset(asset).name


def _money(text: str) -> str:
    assert units_of(text) >= 0, "orders are of positive amounts"
    return shortened(text, 2)
