"""Write docs/COMPATIBILITY.md from the endpoint declarations: `python -m tools.compatibility`."""

from pathlib import Path

from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.wire.compatibility import as_markdown, matrix
from rialto.wire.endpoints import ONLY_WEBSOCKET

DOCUMENT = Path(__file__).parents[1] / "docs" / "COMPATIBILITY.md"

HEAD = """# Compatibility

Generated from the endpoint declarations by `make docs`; a test holds it to them. {served} of {documented} documented
calls of the spot API are served over REST, {methods} of {documented_methods} methods over the WebSocket API. The FIX
API is served as text: order entry, drop copies and market data. Not served yet: FIX in SBE.

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
    calls = matrix(SPOT_ENDPOINTS)
    rest = [call for call in calls if call.method != ONLY_WEBSOCKET]
    methods = [call for call in calls if call.method == ONLY_WEBSOCKET]
    head = HEAD.format(
        served=sum(call.is_served for call in rest),
        documented=len(rest),
        methods=sum(call.is_served for call in methods),
        documented_methods=len(methods),
    )
    return head + as_markdown(calls)


if __name__ == "__main__":
    DOCUMENT.write_text(document())
