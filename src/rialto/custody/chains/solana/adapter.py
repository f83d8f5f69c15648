"""The adapter of a network of Solana. See the package for how payouts are bound to nonces."""

import base64
from collections.abc import Collection, Coroutine, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec
from solders.message import Message
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import Transaction

from rialto.custody.chains.adapter import (
    Block,
    FeeLevel,
    HotAddress,
    InvalidAddress,
    NodeUnavailable,
    Payment,
    Rejected,
    ScannedBlock,
    Signed,
    TransactionState,
    TransactionStatus,
    Unsigned,
)
from rialto.custody.chains.network import ChainAsset, Network
from rialto.custody.chains.solana import tokens
from rialto.custody.chains.solana.accounts import Accounts
from rialto.custody.chains.solana.addresses import check_tag, read_address, read_own
from rialto.custody.chains.solana.building import Builder
from rialto.custody.chains.solana.messages import COMPUTE_UNITS, MICRO, SIGNATURE_FEE
from rialto.custody.chains.solana.node import Node, NodeError
from rialto.custody.chains.solana.options import SolanaOptions
from rialto.custody.chains.solana.reading import cost_of
from rialto.custody.chains.solana.scanning import Blocks

_PERCENTILES: Final = {FeeLevel.SLOW: 25, FeeLevel.NORMAL: 50, FeeLevel.FAST: 90}

T = TypeVar("T")


class SolanaAdapter:
    """One network of Solana."""

    def __init__(self, network: Network, url: str, own: str, options: SolanaOptions) -> None:
        """Connect to nothing yet. Raises ValueError, saying why, for addresses that cannot be ours."""
        self.network = network
        self._own = read_own(own)
        self._nonce_accounts = [str(Pubkey.from_string(each)) for each in options.nonce_accounts.split()]
        self._options = options
        self._node = Node(url, timeout_seconds=options.timeout_seconds)
        self._blocks = Blocks(self._node, network, options)
        self._accounts = Accounts(self._node, options)
        self._builder = Builder(network, self._accounts, options, self._own.values())
        self._tokens = [asset for asset in network.assets if asset.contract is not None]
        self._own_holders = {
            tokens.associated(address, asset.contract, program): address
            for asset in self._tokens
            if asset.contract is not None
            for program in tokens.PROGRAMS
            for address in self._own.values()
        }
        self._is_checked = not self._tokens

    async def close(self) -> None:
        """Close the connections."""
        await self._node.close()

    def derive(self, path: str) -> str:
        """Return the address that is configured at a path. Raises ValueError where there is none.

        Nothing is left over from a payment here: change, if one asks where it goes, stays with the first hot address.
        """
        if path.startswith("2/"):
            path = "1/0"
        if path not in self._own:
            raise ValueError(
                f"{self.network.name} is configured with no address at {path}, only {', '.join(self._own)}"
            )
        return self._own[path]

    def canonical(self, address: str, tag: str | None, contract: str | None = None) -> str:
        """Return an address as we compare it: for an account of a token that follows from an address of ours, that.

        For a token an address need be no wallet: `holder` tells what it is. Errors: `InvalidAddress`.
        """
        spelled = str(read_address(address, self.network.title, is_for_token=contract is not None))
        check_tag(tag, self.network.tag_pattern, self.network.title)
        if spelled in self._nonce_accounts:
            raise InvalidAddress(f"{spelled} is an account of the exchange's own that nobody is paid at")
        if self.network.asset_of(spelled) is not None:
            raise InvalidAddress(f"{spelled} is a token, not a wallet; give the address of a wallet")
        return spelled if contract is None else self._own_holders.get(spelled, spelled)

    async def holder(self, address: str, tag: str | None, contract: str | None) -> str:
        """Return whose an account of a token is, and otherwise the wallet. Nobody need be asked of our own."""
        if contract is None or address in self._own.values():
            return address
        return await self._asked(self._builder.holder(address, tag, contract))

    async def tip(self) -> Block:
        """Return the newest block."""
        return await self._asked(self._tip())

    async def _tip(self) -> Block:
        return await self._blocks.block(await self._blocks.tip())

    async def block(self, height: int) -> Block | None:
        """Return the block of a slot, or the empty one in its place; None above the tip."""
        if height > await self._asked(self._blocks.tip()):
            return None
        return await self._asked(self._blocks.block(height))

    async def scan(self, height: int, addresses: Collection[str]) -> ScannedBlock:
        """Find every credit in the block of a slot."""
        return await self._asked(self._blocks.scan(height, addresses))

    async def status(self, transaction: str, spends: Collection[str] = ()) -> TransactionStatus:
        """Tell what the node knows of a transaction."""
        return await self._asked(self._status(transaction, spends))

    async def _status(self, transaction: str, spends: Collection[str]) -> TransactionStatus:
        # The nonce first: if it was this transaction that changed it, the node knows the transaction by then.
        is_used = await self._is_any_used(spends)
        answer = await self._node.ask("getSignatureStatuses", [transaction], {"searchTransactionHistory": True})
        [known] = answer["value"]
        tip = await self._blocks.tip()
        if known is None or known["slot"] > tip:
            if known is None and is_used:
                return TransactionStatus(TransactionState.CONFLICTED, 1)
            return TransactionStatus(TransactionState.UNKNOWN if known is None else TransactionState.PENDING)
        told = await self._node.ask(
            "getTransaction",
            transaction,
            {"commitment": self._options.commitment, "encoding": "base64", "maxSupportedTransactionVersion": 0},
        )
        state = TransactionState.CONFIRMED if known["err"] is None else TransactionState.FAILED
        fee = None if told is None else cost_of(told)
        block = await self._blocks.block(known["slot"])
        return TransactionStatus(state, tip - known["slot"] + 1, block, fee)

    async def _is_any_used(self, spends: Collection[str]) -> bool:
        pairs = [each.rpartition(":") for each in spends]
        held = {account: nonce for account, _, nonce in await self._accounts.nonces([each[0] for each in pairs])}
        return any(held.get(account) != nonce for account, _, nonce in pairs)

    async def fee_rate(self, level: FeeLevel) -> int:
        """Estimate what a signature costs now, computation included, in lamports."""
        hot = [address for path, address in self._own.items() if path.startswith("1/")]
        answer = await self._asked(self._node.ask("getRecentPrioritizationFees", hot))
        offered = sorted(int(each["prioritizationFee"]) for each in answer) or [0]
        price = offered[(len(offered) - 1) * _PERCENTILES[level] // 100]
        return min(SIGNATURE_FEE - (-COMPUTE_UNITS * price // MICRO), self._options.fee_max)

    async def build(
        self, payments: Sequence[Payment], sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        """Build a transaction that makes one payment. Errors: `InsufficientHoldings`, `InvalidAddress`."""
        if len(payments) != 1:
            raise ValueError(f"a transaction of {self.network.name} makes one payment, not {len(payments)}")
        [payment] = payments
        if payment.amount <= 0:
            raise ValueError(f"a payment of {payment.amount} pays nothing")
        destination = self.canonical(payment.destination, payment.tag, payment.contract)
        exact = msgspec.structs.replace(payment, destination=destination)
        return await self._asked(self._builder.build(exact, sources, fee_rate, avoid))

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Build the same payment for the same nonce at a higher price. Errors: `Rejected`."""
        return self._builder.bump(unsigned, fee_rate)

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        gas_source: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Build what collects deposit addresses: see `Builder.sweep`."""
        return await self._asked(self._builder.sweep(sources, assets, destination, gas_source, fee_rate, avoid))

    def combine(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> Signed:
        """Put signatures in their places and check each. Errors: `Rejected`."""
        if len(signatures) != len(unsigned.sources) or any(len(each) != 64 for each in signatures):
            raise Rejected(f"{len(signatures)} signatures for {len(unsigned.sources)} sources, or none of 64 bytes")
        made = [Signature.from_bytes(each) for each in signatures]
        for source, signature in zip(unsigned.sources, made, strict=True):
            if not signature.verify(Pubkey.from_string(source.address), unsigned.body):
                raise Rejected(f"the signature of {source.address} is not its own for this transaction")
        transaction = Transaction.populate(Message.from_bytes(unsigned.body), made)
        return Signed(str(made[0]), bytes(transaction))

    async def broadcast(self, signed: Signed) -> None:
        """Hand a transaction to the node. Errors: `Rejected`."""
        options: dict[str, Any] = {"encoding": "base64", "preflightCommitment": self._options.commitment}
        try:
            await self._node.ask("sendTransaction", base64.b64encode(signed.raw).decode(), options)
        except NodeError as error:
            known = await self._asked(self._node.ask("getSignatureStatuses", [signed.transaction]))
            if known["value"][0] is None:
                raise Rejected(str(error)) from error

    async def balances(self, addresses: Collection[str], assets: Sequence[ChainAsset]) -> Mapping[tuple[str, str], int]:
        """Return what addresses hold; what their nonce accounts and accounts of tokens hold of the coin is no part."""
        return await self._asked(self._balances(list(addresses), assets))

    async def _balances(self, addresses: Sequence[str], assets: Sequence[ChainAsset]) -> Mapping[tuple[str, str], int]:
        found = {}
        for asset in assets:
            if asset.contract is None:
                accounts = await self._accounts.of(addresses)
                for address, account in zip(addresses, accounts, strict=True):
                    if account is not None:
                        found[address, asset.asset] = account.lamports
                continue
            for address in addresses:
                holdings = await self._accounts.holdings(address, asset.contract)
                if holdings:
                    found[address, asset.asset] = sum(each.amount for each in holdings)
        return found

    async def _asked(self, asking: Coroutine[Any, Any, T]) -> T:
        """Ask, once the tokens listed are known to be what they should; what the node refuses is `NodeUnavailable`."""
        try:
            if not self._is_checked:
                await self._accounts.mints(self._tokens)
                self._is_checked = True
            return await asking
        except NodeError as error:
            raise NodeUnavailable(f"the node of {self.network.name} refuses: {error}") from error
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise NodeUnavailable(f"the node of {self.network.name} answers nonsense: {error!r}") from error
        except NodeUnavailable:
            # Another may answer in its place next time.
            self._is_checked = not self._tokens
            raise
        finally:
            asking.close()
