"""Transactions: what is written is what is read, as other libraries read it; whatever else is refused."""

import pytest
import rlp
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_keys.datatypes import PrivateKey
from hexbytes import HexBytes
from hypothesis import given
from hypothesis import strategies as st

from rialto.custody.chains.adapter import Payment, Rejected, Signed, Unsigned
from rialto.custody.chains.evm import open_adapter, tokens
from rialto.custody.chains.evm.adapter import EvmAdapter
from rialto.custody.chains.evm.reading import EvmReader
from rialto.custody.chains.evm.transactions import CURVE_ORDER, Call, Unspelled, read_body
from rialto.custody.networks.configuration import Node
from rialto.custody.signing.effects import Unreadable
from tests.nodes.evm import CHAIN_ID, HOT, SECOND_HOT, XPUB, key, network, signatures

ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TOKEN = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
READER = EvmReader({"ETH": CHAIN_ID, "BSC": 56})

amounts = st.integers(1, 2**256 - 1) | st.sampled_from([1, 127, 128, 255, 256, 2**64, 2**256 - 1])
payments = st.builds(Payment, st.just(ADDRESS), st.none(), st.sampled_from([None, TOKEN]), amounts)


def adapter() -> EvmAdapter:
    return open_adapter(network(), Node("http://127.0.0.1:1", XPUB, {"chain_id": CHAIN_ID}))


def call_of(payment: Payment, nonce: int = 0, tip: int = 1, price: int = 10**9, gas: int = 21_000) -> Call:
    if payment.contract is None:
        return Call(CHAIN_ID, nonce, tip, price, gas, payment.destination, payment.amount)
    data = tokens.transfer_data(payment.destination, payment.amount)
    return Call(CHAIN_ID, nonce, tip, price, gas, payment.contract, 0, data)


def unsigned_of(call: Call, *stated: Payment) -> Unsigned:
    spends = (f"{HOT.address}:{call.nonce}",)
    return Unsigned("ETH", "evm", call.body(), (HOT,), stated, call.fee_max, spends)


def signed_by(path: str, unsigned: Unsigned) -> Signed:
    return adapter().combine(unsigned, signatures(unsigned, by=path))


@given(payments, st.integers(0, 2**64 - 1), st.integers(0, 10**12), st.integers(0, 10**12), st.integers(21_000, 10**7))
def test_what_is_built_is_what_is_read_and_signed(payment: Payment, nonce: int, tip: int, more: int, gas: int) -> None:
    call = call_of(payment, nonce, tip, tip + more, gas)
    unsigned = unsigned_of(call, payment)
    effects = READER.read(unsigned)
    assert read_body(call.body()) == call
    assert effects.payments == (payment,)
    assert (effects.fee_max, effects.spends) == (gas * (tip + more), unsigned.spends)

    signed = signed_by(HOT.path, unsigned)
    read = TypedTransaction.from_bytes(HexBytes(signed.raw))
    fields = read.as_dict()
    assert (fields["nonce"], fields["gas"], fields["maxFeePerGas"]) == (nonce, gas, call.price)
    assert Account.recover_transaction(signed.raw) == HOT.address
    assert "0x" + read.hash().hex().removeprefix("0x") != signed.transaction, "the unsigned hash is another"
    theirs = Account.sign_transaction(
        {
            "type": 2,
            "chainId": CHAIN_ID,
            "nonce": nonce,
            "maxPriorityFeePerGas": tip,
            "maxFeePerGas": call.price,
            "gas": gas,
            "to": call.to,
            "value": call.value,
            "data": call.data,
        },
        key(HOT.path).to_bytes(),
    )
    assert (bytes(theirs.raw_transaction), "0x" + bytes(theirs.hash).hex()) == (signed.raw, signed.transaction)


def spelled(*fields: object, kind: bytes = b"\x02") -> bytes:
    encoded: bytes = rlp.encode(list(fields))
    return kind + encoded


TO = bytes.fromhex(ADDRESS[2:])
GOOD: tuple[object, ...] = (CHAIN_ID, 1, 2, 3, 21_000, TO, 5, b"", [])


def test_the_good_example_is_read() -> None:
    assert read_body(spelled(*GOOD)).value == 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no EIP-1559"),
        (spelled(*GOOD, kind=b"\x01"), "no EIP-1559"),
        (spelled(*GOOD)[1:], "no EIP-1559"),
        (spelled(*GOOD) + b"\0", "not spelled in RLP"),
        (spelled(*GOOD)[:-1], "not spelled in RLP"),
        (spelled(*GOOD[:8]), "nine fields"),
        (spelled(*GOOD, b""), "nine fields"),
        (spelled(*GOOD[:7], [b""], []), "nine fields"),
        (spelled(*GOOD[:8], [[TO, []]]), "access list"),
        (spelled(*GOOD[:5], b"", 5, b"", []), "create a contract"),
        (spelled(*GOOD[:5], TO[:19], 5, b"", []), "no address"),
        (spelled(CHAIN_ID, b"\0\1", *GOOD[2:]), "canonical"),
        (spelled(CHAIN_ID, b"\0", *GOOD[2:]), "canonical"),
        (spelled(CHAIN_ID, 1, 4, 3, *GOOD[4:]), "out of its range"),
        (spelled(CHAIN_ID, 1, 2, 3, 0, *GOOD[5:]), "out of its range"),
        (spelled(CHAIN_ID, 2**64, *GOOD[2:]), "out of its range"),
        (spelled(*GOOD[:6], 2**256, b"", []), "out of its range"),
        (spelled(*GOOD[:7], b"x" * 2_000, []), "of a size"),
    ],
)
def test_what_is_not_spelled_so_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Unspelled, match=reason):
        read_body(body)
    with pytest.raises(Unreadable, match=reason):
        READER.read(Unsigned("ETH", "evm", body, (HOT,), (), 0, ()))


@given(st.binary(max_size=200))
def test_nothing_crashes_the_reader(body: bytes) -> None:
    with pytest.raises(Unreadable):
        READER.read(Unsigned("ETH", "evm", b"\x02" + body, (HOT,), (), 0, ()))


approve = bytes.fromhex("095ea7b3") + bytes(64)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (Call(CHAIN_ID, 0, 1, 2, 90_000, TOKEN, 0, approve), "not its transfer: 0x095ea7b3"),
        (Call(CHAIN_ID, 0, 1, 2, 90_000, TOKEN, 0, tokens.transfer_data(ADDRESS, 5) + b"\0"), "not its transfer"),
        (Call(CHAIN_ID, 0, 1, 2, 90_000, TOKEN, 0, tokens.transfer_data(ADDRESS, 5)[:-1]), "not its transfer"),
        (Call(CHAIN_ID, 0, 1, 2, 90_000, TOKEN, 0, tokens.TRANSFER + b"\1" * 64), "not its transfer"),
        (Call(CHAIN_ID, 0, 1, 2, 90_000, TOKEN, 1, tokens.transfer_data(ADDRESS, 5)), "pays coins to the contract"),
        (Call(CHAIN_ID, 0, 1, 2, 90_000, TOKEN, 0, tokens.transfer_data(ADDRESS, 0)), "pays nothing"),
        (Call(CHAIN_ID, 0, 1, 2, 90_000, ADDRESS, 0), "pays nothing"),
        (Call(1, 0, 1, 2, 90_000, ADDRESS, 5), "is for chain 1; ETH is chain 31337"),
    ],
)
def test_what_is_no_payment_is_not_read(call: Call, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        READER.read(unsigned_of(call))
    with pytest.raises(Rejected):
        adapter().combine(unsigned_of(call, Payment(ADDRESS, None, None, 5)), (bytes(65),))


def test_only_known_networks_with_one_sender_are_read() -> None:
    body = call_of(Payment(ADDRESS, None, None, 5)).body()
    with pytest.raises(Unreadable, match="no EVM network 'LTC'"):
        READER.read(Unsigned("LTC", "evm", body, (HOT,), (), 0, ()))
    with pytest.raises(Unreadable, match="names 2"):
        READER.read(Unsigned("ETH", "evm", body, (HOT, SECOND_HOT), (), 0, ()))


def test_the_reader_spells_addresses_of_keys() -> None:
    assert READER.address(HOT.path, key(HOT.path).public_key.to_compressed_bytes()) == HOT.address


@given(st.binary(min_size=32, max_size=32).filter(lambda secret: 0 < int.from_bytes(secret) < CURVE_ORDER))
def test_a_signature_is_placed_with_s_in_the_lower_half(secret: bytes) -> None:
    unsigned = unsigned_of(call_of(Payment(ADDRESS, None, None, 5)), Payment(ADDRESS, None, None, 5))
    private = PrivateKey(secret)
    [digest] = READER.read(unsigned).digests
    compact = bytes(private.sign_msg_hash_non_recoverable(digest))
    high = compact[:32] + (CURVE_ORDER - int.from_bytes(compact[32:])).to_bytes(32)
    public = private.public_key.to_compressed_bytes()
    placed = READER.place(unsigned, [public], [compact])
    assert placed == (bytes(private.sign_msg_hash(digest)),) == READER.place(unsigned, [public], [high])


def test_signatures_of_others_are_not_placed() -> None:
    unsigned = unsigned_of(call_of(Payment(ADDRESS, None, None, 5)))
    public = key("1/0").public_key.to_compressed_bytes()
    other = bytes(key("1/0").sign_msg_hash_non_recoverable(b"1" * 32))
    for bad in (other, bytes(64), b"\xff" * 64, other[:63]):
        with pytest.raises(Unreadable):
            READER.place(unsigned, [public], [bad])
    with pytest.raises(Unreadable, match="there are 2"):
        READER.place(unsigned, [public, public], [other, other])


def test_only_what_was_to_be_signed_is_combined() -> None:
    payment = Payment(ADDRESS, None, None, 5)
    call = call_of(payment)
    good = unsigned_of(call, payment)
    [signature] = signatures(good)
    assert adapter().combine(good, [signature]).raw[0] == 2
    high = signature[:32] + (CURVE_ORDER - int.from_bytes(signature[32:64])).to_bytes(32) + bytes([1 - signature[64]])
    with pytest.raises(Rejected, match="lower half"):
        adapter().combine(good, [high])
    for bad in (signature[:64], signature[:64] + b"\2", signature + b"\0", bytes(65), signature[:32] + bytes(33)):
        with pytest.raises(Rejected):
            adapter().combine(good, [bad])
    with pytest.raises(Rejected, match="signed by"):
        signed_by("1/1", good)
    with pytest.raises(Rejected, match="one signature"):
        adapter().combine(good, [])
    others = [
        unsigned_of(call, Payment(ADDRESS, None, None, 6)),
        unsigned_of(call, Payment(TOKEN, None, None, 5)),
        unsigned_of(call, payment, payment),
        Unsigned("ETH", "evm", call.body(), (HOT,), (payment,), call.fee_max + 1, good.spends),
        Unsigned("ETH", "evm", call.body(), (HOT,), (payment,), call.fee_max, (f"{HOT.address}:1",)),
        Unsigned("BSC", "evm", call.body(), (HOT,), (payment,), call.fee_max, good.spends),
        Unsigned("ETH", "evm", call.body(), (SECOND_HOT,), (payment,), call.fee_max, good.spends),
    ]
    for stated in others:
        with pytest.raises(Rejected, match="not what was to be signed"):
            adapter().combine(stated, [signature])
