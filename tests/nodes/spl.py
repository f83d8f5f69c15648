"""Tokens on a node of Solana for tests: mints with and without extensions, holders, and what issuers may do."""

from collections.abc import Sequence

from solders import system_program
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from rialto.custody.chains.solana.addresses import ASSOCIATED_PROGRAM, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from tests.nodes.solana import SolanaNode

NOBODY = bytes(32)


def place(owner: str, mint: str, program: Pubkey = TOKEN_PROGRAM) -> str:
    """Where a wallet holds a token, as the associated program has it."""
    seeds = [bytes(Pubkey.from_string(owner)), bytes(program), bytes(Pubkey.from_string(mint))]
    return str(Pubkey.find_program_address(seeds, ASSOCIATED_PROGRAM)[0])


class Extensions:
    """Instructions that give a mint of Token-2022 an extension, before it is one; each with the bytes it takes."""

    def __init__(self, issuer: Keypair) -> None:
        key = bytes(issuer.pubkey())
        some = b"\x01" + key
        self.transfer_fee = (
            b"\x1a\x00" + some + some + (100).to_bytes(2, "little") + (2**64 - 1).to_bytes(8, "little"),
            112,
        )
        self.close_authority = (b"\x19" + some, 36)
        self.confidential = (b"\x1b\x00" + key + b"\x01" + NOBODY, 69)
        self.frozen_first = (b"\x1c\x00\x02", 5)
        self.not_transferable = (b"\x20", 4)
        self.permanent_delegate = (b"\x23" + key, 36)
        self.hook = (b"\x24\x00" + key + NOBODY, 68)
        self.hook_with_program = (b"\x24\x00" + key + bytes(TOKEN_PROGRAM), 68)
        self.pausable = (b"\x2c\x00" + key, 37)


class Issuer:
    """Makes tokens, gives them away, freezes who holds them."""

    def __init__(self, node: SolanaNode) -> None:
        self.node = node
        self.key = Keypair.from_seed(b"an issuer".ljust(32))
        self.extensions = Extensions(self.key)
        self._programs: dict[str, Pubkey] = {}
        self._decimals: dict[str, int] = {}
        node.fund(str(self.key.pubkey()), 10**12)

    def mint(
        self, name: str, decimals: int, program: Pubkey = TOKEN_PROGRAM, extensions: Sequence[tuple[bytes, int]] = ()
    ) -> str:
        """Make a token; its address follows from the name."""
        made = Keypair.from_seed(name.encode().ljust(32))
        size = 82 if not extensions else 166 + sum(space for _, space in extensions)
        params = system_program.CreateAccountParams(
            from_pubkey=self.key.pubkey(),
            to_pubkey=made.pubkey(),
            lamports=self.node.vm.minimum_balance_for_rent_exemption(size),
            space=size,
            owner=program,
        )
        own = [AccountMeta(made.pubkey(), is_signer=False, is_writable=True)]
        key = bytes(self.key.pubkey())
        begin = b"\x14" + bytes([decimals]) + key + b"\x01" + key
        parts = [Instruction(program, data, own) for data, _ in extensions]
        self.done([system_program.create_account(params), *parts, Instruction(program, begin, own)], [made])
        address = str(made.pubkey())
        self._programs[address], self._decimals[address] = program, decimals
        return address

    def holder(self, owner: str, mint: str) -> str:
        """Make the associated account of a wallet if there is none."""
        self.done([self.opening(self.key, owner, mint)])
        return self.place(owner, mint)

    def opening(self, payer: Keypair, owner: str, mint: str) -> Instruction:
        """What makes the associated account of a wallet."""
        keys = [Pubkey.from_string(each) for each in (self.place(owner, mint), owner, mint)]
        accounts = [
            AccountMeta(payer.pubkey(), is_signer=True, is_writable=True),
            AccountMeta(keys[0], is_signer=False, is_writable=True),
            *[AccountMeta(each, is_signer=False, is_writable=False) for each in (*keys[1:], SYSTEM_PROGRAM)],
            AccountMeta(self._programs[mint], is_signer=False, is_writable=False),
        ]
        return Instruction(ASSOCIATED_PROGRAM, b"\x01", accounts)

    def other_holder(self, owner: str, mint: str, name: str) -> str:
        """Make another account of a wallet's for a token."""
        made, program = Keypair.from_seed(name.encode().ljust(32)), self._programs[mint]
        params = system_program.CreateAccountParams(
            from_pubkey=self.key.pubkey(),
            to_pubkey=made.pubkey(),
            lamports=self.node.vm.minimum_balance_for_rent_exemption(165),
            space=165,
            owner=program,
        )
        accounts = [
            AccountMeta(made.pubkey(), is_signer=False, is_writable=True),
            AccountMeta(Pubkey.from_string(mint), is_signer=False, is_writable=False),
        ]
        begin = Instruction(program, b"\x12" + bytes(Pubkey.from_string(owner)), accounts)
        self.done([system_program.create_account(params), begin], [made])
        return str(made.pubkey())

    def give(self, owner: str, mint: str, amount: int) -> str:
        """Issue tokens to a wallet, in a block of their own; return the account they are in."""
        account = self.holder(owner, mint)
        data = b"\x07" + amount.to_bytes(8, "little")
        self.done([self._by_issuer(self._programs[mint], data, [mint, account], writable=2)])
        return account

    def freeze(self, account: str, mint: str) -> None:
        """Freeze who holds a token."""
        self.done([self._by_issuer(self._programs[mint], b"\x0a", [account, mint], writable=1)])

    def thaw(self, account: str, mint: str) -> None:
        """Let them go again."""
        self.done([self._by_issuer(self._programs[mint], b"\x0b", [account, mint], writable=1)])

    def pause(self, mint: str) -> None:
        """Stop all transfers."""
        self.done([self._by_issuer(self._programs[mint], b"\x2c\x01", [mint], writable=1)])

    def moving(self, owner: Keypair, mint: str, amount: int, to: str, account: str | None = None) -> Instruction:
        """What moves tokens of a wallet into an account."""
        from_ = self.place(str(owner.pubkey()), mint) if account is None else account
        accounts = [
            AccountMeta(Pubkey.from_string(from_), is_signer=False, is_writable=True),
            AccountMeta(Pubkey.from_string(mint), is_signer=False, is_writable=False),
            AccountMeta(Pubkey.from_string(to), is_signer=False, is_writable=True),
            AccountMeta(owner.pubkey(), is_signer=True, is_writable=False),
        ]
        data = b"\x0c" + amount.to_bytes(8, "little") + bytes([self._decimals[mint]])
        return Instruction(self._programs[mint], data, accounts)

    def place(self, owner: str, mint: str) -> str:
        """Where a wallet holds a token."""
        return place(owner, mint, self._programs[mint])

    def held(self, owner: str, mint: str) -> int:
        """What a wallet holds there."""
        found = self.node.tokens(self.place(owner, mint))
        return 0 if found is None else found.amount

    def done(self, instructions: Sequence[Instruction], signers: Sequence[Keypair] = ()) -> None:
        """Have something done in a block of its own, for sure."""
        id_ = self.node.send(instructions, [self.key, *signers])
        self.node.produce()
        assert self.node.has_done(id_)

    def _by_issuer(self, program: Pubkey, data: bytes, accounts: Sequence[str], writable: int) -> Instruction:
        metas = [
            AccountMeta(Pubkey.from_string(each), is_signer=False, is_writable=number < writable)
            for number, each in enumerate(accounts)
        ]
        return Instruction(program, data, [*metas, AccountMeta(self.key.pubkey(), is_signer=True, is_writable=False)])


__all__ = ["TOKEN_2022_PROGRAM", "TOKEN_PROGRAM", "Extensions", "Issuer", "place"]
