"""EIP-1559 transactions, written and read byte by byte: the only kind this exchange makes.

A body is what is signed: `0x02 || rlp([chain, nonce, tip, price, gas, to, value, data, accesses])`. Reading is strict:
what is not spelled in the one canonical way is refused, so that what was read is all there is.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import rlp
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException

from rialto.custody.chains.evm.addresses import checksum

TYPE: Final = b"\x02"
GAS_OF_A_TRANSFER: Final = 21_000
GAS_MAX: Final = 2**32
UINT256_MAX: Final = 2**256 - 1
CURVE_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
BODY_LENGTH_MAX: Final = 1_000
"""A transfer of a token is a fifth of this."""


class Unspelled(Exception):
    """Bytes that are not a transaction of the kind made here."""


class Call(msgspec.Struct, frozen=True):
    """A transaction before it is signed. Prices are in wei a unit of gas."""

    chain: int
    nonce: int
    tip: int
    price: int
    """The most a unit of gas may cost, the tip included."""
    gas: int
    to: str
    value: int
    data: bytes = b""

    @property
    def fee_max(self) -> int:
        """The most the transaction can cost, in wei, beside the value."""
        return self.gas * self.price

    def body(self) -> bytes:
        """Spell what is signed."""
        return TYPE + _encoded(self._fields())

    def digest(self) -> bytes:
        """Return the 32 bytes that are signed."""
        return keccak(self.body())

    def signed(self, signature: bytes) -> bytes:
        """Spell the whole, with a signature of 65 bytes: r, s and the recovery id."""
        r, s = signature[:32].lstrip(b"\0"), signature[32:64].lstrip(b"\0")
        return TYPE + _encoded([*self._fields(), _number(signature[64]), r, s])

    def _fields(self) -> list[bytes | list[bytes]]:
        numbers = [_number(each) for each in (self.chain, self.nonce, self.tip, self.price, self.gas)]
        return [*numbers, bytes.fromhex(self.to[2:]), _number(self.value), self.data, []]


def read_body(body: bytes) -> Call:
    """Read what is signed. Errors: `Unspelled`."""
    if len(body) > BODY_LENGTH_MAX or body[:1] != TYPE:
        raise Unspelled("this is no EIP-1559 transaction of a size made here")
    try:
        fields = rlp.decode(body[1:], strict=True)
    except RLPException as error:
        raise Unspelled(f"the transaction is not spelled in RLP: {error}") from error
    if not isinstance(fields, list) or len(fields) != 9 or not all(isinstance(each, bytes) for each in fields[:8]):
        raise Unspelled("the transaction does not have the nine fields of EIP-1559")
    if fields[8] != []:
        raise Unspelled("the transaction has an access list")
    if len(fields[5]) != 20:
        raise Unspelled("the transaction goes to no address: it would create a contract")
    chain, nonce, tip, price, gas = (int.from_bytes(each) for each in fields[:5])
    call = Call(chain, nonce, tip, price, gas, checksum(fields[5]), int.from_bytes(fields[6]), fields[7])
    if call.body() != body:
        raise Unspelled("the transaction is not spelled in the canonical way")
    if not 0 < gas <= GAS_MAX or tip > price or price > UINT256_MAX or call.value > UINT256_MAX or nonce >= 2**64:
        raise Unspelled("a field of the transaction is out of its range")
    return call


def signer_of(digest: bytes, signature: bytes) -> str:
    """Recover whose signature it is: 65 bytes, s in the lower half. Errors: `Unspelled`."""
    if len(signature) != 65 or signature[64] > 1:
        raise Unspelled("a signature has 65 bytes: r, s and a recovery id of 0 or 1")
    if not 0 < int.from_bytes(signature[32:64]) <= CURVE_ORDER // 2:
        raise Unspelled("the signature's s is not in the lower half")
    try:
        key = Signature(signature).recover_public_key_from_msg_hash(digest)
    except (BadSignature, ValidationError) as error:
        raise Unspelled("the signature is of no key") from error
    return checksum(key.to_canonical_address())


def with_recovery_id(digest: bytes, public_key: bytes, signature: bytes) -> bytes:
    """Add the recovery id to a signature (64 bytes) of a compressed public key, s brought to the lower half.

    Errors: `Unspelled` when the key did not sign this.
    """
    if len(signature) != 64:
        raise Unspelled("a signature has 64 bytes, r and s")
    s = int.from_bytes(signature[32:])
    low = signature[:32] + min(s, CURVE_ORDER - s).to_bytes(32) if 0 < s < CURVE_ORDER else signature
    for recovery_id in (b"\0", b"\1"):
        try:
            key = Signature(low + recovery_id).recover_public_key_from_msg_hash(digest)
        except (BadSignature, ValidationError):
            continue
        if key.to_compressed_bytes() == public_key:
            return low + recovery_id
    raise Unspelled("the signature is not of this key over this transaction")


def transaction_id(raw: bytes) -> str:
    """Return the id of a signed transaction."""
    return "0x" + keccak(raw).hex()


def spent(address: str, nonce: int) -> str:
    """Spell what a transaction uses up."""
    return f"{address}:{nonce}"


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8)


def _encoded(fields: Sequence[bytes | list[bytes]]) -> bytes:
    encoded: bytes = rlp.encode(fields)
    return encoded
