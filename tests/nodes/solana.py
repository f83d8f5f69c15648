"""A node of Solana for tests: the real runtime (LiteSVM) behind the JSON-RPC that nodes speak, blocks on command.

What is sent waits for the next block. A slot may be skipped, as slots are. LiteSVM has one bank, so there are no forks:
what a node calls finalized.
"""

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from solders import system_program
from solders.account import Account
from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.token.state import TokenAccount
from solders.transaction import Transaction
from solders.transaction_metadata import FailedTransactionMetadata

from rialto.custody.chains.solana.addresses import MEMO_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM

NONCE_BYTES = 80
FIRST_SLOT = 100


class Refused(Exception):
    """Answer with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class SolanaNode:
    """The node; what only tests do stands first."""

    def __init__(self) -> None:
        self.vm = LiteSVM()
        self.vm.warp_to_slot(FIRST_SLOT)
        self.url = ""
        self.priority_fees = [0]
        self.is_down = False
        self.takes_none = False
        """Whether it answers nobody who sends a transaction."""
        self._waiting: list[Transaction] = []
        self._blocks: dict[int, dict[str, Any]] = {}
        self._skipped: set[int] = set()
        self._known: dict[str, tuple[int, dict[str, Any]]] = {}
        """By signature: the slot, and what is told of the transaction."""
        self._slot = FIRST_SLOT - 1
        self.produce()

    @property
    def slot(self) -> int:
        """The newest slot."""
        return self._slot

    def fund(self, address: str, lamports: int = 10**10) -> None:
        """Give an address lamports, in no block."""
        self.vm.airdrop(Pubkey.from_string(address), lamports)

    def balance(self, address: str) -> int:
        return self.vm.get_balance(Pubkey.from_string(address)) or 0

    def tokens(self, account: str) -> TokenAccount | None:
        """What an account of a token says, of whichever program."""
        found = self.vm.get_account(Pubkey.from_string(account))
        is_holder = found is not None and found.owner in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM) and _is_holder(found.data)
        return TokenAccount.from_bytes(bytes(found.data)[:165]) if found is not None and is_holder else None

    def make_nonce_account(self, payer: Keypair, authority: str) -> str:
        """Make a nonce account as `solana create-nonce-account` does."""
        account = Keypair()
        rent = self.vm.minimum_balance_for_rent_exemption(NONCE_BYTES)
        made = system_program.create_nonce_account(
            payer.pubkey(), account.pubkey(), Pubkey.from_string(authority), rent
        )
        self.send(list(made), [payer, account])
        self.produce()
        return str(account.pubkey())

    def pay(self, payer: Keypair, address: str, lamports: int, *memos: str) -> str:
        """Pay an address from outside, with memos; return the transaction's id."""
        parts = [Instruction(MEMO_PROGRAM, memo.encode(), []) for memo in memos]
        params = system_program.TransferParams(
            from_pubkey=payer.pubkey(), to_pubkey=Pubkey.from_string(address), lamports=lamports
        )
        return self.send([*parts, system_program.transfer(params)], [payer])

    def send(self, instructions: Sequence[Instruction], signers: Sequence[Keypair], nonce: str | None = None) -> str:
        """Put a transaction into the pool."""
        blockhash = self.vm.latest_blockhash() if nonce is None else Hash.from_string(nonce)
        message = Message.new_with_blockhash(instructions, signers[0].pubkey(), blockhash)
        made = Transaction(signers, message, blockhash)
        self._waiting.append(made)
        return str(made.signatures[0])

    def has_done(self, transaction: str) -> bool:
        """Whether a transaction is in a block and did what it should."""
        known = self._known.get(transaction)
        return known is not None and known[1]["meta"]["err"] is None

    def forget(self) -> None:
        """Lose what waits."""
        self._waiting.clear()

    def skip(self, slots: int = 1) -> None:
        """Let slots pass without a block."""
        for _ in range(slots):
            self._slot += 1
            self._skipped.add(self._slot)
        self.vm.warp_to_slot(self._slot)

    def produce(self, blocks: int = 1) -> None:
        """Make blocks, the first of what waits."""
        for _ in range(blocks):
            self._produce()

    def _produce(self) -> None:
        parent = max(self._blocks, default=0)
        self._slot += 1
        self.vm.warp_to_slot(self._slot)
        done = []
        for transaction in self._waiting:
            entry = self._perform(transaction)
            if entry is not None:
                done.append(entry)
        self._waiting.clear()
        self._blocks[self._slot] = {
            "blockhash": str(self.vm.latest_blockhash()),
            "previousBlockhash": self._blocks[parent]["blockhash"] if parent else str(Hash.default()),
            "parentSlot": parent,
            "blockTime": 1_700_000_000 + self._slot,
            "transactions": done,
        }
        self.vm.expire_blockhash()

    def _perform(self, transaction: Transaction) -> dict[str, Any] | None:
        keys = transaction.message.account_keys
        before, held = [self.vm.get_balance(key) or 0 for key in keys], self._token_balances(keys)
        result = self.vm.send_transaction(transaction)
        error, fee = None, 0
        if isinstance(result, FailedTransactionMetadata):
            fee = result.meta().fee()
            if not fee:
                return None  # Never carried out: in no block.
            error = {"InstructionError": str(result.err())}
        else:
            fee = result.fee()
        after = [self.vm.get_balance(key) or 0 for key in keys]
        meta = {
            "err": error,
            "fee": fee,
            "preBalances": before,
            "postBalances": after,
            "preTokenBalances": held,
            "postTokenBalances": self._token_balances(keys),
            "innerInstructions": [],
        }
        raw = [base64.b64encode(bytes(transaction)).decode(), "base64"]
        entry = {"transaction": raw, "meta": meta, "version": 0}
        self._known[str(transaction.signatures[0])] = (self._slot, entry)
        return entry

    def _token_balances(self, keys: Sequence[Pubkey]) -> list[dict[str, Any]]:
        found = []
        for index, key in enumerate(keys):
            holder = self.tokens(str(key))
            if holder is None or holder.owner == Pubkey.default():
                continue
            mint, program = self.vm.get_account(holder.mint), self.vm.get_account(key)
            assert mint is not None
            assert program is not None
            told = {"amount": str(holder.amount), "decimals": bytes(mint.data)[44]}
            found.append(
                {
                    "accountIndex": index,
                    "mint": str(holder.mint),
                    "owner": str(holder.owner),
                    "programId": str(program.owner),
                    "uiTokenAmount": told,
                }
            )
        return found

    # What nodes answer.

    async def answer(self, request: web.Request) -> web.Response:
        if self.is_down:
            return web.Response(status=503)
        asked = await request.json()
        if self.takes_none and asked["method"] == "sendTransaction":
            return web.Response(status=503)
        head = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            result = getattr(self, "_" + asked["method"])(*asked["params"])
        except Refused as refused:
            return web.json_response({**head, "error": {"code": refused.code, "message": str(refused)}})
        return web.json_response({**head, "result": result})

    def _getSlot(self, options: dict[str, Any]) -> int:  # noqa: N802
        return self._slot

    def _getBlock(self, slot: int, options: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if slot > self._slot:
            raise Refused(-32004, f"Block not available for slot {slot}")
        if slot not in self._blocks:
            raise Refused(-32007, f"Slot {slot} was skipped, or missing due to ledger jump to recent snapshot")
        block = dict(self._blocks[slot])
        if options["transactionDetails"] == "none":
            del block["transactions"]
        return block

    def _getMultipleAccounts(self, keys: list[str], options: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = [self.vm.get_account(Pubkey.from_string(key)) for key in keys]
        told = [_told(each) if each is not None and each.lamports else None for each in found]
        return {"context": {"slot": self._slot}, "value": told}

    def _getTokenAccountsByOwner(  # noqa: N802
        self, owner: str, wanted: dict[str, str], options: dict[str, Any]
    ) -> dict[str, Any]:
        mint = self.vm.get_account(Pubkey.from_string(wanted["mint"]))
        if mint is None:
            raise Refused(-32602, "Invalid param: could not find mint")
        found = [
            {"pubkey": str(key), "account": _told(account)}
            for key, account in self.vm.get_program_accounts(mint.owner)
            if (holder := self.tokens(str(key))) is not None
            and (str(holder.owner), str(holder.mint)) == (owner, wanted["mint"])
        ]
        return {"context": {"slot": self._slot}, "value": found}

    def _getSignatureStatuses(self, signatures: list[str], options: Any = None) -> dict[str, Any]:  # noqa: N802
        told = [
            {"slot": known[0], "err": known[1]["meta"]["err"], "confirmationStatus": "finalized"} if known else None
            for known in map(self._known.get, signatures)
        ]
        return {"context": {"slot": self._slot}, "value": told}

    def _getTransaction(self, signature: str, options: dict[str, Any]) -> dict[str, Any] | None:  # noqa: N802
        known = self._known.get(signature)
        return None if known is None else {"slot": known[0], **known[1]}

    def _getMinimumBalanceForRentExemption(self, size: int) -> int:  # noqa: N802
        return self.vm.minimum_balance_for_rent_exemption(size)

    def _getRecentPrioritizationFees(self, keys: list[str]) -> list[dict[str, int]]:  # noqa: N802
        return [{"slot": self._slot, "prioritizationFee": fee} for fee in self.priority_fees]

    def _sendTransaction(self, raw: str, options: dict[str, Any]) -> str:  # noqa: N802
        transaction = Transaction.from_bytes(base64.b64decode(raw))
        result = self.vm.simulate_transaction(transaction)
        if isinstance(result, FailedTransactionMetadata):
            raise Refused(-32002, f"Transaction simulation failed: {result.err()}")
        self._waiting.append(transaction)
        signature: Signature = transaction.signatures[0]
        return str(signature)


def _told(account: Account) -> dict[str, Any]:
    data = [base64.b64encode(bytes(account.data)).decode(), "base64"]
    return {"lamports": account.lamports, "owner": str(account.owner), "data": data}


def _is_holder(data: bytes) -> bool:
    return len(data) == 165 or (len(data) > 165 and data[165] == 2)


@asynccontextmanager
async def solana_node() -> AsyncIterator[SolanaNode]:
    """Run a node on a free port."""
    node = SolanaNode()
    application = web.Application()
    application.router.add_post("/", node.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    node.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield node
    finally:
        await runner.cleanup()
