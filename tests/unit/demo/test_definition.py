"""Definitions: the one that ships is whole, and a wrong one is refused with its place and value."""

from pathlib import Path

import pytest

from rialto.demo.definition import FILE_BYTES_MAX, InvalidDefinition, parse_definition, read_definition
from tests.unit.demo.founded import SMALL


def test_the_definition_that_ships_has_the_well_known_symbols() -> None:
    definition = read_definition()
    assert {"BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "ETHBTC", "BNBBTC", "BTCUSDC", "BTCEUR"} <= set(
        definition.symbols
    )
    assert all(name == symbol.base + symbol.quote for name, symbol in definition.symbols.items())
    traded = {asset for symbol in definition.symbols.values() for asset in (symbol.base, symbol.quote)}
    assert traded == set(definition.assets)
    assert {"alice", "bob"} <= set(definition.users)


def test_a_definition_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(SMALL)
    assert read_definition(path) == parse_definition(SMALL, "small.toml")
    assert list(read_definition(path).users["alice"].items()) == [("USDT", "50000000"), ("BTC", "1000")]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('lot = "0.00001"', 'lot_size = "0.00001"', "[symbols.BTCUSDT]: Object contains unknown field `lot_size`"),
        ('lot = "0.00001"', "lot = 0.00001", "[symbols.BTCUSDT]: Expected `str`, got `float` - at `$.lot`"),
        ('tick = "0.01"', 'tick = "0.000000001"', "[symbols.BTCUSDT]: Expected `str` matching regex"),
        ('tick = "0.01"', 'tick = "-1"', "[symbols.BTCUSDT]: Expected `str` matching regex"),
        ('tick = "0.01"', "", "[symbols.BTCUSDT]: Object missing required field `tick`"),
        ('quote = "USDT"', 'quote = "EUR"', "[symbols.BTCUSDT]: 'EUR' is no asset of this file; it has BTC, USDT"),
        ('quote = "USDT"', 'quote = "BTC"', "[symbols.BTCUSDT]: base and quote are both 'BTC'"),
        ('USDT = "0.5"', 'EUR = "0.5"', "[users.bob]: 'EUR' is no asset of this file"),
        ('USDT = "0.5"', 'USDT = "much"', "[users.bob]: Expected `str` matching regex"),
        ("[users.bob]", "[users.house-maker]", "[users.house-maker]: names that begin with 'house' belong to the"),
        ("[users.bob]", '[users."Bob B."]', "small.toml: Expected `str` matching regex"),
        ('value = "64000"', 'value = "0.0"', "[assets.BTC]: a value of 0.0 is none"),
        ('reference = "USDT"', 'reference = "EUR"', "the reference 'EUR' is no asset of this file"),
        ('reference = "USDT"', 'reference = "BTC"', "[assets.BTC]: as the reference it is worth 1 and does not move"),
        ('band_value = "1000000"', 'band_value = "0"', "an inventory_band_value of zero is none"),
        ("turn_ms = 1", "turn_ms = 0", "[market_making]: Expected `int` >= 1 - at `$.turn_ms`"),
        ("[market_making]", "[market_taking]", "small.toml: Object contains unknown field `market_taking`"),
        ("[users.bob]", "[users.alice]", "small.toml is not TOML"),
        (
            "[assets.BTC]",
            '[pools.BTC]\nsymbols = ["BTCUSDT", "BTCEUR"]\n[assets.BTC]',
            "[pools.BTC]: 'BTCEUR' is no symbol of this file with the base BTC",
        ),
        ("[assets.BTC]", '[pools.BTC]\nsymbols = ["BTCUSDT"]\n[assets.BTC]', "Expected `array` of length >= 2"),
    ],
)
def test_a_wrong_definition_is_refused_with_its_place(old: str, new: str, complaint: str) -> None:
    assert old in SMALL
    with pytest.raises(InvalidDefinition) as refused:
        parse_definition(SMALL.replace(old, new), "small.toml")
    assert complaint in str(refused.value)
    assert str(refused.value).startswith("small.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match=r"none\.toml cannot be read"):
        read_definition(tmp_path / "none.toml")
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (FILE_BYTES_MAX + 1))
    with pytest.raises(InvalidDefinition, match=r"large\.toml is larger than 1,000,000 bytes"):
        read_definition(large)
