"""The instruments there are, as InstrumentList<y>: what may be traded, in which steps and within which bounds."""

from collections.abc import Iterable

from rialto.contracts.symbol_rules import SymbolStatus
from rialto.core.catalog import Catalog, Symbol
from rialto.fix.dictionary import Dictionary, Values
from rialto.fix.refusals import Reason, Rejected, required
from rialto.fix.validation import Message
from rialto.wire.decimals import to_text, to_units
from rialto.wire.errors import ErrorCode


def instrument_list(message: Message, catalog: Catalog, dictionary: Dictionary) -> Values:
    """Return what InstrumentListRequest<x> is answered: one symbol, or all that trade. Raises `Rejected`."""
    kind = dictionary.field("InstrumentListRequestType").words[message.values["InstrumentListRequestType"]]
    symbols: Iterable[Symbol]
    if kind == "SINGLE_INSTRUMENT":
        tag, name = dictionary.field("Symbol").tag, message.get("Symbol")
        if name is None:
            raise required(tag)
        symbol = catalog.symbol_named(name)
        if symbol is None:
            raise Rejected(ErrorCode.BAD_SYMBOL.error(), Reason.VALUE_IS_INCORRECT, tag)
        symbols = (symbol,)
    else:
        symbols = [symbol for symbol in catalog.symbols if symbol.status is SymbolStatus.TRADING]
    return {
        "InstrumentReqID": message.get("InstrumentReqID"),
        "NoRelatedSym": [_instrument(symbol) for symbol in symbols],
    }


def _instrument(symbol: Symbol) -> Values:
    spec = symbol.spec
    return {
        "Symbol": symbol.name,
        "Currency": symbol.quote.name,
        "MinTradeVol": _rule(spec.quantity_min),
        "MaxTradeVol": _rule(spec.quantity_max),
        "MinQtyIncrement": _rule(spec.lot),
        "MarketMinTradeVol": _rule(spec.market_quantity_min),
        "MarketMaxTradeVol": _rule(spec.market_quantity_max),
        "MarketMinQtyIncrement": _rule(spec.market_lot),
        "StartPriceRange": _rule(spec.price_min),
        "EndPriceRange": _rule(spec.price_max),
        "MinPriceIncrement": _rule(spec.tick),
    }


def _rule(amount: str) -> str | None:
    """Write a bound in full; zero is none."""
    units = to_units(amount)
    return to_text(units) if units else None
