"""The adapter of a network of Solana. See the package for how payouts are bound to nonces."""

import base64
from collections.abc import Awaitable, Collection, Mapping, Sequence
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
    InsufficientHoldings,
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
from rialto.custody.chains.solana.addresses import SYSTEM_PROGRAM, check_tag, read_address, read_own
from rialto.custody.chains.solana.messages import (
    COMPUTE_UNITS,
    MICRO,
    PRICE_MAX,
    SIGNATURE_FEE,
    Transfer,
    price_of,
    read,
    read_nonce,
    spell,
)
from rialto.custody.chains.solana.node import Node, NodeError
from rialto.custody.chains.solana.options import SolanaOptions
from rialto.custody.chains.solana.reading import payment_of
from rialto.custody.chains.solana.scanning import Blocks

ACCOUNTS_AT_ONCE: Final = 100
REPLACEMENT_PERCENT: Final = 110
_PERCENTILES: Final = {FeeLevel.SLOW: 25, FeeLevel.NORMAL: 50, FeeLevel.FAST: 90}

T = TypeVar("T")


class _Account(msgspec.Struct):
    lamports: int
    owner: str
    data: bytes


class SolanaAdapter:
    """One network of Solana."""

    def __init__(self, network: Network, url: str, own: str, options: SolanaOptions) -> None:
        """Connect to nothing yet. Raises ValueError, saying why, for addresses that cannot be ours."""
        self.network = network
        self._own = read_own(own)
        self._nonce_accounts = [str(Pubkey.from_string(each)) for each in options.nonce_accounts.split()]
        self._options = options
        self._node = Node(url, timeout_seconds=options.timeout_seconds)
        self._blocks = Blocks(self._node, options.commitment)
        self._rent: int | None = None

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

    def canonical(self, address: str, tag: str | None) -> str:
        """Return an address as we compare it. Errors: `InvalidAddress`."""
        spelled = str(read_address(address, self.network.title))
        check_tag(tag, self.network.tag_pattern, self.network.title)
        if spelled in self._nonce_accounts:
            raise InvalidAddress(f"{spelled} is an account of the exchange's own that nobody is paid at")
        return spelled

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
        """Find every credit of the coin in the block of a slot."""
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
        fee = None if told is None else told["meta"]["fee"]
        block = await self._blocks.block(known["slot"])
        return TransactionStatus(state, tip - known["slot"] + 1, block, fee)

    async def _is_any_used(self, spends: Collection[str]) -> bool:
        pairs = [each.rpartition(":") for each in spends]
        accounts = await self._accounts([account for account, _, _ in pairs])
        for (_, _, nonce), account in zip(pairs, accounts, strict=True):
            held = None if account is None else read_nonce(account.data)
            if held is None or held[1] != nonce:
                return True
        return False

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
        if payment.contract is not None:
            raise InvalidAddress(f"tokens are not paid on {self.network.name}")
        destination = self.canonical(payment.destination, payment.tag)
        return await self._asked(self._build(destination, payment, sources, fee_rate, avoid))

    async def _build(
        self, destination: str, payment: Payment, sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        receiver, *held = await self._accounts([destination, *(each.address for each in sources)])
        if receiver is not None and receiver.owner != str(SYSTEM_PROGRAM):
            raise InvalidAddress(f"{destination} is no wallet: it belongs to the program {receiver.owner}")
        least = await self._rent_least()
        if (receiver.lamports if receiver else 0) + payment.amount < least:
            raise InvalidAddress(
                f"{destination} is empty, and an address of {self.network.title} must hold at least {least} lamports; "
                f"{payment.amount} are too few"
            )
        reason = "no hot address"
        for source, account in zip(sources, held, strict=True):
            nonce = await self._free_nonce(source.address, avoid)
            if nonce is None:
                reason = f"every nonce account of {source.address} is in use"
                continue
            transfer = Transfer(
                payer=source.address,
                source=source.address,
                destination=destination,
                amount=payment.amount,
                memo=payment.tag,
                nonce_account=nonce[0],
                nonce=nonce[1],
                price=price_of(min(fee_rate, self._options.fee_max)),
            )
            left = (account.lamports if account else 0) - payment.amount - transfer.fee
            if left == 0 or left >= least:
                return self._unsigned(transfer, (source,))
            reason = f"{source.address} holds {account.lamports if account else 0} lamports, {least} of which must stay"
        raise InsufficientHoldings(f"{payment.amount} lamports cannot be paid: {reason}")

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Build the same payment for the same nonce at a higher price. Errors: `Rejected`."""
        transfer = read(unsigned.body)
        price = max(price_of(fee_rate), transfer.price * REPLACEMENT_PERCENT // 100 + 1)
        dearer = msgspec.structs.replace(transfer, price=min(price, PRICE_MAX))
        if dearer.fee > self._options.fee_max * len(unsigned.sources):
            raise Rejected(f"it would cost {dearer.fee} lamports, above {self._options.fee_max} a signature")
        return self._unsigned(dearer, unsigned.sources)

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        gas_source: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Build what collects deposit addresses: the hot address pays the fee, and what an address must hold stays."""
        if not any(asset.contract is None for asset in assets):
            return []
        return await self._asked(self._sweep(sources, destination, gas_source, fee_rate, avoid))

    async def _sweep(
        self,
        sources: Sequence[HotAddress],
        destination: str,
        gas_source: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        least = await self._rent_least()
        accounts = await self._accounts([each.address for each in sources])
        built: list[Unsigned] = []
        for source, account in zip(sources, accounts, strict=True):
            used = [*avoid, *(spent for each in built for spent in each.spends)]
            nonce = await self._free_nonce(gas_source.address, used)
            if account is None or nonce is None:
                continue
            transfer = Transfer(
                payer=gas_source.address,
                source=source.address,
                destination=destination,
                amount=account.lamports - least,
                memo=None,
                nonce_account=nonce[0],
                nonce=nonce[1],
                price=price_of(min(fee_rate, self._options.fee_max)),
            )
            if transfer.amount > transfer.fee:
                signers = (gas_source,) if source.address == gas_source.address else (gas_source, source)
                built.append(self._unsigned(transfer, signers))
        return built

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
        """Return what addresses hold of the coin; our nonce accounts' deposits are not among it."""
        coins = [asset.asset for asset in assets if asset.contract is None]
        accounts = await self._asked(self._accounts(list(addresses)))
        return {
            (address, coin): account.lamports
            for address, account in zip(addresses, accounts, strict=True)
            if account is not None
            for coin in coins
        }

    def _unsigned(self, transfer: Transfer, sources: tuple[HotAddress, ...]) -> Unsigned:
        assert tuple(each.address for each in sources) == transfer.signers
        return Unsigned(
            network=self.network.name,
            family=self.network.family.value,
            body=spell(transfer),
            sources=sources,
            payments=(payment_of(transfer),),
            fee_max=transfer.fee,
            spends=(transfer.spends,),
        )

    async def _free_nonce(self, authority: str, avoid: Collection[str]) -> tuple[str, str] | None:
        """Find a nonce account that an address may use and that nothing under way is bound to."""
        for name, account in zip(self._nonce_accounts, await self._accounts(self._nonce_accounts), strict=True):
            held = None if account is None else read_nonce(account.data)
            if held is not None and held[0] == authority and f"{name}:{held[1]}" not in avoid:
                return name, held[1]
        return None

    async def _accounts(self, addresses: Sequence[str]) -> list[_Account | None]:
        found: list[_Account | None] = []
        options = {"encoding": "base64", "commitment": self._options.commitment}
        for start in range(0, len(addresses), ACCOUNTS_AT_ONCE):
            asked = list(addresses[start : start + ACCOUNTS_AT_ONCE])
            answer = await self._node.ask("getMultipleAccounts", asked, options)
            found += [
                None if each is None else _Account(each["lamports"], each["owner"], base64.b64decode(each["data"][0]))
                for each in answer["value"]
            ]
        return found

    async def _rent_least(self) -> int:
        if self._rent is None:
            self._rent = await self._node.ask("getMinimumBalanceForRentExemption", 0)
        return self._rent

    async def _asked(self, asking: Awaitable[T]) -> T:
        """Say of whatever the node refuses or garbles that it cannot be asked now."""
        try:
            return await asking
        except NodeError as error:
            raise NodeUnavailable(f"the node of {self.network.name} refuses: {error}") from error
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise NodeUnavailable(f"the node of {self.network.name} answers nonsense: {error!r}") from error
