"""The catalogue: assets and symbols by name and by id, as the core has registered and listed them, and what an operator
has set of them: statuses, limits, pools."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rialto.contracts.events import (
    AssetLimitSet,
    AssetRegistered,
    Event,
    ExchangeLimitsSet,
    Outcome,
    SymbolListed,
    SymbolsPooled,
    SymbolStatusChanged,
)
from rialto.contracts.queries import CatalogAnswer
from rialto.contracts.symbol_rules import ExchangeLimits, SymbolStatus
from rialto.contracts.vocabulary import SymbolSpec


@dataclass(frozen=True, slots=True)
class Asset:
    """A registered asset."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A listed symbol."""

    id: int
    name: str
    base: Asset
    quote: Asset
    spec: SymbolSpec
    status: SymbolStatus = SymbolStatus.TRADING


_TOLD = (AssetRegistered, SymbolListed, SymbolStatusChanged, AssetLimitSet, ExchangeLimitsSet, SymbolsPooled)


class Catalog:
    """Every asset and symbol; ids are positions. `version` grows with every change, for those who cache."""

    def __init__(self) -> None:
        self._assets: list[Asset] = []
        self._symbols: list[Symbol] = []
        self._asset_names: dict[str, Asset] = {}
        self._symbol_names: dict[str, Symbol] = {}
        self._asset_limits: dict[int, str] = {}
        self._pools: dict[int, tuple[int, ...]] = {}
        self.limits = ExchangeLimits()
        """What an account may have open on the whole exchange."""
        self.version = 0

    def load(self, answer: CatalogAnswer) -> None:
        """Fill an empty catalogue from the core's own."""
        assert not self._assets, "a catalogue is loaded once"
        for id_, name in enumerate(answer.assets):
            self._add_asset(id_, name)
        for id_, spec in enumerate(answer.symbols):
            self._add_symbol(id_, spec)
        for id_, status in enumerate(answer.statuses):
            self._set_symbol(replace(self._symbols[id_], status=status))
        self._asset_limits = dict(answer.asset_limits)
        self._pools = {pool.base: pool.symbols for pool in answer.pools}
        self.limits = answer.limits

    def accept(self, outcomes: Iterable[Outcome]) -> None:
        """Take in what was registered, listed and set."""
        for outcome in outcomes:
            for event in outcome.events:
                if isinstance(event, _TOLD):
                    self._accept(event)

    def _accept(self, event: Event) -> None:
        match event:
            case AssetRegistered() if event.asset == len(self._assets):
                self._add_asset(event.asset, event.name)
            case SymbolListed() if event.symbol == len(self._symbols):
                self._add_symbol(event.symbol, event.spec)
            case SymbolStatusChanged():
                self._set_symbol(replace(self._symbols[event.symbol], status=event.status))
            case AssetLimitSet():
                self._asset_limits.pop(event.asset, None)
                if event.limit is not None:
                    self._asset_limits[event.asset] = event.limit
            case SymbolsPooled():
                self._pools.pop(event.base, None)
                if event.symbols:
                    self._pools[event.base] = event.symbols
            case ExchangeLimitsSet():
                self.limits = event.limits
        self.version += 1

    def _set_symbol(self, symbol: Symbol) -> None:
        self._symbols[symbol.id] = symbol
        self._symbol_names[symbol.name] = symbol

    def _add_asset(self, id_: int, name: str) -> None:
        asset = Asset(id_, name)
        self._assets.append(asset)
        self._asset_names[name] = asset
        self.version += 1

    def _add_symbol(self, id_: int, spec: SymbolSpec) -> None:
        symbol = Symbol(id_, spec.name, self._assets[spec.base], self._assets[spec.quote], spec)
        self._symbols.append(symbol)
        self._symbol_names[spec.name] = symbol
        self.version += 1

    @property
    def pools(self) -> Sequence[tuple[Asset, Sequence[Symbol]]]:
        """The pools of smart order routing: their base and their symbols, by id of the base."""
        return [
            (self._assets[base], [self._symbols[symbol] for symbol in symbols])
            for base, symbols in sorted(self._pools.items())
        ]

    @property
    def assets(self) -> Sequence[Asset]:
        """Every asset, by id."""
        return self._assets

    @property
    def symbols(self) -> Sequence[Symbol]:
        """Every symbol, by id."""
        return self._symbols

    def asset(self, id_: int) -> Asset:
        """Return an asset by id. Raises `IndexError` for one that was never registered."""
        return self._assets[id_]

    def symbol(self, id_: int) -> Symbol:
        """Return a symbol by id. Raises `IndexError` for one that was never listed."""
        return self._symbols[id_]

    def asset_limit(self, id_: int) -> str | None:
        """Return the most one order may move of an asset, if there is such a rule."""
        return self._asset_limits.get(id_)

    def asset_named(self, name: str) -> Asset | None:
        """Return an asset by its exact name, if there is one."""
        return self._asset_names.get(name)

    def symbol_named(self, name: str) -> Symbol | None:
        """Return a symbol by its exact name, if there is one."""
        return self._symbol_names.get(name)
