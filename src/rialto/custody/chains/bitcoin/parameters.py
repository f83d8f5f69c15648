"""What tells the chains of this family apart: how addresses and keys are spelled, and what their nodes relay.

Addresses follow BIP-173 and BIP-350 and base58 with a checksum; account keys BIP-32 with the spellings of SLIP-132.
"""

from typing import Final

import msgspec

COINBASE_MATURITY: Final = 100
"""Confirmations after which what a miner was paid can be spent."""


class Parameters(msgspec.Struct, frozen=True):
    """One chain."""

    name: str
    """How configuration names it."""
    title: str
    """How people are told of it."""
    genesis: str
    """The hash of its first block: what tells that a node is on this chain."""
    bech32: str
    """What its segregated witness addresses begin with, before the `1`."""
    p2pkh: int
    """The version byte of addresses of a key's hash."""
    p2sh: int
    p2sh_old: int | None
    """A version byte that was given up because another chain uses it too."""
    mweb: str | None
    """What addresses of its confidential extension begin with; None where there is none."""
    key_versions: tuple[bytes, ...]
    """Spellings of an account's public key that are taken; the first is the one the node understands."""
    is_replaceable: bool
    """Whether its nodes relay the replacement of a transaction that says it may be replaced (BIP-125)."""
    dust_relay_rate: int
    """Satoshi a virtual kilobyte at which an output that costs more to spend than it is worth is dust."""
    is_test: bool = False


_MAIN_KEYS: Final = (bytes.fromhex("0488b21e"), bytes.fromhex("04b24746"))
_TEST_KEYS: Final = (bytes.fromhex("043587cf"), bytes.fromhex("045f1cf6"), bytes.fromhex("0488b21e"))
"""The last is how `rialto signer xpub` spells every key: on a test network that can do no harm."""
_LITECOIN_KEY: Final = bytes.fromhex("019da462")
_LITECOIN_TEST_KEY: Final = bytes.fromhex("0436f6e1")

BITCOIN: Final = Parameters(
    name="bitcoin",
    title="Bitcoin",
    genesis="000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    bech32="bc",
    p2pkh=0x00,
    p2sh=0x05,
    p2sh_old=None,
    mweb=None,
    key_versions=_MAIN_KEYS,
    is_replaceable=True,
    dust_relay_rate=3_000,
)
BITCOIN_TESTNET: Final = msgspec.structs.replace(
    BITCOIN,
    name="bitcoin-testnet",
    title="the Bitcoin test network",
    genesis="000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
    bech32="tb",
    p2pkh=0x6F,
    p2sh=0xC4,
    key_versions=_TEST_KEYS,
    is_test=True,
)
BITCOIN_REGTEST: Final = msgspec.structs.replace(
    BITCOIN_TESTNET,
    name="bitcoin-regtest",
    title="a private Bitcoin network",
    genesis="0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
    bech32="bcrt",
)
LITECOIN: Final = Parameters(
    name="litecoin",
    title="Litecoin",
    genesis="12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
    bech32="ltc",
    p2pkh=0x30,
    p2sh=0x32,
    p2sh_old=0x05,
    mweb="ltcmweb",
    key_versions=(*_MAIN_KEYS, _LITECOIN_KEY),
    is_replaceable=False,
    dust_relay_rate=30_000,
)
LITECOIN_TESTNET: Final = msgspec.structs.replace(
    LITECOIN,
    name="litecoin-testnet",
    title="the Litecoin test network",
    genesis="4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0",
    bech32="tltc",
    p2pkh=0x6F,
    p2sh=0x3A,
    p2sh_old=0xC4,
    mweb="tmweb",
    key_versions=(*_TEST_KEYS, _LITECOIN_TEST_KEY),
    is_test=True,
)
LITECOIN_REGTEST: Final = msgspec.structs.replace(
    LITECOIN_TESTNET,
    name="litecoin-regtest",
    title="a private Litecoin network",
    genesis="530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
    bech32="rltc",
)

CHAINS: Final = {
    each.name: each
    for each in (BITCOIN, LITECOIN, BITCOIN_TESTNET, LITECOIN_TESTNET, BITCOIN_REGTEST, LITECOIN_REGTEST)
}
"""Every chain of the family by name, the main ones first: an address is said to belong to the first that spells so."""
