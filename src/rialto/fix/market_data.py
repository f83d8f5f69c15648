"""Market data: who reads which stream, and telling them what the core states and the books show.

Trades and best prices follow from outcomes, as they are released; depth is told ten times a second, together with the
market streams over WebSocket. State: the streams read, by symbol and kind; of each session its subscriptions. All of it
belongs to the event loop's thread.
"""

from collections.abc import Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from rialto.contracts.events import Outcome, TradeExecuted
from rialto.contracts.market import BookTickerChanged, DepthUpdate
from rialto.core.catalog import Symbol
from rialto.core.runtime import Runtime
from rialto.fix.dictionary import Values, market_data_dictionary
from rialto.fix.instruments import instrument_list
from rialto.fix.market_streams import (
    BID,
    OFFER,
    REFRESH,
    SNAPSHOT,
    TRADE,
    DepthStream,
    Spelling,
    StreamKind,
    TickerStream,
)
from rialto.fix.refusals import Reason, Rejected, incorrect, required
from rialto.fix.session import Session
from rialto.fix.validation import Message
from rialto.streams.feed import MarketFeed
from rialto.wire.errors import ApiError, ErrorCode

S = TypeVar("S")

REQUEST_REJECT: Final = "Y"
DEPTH_MAX: Final = 5_000
"""How many levels of each side the first look at a book may show."""


class _Reader(NamedTuple):
    """One stream of one subscription."""

    session: Session
    request_id: str


class _Readers(Generic[S]):
    """The readers of one kind of stream, by symbol, each with what it reads."""

    def __init__(self) -> None:
        self._by_symbol: dict[int, dict[_Reader, S]] = {}

    def __contains__(self, symbol: int) -> bool:
        return symbol in self._by_symbol

    def add(self, symbol: int, reader: _Reader, stream: S) -> None:
        self._by_symbol.setdefault(symbol, {})[reader] = stream

    def remove(self, symbol: int, reader: _Reader) -> None:
        readers = self._by_symbol[symbol]
        del readers[reader]
        if not readers:
            del self._by_symbol[symbol]

    def of(self, symbol: int) -> list[tuple[_Reader, S]]:
        return list(self._by_symbol.get(symbol, {}).items())


class MarketDataHub:
    """The streams of every session."""

    def __init__(self, runtime: Runtime, feed: MarketFeed) -> None:
        self.runtime: Final = runtime
        self._spelling = Spelling(market_data_dictionary())
        self._trades: _Readers[None] = _Readers()
        self._tickers: _Readers[TickerStream] = _Readers()
        self._depths: _Readers[DepthStream] = _Readers()
        self._count = 0
        runtime.subscribe(self._take_outcomes)
        feed.watch_depth(self._take_depth)

    def subscribe(self, session: Session, request_id: str, kind: StreamKind, symbol: Symbol, depth: int) -> None:
        """Show a session a book, if it is to see one, and tell it of every change from now on."""
        reader, market = _Reader(session, request_id), self.runtime.market
        match kind:
            case StreamKind.TRADES:
                self._trades.add(symbol.id, reader, None)
            case StreamKind.BOOK_TICKER:
                ticker = TickerStream(self._spelling, request_id, symbol.name, market.book_ticker(symbol.id))
                session.send_body(SNAPSHOT, ticker.first())
                self._tickers.add(symbol.id, reader, ticker)
            case StreamKind.DEPTH:
                book = DepthStream(self._spelling, request_id, symbol.name, market.depth(symbol.id, depth))
                session.send_body(SNAPSHOT, book.first())
                self._depths.add(symbol.id, reader, book)
        self._count += 1

    def unsubscribe(self, session: Session, request_id: str, kind: StreamKind, symbol: int) -> None:
        """Tell a session nothing more of a stream."""
        reader = _Reader(session, request_id)
        match kind:
            case StreamKind.TRADES:
                self._trades.remove(symbol, reader)
            case StreamKind.BOOK_TICKER:
                self._tickers.remove(symbol, reader)
            case StreamKind.DEPTH:
                self._depths.remove(symbol, reader)
        self._count -= 1

    def _take_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        if not self._count:
            return
        for outcome in outcomes:
            trades: dict[int, list[TradeExecuted]] = {}
            for event in outcome.events:
                if type(event) is TradeExecuted and event.symbol in self._trades:
                    trades.setdefault(event.symbol, []).append(event)
            for symbol, executed in trades.items():
                self._tell_trades(symbol, executed, outcome.time_us)
            for update in outcome.market:
                if type(update) is BookTickerChanged:
                    for reader, ticker in self._tickers.of(update.symbol):
                        _refresh(reader, ticker.take(update))

    def _take_depth(self, updates: Sequence[DepthUpdate]) -> None:
        if self._count:
            for update in updates:
                for reader, book in self._depths.of(update.symbol):
                    _refresh(reader, book.take(update))

    def _tell_trades(self, symbol: int, executed: Sequence[TradeExecuted], time_us: int) -> None:
        body = self._spelling.trades(executed, self.runtime.catalog.symbol(symbol).name, time_us)
        prefix = self._spelling.dictionary.field("MDReqID").prefix
        for reader, _ in self._trades.of(symbol):
            _refresh(reader, f"{prefix}{reader.request_id}\x01".encode() + body)


def _refresh(reader: _Reader, body: bytes | None) -> None:
    if body is not None:
        reader.session.send_body(REFRESH, body)


class _Subscription(NamedTuple):
    kind: StreamKind
    symbols: tuple[Symbol, ...]


class MarketDataSession:
    """One session of market data."""

    def __init__(self, session: Session, hub: MarketDataHub) -> None:
        self._session = session
        self._hub = hub
        self._catalog = hub.runtime.catalog
        self._dictionary = session.service.dictionary
        self._subscriptions: dict[str, _Subscription] = {}
        self._by_stream: dict[tuple[StreamKind, int], str] = {}
        """The subscription that a stream is read by."""

    async def take(self, message: Message) -> None:
        """Subscribe, unsubscribe, or list instruments. Raises `Rejected`."""
        if message.type == "x":
            self._session.send("y", instrument_list(message, self._catalog, self._dictionary))
            return
        try:
            if self._word(message, "SubscriptionRequestType") == "SUBSCRIBE":
                self._subscribe(message)
            else:
                self._unsubscribe(message.values["MDReqID"])
        except ApiError as error:
            self._refuse(message, error)

    async def limits(self) -> list[Values]:
        """Return how many streams are read."""
        limit = self._dictionary.code("LimitType", "SUBSCRIPTION_LIMIT")
        return [{"LimitType": limit, "LimitCount": len(self._by_stream), "LimitMax": self._streams_max}]

    async def finish(self) -> None:
        """Return at once: nothing is ever under way."""

    def end(self) -> None:
        """Read no more."""
        for request_id in list(self._subscriptions):
            self._unsubscribe(request_id)

    @property
    def _streams_max(self) -> int:
        return self._session.service.limits.streams_max

    def _word(self, message: Message, name: str) -> str:
        return self._dictionary.field(name).words[message.values[name]]

    def _subscribe(self, message: Message) -> None:
        """Begin a subscription, or nothing. Raises `ApiError` if the client reads too much, `Rejected`."""
        request_id = message.values["MDReqID"]
        kind, depth = self._asked_for(message)
        symbols = self._symbols(message)
        if request_id in self._subscriptions:
            raise ErrorCode.INVALID_REQUEST_ID.error()
        for symbol in symbols:
            active = self._by_stream.get((kind, symbol.id))
            if active is not None:
                raise ErrorCode.TOO_MANY_SUBSCRIPTIONS.error(symbol.name, active, form=1)
        if len(self._by_stream) + len(symbols) > self._streams_max:
            raise ErrorCode.TOO_MANY_SUBSCRIPTIONS.error(self._streams_max)
        self._subscriptions[request_id] = _Subscription(kind, symbols)
        for symbol in symbols:
            self._by_stream[kind, symbol.id] = request_id
            self._hub.subscribe(self._session, request_id, kind, symbol, depth)

    def _unsubscribe(self, request_id: str) -> None:
        """End a subscription. Raises `ApiError` -1190 if there is none such."""
        subscription = self._subscriptions.pop(request_id, None)
        if subscription is None:
            raise ErrorCode.INVALID_REQUEST_ID.error(form=1)
        for symbol in subscription.symbols:
            del self._by_stream[subscription.kind, symbol.id]
            self._hub.unsubscribe(self._session, request_id, subscription.kind, symbol.id)

    def _asked_for(self, message: Message) -> tuple[StreamKind, int]:
        """Return which stream is asked for, and how many levels are to be shown."""
        entries, tag = message.entries("NoMDEntryTypes"), self._session.service.tag
        if not entries:
            raise required(tag("NoMDEntryTypes"))
        words = [self._dictionary.field("MDEntryType").words[entry.values["MDEntryType"]] for entry in entries]
        if len(set(words)) < len(words):
            raise _repeated("NoMDEntryTypes", tag("NoMDEntryTypes"))
        if words == [TRADE]:
            return StreamKind.TRADES, 0
        if set(words) != {BID, OFFER}:
            error = (
                ErrorCode.PARAMS_BAD_COMBO.error(tag("MDEntryType"))
                if TRADE in words
                else ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error(form=3)
            )
            raise Rejected(error, Reason.VALUE_IS_INCORRECT, tag("MDEntryType"))
        depth = message.get("MarketDepth")
        if depth is None:
            raise required(tag("MarketDepth"))
        if not 1 <= int(depth) <= DEPTH_MAX:
            raise incorrect(tag("MarketDepth"))
        return (StreamKind.BOOK_TICKER if int(depth) == 1 else StreamKind.DEPTH), int(depth)

    def _symbols(self, message: Message) -> tuple[Symbol, ...]:
        entries, tag = message.entries("NoRelatedSym"), self._session.service.tag
        if not entries:
            raise required(tag("NoRelatedSym"))
        names = [entry.values["Symbol"] for entry in entries]
        if len(set(names)) < len(names):
            raise _repeated("NoRelatedSym", tag("NoRelatedSym"))
        symbols = []
        for name in names:
            symbol = self._catalog.symbol_named(name)
            if symbol is None:
                raise Rejected(ErrorCode.BAD_SYMBOL.error(), Reason.VALUE_IS_INCORRECT, tag("Symbol"))
            symbols.append(symbol)
        return tuple(symbols)

    def _refuse(self, message: Message, error: ApiError) -> None:
        is_known_id = error.kind is ErrorCode.INVALID_REQUEST_ID
        word = "DUPLICATE_MDREQID" if is_known_id else "TOO_MANY_SUBSCRIPTIONS"
        is_told = not (is_known_id and error.form)
        self._session.send(
            REQUEST_REJECT,
            {
                "MDReqID": message.get("MDReqID"),
                "MDReqRejReason": self._dictionary.code("MDReqRejReason", word) if is_told else None,
                "ErrorCode": error.code,
                "Text": error.message,
            },
        )


def _repeated(group: str, tag: int) -> Rejected:
    return Rejected(ErrorCode.DUPLICATE_ENTRIES_IN_A_GROUP.error(group), Reason.OTHER, tag)
