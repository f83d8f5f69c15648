"""The SQL of every read of history: which rows, in which order, how many. Pure; nothing is read here.

A page is taken from an id or a start time on, oldest first, or else from the newest backwards, newest first; the caller
puts it in ascending order. Ids and times grow together within a symbol, so ordering by time and id is ordering by id;
it is said in the words of the index that serves the filter.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, select, true, tuple_

from rialto.contracts.market import Candle
from rialto.contracts.vocabulary import OrderStatus, OrderType, Side
from rialto.projections.records import SymbolCandle
from rialto.projections.tables import (
    aggregated_trades,
    allocations,
    amendments,
    block_trades,
    candles,
    fills,
    ledger_entries,
    order_lists,
    orders,
    prevented_matches,
)

PAGE_ROWS_MAX: Final = 1_000
INTEGER_MAX: Final = 2**63 - 1
MINUTE: Final = "1m"


class Page(NamedTuple):
    """A statement, and whether its rows come newest first."""

    statement: Select[Any]
    newest_first: bool


def order_page(account: int, symbol: int, order_id: int | None, client_order_id: str | None) -> Page:
    """Find the newest order of an account that fits."""
    c = orders.c
    conditions = [c.account == account, c.symbol == symbol]
    if order_id is not None:
        conditions.append(c.order_id == order_id)
    if client_order_id is not None:
        conditions.append(c.client_order_id == client_order_id)
    return _page(list(c), conditions, [c.order_id], newest_first=True, limit=1)


def orders_page(
    account: int, symbol: int, from_order_id: int | None, start_us: int | None, end_us: int | None, limit: int
) -> Page:
    """List an account's orders on a symbol, by id or by when they were placed."""
    c = orders.c
    conditions = [c.account == account, c.symbol == symbol, *_between(c.placed_at_us, start_us, end_us)]
    if from_order_id is not None:
        conditions.append(c.order_id >= from_order_id)
    by_time = from_order_id is None and (start_us is not None or end_us is not None)
    return _page(
        list(c),
        conditions,
        [c.placed_at_us, c.order_id] if by_time else [c.order_id],
        newest_first=from_order_id is None and start_us is None,
        limit=limit,
    )


def fills_page(
    account: int,
    symbol: int,
    order_id: int | None,
    from_trade_id: int | None,
    start_us: int | None,
    end_us: int | None,
    limit: int,
) -> Page:
    """List an account's sides of trades on a symbol: of an order, by id, or by time."""
    c = fills.c
    conditions = [c.account == account, c.symbol == symbol, *_between(c.traded_at_us, start_us, end_us)]
    if order_id is not None:
        conditions.append(c.order_id == order_id)
    if from_trade_id is not None:
        conditions.append(c.trade_id >= from_trade_id)
    by_time = order_id is None and from_trade_id is None and (start_us is not None or end_us is not None)
    if order_id is not None:
        order = [c.trade_id]
    else:  # Who trades with themselves has two sides of one trade.
        order = [c.traded_at_us, c.trade_id, c.is_maker] if by_time else [c.trade_id, c.is_maker]
    page = _page(
        [*c, orders.c.list_id], conditions, order, newest_first=from_trade_id is None and start_us is None, limit=limit
    )
    of_order = (orders.c.symbol == c.symbol) & (orders.c.order_id == c.order_id)
    return page._replace(statement=page.statement.join_from(fills, orders, of_order, isouter=True))


class OrderFilter(NamedTuple):
    """Which of an account's orders; what is not said does not matter. The times are those of placing."""

    symbol: int | None = None
    side: Side | None = None
    status: OrderStatus | None = None
    order_type: OrderType | None = None
    start_us: int | None = None
    end_us: int | None = None


class FillFilter(NamedTuple):
    """Which of an account's sides of trades; what is not said does not matter."""

    symbol: int | None = None
    is_buyer: bool | None = None
    start_us: int | None = None
    end_us: int | None = None


def orders_before_page(account: int, wanted: OrderFilter, before: tuple[int, int, int] | None, limit: int) -> Page:
    """List an account's newest orders on every symbol, before one of a time, a symbol and an id."""
    c = orders.c
    conditions = [c.account == account, *_between(c.placed_at_us, wanted.start_us, wanted.end_us)]
    if wanted.symbol is not None:
        conditions.append(c.symbol == wanted.symbol)
    words = ((c.side, wanted.side), (c.status, wanted.status), (c.order_type, wanted.order_type))
    conditions += [column == word.value for column, word in words if word is not None]
    order = [c.placed_at_us, c.symbol, c.order_id]
    if before is not None:
        # The time alone bounds what an index has to look at, whichever it is.
        conditions += [c.placed_at_us <= before[0], tuple_(*order) < before]
    return _page(list(c), conditions, order, newest_first=True, limit=limit)


def fills_before_page(account: int, wanted: FillFilter, before: tuple[int, int, int, int] | None, limit: int) -> Page:
    """List an account's newest sides of trades on every symbol, before one of a time, a symbol, an id and a part."""
    c = fills.c
    conditions = [c.account == account, *_between(c.traded_at_us, wanted.start_us, wanted.end_us)]
    if wanted.symbol is not None:
        conditions.append(c.symbol == wanted.symbol)
    if wanted.is_buyer is not None:
        conditions.append(c.is_buyer == wanted.is_buyer)
    order = [c.traded_at_us, c.symbol, c.trade_id, c.is_maker]
    if before is not None:
        *start, is_maker = before
        conditions += [c.traded_at_us <= before[0], tuple_(*order) < (*start, bool(is_maker))]
    page = _page([*c, orders.c.list_id], conditions, order, newest_first=True, limit=limit)
    of_order = (orders.c.symbol == c.symbol) & (orders.c.order_id == c.order_id)
    return page._replace(statement=page.statement.join_from(fills, orders, of_order, isouter=True))


def order_list_page(account: int, list_id: int | None, client_order_id: str | None) -> Page:
    """Find the newest list of an account that fits."""
    c = order_lists.c
    conditions = [c.account == account]
    if list_id is not None:
        conditions.append(c.list_id == list_id)
    if client_order_id is not None:
        conditions.append(c.client_order_id == client_order_id)
    return _order_lists(conditions, [c.list_id], newest_first=True, limit=1)


def these_order_lists_page(account: int, list_ids: Sequence[int]) -> Page:
    """List those of an account's lists that are named; not more than a page."""
    c = order_lists.c
    conditions = [c.account == account, c.list_id.in_(list_ids)]
    return _order_lists(conditions, [c.list_id], newest_first=False, limit=len(list_ids))


def order_lists_page(account: int, from_id: int | None, start_us: int | None, end_us: int | None, limit: int) -> Page:
    """List an account's lists, by id or by when they were placed."""
    c = order_lists.c
    conditions = [c.account == account, *_between(c.placed_at_us, start_us, end_us)]
    if from_id is not None:
        conditions.append(c.list_id >= from_id)
    by_time = start_us is not None or end_us is not None
    order = [c.placed_at_us, c.list_id] if by_time else [c.list_id]
    return _order_lists(conditions, order, newest_first=from_id is None and start_us is None, limit=limit)


def _order_lists(conditions: list[ColumnElement[bool]], order: list[Any], *, newest_first: bool, limit: int) -> Page:
    """List lists with the names of their orders."""
    c = order_lists.c
    members = [orders.alias(name) for name in ("first_order", "second_order", "third_order")]
    columns = [*c, *(member.c.client_order_id for member in members)]
    page = _page(columns, conditions, order, newest_first=newest_first, limit=limit)
    joined: FromClause = order_lists
    for member, order_id in zip(members, (c.first_order_id, c.second_order_id, c.third_order_id), strict=True):
        joined = joined.outerjoin(member, (member.c.symbol == c.symbol) & (member.c.order_id == order_id))
    return page._replace(statement=page.statement.select_from(joined))


def allocations_page(
    account: int,
    symbol: int,
    order_id: int | None,
    from_id: int | None,
    start_us: int | None,
    end_us: int | None,
    limit: int,
) -> Page:
    """List what an account's routed orders on a symbol got: of an order, by id, or by time. The oldest unless an end
    time alone is given.
    """
    c = allocations.c
    conditions = [c.account == account, c.symbol == symbol, *_between(c.allocated_at_us, start_us, end_us)]
    if order_id is not None:
        conditions.append(c.order_id == order_id)
    if from_id is not None:
        conditions.append(c.allocation_id >= from_id)
    by_time = order_id is None and (start_us is not None or end_us is not None)
    order = [c.allocated_at_us, c.allocation_id] if by_time else [c.allocation_id]
    return _page(list(c), conditions, order, newest_first=start_us is None and end_us is not None, limit=limit)


def amendments_page(account: int, symbol: int, order_id: int, from_id: int | None, limit: int) -> Page:
    """List the amendments of an order, oldest first."""
    c = amendments.c
    conditions = [c.symbol == symbol, c.order_id == order_id, c.account == account]
    if from_id is not None:
        conditions.append(c.execution_id >= from_id)
    return _page(list(c), conditions, [c.execution_id], newest_first=False, limit=limit)


def prevented_match_page(account: int, symbol: int, prevented_match_id: int) -> Page:
    """Find a prevented match of an account's orders. Where both were its own, either side says the same."""
    c = prevented_matches.c
    conditions = [c.account == account, c.symbol == symbol, c.prevented_match_id == prevented_match_id]
    return _page(list(c), conditions, [c.order_id], newest_first=False, limit=1)


def prevented_matches_page(account: int, symbol: int, order_id: int, from_id: int | None, limit: int) -> Page:
    """List the prevented matches of an order, by id."""
    c = prevented_matches.c
    conditions = [c.account == account, c.symbol == symbol, c.order_id == order_id]
    if from_id is not None:
        conditions.append(c.prevented_match_id >= from_id)
    return _page(list(c), conditions, [c.prevented_match_id], newest_first=from_id is None, limit=limit)


def trades_page(symbol: int, from_id: int | None, limit: int) -> Page:
    """List a symbol's public trades: the makers' sides, since every trade has one."""
    c = fills.c
    columns = [c.trade_id, c.price, c.quantity, c.quote_quantity, c.traded_at_us, c.is_buyer]
    conditions = [c.is_maker == true(), c.symbol == symbol]
    if from_id is not None:
        conditions.append(c.trade_id >= from_id)
    return _page(columns, conditions, [c.trade_id], newest_first=from_id is None, limit=limit)


def aggregated_trades_page(
    symbol: int, from_id: int | None, start_us: int | None, end_us: int | None, limit: int
) -> Page:
    """List a symbol's aggregated trades: from an id on, or by time."""
    c = aggregated_trades.c
    conditions = [c.symbol == symbol, *_between(c.traded_at_us, start_us, end_us)]
    if from_id is not None:
        conditions.append(c.aggregate_id >= from_id)
    by_time = start_us is not None or end_us is not None
    order = [c.traded_at_us, c.aggregate_id] if by_time else [c.aggregate_id]
    return _page(list(c), conditions, order, newest_first=from_id is None and start_us is None, limit=limit)


def candles_page(symbol: int, interval: str, start_us: int | None, end_us: int | None, limit: int) -> Page:
    """List a symbol's stored candles of an interval, by when they open."""
    c = candles.c
    conditions = [c.symbol == symbol, c.interval == interval, *_between(c.opened_at_us, start_us, end_us)]
    columns = [c[name] for name in Candle.__struct_fields__]
    return _page(columns, conditions, [c.opened_at_us], newest_first=start_us is None, limit=limit)


def minutes_page(symbols: Sequence[int], start_us: int, end_us: int) -> Page:
    """List the stored one-minute candles of symbols that open within a range, of which there are as many at most."""
    c = candles.c
    conditions = [c.symbol.in_(symbols), c.interval == MINUTE, *_between(c.opened_at_us, start_us, end_us)]
    columns = [c[name] for name in SymbolCandle.__struct_fields__]
    return Page(select(*columns).where(*conditions).order_by(c.symbol, c.opened_at_us), newest_first=False)


def block_trades_page(symbol: int, from_id: int, limit: int) -> Page:
    """List a symbol's block trades from an id on."""
    c = block_trades.c
    conditions = [c.symbol == symbol, c.block_trade_id >= from_id]
    return _page(list(c), conditions, [c.block_trade_id], newest_first=False, limit=limit)


def ledger_page(account: int, after: tuple[int, int] | None, limit: int) -> Page:
    """List an account's ledger entries, from beyond a sequence number and position on."""
    c = ledger_entries.c
    conditions = [c.account == account]
    if after is not None:
        conditions.append(tuple_(c.sequence, c.position) > tuple_(*after))
    return _page(list(c), conditions, [c.sequence, c.position], newest_first=after is None, limit=limit)


def _between(time: ColumnElement[int], start_us: int | None, end_us: int | None) -> list[ColumnElement[bool]]:
    """Both ends are included. A time beyond what the column can hold is as good as the last it can."""
    conditions = []
    if start_us is not None:
        conditions.append(time >= min(start_us, INTEGER_MAX))
    if end_us is not None:
        conditions.append(time <= min(end_us, INTEGER_MAX))
    return conditions


def _page(
    columns: list[Any],
    conditions: list[ColumnElement[bool]],
    order: list[Any],
    *,
    newest_first: bool,
    limit: int,
) -> Page:
    assert 1 <= limit <= PAGE_ROWS_MAX, f"a page of {limit} rows was asked for; 1 to {PAGE_ROWS_MAX} are given"
    ordered = [column.desc() for column in order] if newest_first else order
    return Page(select(*columns).where(*conditions).order_by(*ordered).limit(limit), newest_first)
