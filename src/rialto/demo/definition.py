"""What an exchange begins with: assets, symbols, people and how the house makes its markets, read from a TOML file.

The file's tables are named after what they define: `[assets.BTC]`, `[symbols.BTCUSDT]`, `[users.alice]`, `[pools.BTC]`,
and `[market_making]`. Amounts and prices are text, so that none passes through floating point. A key that nobody knows
is refused: a misspelt filter must not silently be another one. What the file alone can prove wrong is refused here;
what a symbol's filters must satisfy among themselves is the core's to say, when the symbol is listed.

Owns no state. A definition is only ever applied to what is not there yet: see `founding`.
"""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from rialto.contracts.vocabulary import SelfTradePrevention
from rialto.foundation.failures import ExpectedFailure
from rialto.wire.decimals import ONE, to_units

FILE_BYTES_MAX: Final = 1_000_000
HOUSE_PREFIX: Final = "house"
"""No user's name begins like this: the house's own traders are named so."""

Decimal = Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,8})?\Z")]
Bps = Annotated[int, Meta(ge=0, le=10_000)]
AssetName = Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,16}\Z")]
SymbolName = Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,32}\Z")]
Text = Annotated[str, Meta(min_length=1, max_length=40)]
UserName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")]

_T = TypeVar("_T")


class InvalidDefinition(ExpectedFailure):
    """A definition that cannot be read, or contradicts itself. The message names the file, the place and the value."""


class AssetDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An asset, what is said of it, and what the house takes it to be worth."""

    value: Decimal
    """What one is worth in the reference asset at the start; afterwards the price wanders, and is drawn back here."""

    step_ppm_max: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """How far the value may wander in one round of the house, in millionths."""

    title: Text = ""
    """What it is called in full."""

    tags: Annotated[tuple[Text, ...], Meta(max_length=20)] = ()
    """What it is filed under."""


class SymbolDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A symbol with its filters, in the order of the core's own definition, and how deep the house quotes it."""

    base: str
    quote: str
    tick: Decimal
    price_min: Decimal
    price_max: Decimal
    lot: Decimal
    quantity_min: Decimal
    quantity_max: Decimal
    market_lot: Decimal = "0"
    market_quantity_min: Decimal = "0"
    market_quantity_max: Decimal
    notional_min: Decimal
    notional_min_applies_to_market: bool = True
    notional_max: Decimal = "0"
    notional_max_applies_to_market: bool = False
    open_orders_max: Annotated[int, Meta(ge=2, le=100_000)] = 200
    prevention_default: SelfTradePrevention = SelfTradePrevention.EXPIRE_MAKER
    prevention_allowed: Annotated[tuple[SelfTradePrevention, ...], Meta(min_length=1, max_length=6)] = (
        SelfTradePrevention.NONE,
        SelfTradePrevention.EXPIRE_TAKER,
        SelfTradePrevention.EXPIRE_MAKER,
        SelfTradePrevention.EXPIRE_BOTH,
        SelfTradePrevention.DECREMENT,
    )
    maker_fee_bps: Bps = 10
    taker_fee_bps: Bps = 10
    first_level_value: Decimal
    """What the house offers at its best price, worth in the reference asset; more further out."""


class MarketMaking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the house keeps the books two-sided and moving."""

    reference: str
    """The asset that values are told in."""

    house_value: Decimal
    """What the house's maker and its taker each begin with, of every asset, worth in the reference asset."""

    inventory_band_value: Decimal
    """How much more or less of an asset than at the start makes the house lean its prices all the way."""

    skew_ppm_max: Annotated[int, Meta(ge=0, le=100_000)]
    """How far it leans them, in millionths of the price."""

    spacing_ppm: Annotated[int, Meta(ge=1, le=100_000)]
    """How far apart the levels next to the best price are, in millionths of the price, but at least a tick."""

    turn_ms: Annotated[int, Meta(ge=1, le=60_000)]
    """How long the house rests between one symbol and the next."""

    trade_percent: Annotated[int, Meta(ge=0, le=100)]
    """At how many of its turns a symbol sees the house trade with itself."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an exchange begins with, by name, in the order of the file."""

    assets: dict[str, AssetDefinition]
    symbols: dict[str, SymbolDefinition]
    users: dict[str, dict[str, str]]
    """Starting balances by asset, by user."""
    pools: dict[str, tuple[str, ...]]
    """Symbols that smart order routing treats as one market, by their base."""
    market_making: MarketMaking


class _Pool(msgspec.Struct, forbid_unknown_fields=True):
    symbols: Annotated[tuple[SymbolName, ...], Meta(min_length=2, max_length=100)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The tables before each entry is read by itself, so that an error can name it."""

    assets: Annotated[dict[AssetName, Any], Meta(min_length=1, max_length=1_000)]
    symbols: Annotated[dict[SymbolName, Any], Meta(min_length=1, max_length=500)]
    users: Annotated[dict[UserName, Any], Meta(max_length=100)]
    market_making: Any
    pools: Annotated[dict[AssetName, Any], Meta(max_length=1_000)] = {}


def read_definition(path: Path | None = None) -> Definition:
    """Read a definition from a file, or the one that ships with the package.

    Errors: `InvalidDefinition`.
    """
    if path is None:
        text = resources.files(__package__).joinpath("exchange.toml").read_text(encoding="utf-8")
        return parse_definition(text, "exchange.toml")
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
        if len(content) > FILE_BYTES_MAX:
            raise InvalidDefinition(f"{path} is larger than {FILE_BYTES_MAX:,} bytes; define less")
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDefinition(f"{path} cannot be read: {error}") from error
    return parse_definition(text, str(path))


def parse_definition(text: str, source: str) -> Definition:
    """Read a definition from TOML; `source` is what errors call it.

    Errors: `InvalidDefinition`.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidDefinition(f"{source} is not TOML: {error}") from error
    file = _convert(tables, _File, source)
    definition = Definition(
        assets={
            name: _convert(table, AssetDefinition, f"{source}, [assets.{name}]") for name, table in file.assets.items()
        },
        symbols={
            name: _convert(table, SymbolDefinition, f"{source}, [symbols.{name}]")
            for name, table in file.symbols.items()
        },
        users={
            name: _convert(table, dict[str, Decimal], f"{source}, [users.{name}]") for name, table in file.users.items()
        },
        pools={name: _convert(table, _Pool, f"{source}, [pools.{name}]").symbols for name, table in file.pools.items()},
        market_making=_convert(file.market_making, MarketMaking, f"{source}, [market_making]"),
    )
    for complaint in _contradictions(definition):
        raise InvalidDefinition(f"{source}, {complaint}")
    return definition


def _convert(value: object, type_: type[_T], place: str) -> _T:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        raise InvalidDefinition(f"{place}: {error}") from error


def _contradictions(definition: Definition) -> list[str]:
    """List what the parts say against each other."""
    assets, known = definition.assets, ", ".join(definition.assets)
    found = [
        f"[assets.{name}]: a value of {asset.value} is none; give more than zero"
        for name, asset in assets.items()
        if to_units(asset.value) == 0
    ]
    for name, symbol in definition.symbols.items():
        found += [
            f"[symbols.{name}]: {asset!r} is no asset of this file; it has {known}"
            for asset in (symbol.base, symbol.quote)
            if asset not in assets
        ]
        if symbol.base == symbol.quote:
            found.append(f"[symbols.{name}]: base and quote are both {symbol.base!r}")
    for name, balances in definition.users.items():
        found += [
            f"[users.{name}]: {asset!r} is no asset of this file; it has {known}"
            for asset in balances
            if asset not in assets
        ]
        if name.startswith(HOUSE_PREFIX):
            found.append(f"[users.{name}]: names that begin with {HOUSE_PREFIX!r} belong to the house")
    for base, names in definition.pools.items():
        found += [
            f"[pools.{base}]: {name!r} is no symbol of this file with the base {base}"
            for name in names
            if name not in definition.symbols or definition.symbols[name].base != base
        ]
    return found + _contradictions_of_the_house(definition)


def _contradictions_of_the_house(definition: Definition) -> list[str]:
    making = definition.market_making
    reference = definition.assets.get(making.reference)
    if reference is None:
        return [f"[market_making]: the reference {making.reference!r} is no asset of this file"]
    found = []
    if to_units(reference.value) != ONE or reference.step_ppm_max:
        found.append(
            f"[assets.{making.reference}]: as the reference it is worth 1 and does not move; it has value "
            f"{reference.value} and step_ppm_max {reference.step_ppm_max}"
        )
    if to_units(making.inventory_band_value) == 0:
        found.append("[market_making]: an inventory_band_value of zero is none; give more than zero")
    return found
