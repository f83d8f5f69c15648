"""What the signer reads is what was built, whatever stands beside it; anything else is unreadable."""

import hashlib
from io import BytesIO

import msgspec
import pytest
from embit.psbt import PSBT
from embit.script import Script
from embit.transaction import SIGHASH, Transaction, TransactionInput, TransactionOutput
from hypothesis import given
from hypothesis import strategies as st

from rialto.custody.chains.adapter import HotAddress, Payment, Rejected, Unsigned
from rialto.custody.chains.bitcoin import open_adapter, psbt, raw
from rialto.custody.chains.bitcoin.adapter import BitcoinAdapter
from rialto.custody.chains.bitcoin.addresses import script_of
from rialto.custody.chains.bitcoin.building import Frame, draft_payment
from rialto.custody.chains.bitcoin.selection import Coin
from rialto.custody.signing.effects import Unreadable
from tests.nodes.bitcoin_account import NETWORK, Account, NodeOptions, payment
from tests.nodes.litecoind import COIN

ACCOUNT = Account()
ADAPTER: BitcoinAdapter = open_adapter(
    NETWORK, NodeOptions("http://user:secret@127.0.0.1:1", ACCOUNT.xpub, chain="litecoin-regtest")
)
FRAME = Frame("LTC", ADAPTER.parameters)
STRANGER = Account("stranger")
DESTINATIONS = [ADAPTER.key.address(f"0/{index}") for index in range(900, 905)]


def parent(address: str, amount: int, number: int, salt: int) -> bytes:
    """A transaction that makes a coin of ours as one of its outputs."""
    script = Script(script_of(address, ADAPTER.parameters))
    outputs = [TransactionOutput(546, Script(b"\x6a")) for _ in range(number)] + [TransactionOutput(amount, script)]
    spent = TransactionInput(hashlib.sha256(salt.to_bytes(8)).digest(), 0)
    return bytes(Transaction(2, [spent], outputs, 0).serialize())


def built(amounts: list[int], held: list[int], rate: int = 5_000) -> Unsigned:
    """A transaction as `build` makes it, of coins on 1/0, 1/1 and 1/2."""
    coins, parents = [], {}
    for index, amount in enumerate(held):
        path = f"1/{index % 3}"
        address, number = ADAPTER.key.address(path), index % 2
        name, stripped = psbt.parent_of(parent(address, amount, number, index))
        parents[name] = stripped
        coins.append(Coin(amount, f"{name}:{number}", address, path))
    payments = [payment(DESTINATIONS[index % 5], amount) for index, amount in enumerate(amounts)]
    draft, spent = draft_payment(FRAME, payments, coins, ADAPTER.key.address("1/0"), rate)
    sources = [HotAddress(each.address, each.path) for each in spent]
    return FRAME.unsigned(draft, sources, payments, {each.transaction: parents[each.transaction] for each in spent})


@given(
    st.lists(st.integers(10_000, 10**8), min_size=1, max_size=8),
    st.lists(st.integers(10**7, 10**9), min_size=8, max_size=12),
    st.integers(1_000, 100_000),
)
def test_what_is_read_is_what_was_built_and_signs_to_a_whole(amounts: list[int], held: list[int], rate: int) -> None:
    unsigned = built(amounts, [*held, 10**10], rate)
    effects = ADAPTER.reader.read(unsigned)
    change = [each for each in effects.payments if each.destination == ADAPTER.key.address("1/0")]
    assert len(change) <= 1
    others = sorted(msgspec.structs.astuple(each) for each in effects.payments if each not in change)
    assert others == sorted(msgspec.structs.astuple(each) for each in unsigned.payments)
    assert effects.fee_max == unsigned.fee_max
    assert effects.spends == unsigned.spends
    signatures = [
        ACCOUNT.sign(each.path, digest) for each, digest in zip(unsigned.sources, effects.digests, strict=True)
    ]
    keys = [ACCOUNT.public_key(each.path) for each in unsigned.sources]
    assert [ADAPTER.reader.address(each.path, key) for each, key in zip(unsigned.sources, keys, strict=True)] == [
        each.address for each in unsigned.sources
    ]
    signed = ADAPTER.combine(unsigned, ADAPTER.reader.place(unsigned, keys, signatures))
    whole = Transaction.read_from(BytesIO(signed.raw))
    assert whole.txid().hex() == signed.transaction
    size = -(-(3 * len(raw.read(signed.raw).stripped) + len(signed.raw)) // 4)
    assert effects.fee_max * 1_000 >= rate * size, "the fee is never below its rate"


def altered(unsigned: Unsigned, change: object) -> Unsigned:
    packet = PSBT.parse(unsigned.body)
    change(packet)  # type: ignore[operator]
    return msgspec.structs.replace(unsigned, body=bytes(packet.serialize()))


def set_attribute(place: str, name: str, value: object) -> object:
    def change(packet: PSBT) -> None:
        setattr(packet if place == "" else getattr(packet, place)[0], name, value)

    return change


TAMPERED = [
    ("more than we do", set_attribute("inputs", "sighash_type", SIGHASH.NONE)),
    ("more than we do", set_attribute("inputs", "sighash_type", SIGHASH.ALL)),
    ("more than we do", set_attribute("inputs", "unknown", {b"\xf0": b"x"})),
    ("more than we do", set_attribute("outputs", "unknown", {b"\xf0": b"x"})),
    ("more than we do", set_attribute("inputs", "redeem_script", Script(b"\x51"))),
    ("more than we do", set_attribute("inputs", "final_scriptsig", Script(b"\x51"))),
    ("says more", set_attribute("", "unknown", {b"\xf0": b"x"})),
    ("does not say what it spends", set_attribute("inputs", "witness_utxo", None)),
    ("taken on trust", set_attribute("inputs", "non_witness_utxo", None)),
    ("another one", set_attribute("inputs", "txid", bytes(32))),
    ("sequence", set_attribute("inputs", "sequence", 7)),
    ("version 2", set_attribute("", "tx_version", 1)),
    ("pays no address", set_attribute("outputs", "script_pubkey", Script(b"\x6a\x01x"))),
    ("pays more than it spends", set_attribute("outputs", "value", 84_000_000 * COIN)),
    ("cannot be", set_attribute("outputs", "value", 2**63)),
    ("neither", set_attribute("inputs", "witness_script", Script(b"\x51"))),
]


@pytest.mark.parametrize(("reason", "change"), TAMPERED)
def test_anything_that_is_not_ours_is_unreadable(reason: str, change: object) -> None:
    unsigned = built([30_000_000], [20_000_000, 20_000_000])
    with pytest.raises(Unreadable, match=reason):
        ADAPTER.reader.read(altered(unsigned, change))


def test_a_false_amount_is_not_believed() -> None:
    unsigned = built([30_000_000], [20_000_000, 20_000_000])

    def raise_amount(packet: PSBT) -> None:
        packet.inputs[0].witness_utxo.value += 1_000

    with pytest.raises(Unreadable, match="does not hold what is said"):
        ADAPTER.reader.read(altered(unsigned, raise_amount))


def test_one_output_is_not_spent_twice() -> None:
    unsigned = built([30_000_000], [20_000_000, 20_000_000])

    def repeat(packet: PSBT) -> None:
        packet.inputs[1] = packet.inputs[0]

    with pytest.raises(Unreadable, match="spends one output twice"):
        ADAPTER.reader.read(altered(unsigned, repeat))


def test_sources_and_network_must_be_those_of_the_transaction() -> None:
    unsigned = built([30_000_000], [20_000_000, 20_000_000])
    for wrong in (
        msgspec.structs.replace(unsigned, sources=unsigned.sources[::-1]),
        msgspec.structs.replace(unsigned, sources=unsigned.sources[:1]),
        msgspec.structs.replace(unsigned, sources=(HotAddress("nonsense", "1/0"), unsigned.sources[1])),
        msgspec.structs.replace(unsigned, network="BTC"),
        msgspec.structs.replace(unsigned, family="evm"),
    ):
        with pytest.raises(Unreadable):
            ADAPTER.reader.read(wrong)


def test_a_signature_of_another_key_is_not_placed() -> None:
    unsigned = built([10_000], [20_000_000])
    digest = ADAPTER.reader.read(unsigned).digests[0]
    key = ACCOUNT.public_key(unsigned.sources[0].path)
    with pytest.raises(Unreadable, match="does not verify"):
        ADAPTER.reader.place(unsigned, [key], [STRANGER.sign("1/0", digest)])
    with pytest.raises(Unreadable, match="one signature for each input"):
        ADAPTER.reader.place(unsigned, [key], [])
    with pytest.raises(Rejected):
        ADAPTER.combine(unsigned, [STRANGER.sign("1/0", digest)])


BODY = built([30_000_000], [20_000_000, 20_000_000]).body


@given(st.one_of(st.binary(max_size=300), st.integers(0, len(BODY) - 1).map(lambda end: BODY[:end])))
def test_noise_and_torn_bodies_are_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        ADAPTER.reader.read(msgspec.structs.replace(built([30_000_000], [20_000_000, 20_000_000]), body=body))


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_noticed_or_signs_something_else(place: int, flip: int) -> None:
    unsigned = built([30_000_000], [20_000_000, 20_000_000])
    body = bytearray(unsigned.body)
    body[place] ^= flip
    honest = ADAPTER.reader.read(unsigned)
    try:
        effects = ADAPTER.reader.read(msgspec.structs.replace(unsigned, body=bytes(body)))
    except Unreadable:
        return
    assert effects.digests != honest.digests


def test_payments_with_tags_or_contracts_are_not_made() -> None:
    for wrong in (
        Payment(DESTINATIONS[0], "7", None, 10_000),
        Payment(DESTINATIONS[0], None, "0xdac17f958d2ee523a2206206994597c13d831ec7", 10_000),
    ):
        with pytest.raises(Exception, match="neither tags nor contracts"):
            draft_payment(FRAME, [wrong], [], ADAPTER.key.address("1/0"), 1_000)


@given(st.binary(max_size=200))
def test_noise_is_no_raw_transaction_or_keeps_its_length(body: bytes) -> None:
    try:
        found = raw.read(body)
    except raw.Malformed:
        return
    assert len(found.stripped) <= len(body)
