"""Transactions of Solana as the signer reads them: any bytes that are not exactly ours are refused."""

import random

import msgspec
import pytest
from solders import system_program
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey

from rialto.custody.chains.adapter import HotAddress, Unsigned
from rialto.custody.chains.solana.messages import Transfer, Unspelled, read, spell
from rialto.custody.chains.solana.reading import SolanaReader, open_reader
from rialto.custody.signing.effects import Unreadable


def key(name: str) -> str:
    return str(Keypair.from_seed(name.encode().ljust(32)).pubkey())


TRANSFER = Transfer(
    payer=key("hot"),
    source=key("hot"),
    destination=key("customer"),
    amount=123_456_789,
    memo="42",
    nonce_account=key("nonce"),
    nonce=str(Hash(b"\x07" * 32)),
    price=1_000,
)
VARIANTS = [
    TRANSFER,
    msgspec.structs.replace(TRANSFER, memo=None),
    msgspec.structs.replace(TRANSFER, source=key("deposit")),
    msgspec.structs.replace(TRANSFER, memo="ünïcode", price=0, amount=(1 << 64) - 1),
    msgspec.structs.replace(TRANSFER, destination=key("hot")),
    msgspec.structs.replace(TRANSFER, memo=""),
]


@pytest.mark.parametrize("transfer", VARIANTS)
def test_it_reads_as_it_was_spelled(transfer: Transfer) -> None:
    assert read(spell(transfer)) == transfer


@pytest.mark.parametrize("transfer", VARIANTS[:3])
def test_any_other_bytes_are_refused_or_read_as_what_they_say(transfer: Transfer) -> None:
    body = spell(transfer)
    for place in range(len(body)):
        for bit in (1, 128):
            changed = body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]
            try:
                assert read(changed) != transfer
            except Unspelled:
                pass
    for length in range(len(body)):
        with pytest.raises(Unspelled):
            read(body[:length])
    with pytest.raises(Unspelled):
        read(body + b"\x00")


def test_noise_is_refused() -> None:
    source = random.Random(7)
    for _ in range(500):
        with pytest.raises(Unspelled):
            read(source.randbytes(source.randrange(400)))


def test_another_instruction_is_refused() -> None:
    hot = Pubkey.from_string(TRANSFER.payer)
    more = [
        system_program.transfer(
            system_program.TransferParams(from_pubkey=hot, to_pubkey=Pubkey.from_string(key("thief")), lamports=amount)
        )
        for amount in (1, 2, 3, 4)
    ]
    for instructions in (more, more[:1]):
        message = Message.new_with_blockhash(instructions, hot, Hash.default())
        with pytest.raises(Unspelled):
            read(bytes(message))


def test_the_fee_counts_every_signature_and_rounds_up() -> None:
    assert TRANSFER.fee == 5_000 + 40
    assert VARIANTS[2].fee == 10_000 + 40
    assert msgspec.structs.replace(TRANSFER, price=1).fee == 5_001


def test_sources_must_be_who_signs() -> None:
    reader = open_reader("SOL", "")
    assert isinstance(reader, SolanaReader)
    hot, deposit = HotAddress(key("hot"), "1/0"), HotAddress(key("deposit"), "0/0")
    swept = spell(VARIANTS[2])

    def unsigned(*sources: HotAddress, network: str = "SOL", body: bytes = swept) -> Unsigned:
        return Unsigned(network, "solana", body, sources, (), 0, ())

    assert reader.read(unsigned(hot, deposit)).digests == (swept, swept)
    for wrong in (
        unsigned(deposit, hot),
        unsigned(hot),
        unsigned(hot, deposit, hot),
        unsigned(hot, deposit, network="OTHER"),
        unsigned(hot, deposit, body=b"\x00"),
    ):
        with pytest.raises(Unreadable):
            reader.read(wrong)
    with pytest.raises(ValueError, match="leave it out"):
        open_reader("SOL", "mainnet")
