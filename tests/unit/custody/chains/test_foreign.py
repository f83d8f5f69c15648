"""Addresses are told by the network they are spelled for."""

import pytest

from rialto.custody.chains.foreign import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Bitcoin"),
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "Bitcoin"),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "Bitcoin"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "Bitcoin"),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "Bitcoin"),
        ("LQTpS3VaYTjCr4s9Y1t5zbeY26zevf7Fb3", "Litecoin"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TRON"),
        ("So11111111111111111111111111111111111111112", "Solana"),
        ("rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "XRP Ledger"),
        ("0x" + "aB" * 20, "an EVM network, such as Ethereum or BNB Smart Chain"),
    ],
)
def test_known_spellings(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",  # a digit wrong
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "0x1234",
        "1" * 10_000,
        "tb1\N{CYRILLIC SMALL LETTER A}",
    ],
)
def test_others_are_of_no_network(address: str) -> None:
    assert network_of(address) is None
