"""Every endpoint the spot family declares, without the parts that serve them: for documents and checks."""

from typing import Any, Final

from rialto.gateway.spot import (
    account,
    candles,
    exchange_info,
    general,
    market_data,
    order_changes,
    orders,
    prevented_matches,
    tickers,
)
from rialto.wire.endpoints import Endpoint

SPOT_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    general.PING,
    general.TIME,
    exchange_info.EXCHANGE_INFO,
    market_data.DEPTH,
    market_data.TRADES,
    market_data.HISTORICAL_TRADES,
    market_data.AGGREGATED_TRADES,
    market_data.AVERAGE_PRICE,
    candles.KLINES,
    candles.UI_KLINES,
    tickers.PRICE,
    tickers.BOOK,
    tickers.STATISTICS,
    orders.NEW_ORDER,
    orders.TEST_ORDER,
    orders.CANCEL_ORDER,
    orders.CANCEL_ALL,
    order_changes.REPLACE_ORDER,
    order_changes.AMEND_ORDER,
    account.ACCOUNT,
    account.QUERY_ORDER,
    account.OPEN_ORDERS,
    account.ALL_ORDERS,
    account.MY_TRADES,
    prevented_matches.PREVENTED_MATCHES,
    account.ORDER_COUNTS,
)
