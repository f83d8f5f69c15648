"""Addresses of EVM networks: derived from an extended public key, spelled by EIP-55, and told from others'."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from embit import bip32
from embit.base import EmbitError
from eth_keys.datatypes import PublicKey
from eth_utils.address import to_checksum_address

from rialto.custody.chains.adapter import InvalidAddress
from rialto.custody.chains.foreign import network_of

ADDRESS_DIGITS: Final = 40
RESERVED_BELOW: Final = 0x10000
"""Addresses below are the zero address and the network's own programs; nobody holds their keys."""
BURNT: Final = frozenset({"0x000000000000000000000000000000000000dEaD", "0xdEAD000000000000000042069420694206942069"})
_HEX: Final = frozenset("0123456789abcdefABCDEF")


@lru_cache(maxsize=200_000)
def checksum(address: str | bytes) -> str:
    """Spell an address as EIP-55 has it. Precondition: 20 bytes, or 40 hexadecimal digits after 0x."""
    return to_checksum_address(address)


class AccountKey:
    """An account's extended public key and the addresses below it."""

    def __init__(self, xpub: str) -> None:
        """Read the key. Errors: `ValueError` for one that is none, or that is private."""
        try:
            key = bip32.HDKey.from_base58(xpub)
        except (EmbitError, ValueError) as error:
            raise ValueError("the xpub is not an extended public key in base 58") from error
        if key.is_private:
            raise ValueError("the xpub is a private key; give the public one, and treat that private key as known")
        self._key = key

    def address(self, path: str) -> str:
        """Derive the address at a path such as `0/7`. Errors: `ValueError` for a path that is none or is hardened."""
        steps = [int(step) for step in path.split("/")]
        if not steps or any(not 0 <= step < 2**31 for step in steps):
            raise ValueError(f"{path!r} is not a path below an extended public key")
        return address_of(self._key.derive(steps).key.sec())


def address_of(public_key: bytes) -> str:
    """Return the address of a compressed public key."""
    return checksum(PublicKey.from_compressed_bytes(public_key).to_canonical_address())


def canonical(address: str, tag: str | None, refused: Collection[str], title: str) -> str:
    """Spell an address by EIP-55 if it can be paid.

    `refused` are addresses that what is sent to would be lost, spelled by EIP-55; `title` names the network for people.

    Errors: `InvalidAddress`.
    """
    if tag:
        raise InvalidAddress(f"{title} has no tags; leave the tag {tag[:40]!r} out")
    digits = address[2:]
    if not address.startswith("0x") or len(digits) != ADDRESS_DIGITS or not set(digits) <= _HEX:
        raise InvalidAddress(_why_not(address, title))
    spelled = checksum(address)
    if digits not in (digits.lower(), digits.upper()) and address != spelled:
        raise InvalidAddress(
            f"the address {address} has a typing error: its upper and lower case do not fit its digits; copy it again"
        )
    if int(digits, 16) < RESERVED_BELOW or spelled in BURNT:
        raise InvalidAddress(f"the address {address} belongs to nobody: what is sent there is lost")
    if spelled in refused:
        raise InvalidAddress(
            f"the address {address} is a contract of a token or of this exchange, not a wallet: what is sent there "
            "is lost; give the address of a wallet"
        )
    return spelled


def _why_not(address: str, title: str) -> str:
    shown = address[:100]
    network = network_of(address)
    if network is not None:
        return f"the address {shown} belongs to {network}, not to {title}; choose that network, or give another address"
    if address.lower().endswith(".eth"):
        return f"{shown} is a name, not an address; give the address it stands for, 0x and 40 digits"
    return f"the address {shown!r} is none of {title}: give 0x and 40 hexadecimal digits"
