"""SPL tokens as their two programs keep them: what a mint is, what an account of a token holds, what moves it.

A wallet holds a token in accounts of its own, of which one, the associated account, has an address that follows from
the wallet, the mint and the program. Mints of Token-2022 may have extensions. Some do no harm; with others somebody can
take back what was paid, hide amounts or stop transfers, so that such a mint is only taken when an operator names it.
"""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey
from solders.token.associated import get_associated_token_address
from solders.token.state import Mint as MintState
from solders.token.state import TokenAccount, TokenAccountState

from rialto.custody.chains.solana.addresses import ASSOCIATED_PROGRAM, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM

PROGRAMS: Final = {str(each): each for each in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM)}
ACCOUNT_RENT_MAX: Final = 2_500_000
"""The most that making an account of a token may cost, in lamports: what the signer, which asks no node, counts."""
ACCOUNT_BYTES_MAX: Final = 200
"""The most that an account takes of the mints that are taken here, its extensions included."""

_MINT_BYTES: Final = 82
_ACCOUNT_BYTES: Final = 165
_MINT_TYPE, _ACCOUNT_TYPE = 1, 2
_CREATE_IDEMPOTENT: Final = b"\x01"
TRANSFER_CHECKED: Final = 12

_FEE, _FROZEN_FIRST, _MEMO_WANTED, _STUCK, _HOOK, _PAUSABLE = 1, 6, 8, 9, 14, 26
_HARMLESS: Final = frozenset({_FEE, 3, 18, 19, 20, 21, 22, 23})
"""A fee, closing an unused mint, and what only says something: pointers, metadata, groups."""
_NAMES: Final = {
    4: "confidential transfers",
    _FROZEN_FIRST: "accounts that begin frozen",
    _STUCK: "tokens that cannot be transferred",
    10: "interest on what is shown",
    12: "a permanent delegate, who can take any holding",
    _HOOK: "a transfer hook",
    16: "confidential fees",
    24: "confidential minting and burning",
    25: "scaled amounts",
    _PAUSABLE: "transfers that can be paused",
}


class Account(msgspec.Struct, frozen=True):
    """An account as the node gives it."""

    lamports: int
    owner: str
    data: bytes


class Mint(msgspec.Struct, frozen=True):
    """A token."""

    address: str
    program: str
    decimals: int
    risks: tuple[int, ...] = ()
    """Its extensions that are taken only when an operator names the mint."""
    is_charging: bool = False
    """Whether a fee stays behind of each transfer, now or as announced."""
    is_movable: bool = True
    """Whether a transfer as we make it can move it at all."""
    is_paused: bool = False
    is_frozen_first: bool = False
    """Whether a new account can receive nothing until the issuer thaws it."""

    def complaint(self, decimals: int, *, is_trusted: bool) -> str | None:
        """Say why it is not taken as an asset of so many decimals; None if it is."""
        if self.decimals != decimals:
            return f"has {self.decimals} decimals, and networks.toml says {decimals}"
        if not self.is_movable:
            return "has tokens that a plain transfer cannot move"
        if self.risks and not is_trusted:
            named = ", ".join(_NAMES.get(each, f"extension {each}") for each in self.risks)
            return f"has {named}; name it in the option trusted_mints if you take it nevertheless"
        return None


class Holding(msgspec.Struct, frozen=True):
    """An account of a token."""

    address: str
    program: str
    mint: str
    owner: str
    amount: int
    is_frozen: bool
    wants_memo: bool


def associated(owner: str, mint: str, program: str) -> str:
    """Return the address of the account in which a wallet holds a token, if it does as everyone does."""
    keys = (Pubkey.from_string(owner), Pubkey.from_string(mint), PROGRAMS[program])
    return str(get_associated_token_address(*keys))


def read_mint(address: str, account: Account | None) -> Mint | None:
    """Read a mint; None where there is none."""
    if account is None or account.owner not in PROGRAMS or not _is_of_type(account.data, _MINT_BYTES, _MINT_TYPE):
        return None
    state = MintState.from_bytes(account.data[:_MINT_BYTES])
    extensions = dict(_extensions(account.data))
    hook = extensions.get(_HOOK, b"")
    return Mint(
        address,
        account.owner,
        state.decimals,
        tuple(sorted(extensions.keys() - _HARMLESS)),
        is_charging=_is_charging(extensions.get(_FEE, b"")),
        is_movable=_STUCK not in extensions and not any(hook[32:64]),
        is_paused=extensions.get(_PAUSABLE, b"")[32:33] == b"\x01",
        is_frozen_first=extensions.get(_FROZEN_FIRST) == b"\x02",
    )


def read_holding(address: str, account: Account | None) -> Holding | None:
    """Read an account of a token; None where there is none."""
    if account is None or account.owner not in PROGRAMS or not _is_of_type(account.data, _ACCOUNT_BYTES, _ACCOUNT_TYPE):
        return None
    state = TokenAccount.from_bytes(account.data[:_ACCOUNT_BYTES])
    if state.state == TokenAccountState.Uninitialized:
        return None
    return Holding(
        address,
        account.owner,
        str(state.mint),
        str(state.owner),
        state.amount,
        is_frozen=state.state == TokenAccountState.Frozen,
        wants_memo=dict(_extensions(account.data)).get(_MEMO_WANTED) == b"\x01",
    )


def create_associated(payer: Pubkey, owner: str, mint: str, program: str) -> Instruction:
    """Make a wallet's account of a token where there is none. It fails where the account is another's."""
    account = Pubkey.from_string(associated(owner, mint, program))
    accounts = [
        AccountMeta(payer, is_signer=True, is_writable=True),
        AccountMeta(account, is_signer=False, is_writable=True),
        *_read_only(Pubkey.from_string(owner), Pubkey.from_string(mint), SYSTEM_PROGRAM, PROGRAMS[program]),
    ]
    return Instruction(ASSOCIATED_PROGRAM, _CREATE_IDEMPOTENT, accounts)


def transfer_checked(
    account: str, to: str, owner: str, mint: str, program: str, amount: int, decimals: int
) -> Instruction:
    """Move tokens from one account to another. Raises OverflowError for an amount of more than 64 bits."""
    accounts = [
        AccountMeta(Pubkey.from_string(account), is_signer=False, is_writable=True),
        *_read_only(Pubkey.from_string(mint)),
        AccountMeta(Pubkey.from_string(to), is_signer=False, is_writable=True),
        AccountMeta(Pubkey.from_string(owner), is_signer=True, is_writable=False),
    ]
    data = bytes([TRANSFER_CHECKED]) + amount.to_bytes(8, "little") + bytes([decimals])
    return Instruction(PROGRAMS[program], data, accounts)


def spendable(holdings: Collection[Holding], mint: Mint, owner: str) -> list[Holding]:
    """List what can be paid from, the associated account first, then the largest."""
    first = associated(owner, mint.address, mint.program)
    free = [each for each in holdings if not each.is_frozen]
    return sorted(free, key=lambda each: (each.address != first, -each.amount, each.address))


def _read_only(*keys: Pubkey) -> list[AccountMeta]:
    return [AccountMeta(key, is_signer=False, is_writable=False) for key in keys]


def _is_of_type(data: bytes, length: int, type_: int) -> bool:
    """Tell mints from accounts: by their length, or with extensions by the byte behind an account's."""
    return len(data) == length or (len(data) > _ACCOUNT_BYTES and data[_ACCOUNT_BYTES] == type_)


def _extensions(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the extensions: a kind and a length of two bytes each, then what it says."""
    place = _ACCOUNT_BYTES + 1
    while place + 4 <= len(data):
        kind, length = (int.from_bytes(data[at : at + 2], "little") for at in (place, place + 2))
        if not kind:
            return
        yield kind, data[place + 4 : place + 4 + length]
        place += 4 + length


def _is_charging(config: bytes) -> bool:
    """Tell whether the older or the newer of two fees takes anything: 18 bytes each, the last two the rate."""
    return any(config[88:90]) or any(config[106:108])
