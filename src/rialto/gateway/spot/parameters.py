"""The parameters that many spot endpoints share, and finding the symbols they name."""

from collections.abc import Sequence
from typing import Annotated, Final

from rialto.contracts.symbol_rules import SymbolStatus
from rialto.core.catalog import Catalog, Symbol
from rialto.wire import errors
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import (
    CLIENT_ORDER_ID_RANGE,
    SYMBOL_RANGE,
    SYMBOLS_RANGE,
    Choice,
    Integer,
    Names,
    Text,
    Timestamp,
)
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import INTERVALS, SYMBOL_STATUSES

SYMBOLS_MAX: Final = 1_000

SymbolName = Annotated[str, Text(SYMBOL_RANGE)]
SymbolNames = Annotated[tuple[str, ...], Names(SYMBOLS_RANGE, SYMBOLS_MAX)]
Status = Annotated[SymbolStatus, Choice(SYMBOL_STATUSES, ErrorCode.INVALID_SYMBOLSTATUS.error)]
Interval = Annotated[str, Choice(dict(zip(INTERVALS, INTERVALS, strict=True)), ErrorCode.BAD_INTERVAL.error)]
Limit = Annotated[int, Integer(1, 1_000, clamp=True)]
Identifier = Annotated[int, Integer()]
StrategyType = Annotated[int, Integer(0, 2**31 - 1, overflows=True)]
TrailingDelta = Annotated[int, Integer(0, 2**32 - 1, overflows=True)]
ClientOrderId = Annotated[str, Text(CLIENT_ORDER_ID_RANGE)]
StartTime = Annotated[int, Timestamp()]
EndTime = Annotated[int, Timestamp(is_end=True)]

LIMIT_DEFAULT: Final = 500


class SymbolSelection(Parameters, frozen=True):
    """One symbol, several, or all; and the status they must have."""

    symbol: SymbolName | None = None
    symbols: SymbolNames | None = None
    symbol_status: Status | None = None

    def check(self) -> None:
        """Refuse both ways of naming symbols at once."""
        if self.symbol is not None and self.symbols is not None:
            raise errors.bad_combination()

    def weigh(self, one: int, several: int, every: int) -> int:
        """Return the weight by how symbols were named."""
        if self.symbol is not None:
            return one
        return several if self.symbols is not None else every


def find_symbol(catalog: Catalog, name: str) -> Symbol:
    """Return the symbol of a name. Raises `ApiError` -1121."""
    symbol = catalog.symbol_named(name)
    if symbol is None:
        raise ErrorCode.BAD_SYMBOL.error()
    return symbol


def find_symbol_of_status(catalog: Catalog, name: str, status: SymbolStatus | None) -> Symbol:
    """Return the symbol of a name. Raises `ApiError` -1121, and -1220 if its status is not the one asked for."""
    symbol = find_symbol(catalog, name)
    if status is not None and symbol.status is not status:
        raise ErrorCode.SYMBOL_DOES_NOT_MATCH_STATUS.error()
    return symbol


def select_symbols(catalog: Catalog, selection: SymbolSelection) -> Sequence[Symbol]:
    """Return the symbols of a selection of several or all. Raises `ApiError` -1121 for a name that is not listed."""
    named = selection.symbols
    symbols = catalog.symbols if named is None else [find_symbol(catalog, name) for name in named]
    status = selection.symbol_status
    return symbols if status is None else [symbol for symbol in symbols if symbol.status is status]


def check_day(start_us: int | None, end_us: int | None) -> None:
    """Refuse a range that ends before it starts or is longer than a day. Raises `ApiError`."""
    if start_us is None or end_us is None:
        return
    if end_us < start_us:
        raise errors.bad_combination()
    if end_us // 1000 - start_us // 1000 > 86_400_000:
        raise ErrorCode.MORE_THAN_XX_HOURS.error(24, form=1)
