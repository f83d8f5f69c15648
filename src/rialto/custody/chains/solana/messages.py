"""The one kind of transaction that we make on Solana, spelled and read: bytes that read as it also spell the same.

    advance the nonce, limit and price of computation, a memo if there is a tag, one transfer

The payer of the fee is the nonce's authority and signs first; the source of the transfer, if it is another, second.
"""

from typing import Final

import msgspec
from solders import system_program
from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.hash import Hash
from solders.instruction import CompiledInstruction, Instruction
from solders.message import Message
from solders.pubkey import Pubkey

from rialto.custody.chains.solana.addresses import MEMO_PROGRAM, SYSTEM_PROGRAM

SIGNATURE_FEE: Final = 5_000
"""Lamports for each signature."""
COMPUTE_UNITS: Final = 40_000
"""What is allowed: the transfer takes some hundreds, a memo some thousands."""
MICRO: Final = 1_000_000
NONCE_ACCOUNT_BYTES: Final = 80
PRICE_MAX: Final = (1 << 64) - 1

_TRANSFER: Final = (2).to_bytes(4, "little")


class Unspelled(Exception):
    """Bytes that are not a transaction of ours."""


class Transfer(msgspec.Struct, frozen=True):
    """What a transaction says."""

    payer: str
    source: str
    destination: str
    amount: int
    memo: str | None
    nonce_account: str
    nonce: str
    price: int
    """Millionths of a lamport for a unit of computation."""

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signs, in order."""
        return (self.payer,) if self.source == self.payer else (self.payer, self.source)

    @property
    def fee(self) -> int:
        """What it costs, in lamports."""
        return SIGNATURE_FEE * len(self.signers) - (-COMPUTE_UNITS * self.price // MICRO)

    @property
    def spends(self) -> str:
        """The nonce it uses up."""
        return f"{self.nonce_account}:{self.nonce}"


def price_of(fee_rate: int) -> int:
    """Turn lamports for a signature into a price of computation."""
    return max(0, fee_rate - SIGNATURE_FEE) * MICRO // COMPUTE_UNITS


def spell(transfer: Transfer) -> bytes:
    """Spell a transaction as what is signed."""
    payer, nonce_account = Pubkey.from_string(transfer.payer), Pubkey.from_string(transfer.nonce_account)
    instructions = [
        system_program.advance_nonce_account(
            system_program.AdvanceNonceAccountParams(nonce_pubkey=nonce_account, authorized_pubkey=payer)
        ),
        set_compute_unit_limit(COMPUTE_UNITS),
        set_compute_unit_price(transfer.price),
    ]
    if transfer.memo is not None:
        instructions.append(Instruction(MEMO_PROGRAM, transfer.memo.encode(), []))
    instructions.append(
        system_program.transfer(
            system_program.TransferParams(
                from_pubkey=Pubkey.from_string(transfer.source),
                to_pubkey=Pubkey.from_string(transfer.destination),
                lamports=transfer.amount,
            )
        )
    )
    return bytes(Message.new_with_blockhash(instructions, payer, Hash.from_string(transfer.nonce)))


def read(body: bytes) -> Transfer:
    """Read a transaction. Errors: `Unspelled`, for whatever would not be spelled so."""
    try:
        transfer = _read(Message.from_bytes(body))
        # Whatever the reading overlooked would not come out again.
        is_same = spell(transfer) == body
    except (ValueError, IndexError, OverflowError) as error:
        raise Unspelled(f"no transaction of ours: {type(error).__name__}") from error
    except BaseException as error:
        # The library panics on some bytes.
        if type(error).__name__ != "PanicException":
            raise
        raise Unspelled("no transaction of ours") from error
    if not is_same:
        raise Unspelled("the transaction does something beside one transfer bound to a nonce")
    return transfer


def _read(message: Message) -> Transfer:
    keys, instructions = message.account_keys, message.instructions
    if len(instructions) not in (4, 5):
        raise Unspelled(f"{len(instructions)} instructions; ours have 4 or 5")
    advance, price, last = instructions[0], bytes(instructions[2].data), instructions[-1]
    memo = bytes(instructions[3].data).decode() if len(instructions) == 5 else None
    data = bytes(last.data)
    if keys[last.program_id_index] != SYSTEM_PROGRAM or len(data) != 12 or data[:4] != _TRANSFER:
        raise Unspelled("its last instruction is no transfer of the coin")
    source, destination = _accounts(keys, last)[:2]
    return Transfer(
        payer=str(keys[0]),
        source=str(source),
        destination=str(destination),
        amount=int.from_bytes(data[4:], "little"),
        memo=memo,
        nonce_account=str(_accounts(keys, advance)[0]),
        nonce=str(message.recent_blockhash),
        price=int.from_bytes(price[1:9], "little"),
    )


def _accounts(keys: list[Pubkey], instruction: CompiledInstruction) -> list[Pubkey]:
    return [keys[index] for index in bytes(instruction.accounts)]


def read_nonce(data: bytes) -> tuple[str, str] | None:
    """Read a nonce account's data: who may use it, and its value; None when it is none."""
    if len(data) != NONCE_ACCOUNT_BYTES or data[:8] != b"\x01\x00\x00\x00\x01\x00\x00\x00":
        return None
    return str(Pubkey.from_bytes(data[8:40])), str(Hash.from_bytes(data[40:72]))
