"""Signed statements of addresses: what a key signs, and how anybody checks it.

EVM networks: EIP-191 (`personal_sign`); anybody's wallet checks it. Bitcoin family: BIP-137, the compact signature with
its header byte for a P2WPKH address, over the message with the network's own prefix. A signature is spelled with its
scheme, as `eip191:0x…` or `bip137:…`.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Final

from embit import script
from embit.ec import PublicKey
from embit.networks import NETWORKS
from eth_keys.datatypes import PublicKey as PublicKeyOfSigner
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from rialto.custody.reserves.documents import HeldAddress

EIP191: Final = "eip191:"
BIP137: Final = "bip137:"
P2WPKH_HEADER: Final = 39
"""The header byte of a signature for a P2WPKH address whose recovery id is 0."""

MESSAGE_PREFIXES: Final[Mapping[str, str]] = {"BTC": "Bitcoin Signed Message:\n", "LTC": "Litecoin Signed Message:\n"}
"""What wallets of the networks put before a message."""

HUMAN_PARTS: Final = ("bc", "tb", "bcrt", "ltc", "tltc", "rltc")
"""The first parts of addresses that a key's may begin with: mainnets, testnets, private networks."""


def eip191_digest(text: str) -> bytes:
    """Return what a key signs of a statement on an EVM network."""
    message = text.encode()
    return bytes(keccak(b"\x19Ethereum Signed Message:\n" + str(len(message)).encode() + message))


def bip137_digest(text: str, network: str) -> bytes:
    """Return what a key signs of a statement on a network of the Bitcoin family."""
    prefix = MESSAGE_PREFIXES.get(network, MESSAGE_PREFIXES["BTC"]).encode()
    message = text.encode()
    spelled = bytes([len(prefix)]) + prefix + _length(len(message)) + message
    return hashlib.sha256(hashlib.sha256(spelled).digest()).digest()


def spell_eip191(signature: bytes) -> str:
    """Spell a signature of 65 bytes (r, s, which key) as wallets of EVM networks do."""
    return f"{EIP191}0x{signature[:64].hex()}{27 + signature[64]:02x}"


def spell_bip137(signature: bytes) -> str:
    """Spell a signature of 65 bytes (r, s, which key) by the key of a P2WPKH address as wallets do."""
    return BIP137 + base64.b64encode(bytes([P2WPKH_HEADER + signature[64]]) + signature[:64]).decode()


def is_signed(held: HeldAddress) -> bool:
    """Tell whether the statement beside an address is signed by the address's key; what cannot be read is not."""
    try:
        if held.signature.startswith(EIP191):
            return _eip191_signer(held.statement, held.signature).lower() == held.address.lower()
        if held.signature.startswith(BIP137):
            return held.address.lower() in _bip137_signers(held.statement, held.network, held.signature)
    except (ValueError, binascii.Error, ValidationError, BadSignature):
        return False
    return False


def _eip191_signer(text: str, spelled: str) -> str:
    signature = bytes.fromhex(spelled.removeprefix(EIP191).removeprefix("0x"))
    if len(signature) != 65 or signature[64] not in (27, 28):
        raise ValueError("no signature of 65 bytes")
    key = _recovered(eip191_digest(text), signature[:64], signature[64] - 27)
    return str(key.to_checksum_address())


def _bip137_signers(text: str, network: str, spelled: str) -> set[str]:
    signature = base64.b64decode(spelled.removeprefix(BIP137), validate=True)
    if len(signature) != 65 or not P2WPKH_HEADER <= signature[0] < P2WPKH_HEADER + 4:
        raise ValueError("no compact signature for a P2WPKH address")
    key = _recovered(bip137_digest(text, network), signature[1:], signature[0] - P2WPKH_HEADER)
    program = script.p2wpkh(PublicKey.parse(key.to_compressed_bytes()))
    return {program.address({**NETWORKS["main"], "bech32": part}) for part in HUMAN_PARTS}


def _recovered(digest: bytes, signature: bytes, recovery: int) -> PublicKeyOfSigner:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    return Signature(vrs=(recovery, r, s)).recover_public_key_from_msg_hash(digest)


def _length(count: int) -> bytes:
    return bytes([count]) if count < 0xFD else b"\xfd" + count.to_bytes(2, "little")
