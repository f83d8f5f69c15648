"""What accounts hold, asked of the node: coins, tokens, nonces, and what a mint is."""

import base64
from collections.abc import Sequence
from typing import Any, Final

from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.chains.network import ChainAsset
from rialto.custody.chains.solana import tokens
from rialto.custody.chains.solana.messages import read_nonce
from rialto.custody.chains.solana.node import Node
from rialto.custody.chains.solana.options import SolanaOptions
from rialto.custody.chains.solana.tokens import Account, Holding, Mint

ACCOUNTS_AT_ONCE: Final = 100


class Accounts:
    """Reads accounts of one network. Every method may raise `NodeError` and `NodeUnavailable`."""

    def __init__(self, node: Node, options: SolanaOptions) -> None:
        self._node = node
        self._options = {"encoding": "base64", "commitment": options.commitment}
        self._trusted = frozenset(options.trusted_mints.split())
        self._rents: dict[int, int] = {}

    async def of(self, addresses: Sequence[str]) -> list[Account | None]:
        """Read accounts; None where there is none."""
        found: list[Account | None] = []
        for start in range(0, len(addresses), ACCOUNTS_AT_ONCE):
            asked = list(addresses[start : start + ACCOUNTS_AT_ONCE])
            answer = await self._node.ask("getMultipleAccounts", asked, self._options)
            found += [None if each is None else _account(each) for each in answer["value"]]
        return found

    async def holdings(self, owner: str, mint: str) -> list[Holding]:
        """Read every account in which an address holds a token, the associated one and others."""
        answer = await self._node.ask("getTokenAccountsByOwner", owner, {"mint": mint}, self._options)
        read = [tokens.read_holding(each["pubkey"], _account(each["account"])) for each in answer["value"]]
        # What the node's index was slow to forget is left out.
        return [each for each in read if each is not None and (each.owner, each.mint) == (owner, mint)]

    async def mints(self, assets: Sequence[ChainAsset]) -> list[Mint]:
        """Read the mints of tokens, as far as all can be taken; `NodeUnavailable` says which cannot, and why."""
        addresses = [asset.contract for asset in assets if asset.contract is not None]
        found = []
        for asset, address, account in zip(assets, addresses, await self.of(addresses), strict=True):
            mint = tokens.read_mint(address, account)
            why = "is no mint" if mint is None else mint.complaint(asset.decimals, is_trusted=address in self._trusted)
            if mint is None or why is not None:
                raise NodeUnavailable(f"{asset.asset} cannot be taken: {address} {why}")
            found.append(mint)
        return found

    async def nonces(self, accounts: Sequence[str]) -> list[tuple[str, str, str]]:
        """Read nonce accounts: each with who may use it and its value. What is none is left out."""
        read = [None if each is None else read_nonce(each.data) for each in await self.of(accounts)]
        return [(account, *nonce) for account, nonce in zip(accounts, read, strict=True) if nonce is not None]

    async def rent(self, size: int) -> int:
        """Tell what an account of so many bytes must hold."""
        if size not in self._rents:
            self._rents[size] = await self._node.ask("getMinimumBalanceForRentExemption", size)
        return self._rents[size]


def _account(given: dict[str, Any]) -> Account:
    return Account(given["lamports"], given["owner"], base64.b64decode(given["data"][0]))
