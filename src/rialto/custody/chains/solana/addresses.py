"""Addresses of Solana: 32 bytes in base 58, without a checksum, so that the little that can be checked is."""

import re
from typing import Final

from solders.pubkey import Pubkey

from rialto.custody.chains.adapter import InvalidAddress
from rialto.custody.chains.foreign import network_of

SYSTEM_PROGRAM: Final = Pubkey.from_string("11111111111111111111111111111111")
MEMO_PROGRAM: Final = Pubkey.from_string("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")
MEMO_PROGRAM_OLD: Final = Pubkey.from_string("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo")
TOKEN_PROGRAM: Final = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
TOKEN_2022_PROGRAM: Final = Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")
ASSOCIATED_PROGRAM: Final = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
TAG_BYTES_MAX: Final = 64

_NO_WALLETS: Final = (SYSTEM_PROGRAM, MEMO_PROGRAM, MEMO_PROGRAM_OLD)
_SPELLED: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}", re.ASCII)


def read_address(address: str, network: str, *, is_for_token: bool = False) -> Pubkey:
    """Read an address that can be paid; for a token it need be no wallet. Errors: `InvalidAddress`."""
    if not _SPELLED.fullmatch(address):
        other = network_of(address)
        hint = f"; it is an address of {other}" if other else ""
        raise InvalidAddress(f"{address[:64]!r} is not an address of {network}{hint}")
    try:
        key = Pubkey.from_string(address)
    except ValueError:
        raise InvalidAddress(f"{address!r} is not an address of {network}: it does not come to 32 bytes") from None
    if key in _NO_WALLETS or address.startswith("Sysvar") or not (is_for_token or key.is_on_curve()):
        raise no_wallet(address)
    return key


def is_wallet(address: str) -> bool:
    """Tell whether somebody can hold the key of an address."""
    return Pubkey.from_string(address).is_on_curve()


def no_wallet(address: str) -> InvalidAddress:
    """Say that an address is nobody's."""
    return InvalidAddress(f"{address} is no wallet: nobody can hold its key; give the address of a wallet")


def check_tag(tag: str | None, pattern: str, network: str) -> None:
    """Check a memo. Errors: `InvalidAddress`."""
    if tag is None:
        return
    if not tag or len(tag.encode()) > TAG_BYTES_MAX or not tag.isprintable() or tag != tag.strip():
        raise InvalidAddress(f"a memo on {network} has 1 to {TAG_BYTES_MAX} printable characters, no space around them")
    if pattern and not re.fullmatch(pattern, tag):
        raise InvalidAddress(f"{tag!r} is not a memo of {network}; those look like {pattern}")


def read_own(told: str) -> dict[str, str]:
    """Read our own addresses by path: `0/0=… 1/0=…`. Raises ValueError, saying what is wrong."""
    found: dict[str, str] = {}
    for each in told.split():
        path, separator, address = each.partition("=")
        if not separator or not re.fullmatch(r"[0-2]/[0-9]{1,9}", path) or path in found:
            raise ValueError(f"xpub holds {each!r}; give every address once, as 0/0=ADDRESS 1/0=ADDRESS")
        try:
            found[path] = str(read_address(address, "Solana"))
        except InvalidAddress as error:
            raise ValueError(f"xpub: {error}") from error
    if "0/0" not in found or "1/0" not in found:
        raise ValueError("xpub names no deposit address 0/0 or no hot address 1/0; keys of Solana derive no others")
    return found
