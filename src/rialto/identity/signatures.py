"""How requests are signed: HMAC-SHA256 with a shared secret, or RSA and Ed25519 with a key only the client has.

A verifier holds what is needed to check signatures of one key and nothing that could make them, but for HMAC, where the
two are the same. HMAC signatures travel in hexadecimal of either case; RSA (PKCS#1 v1.5 over SHA-256) and Ed25519 ones
in base64. Source: the pages "API Key Types" and "Request security" of the API.
"""

import base64
import binascii
import hashlib
import hmac
from enum import Enum
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from rialto.foundation.failures import ExpectedFailure

RSA_BITS_MIN: Final = 2_048
RSA_BITS_MAX: Final = 4_096
PUBLIC_KEY_TEXT_MAX: Final = 4_096
"""How long the text of a public key may be."""

_HASH: Final = SHA256()
_PADDING: Final = PKCS1v15()


class InvalidPublicKey(ExpectedFailure):
    """A text that is no public key, or one of a kind or size that is not accepted."""


class KeyType(Enum):
    """How a key's requests are signed."""

    HMAC = "hmac"
    RSA = "rsa"
    ED25519 = "ed25519"


class Verifier(Protocol):
    """Checks the signatures of one key."""

    def verify(self, payload: bytes, signature: str) -> bool:
        """Tell whether the signature is the key's over the payload. Takes no longer for a better guess."""


class HmacVerifier:
    """Checks HMAC-SHA256 by a secret of at most 64 bytes."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: str) -> None:
        # RFC 2104 with the two key blocks hashed beforehand: a check copies two states instead of keying anew. A
        # secret is as long as a block, never longer.
        block = secret.encode().ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def verify(self, payload: bytes, signature: str) -> bool:
        """See `Verifier`."""
        inner = self._inner.copy()
        inner.update(payload)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return signature.isascii() and hmac.compare_digest(outer.hexdigest(), signature.lower())


class RsaVerifier:
    """Checks RSASSA-PKCS1-v1_5 with SHA-256 by a public key."""

    __slots__ = ("_public_key",)

    def __init__(self, public_key: RSAPublicKey) -> None:
        self._public_key = public_key

    def verify(self, payload: bytes, signature: str) -> bool:
        """See `Verifier`."""
        try:
            self._public_key.verify(_from_base64(signature), payload, _PADDING, _HASH)
        except (InvalidSignature, ValueError):
            return False
        return True


class Ed25519Verifier:
    """Checks Ed25519 (RFC 8032) by a public key."""

    __slots__ = ("_public_key",)

    def __init__(self, public_key: Ed25519PublicKey) -> None:
        self._public_key = public_key

    def verify(self, payload: bytes, signature: str) -> bool:
        """See `Verifier`."""
        try:
            self._public_key.verify(_from_base64(signature), payload)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_public_key(text: str) -> tuple[KeyType, str, Verifier]:
    """Read a public key in PEM; return its type, the key as PEM in its one standard spelling, and a verifier.

    Errors: `InvalidPublicKey`.
    """
    if len(text) > PUBLIC_KEY_TEXT_MAX:
        raise InvalidPublicKey(f"a public key of {len(text)} characters; at most {PUBLIC_KEY_TEXT_MAX} are read")
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidPublicKey(
            "this is no public key in PEM, which begins with -----BEGIN PUBLIC KEY----- (openssl pkey -pubout)"
        ) from error
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    if isinstance(key, Ed25519PublicKey):
        return KeyType.ED25519, pem, Ed25519Verifier(key)
    if isinstance(key, RSAPublicKey):
        if not RSA_BITS_MIN <= key.key_size <= RSA_BITS_MAX:
            raise InvalidPublicKey(f"an RSA key of {key.key_size} bits; give one of {RSA_BITS_MIN} to {RSA_BITS_MAX}")
        return KeyType.RSA, pem, RsaVerifier(key)
    raise InvalidPublicKey("a public key of another kind; give an Ed25519 or RSA key")


def _from_base64(signature: str) -> bytes:
    """Decode a signature. Raises ValueError for anything but plain base64 with its padding."""
    try:
        return base64.b64decode(signature, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
