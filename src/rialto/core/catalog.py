"""The catalogue: assets and symbols by name and by id, as the core has registered and listed them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rialto.contracts.events import AssetRegistered, Outcome, SymbolListed
from rialto.contracts.queries import CatalogAnswer
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


class Catalog:
    """Every asset and symbol; ids are positions. `version` grows with every change, for those who cache."""

    def __init__(self) -> None:
        self._assets: list[Asset] = []
        self._symbols: list[Symbol] = []
        self._asset_names: dict[str, Asset] = {}
        self._symbol_names: dict[str, Symbol] = {}
        self.version = 0

    def load(self, answer: CatalogAnswer) -> None:
        """Fill an empty catalogue from the core's own."""
        assert not self._assets, "a catalogue is loaded once"
        for id_, name in enumerate(answer.assets):
            self._add_asset(id_, name)
        for id_, spec in enumerate(answer.symbols):
            self._add_symbol(id_, spec)

    def accept(self, outcomes: Iterable[Outcome]) -> None:
        """Take in what was registered and listed."""
        for outcome in outcomes:
            for event in outcome.events:
                if isinstance(event, AssetRegistered) and event.asset == len(self._assets):
                    self._add_asset(event.asset, event.name)
                elif isinstance(event, SymbolListed) and event.symbol == len(self._symbols):
                    self._add_symbol(event.symbol, event.spec)

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

    def asset_named(self, name: str) -> Asset | None:
        """Return an asset by its exact name, if there is one."""
        return self._asset_names.get(name)

    def symbol_named(self, name: str) -> Symbol | None:
        """Return a symbol by its exact name, if there is one."""
        return self._symbol_names.get(name)
