"""Where private keys lie, as signing needs them: an encrypted file, a PKCS#11 token, or nothing but these two."""

from enum import Enum
from typing import Protocol


class Curve(Enum):
    """Which curve a key is on."""

    SECP256K1 = "secp256k1"
    ED25519 = "ed25519"


class NoSuchKey(Exception):
    """The key store holds no key for this path."""


class KeyStore(Protocol):
    """Signs with keys that never leave it.

    `path` is below the account of a network: `LTC/1/0`, and for a multisig member the member's own store is asked.
    """

    def public_key(self, path: str, curve: Curve) -> bytes:
        """Return a public key: 33 bytes compressed for secp256k1, 32 for Ed25519. Errors: `NoSuchKey`."""

    def sign(self, path: str, curve: Curve, message: bytes) -> bytes:
        """Sign a 32 byte digest (secp256k1, 64 bytes r and s, s in the lower half) or a message (Ed25519, 64 bytes).

        Errors: `NoSuchKey`.
        """
