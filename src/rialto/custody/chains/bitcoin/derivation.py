"""Our own addresses: derived from an account's extended public key alone, below it at `0/i`, `1/i` and `2/i`."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from embit import base58, bip32, hashes, script
from embit.base import EmbitError

from rialto.custody.chains.bitcoin.addresses import address_of
from rialto.custody.chains.bitcoin.parameters import CHAINS, Parameters
from rialto.foundation.configuration import InvalidConfiguration

CHAIN_DEPOSITS: Final = 0
CHAIN_HOT: Final = 1
_PATH: Final = re.compile(r"([0-2])/(0|[1-9][0-9]{0,9})", re.ASCII)
_INDEX_MAX: Final = 2**31 - 1
_KEPT: Final = 8_192
_KEY_LENGTH: Final = 78
_PRIVATE_MARKS: Final = ("prv", "Ltpv", "ttpv")


class InvalidPath(ValueError):
    """A path that is not below an account: `0/7` is."""


class AccountKey:
    """The extended public key of an account."""

    def __init__(self, spelled: str, parameters: Parameters) -> None:
        """Read a key in any spelling its chain knows. Errors: `InvalidConfiguration`, which does not show it."""
        self.parameters: Final = parameters
        self._key = _read(spelled, parameters)
        self._chains: Final = [self._key.derive([chain]) for chain in range(3)]
        self.public_key = lru_cache(_KEPT)(self._public_key)

    @property
    def fingerprint(self) -> str:
        """Names the key in eight hexadecimal digits, such as for the wallet that watches it."""
        return str(self._key.my_fingerprint.hex())

    @property
    def spelled(self) -> str:
        """The key as the chain's nodes read it."""
        return str(self._key.to_base58(self.parameters.key_versions[0]))

    def _public_key(self, path: str) -> bytes:
        chain, index = place(path)
        return bytes(self._chains[chain].derive([index]).sec())

    def script(self, path: str) -> bytes:
        """Return the script that pays the key at a path (P2WPKH). Errors: `InvalidPath`."""
        return key_script(self.public_key(path))

    def address(self, path: str) -> str:
        """Spell the address at a path. Errors: `InvalidPath`."""
        return spelled_address(self.script(path), self.parameters)


def place(path: str) -> tuple[int, int]:
    """Read a path: the chain below the account, and the index. Errors: `InvalidPath`."""
    match = _PATH.fullmatch(path)
    if match is None or int(match[2]) > _INDEX_MAX:
        raise InvalidPath(f"{path!r} is not a path below an account; give one such as 0/7")
    return int(match[1]), int(match[2])


def key_script(public_key: bytes) -> bytes:
    """Return the script that pays one key (P2WPKH)."""
    return b"\x00\x14" + bytes(hashes.hash160(public_key))


def witness_script(public_keys: Sequence[bytes], threshold: int) -> bytes:
    """Return the script of so many of these keys, which are sorted first (BIP-67)."""
    pushed = b"".join(bytes([len(key)]) + key for key in sorted(public_keys))
    return bytes([0x50 + threshold]) + pushed + bytes([0x50 + len(public_keys), 0xAE])


def hashed_script(inner: bytes) -> bytes:
    """Return the script that pays another script (P2WSH)."""
    return bytes(script.p2wsh(script.Script(inner)).data)


def spelled_address(output: bytes, parameters: Parameters) -> str:
    """Spell the address of one of our own scripts. Precondition: it has one."""
    address = address_of(output, parameters)
    assert address is not None, "a script of ours has an address"
    return address


def _read(spelled: str, parameters: Parameters) -> Any:
    try:
        decoded: bytes = base58.decode_check(spelled)
        if len(decoded) != _KEY_LENGTH:
            raise InvalidConfiguration(
                "an account's extended public key has 78 bytes, and this has not; give the whole"
            )
        if decoded[:4] not in parameters.key_versions:
            raise InvalidConfiguration(_what_it_is(spelled, decoded[:4], parameters))
        key = bip32.HDKey.parse(CHAINS["bitcoin"].key_versions[0] + decoded[4:])
    except InvalidConfiguration:
        raise
    except (EmbitError, ValueError, IndexError, AssertionError) as error:
        raise InvalidConfiguration(
            f"the extended public key for {parameters.title} cannot be read; copy it again from the signer"
        ) from error
    if key.is_private:
        raise InvalidConfiguration("a private key was given where a public one belongs; give what the signer shows")
    return key


def _what_it_is(spelled: str, version: bytes, parameters: Parameters) -> str:
    if spelled[1:4] == "prv" or spelled.startswith(_PRIVATE_MARKS):
        return "a private key was given where a public one belongs; give what the signer shows, and change that key"
    owner = next((each.title for each in CHAINS.values() if version in each.key_versions), None)
    if owner is not None:
        return f"the extended public key is one for {owner}, not for {parameters.title}"
    return (
        f"the extended public key begins with {spelled[:4]}, which is not one for addresses of {parameters.title} that "
        "pay a key (P2WPKH); give an xpub or zpub"
    )
