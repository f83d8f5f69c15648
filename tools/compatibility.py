"""Write docs/COMPATIBILITY.md from the endpoint declarations: `python -m tools.compatibility`."""

from collections.abc import Sequence
from pathlib import Path

from rialto.bootstrap.families.declarations import ENDPOINTS
from rialto.wire.compatibility import DocumentedCall, as_markdown, families, matrix
from rialto.wire.endpoints import ONLY_WEBSOCKET

DOCUMENT = Path(__file__).parents[1] / "docs" / "COMPATIBILITY.md"

HEAD = """# Compatibility

Generated from the endpoint declarations by `make docs`; a test holds it to them. The FIX API is served as text: order
entry, drop copies and market data. Not served yet: FIX in SBE.

{counts}

## What differs on purpose

- `trailingTime` and `workingTime` are -1 until they are known. Executions, amendments among them, are numbered by
  their command: unique on the whole exchange, growing, with gaps.
- The choices made where the documentation is silent are marked in `docs/MATCHING.md`.
- Prevented matches count from 1 on each symbol, like orders and trades. A fill-or-kill order counts no orders that it
  must not trade with; a quote amount counts what DECREMENT and TRANSFER take as if it had traded.
- A parameter of the WebSocket API that is `null` counts as not sent. A session whose key is not Ed25519 is refused with
  -1022.
- An address that is answered 429 more than 100 times within five minutes is banned (418): for two minutes, and twice as
  long each further time, up to three days. The figures are settings; a restart forgets bans.
- `GET /api/v3/ticker` and `/ticker/tradingDay` answer -2016 for a symbol that never traded; a window without trades has
  zero prices and trade ids of -1. `executionRules` lists symbols without rules too.
- `myFilters` lists every filter of the symbol. `account` shows the account's own rates, or without such the highest of
  any symbol; `updateTime` is when a balance last changed.
- Without a discount asset, `discountAsset` is null and nothing is enabled.
- Every symbol and account has one permission, `SPOT`.
- Averages over `avgPriceMins` gather trades by the second.
- The statistics of 24 hours move by the minute.

## Wallets, sub-accounts, fiat money

- Trading over the API locks where the documented ratios are exceeded, as the original's does (`apiTradingStatus`). How
  long, and from how many orders on, are settings (`unfilled_orders_min`, `immediate_orders_min`, `resting_orders_min`,
  `trading_lock_seconds_min`); cancels are never locked.
- Keys without a restriction of addresses may trade for 90 days (`unrestricted_key_trade_days`); keys that withdraw must
  be restricted.
- A withdrawal to one of the exchange's own deposit addresses is made inside it; with fast withdrawals off it is refused
  where it would go to somebody else (-4033).
- Without a network in `networks.toml`, coins have no networks; without a bank in `banks.toml`, fiat orders are refused
  (-16010). Both orders of fiat money take a JSON body, signed over the query or over query and body, and a form too.
  Cards are the exchange's own calls below `/fiat/v1/card`; `fiat/payments` and `fiat/orders` show what came of them.
- Mining in the cloud and delegation to custodians are not offered: their histories have no rows. There are no positions
  yet: `futures/move-position` is refused, and the views of margin and futures show balances alone.
- A withdrawal from a managed sub-account at a later date is refused (-4001).
- `accountSnapshot` is exact to the end of each day of UTC, and valued at today's prices.
- Calls of people are below `/account/v1`, those of operators below `/admin/v1`; the original has no such calls.

## User data streams

Over the WebSocket API, in milliseconds or microseconds. An event comes before the response to the request that caused
it. Where the documentation leaves it open:

- The events of one request come in the order in which things happened: `listStatus` EXEC_STARTED before its orders,
  ALL_DONE behind what ended the list, the incoming order of a trade before the resting one. Amounts that came, went
  or were locked follow (`balanceUpdate`, `externalLockUpdate`), summed up by asset, and then one
  `outboundAccountPosition` with every asset that was touched.
- Execution type NEW is told again when an order of a list is placed in its turn, when a stop is triggered (with `W`),
  and when a trailing order starts to follow the market (with `D`).
- `w` is true of an order that works and may rest, and of any order as it starts to work. `v` and `A` stay with an
  order that self-trade prevention took from; the other fields of a prevented match come with TRADE_PREVENTION alone.
  `k` says where the last thing happened to a routed order.
- REJECTED is told for the documented reasons (`r`) and no others: with `i`, `I` and `O` of -1. A refused list is told
  of as `listStatus` RESPONSE and REJECT besides.
- `c` of a canceled order is the id of the cancellation, its own where none was given; `C` is its own.

## FIX

Each service has a port of its own (`fix_order_entry_port`, `fix_drop_copy_port`, `fix_market_data_port`), in the clear;
TLS is ended in front of it. Keys need the permission `fix`, or for the last two `fix-read-only`. What differs, or was
chosen where the documentation is silent:

- Requests weigh on their address as those of REST do, and are banned with it; order counts are those of the account.
- UNORDERED sessions are handled in order too. A `SendingTime` more than a second ahead is refused, window or not.
- A number out of turn is rejected and not used up. After a message that is garbled the session is logged out.
- What self-trade prevention takes from an order is reported as `ExecType` EXPIRED, with the status the order then has.
- A list is placed by REST's rules: its orders share a symbol and a mode of self-trade prevention (-1182), an OCO a side
  and a quantity (-1014). Pending pairs may be released with `ListTriggerAction` 1, as its name says, or with 2, as the
  documentation's table has it; ListStatus<N> says 1, and states instructions when a list is placed, not later.
- A refused list states the reason in every entry of `NoOrders`, where the dictionary has it.
- `AggressorIndicator` and `NoMiscFees` appear on trades only. `OrderQty`, `Price`, `CashOrderQty` are left out where
  zero.
- Whether a level is NEW or CHANGE goes by what the client was told of its book.
- A request whose outcome is unknown (-1006, -1007) is answered with Reject<3>: no order is called refused that may
  stand.
- A key that was revoked, or may no longer be used so, is logged out within a second.

## Market streams

Served on the same port under `/ws` and `/stream`, raw and combined, in milliseconds or microseconds, with SUBSCRIBE,
UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY and GET_PROPERTY: `@trade`, `@aggTrade`, `@kline_<interval>` (also with
`@+08:00`), `@miniTicker`, `!miniTicker@arr`, `@ticker`, `@bookTicker`, `@avgPrice`, `@depth5|10|20[@100ms]`,
`@depth[@100ms]`, `@blockTrade`, `@referencePrice`, `@ticker_1h|4h|1d`, `!ticker_1h|4h|1d@arr`: every kind documented.

## User data

Events of accounts come over the WebSocket API, by `userDataStream.subscribe` and `userDataStream.subscribe.signature`.
Listen keys are documented no longer and do not exist.

## SBE

REST answers in SBE to `Accept: application/sbe` with `X-MBX-SBE: 3:<version>`, and so does the WebSocket API under
`responseFormat=sbe&sbeSchemaId=3&sbeSchemaVersion=<version>`, events of accounts included. Written is the newest
schema, 3:5; versions 2 to 4 are served as deprecated ones, older ones are refused as the API refuses what it has
retired. Every call and method below that is served has its message.

- Decimals have eight places (an exponent of -8). Where a mantissa would not fit, the exponent is larger and the value
  still exact; one that fits in no exponent is refused with -1006, or -1000 for a read, and never rounded.
- The trade behind an allocation is null (-1 in JSON); so is a price change where nothing traded.
- What was refused before a request was read (too large, not HTTP) is answered in JSON.
- Ids of requests have at most 254 bytes.
- Market streams in SBE stand at `/ws` and `/stream` of a host whose name begins with `stream-sbe.`, and on any host
  below `/stream-sbe`: `@trade`, `@bestBidAsk`, `@depth`, `@depth20`. Who is not let in gets HTTP 401 or 403. Of best
  bids and asks not yet written, only the newest of a symbol is kept. `timeUnit` is not looked at.

## Historical files

`/data/spot/{{daily,monthly}}/{{trades,aggTrades,klines}}/…` and the lists of `/data.binance.vision`, as the public
collection has them. Without trades a day has candles that carry the price on, and no files of trades. A file of `3d` or
`1w` holds the candles that open in its month, and is there when the last of them is over.

## Calls

"""


def document() -> str:
    """Return the document as the declarations have it."""
    calls = matrix(ENDPOINTS)
    return HEAD.format(counts=_counts(calls)) + as_markdown(calls)


def _counts(calls: Sequence[DocumentedCall]) -> str:
    """Tell how many calls of each family are served, over REST and over the WebSocket API, a row each."""
    rows = ["| family | served over REST | over the WebSocket API |", "| --- | --- | --- |"]
    for family in families():
        shares = []
        for is_method in (False, True):
            own = [call for call in calls if call.family == family and (call.method == ONLY_WEBSOCKET) is is_method]
            shares.append(f"{sum(call.is_served for call in own)} of {len(own)}" if own else "")
        rows.append(f"| {family} | {shares[0]} | {shares[1]} |")
    return "\n".join(rows)


if __name__ == "__main__":
    DOCUMENT.write_text(document())
