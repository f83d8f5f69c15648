"""The two kinds of transactions that we make on Solana, spelled and read: bytes that read as one also spell the same.

    advance the nonce, limit and price of computation, a memo if there is a tag, one transfer of the coin
    …, a memo if there is a tag, the wallet's account of the token if a wallet is paid, one transfer of the token

The payer of the fee is the nonce's authority and signs first; the source of the transfer, if it is another, second.
A token goes to a wallet's associated account, which is made in the same transaction where it is missing: so the wallet
stands in the bytes that are signed, and the chain refuses any account but the one that follows from it.
"""

from typing import Final

import msgspec
from solders import system_program
from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.hash import Hash
from solders.instruction import CompiledInstruction, Instruction
from solders.message import Message
from solders.pubkey import Pubkey

from rialto.custody.chains.solana import tokens
from rialto.custody.chains.solana.addresses import ASSOCIATED_PROGRAM, MEMO_PROGRAM, SYSTEM_PROGRAM

SIGNATURE_FEE: Final = 5_000
"""Lamports for each signature."""
COMPUTE_UNITS: Final = 40_000
"""What is allowed: the transfer takes some hundreds, a memo some thousands."""
COMPUTE_UNITS_OF_TOKENS: Final = 120_000
"""For a token, whose account at the recipient may have to be found and made."""
MICRO: Final = 1_000_000
NONCE_ACCOUNT_BYTES: Final = 80
PRICE_MAX: Final = (1 << 64) - 1

_TRANSFER: Final = (2).to_bytes(4, "little")


class Unspelled(Exception):
    """Bytes that are not a transaction of ours."""


class Token(msgspec.Struct, frozen=True):
    """What is moved instead of the coin."""

    mint: str
    program: str
    decimals: int
    account: str
    """The account of the token that it leaves."""
    is_to_wallet: bool
    """Whether the destination is a wallet, whose associated account is paid; otherwise it is an account itself."""


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
    token: Token | None = None

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signs, in order."""
        return (self.payer,) if self.source == self.payer else (self.payer, self.source)

    @property
    def fee(self) -> int:
        """What the network takes for it, in lamports."""
        return SIGNATURE_FEE * len(self.signers) - (-self.units * self.price // MICRO)

    @property
    def units(self) -> int:
        """How much computation it is allowed."""
        return COMPUTE_UNITS if self.token is None else COMPUTE_UNITS_OF_TOKENS

    @property
    def fee_max(self) -> int:
        """The most it can cost its payer, the account that it may have to make included."""
        makes_account = self.token is not None and self.token.is_to_wallet
        return self.fee + (tokens.ACCOUNT_RENT_MAX if makes_account else 0)

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
        set_compute_unit_limit(transfer.units),
        set_compute_unit_price(transfer.price),
    ]
    if transfer.memo is not None:
        instructions.append(Instruction(MEMO_PROGRAM, transfer.memo.encode(), []))
    instructions += _moved(transfer, payer)
    return bytes(Message.new_with_blockhash(instructions, payer, Hash.from_string(transfer.nonce)))


def _moved(transfer: Transfer, payer: Pubkey) -> list[Instruction]:
    token = transfer.token
    if token is None:
        coins = system_program.TransferParams(
            from_pubkey=Pubkey.from_string(transfer.source),
            to_pubkey=Pubkey.from_string(transfer.destination),
            lamports=transfer.amount,
        )
        return [system_program.transfer(coins)]
    made, to = [], transfer.destination
    if token.is_to_wallet:
        made = [tokens.create_associated(payer, to, token.mint, token.program)]
        to = tokens.associated(to, token.mint, token.program)
    how = (token.mint, token.program, transfer.amount, token.decimals)
    return [*made, tokens.transfer_checked(token.account, to, transfer.source, *how)]


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
    if not 4 <= len(instructions) <= 6:
        raise Unspelled(f"{len(instructions)} instructions; ours have 4 to 6")
    advance, price, *between = instructions[0], bytes(instructions[2].data), *instructions[3:-1]
    programs = [keys[each.program_id_index] for each in between]
    memo = bytes(between[0].data).decode() if MEMO_PROGRAM in programs[:1] else None
    made = between[-1] if ASSOCIATED_PROGRAM in programs[-1:] else None
    source, destination, amount, token = _read_move(keys, instructions[-1], made)
    return Transfer(
        payer=str(keys[0]),
        source=source,
        destination=destination,
        amount=amount,
        memo=memo,
        nonce_account=str(_accounts(keys, advance)[0]),
        nonce=str(message.recent_blockhash),
        price=int.from_bytes(price[1:9], "little"),
        token=token,
    )


def _read_move(
    keys: list[Pubkey], last: CompiledInstruction, made: CompiledInstruction | None
) -> tuple[str, str, int, Token | None]:
    """Read what moves: the source, the destination, how much, and of which token."""
    program, data = keys[last.program_id_index], bytes(last.data)
    accounts = [str(each) for each in _accounts(keys, last)]
    if program == SYSTEM_PROGRAM and len(data) == 12 and data[:4] == _TRANSFER:
        return accounts[0], accounts[1], int.from_bytes(data[4:], "little"), None
    if str(program) in tokens.PROGRAMS and len(data) == 10 and data[0] == tokens.TRANSFER_CHECKED:
        account, mint, to, owner = accounts[:4]
        destination = to if made is None else str(_accounts(keys, made)[2])
        token = Token(mint, str(program), data[9], account, made is not None)
        return owner, destination, int.from_bytes(data[1:9], "little"), token
    raise Unspelled("its last instruction is no transfer of the coin or of a token")


def _accounts(keys: list[Pubkey], instruction: CompiledInstruction) -> list[Pubkey]:
    return [keys[index] for index in bytes(instruction.accounts)]


def read_nonce(data: bytes) -> tuple[str, str] | None:
    """Read a nonce account's data: who may use it, and its value; None when it is none."""
    if len(data) != NONCE_ACCOUNT_BYTES or data[:8] != b"\x01\x00\x00\x00\x01\x00\x00\x00":
        return None
    return str(Pubkey.from_bytes(data[8:40])), str(Hash.from_bytes(data[40:72]))
