"""Transactions to be signed, as PSBT (BIP-174): written, read back with suspicion, finished.

What is read must be exactly what this module would write, byte for byte: nothing unknown, nothing twice, nothing
spelled in another way. Every input is segregated witness, version 0, and is signed whole (SIGHASH_ALL). Beside an input
goes the transaction it comes from, stripped of its witness, so that no amount is taken on trust: a fee reckoned from a
false amount could burn what an input really holds.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from embit import ec
from embit.base import EmbitError
from embit.psbt import PSBT
from embit.script import Script, Witness
from embit.transaction import Transaction, TransactionInput, TransactionOutput
from embit.util import secp256k1

from rialto.custody.chains.bitcoin import raw
from rialto.custody.chains.bitcoin.derivation import hashed_script, key_script

BODY_MAX: Final = 4_000_000
AMOUNT_MAX: Final = 84_000_000 * 100_000_000
SEQUENCE_REPLACEABLE: Final = 0xFFFFFFFD
SEQUENCE_FINAL: Final = 0xFFFFFFFE
_VERSION: Final = 2
_SIGHASH_ALL: Final = 1
_SIGNATURE_LENGTH: Final = 64
_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


class Unclear(Exception):
    """A PSBT that is not exactly one of ours."""


class Input(msgspec.Struct, frozen=True):
    """What is spent."""

    outpoint: str
    amount: int
    script: bytes
    inner: bytes | None
    """The script of several keys that `script` stands for; None where one key is paid."""
    sequence: int


class Output(msgspec.Struct, frozen=True):
    """What is paid."""

    script: bytes
    amount: int


class Draft(msgspec.Struct, frozen=True):
    """A transaction that is not signed yet."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    lock_time: int = 0

    @property
    def fee(self) -> int:
        """What it costs, exactly."""
        return sum(each.amount for each in self.inputs) - sum(each.amount for each in self.outputs)


def write(draft: Draft, parents: Mapping[str, bytes]) -> bytes:
    """Write a draft; `parents` holds the stripped bytes of each transaction that is spent from, by id."""
    packet = PSBT(_transaction(draft), unknown={})
    for scope, given in zip(packet.inputs, draft.inputs, strict=True):
        scope.unknown = {}
        scope.witness_utxo = TransactionOutput(given.amount, Script(given.script))
        parent = parents.get(given.outpoint.split(":")[0])
        if parent is not None:
            scope.non_witness_utxo = Transaction.parse(parent)
        if given.inner is not None:
            scope.witness_script = Script(given.inner)
    return bytes(packet.serialize())


def read(body: bytes) -> Draft:
    """Read a draft back. Errors: `Unclear`."""
    if len(body) > BODY_MAX:
        raise Unclear(f"the transaction has {len(body)} bytes, more than {BODY_MAX}")
    try:
        packet = PSBT.parse(body)
        is_same = bytes(packet.serialize()) == body
    except (EmbitError, ValueError, IndexError, TypeError, OverflowError, AttributeError, RuntimeError) as error:
        raise Unclear("the transaction does not read as a PSBT") from error
    if not is_same:
        raise Unclear("the PSBT is not spelled as we would spell it")
    return _draft(packet)


def digests(draft: Draft) -> tuple[bytes, ...]:
    """Return what is signed for each input (BIP-143)."""
    transaction = _transaction(draft)
    found = []
    for index, each in enumerate(draft.inputs):
        code = each.inner if each.inner is not None else b"\x76\xa9\x14" + each.script[2:] + b"\x88\xac"
        found.append(bytes(transaction.sighash_segwit(index, Script(code), each.amount, _SIGHASH_ALL)))
    return tuple(found)


def identity(draft: Draft) -> str:
    """Return the transaction's id, which signing does not change."""
    return str(_transaction(draft).txid().hex())


def finish(draft: Draft, witnesses: Sequence[Sequence[bytes]]) -> bytes:
    """Put witnesses in their places. Precondition: one for each input, checked."""
    transaction = _transaction(draft)
    for each, items in zip(transaction.vin, witnesses, strict=True):
        each.witness = Witness(list(items))
    return bytes(transaction.serialize())


def key_witness(each: Input, digest: bytes, public_key: bytes, signature: bytes) -> list[bytes]:
    """Return the witness of an input that pays one key. Errors: `Unclear`, when it would not be taken."""
    if each.script != key_script(public_key):
        raise Unclear(f"{each.outpoint} is not paid to the key that signed")
    return [spelled(signature, digest, public_key), public_key]


def spelled(signature: bytes, digest: bytes, public_key: bytes) -> bytes:
    """Spell a signature (r and s, 32 bytes each) as a witness holds it. Errors: `Unclear`, when it does not verify."""
    if not verifies(signature, digest, public_key):
        raise Unclear("a signature does not verify")
    return bytes(secp256k1.ecdsa_signature_serialize_der(secp256k1.ecdsa_signature_parse_compact(signature))) + b"\x01"


def compact(signature: bytes) -> bytes | None:
    """Return r and s of a signature as a witness holds it; None where it does not sign the whole, or is none."""
    if signature[-1:] != b"\x01":
        return None
    try:
        return bytes(secp256k1.ecdsa_signature_serialize_compact(secp256k1.ecdsa_signature_parse_der(signature[:-1])))
    except (EmbitError, ValueError):
        return None


def verifies(signature: bytes, digest: bytes, public_key: bytes) -> bool:
    """Tell whether r and s sign a digest, with s in the lower half as nodes demand."""
    if len(signature) != _SIGNATURE_LENGTH or not 0 < int.from_bytes(signature[32:]) <= _HALF_ORDER:
        return False
    try:
        key = ec.PublicKey.parse(public_key)
        return bool(key.verify(ec.Signature(secp256k1.ecdsa_signature_parse_compact(signature)), digest))
    except (EmbitError, ValueError):
        return False


def _transaction(draft: Draft) -> Any:
    inputs = []
    for each in draft.inputs:
        transaction, number = each.outpoint.split(":")
        inputs.append(TransactionInput(bytes.fromhex(transaction), int(number), sequence=each.sequence))
    outputs = [TransactionOutput(each.amount, Script(each.script)) for each in draft.outputs]
    return Transaction(_VERSION, inputs, outputs, draft.lock_time)


def _draft(packet: Any) -> Draft:
    if packet.version is not None or packet.unknown or packet.xpubs or packet.tx_version != _VERSION:
        raise Unclear("the PSBT is not version 0 of a version 2 transaction, or says more than we do")
    if not packet.inputs or not packet.outputs:
        raise Unclear("the PSBT spends nothing or pays nothing")
    inputs = tuple(_input(scope, len(packet.inputs)) for scope in packet.inputs)
    if len({each.outpoint for each in inputs}) != len(inputs):
        raise Unclear("the PSBT spends one output twice")
    outputs = []
    for scope in packet.outputs:
        if scope.unknown or scope.redeem_script or scope.witness_script or scope.bip32_derivations:
            raise Unclear("an output of the PSBT says more than we do")
        outputs.append(Output(bytes(scope.script_pubkey.data), _amount(scope.value)))
    draft = Draft(inputs, tuple(outputs), packet.locktime or 0)
    if draft.fee < 0:
        raise Unclear("the PSBT pays more than it spends")
    return draft


def _input(scope: Any, of: int) -> Input:
    said = (scope.unknown, scope.partial_sigs, scope.redeem_script, scope.bip32_derivations, scope.final_scriptsig)
    more = (scope.final_scriptwitness, scope.taproot_internal_key, scope.taproot_sigs, scope.taproot_scripts)
    rest = (scope.taproot_bip32_derivations, scope.taproot_merkle_root)
    if any(said) or any(more) or any(rest) or scope.sighash_type is not None:
        raise Unclear("an input of the PSBT says more than we do")
    if scope.witness_utxo is None or scope.txid is None or scope.vout is None:
        raise Unclear("an input of the PSBT does not say what it spends")
    outpoint = f"{scope.txid.hex()}:{scope.vout}"
    amount, script = _amount(scope.witness_utxo.value), bytes(scope.witness_utxo.script_pubkey.data)
    if scope.non_witness_utxo is None and of > 1:
        raise Unclear(f"the transaction that {outpoint} comes from is missing: its amount would be taken on trust")
    if scope.non_witness_utxo is not None:
        _check_parent(scope, outpoint, amount, script)
    inner = None if scope.witness_script is None else bytes(scope.witness_script.data)
    is_key = len(script) == 22 and script[:2] == b"\x00\x14" and inner is None
    is_scripted = inner is not None and script == hashed_script(inner)
    if not is_key and not is_scripted:
        raise Unclear(f"{outpoint} is neither paid to a key (P2WPKH) nor to the script that is given (P2WSH)")
    sequence = scope.sequence
    if sequence not in (SEQUENCE_REPLACEABLE, SEQUENCE_FINAL):
        raise Unclear(f"{outpoint} is spent with sequence {sequence}, which we do not use")
    return Input(outpoint, amount, script, inner, sequence)


def _check_parent(scope: Any, outpoint: str, amount: int, script: bytes) -> None:
    parent = scope.non_witness_utxo
    if parent.txid() != scope.txid or scope.vout >= len(parent.vout):
        raise Unclear(f"the transaction given for {outpoint} is another one")
    made = parent.vout[scope.vout]
    if made.value != amount or bytes(made.script_pubkey.data) != script:
        raise Unclear(f"{outpoint} does not hold what is said")


def _amount(value: int) -> int:
    if not 0 <= value <= AMOUNT_MAX:
        raise Unclear(f"an amount of {value} cannot be")
    return int(value)


def unsigned_bytes(draft: Draft) -> bytes:
    """Return the transaction without its witness: the bytes its id is of."""
    return bytes(_transaction(draft).serialize())


def parents(body: bytes) -> dict[str, bytes]:
    """Return the transactions that go along in a PSBT that was read before, by id."""
    found = {}
    for scope in PSBT.parse(body).inputs:
        if scope.non_witness_utxo is not None:
            found[str(scope.txid.hex())] = bytes(scope.non_witness_utxo.serialize())
    return found


def parent_of(body: bytes) -> tuple[str, bytes]:
    """Return the id and the stripped bytes of a transaction as nodes give it. Errors: `raw.Malformed`."""
    stripped = raw.read(body).stripped
    return hashlib.sha256(hashlib.sha256(stripped).digest()).digest()[::-1].hex(), stripped
