"""Keys derived from one secret: BIP-32 for secp256k1, SLIP-10 for Ed25519. Deterministic signatures on both.

Signing is by libsecp256k1 (RFC 6979, lower half of s) and by OpenSSL. Private keys are held for the accounts of the
configured networks only. Python can neither pin nor wipe what its libraries copy; the process is hardened instead
(`process`).
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from embit import bip32
from embit.ec import PrivateKey

from rialto.custody.signing.keys import Curve, NoSuchKey

HARDENED: Final = 1 << 31
XPUB: Final = bytes.fromhex("0488b21e")
"""What an extended public key begins with on main networks."""


class _Node(NamedTuple):
    """A SLIP-10 node."""

    key: bytes
    chain_code: bytes


class DerivedKeys:
    """A key store over one secret in memory."""

    def __init__(self, secret: bytes, accounts: Mapping[str, str]) -> None:
        """Derive from a seed of 16 to 64 bytes; `accounts` gives each network's account, such as `m/84'/2'/0'`."""
        root = bip32.HDKey.from_seed(secret)
        self.fingerprint: str = root.my_fingerprint.hex()
        self._accounts = {network: root.derive(path) for network, path in accounts.items()}
        beginning = _split(hmac.digest(b"ed25519 seed", secret, "sha512"))
        self._ed25519 = {network: _descend(beginning, indexes_of(path)) for network, path in accounts.items()}

    def account_key(self, network: str, version: bytes = XPUB) -> str:
        """Return a network's extended public key, in the spelling of a version (SLIP-132). Errors: `NoSuchKey`."""
        if network not in self._accounts:
            raise NoSuchKey(f"no account is configured for {network!r}")
        text: str = self._accounts[network].to_public().to_base58(version)
        return text

    def public_key(self, path: str, curve: Curve) -> bytes:
        """Return a public key. Errors: `NoSuchKey`."""
        if curve is Curve.ED25519:
            return self._signing_key(path).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        public: bytes = self._private_key(path).get_public_key().sec()
        return public

    def sign(self, path: str, curve: Curve, message: bytes) -> bytes:
        """Sign. Errors: `NoSuchKey`."""
        if curve is Curve.ED25519:
            return self._signing_key(path).sign(message)
        assert len(message) == 32, "secp256k1 signs a digest"
        return compact(self._private_key(path).sign(message).serialize())

    def exported(self, path: str) -> tuple[bytes, bytes]:
        """Return a secp256k1 key, 32 bytes, and its public key, 65 bytes: for a token. Errors: `NoSuchKey`."""
        private = self._private_key(path)
        public = private.get_public_key()
        public.compressed = False
        return private.secret, public.sec()

    def _private_key(self, path: str) -> PrivateKey:
        network, below = _parts(path)
        if network not in self._accounts:
            raise NoSuchKey(f"no account is configured for {network!r}")
        return self._accounts[network].derive(below).key

    def _signing_key(self, path: str) -> Ed25519PrivateKey:
        network, below = _parts(path)
        if network not in self._ed25519:
            raise NoSuchKey(f"no account is configured for {network!r}")
        node = _descend(self._ed25519[network], [index | HARDENED for index in below])
        return Ed25519PrivateKey.from_private_bytes(node.key)


def indexes_of(path: str) -> list[int]:
    """Read a path such as `m/84'/2'/0'`."""
    levels = path.removeprefix("m").strip("/").split("/") if path != "m" else []
    return [int(level.rstrip("'h")) + (HARDENED if level[-1] in "'h" else 0) for level in levels]


def compact(der: bytes) -> bytes:
    """Turn a DER signature into r and s, 32 bytes each."""
    length = der[3]
    r = int.from_bytes(der[4 : 4 + length], "big")
    s = int.from_bytes(der[6 + length :], "big")
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _parts(path: str) -> tuple[str, list[int]]:
    network, _, below = path.partition("/")
    levels = below.split("/")
    if len(levels) != 2 or not all(level.isascii() and level.isdigit() and int(level) < HARDENED for level in levels):
        raise NoSuchKey(f"{path!r} is no path of a key")
    return network, [int(level) for level in levels]


def _descend(node: _Node, indexes: list[int]) -> _Node:
    """Derive as SLIP-10 has it for Ed25519, where every level is hardened."""
    for index in indexes:
        assert index >= HARDENED, "Ed25519 derives hardened levels only"
        node = _split(hmac.digest(node.chain_code, b"\x00" + node.key + index.to_bytes(4, "big"), "sha512"))
    return node


def _split(digest: bytes) -> _Node:
    return _Node(digest[:32], digest[32:])


def seed_of(words: str, passphrase: str = "") -> bytes:
    """Turn backup words into a seed, as BIP-39 has it. Precondition: the words were checked."""
    return hashlib.pbkdf2_hmac("sha512", words.encode(), b"mnemonic" + passphrase.encode(), 2_048)
