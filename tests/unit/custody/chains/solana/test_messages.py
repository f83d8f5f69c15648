"""Transactions of Solana as the signer reads them: any bytes that are not exactly ours are refused."""

import random

import msgspec
import pytest
from solders import system_program
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey

from rialto.custody.chains.adapter import HotAddress, Unsigned
from rialto.custody.chains.solana import tokens
from rialto.custody.chains.solana.addresses import ASSOCIATED_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from rialto.custody.chains.solana.messages import Token, Transfer, Unspelled, read, spell
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
TOKEN = Token(key("mint"), str(TOKEN_PROGRAM), 6, key("account of the token"), is_to_wallet=True)
OF_TOKEN = msgspec.structs.replace(TRANSFER, token=TOKEN)
OTHER_PROGRAM = msgspec.structs.replace(TOKEN, program=str(TOKEN_2022_PROGRAM), decimals=9)
OF_TOKEN_2022 = msgspec.structs.replace(OF_TOKEN, token=OTHER_PROGRAM, memo=None, source=key("deposit"))
TO_ACCOUNT = msgspec.structs.replace(OF_TOKEN, token=msgspec.structs.replace(TOKEN, is_to_wallet=False))
VARIANTS = [
    TRANSFER,
    msgspec.structs.replace(TRANSFER, memo=None),
    msgspec.structs.replace(TRANSFER, source=key("deposit")),
    msgspec.structs.replace(TRANSFER, memo="ünïcode", price=0, amount=(1 << 64) - 1),
    msgspec.structs.replace(TRANSFER, destination=key("hot")),
    msgspec.structs.replace(TRANSFER, memo=""),
    OF_TOKEN,
    OF_TOKEN_2022,
    TO_ACCOUNT,
    msgspec.structs.replace(TO_ACCOUNT, memo=None),
    msgspec.structs.replace(OF_TOKEN, memo="", amount=(1 << 64) - 1, destination=key("hot")),
]


@pytest.mark.parametrize("transfer", VARIANTS)
def test_it_reads_as_it_was_spelled(transfer: Transfer) -> None:
    assert read(spell(transfer)) == transfer


@pytest.mark.parametrize("transfer", [*VARIANTS[:3], OF_TOKEN, OF_TOKEN_2022, TO_ACCOUNT])
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


def instructions_of(transfer: Transfer) -> list[Instruction]:
    message = Message.from_bytes(spell(transfer))
    keys, header = message.account_keys, message.header
    signing = header.num_required_signatures

    def meta(place: int) -> AccountMeta:
        last_writable = signing - header.num_readonly_signed_accounts, len(keys) - header.num_readonly_unsigned_accounts
        return AccountMeta(keys[place], place < signing, place < last_writable[place >= signing])

    return [
        Instruction(keys[each.program_id_index], bytes(each.data), [meta(place) for place in bytes(each.accounts)])
        for each in message.instructions
    ]


def test_a_wallet_that_is_named_is_the_one_that_is_paid() -> None:
    """The account that is made and the one that is paid are held against the wallet in the bytes."""
    hot, nonce = Pubkey.from_string(TRANSFER.payer), Hash.from_string(TRANSFER.nonce)
    thief = key("thief")
    begin, made, moved = instructions_of(OF_TOKEN)[:-2], *instructions_of(OF_TOKEN)[-2:]
    to_thief = tokens.associated(thief, TOKEN.mint, TOKEN.program)
    how = (TOKEN.mint, TOKEN.program, TRANSFER.amount, TOKEN.decimals)
    stolen = tokens.transfer_checked(TOKEN.account, to_thief, TRANSFER.payer, *how)
    for_thief = tokens.create_associated(hot, thief, TOKEN.mint, TOKEN.program)
    of_another = tokens.create_associated(hot, TRANSFER.destination, key("another"), TOKEN.program)
    not_idempotent = Instruction(ASSOCIATED_PROGRAM, b"\x00", made.accounts)
    whole = bytes(Message.new_with_blockhash([*begin, made, moved], hot, nonce))
    assert read(whole) == OF_TOKEN
    for end in (
        [made, stolen],
        [for_thief, moved],
        [of_another, moved],
        [not_idempotent, moved],
        [made, moved, stolen],
        [made, made, moved],
        [moved, made],
        [made],
        [stolen, moved],
    ):
        with pytest.raises(Unspelled):
            read(bytes(Message.new_with_blockhash([*begin, *end], hot, nonce)))
    # One that names no wallet pays an account, and reads as paying that, whoever owns it.
    assert read(bytes(Message.new_with_blockhash([*begin, stolen], hot, nonce))).destination == to_thief
    assert read(bytes(Message.new_with_blockhash([*begin, for_thief, stolen], hot, nonce))).destination == thief


def test_a_plain_transfer_of_tokens_is_refused() -> None:
    """It names neither mint nor decimals, so that what it moves is not in its bytes."""
    hot, nonce = Pubkey.from_string(TRANSFER.payer), Hash.from_string(TRANSFER.nonce)
    begin = instructions_of(OF_TOKEN)[:-2]
    accounts = [
        AccountMeta(Pubkey.from_string(TOKEN.account), is_signer=False, is_writable=True),
        AccountMeta(Pubkey.from_string(key("customer")), is_signer=False, is_writable=True),
        AccountMeta(hot, is_signer=True, is_writable=False),
    ]
    plain = Instruction(TOKEN_PROGRAM, b"\x03" + (5).to_bytes(8, "little"), accounts)
    with pytest.raises(Unspelled):
        read(bytes(Message.new_with_blockhash([*begin, plain], hot, nonce)))


def test_the_most_a_token_costs_counts_the_account_that_may_be_made() -> None:
    assert OF_TOKEN.fee == 5_000 + 120
    assert OF_TOKEN.fee_max == OF_TOKEN.fee + tokens.ACCOUNT_RENT_MAX
    assert TO_ACCOUNT.fee_max == TO_ACCOUNT.fee == OF_TOKEN.fee
    assert OF_TOKEN_2022.fee == 10_000 + 120
    assert TRANSFER.fee_max == TRANSFER.fee


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
