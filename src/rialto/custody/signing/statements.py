"""Statements signed with the keys of addresses, in the form every wallet checks: that an address is ours.

The digests begin as the families' conventions have it (BIP-137's magic, EIP-191), so that none can be a transaction's.
"""

import hashlib
from typing import Final

from eth_hash.auto import keccak
from eth_keys.datatypes import PublicKey, Signature

from rialto.custody.chains.network import Family
from rialto.custody.signing.policy import NetworkPolicy

_MAGIC: Final = {"bitcoin": b"\x18Bitcoin Signed Message:\n", "litecoin": b"\x19Litecoin Signed Message:\n"}


def statement_digest(policy: NetworkPolicy, text: str) -> bytes:
    """Return what is signed for a statement: 32 bytes, for Ed25519 the text with a header no message can begin with."""
    words = text.encode()
    match policy.family:
        case Family.EVM:
            return keccak(b"\x19Ethereum Signed Message:\n" + str(len(words)).encode() + words)
        case Family.BITCOIN:
            magic = _MAGIC["litecoin" if policy.chain.startswith("litecoin") else "bitcoin"]
            return hashlib.sha256(hashlib.sha256(magic + _length(len(words)) + words).digest()).digest()
        case Family.SOLANA:
            return b"\xffsolana offchain" + b"\x00\x00" + len(words).to_bytes(2, "little") + words


def with_recovery(signature: bytes, public_key: bytes, digest: bytes) -> bytes:
    """Append which of the possible keys a signature (r, s) is of."""
    for which in range(2):
        candidate = signature + bytes([which])
        if _recovered(candidate, digest) == public_key:
            return candidate
    raise AssertionError("a signature of another key than the one it was made with")


def _recovered(signature: bytes, digest: bytes) -> bytes:
    key: PublicKey = Signature(signature).recover_public_key_from_msg_hash(digest)
    return key.to_compressed_bytes()


def _length(count: int) -> bytes:
    """Spell a length as bitcoin's messages do."""
    return bytes([count]) if count < 0xFD else b"\xfd" + count.to_bytes(2, "little")
