"""Whose address it is: recognises addresses by their spelling, so that a person who chose the wrong network is told.

It only helps to explain a refusal; whether an address can be paid is for the network's own adapter to say.
"""

import re
from typing import Final

from embit import base58, bech32
from embit.base import EmbitError

LENGTH_MAX: Final = 150

_PREFIXES: Final = {
    "bc": "Bitcoin",
    "tb": "Bitcoin's test network",
    "bcrt": "Bitcoin's regression test network",
    "ltc": "Litecoin",
    "tltc": "Litecoin's test network",
    "rltc": "Litecoin's regression test network",
    "ltcmweb": "Litecoin (MWEB, which is not supported)",
    "cosmos": "Cosmos",
    "addr": "Cardano",
}
_VERSIONS: Final = {
    0x00: "Bitcoin",
    0x05: "Bitcoin",
    0x6F: "the test network of Bitcoin or Litecoin",
    0xC4: "the test network of Bitcoin or Litecoin",
    0x30: "Litecoin",
    0x32: "Litecoin",
    0x3A: "Litecoin's test network",
    0x1E: "Dogecoin",
    0x41: "TRON",
}
_EVM: Final = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_BASE58: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]+", re.ASCII)
_XRP: Final = re.compile(r"r[1-9A-HJ-NP-Za-km-z]{24,34}", re.ASCII)


def network_of(address: str) -> str | None:
    """Name the network an address is spelled for; None when that cannot be told."""
    if not address or len(address) > LENGTH_MAX or not address.isascii():
        return None
    if _EVM.fullmatch(address):
        return "an EVM network, such as Ethereum or BNB Smart Chain"
    prefix, separator, _ = address.lower().rpartition("1")
    if separator and prefix in _PREFIXES and (prefix == "ltcmweb" or _is_bech32(address)):
        return _PREFIXES[prefix]
    if _XRP.fullmatch(address):
        return "XRP Ledger"
    if not _BASE58.fullmatch(address):
        return None
    try:
        payload = base58.decode_check(address)
    except (EmbitError, ValueError):
        payload = b""
    if len(payload) == 21:
        return _VERSIONS.get(payload[0])
    return "Solana" if 32 <= len(address) <= 44 and len(base58.decode(address)) == 32 else None


def _is_bech32(address: str) -> bool:
    return bech32.bech32_decode(address)[1] is not None
