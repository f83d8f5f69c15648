"""The interface every chain stands behind.

An adapter knows one network: its addresses, its blocks, its transactions. It is stateless as far as money goes: it owns
nothing that could not be asked of the node again. It holds no private key; it builds what is to be signed, and checks
what was. All amounts are whole numbers of the chain's smallest unit.

Every method that asks the node raises `NodeUnavailable` when the node cannot be reached or is not in step with its
network; what was asked for may be asked again.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Protocol

import msgspec

from rialto.custody.chains.network import ChainAsset, Network


class NodeUnavailable(Exception):
    """The node cannot be asked now: not reachable, still synchronising, or answering nonsense."""


class InvalidAddress(Exception):
    """A destination that cannot be paid on this network. The message says why, for the person who gave it."""


class InsufficientHoldings(Exception):
    """The hot addresses do not hold enough to pay this now."""


class Rejected(Exception):
    """The node will never take this transaction as it is; the message is the node's own reason."""


class Block(msgspec.Struct, frozen=True):
    """A block's place in the chain."""

    height: int
    hash: str
    parent: str
    time_us: int


class Deposit(msgspec.Struct, frozen=True):
    """One credit to one of our addresses, in one block.

    (network, transaction, index) is unique: `index` is the output's number, the place of the call in the transaction's
    trace, the log's number or the instruction's, spelled so that no two credits of a transaction have the same.
    """

    transaction: str
    index: str
    address: str
    tag: str | None
    contract: str | None
    """Of the asset; None for the chain's own coin. May be one that is not listed."""
    amount: int
    """What the address really received: the difference of its balance where a token takes a fee."""
    senders: tuple[str, ...] = ()


class ScannedBlock(msgspec.Struct, frozen=True):
    """A block and every credit in it to the addresses asked about, in the order of the block."""

    block: Block
    deposits: tuple[Deposit, ...]


class TransactionState(Enum):
    """What the node knows of a transaction."""

    UNKNOWN = "unknown"
    """Not in a block, not in the node's pool."""
    PENDING = "pending"
    CONFIRMED = "confirmed"
    """In a block of the best chain, and it did what it should."""
    FAILED = "failed"
    """In a block of the best chain, without effect but for its fee."""
    CONFLICTED = "conflicted"
    """It can never confirm: something it spends, or its nonce, was used by another that has confirmed."""


class TransactionStatus(msgspec.Struct, frozen=True):
    """Where a transaction is."""

    state: TransactionState
    confirmations: int = 0
    """Of its block; when conflicted, of what took its place, as far as `unlock_confirmations` at least."""
    block: Block | None = None
    fee: int | None = None
    """What it cost in the chain's own coin, once in a block."""


class FeeLevel(Enum):
    """How much of a hurry a transaction is in."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class Payment(msgspec.Struct, frozen=True):
    """One payment to be made."""

    destination: str
    tag: str | None
    contract: str | None
    amount: int


class HotAddress(msgspec.Struct, frozen=True):
    """One of our addresses that pays, or is swept: its place in the derivation, and how it is spelled.

    `path` is relative to the account's extended key, such as `0/7`: purpose 0 for deposits, 1 for hot addresses.
    """

    address: str
    path: str


class Unsigned(msgspec.Struct, frozen=True):
    """A transaction ready to be signed: everything the signer needs, and what to check it by.

    `body` is the family's own encoding (an EIP-1559 payload, a PSBT, a Solana message): the signer reads what it does
    from there and from nowhere else.
    """

    network: str
    family: str
    body: bytes
    sources: tuple[HotAddress, ...]
    """Whose keys must sign, in the order the family wants signatures."""
    payments: tuple[Payment, ...]
    fee_max: int
    """The most it can cost, in the chain's own coin."""
    spends: tuple[str, ...]
    """What it uses up: `outpoint` of every input, or `address:nonce`. Two transactions that share one never both
    confirm; a replacement shares at least one with what it replaces."""
    replaces: str | None = None
    """The id of the transaction it takes the place of."""


class Signed(msgspec.Struct, frozen=True):
    """A signed transaction: to be written down before it is broadcast."""

    transaction: str
    """Its id on the chain, final before it is broadcast."""
    raw: bytes


class ChainAdapter(Protocol):
    """One network."""

    network: Network

    def derive(self, path: str) -> str:
        """Return the address at a path below the account's extended public key, such as `0/7`."""

    def canonical(self, address: str, tag: str | None, contract: str | None = None) -> str:
        """Return an address as we compare and store it, if it can be paid here with this tag.

        `contract` is that of the asset it is to be paid, where that is known: some chains keep tokens at places that
        are no address of the coin, and spell such a place of ours as the address it belongs to.
        Errors: `InvalidAddress`, which names the network the address does belong to where that can be told.
        """

    async def holder(self, address: str, tag: str | None, contract: str | None) -> str:
        """Return whose an address is that an asset would go to: on most chains its own.

        Precondition: `canonical` spelled it. Errors: `InvalidAddress`, where the chain shows that it takes none of it.
        """

    async def tip(self) -> Block:
        """Return the newest block of the best chain."""

    async def block(self, height: int) -> Block | None:
        """Return the block of the best chain at a height; None above the tip."""

    async def scan(self, height: int, addresses: Collection[str]) -> ScannedBlock:
        """Find every credit to some addresses, of any asset, in the block at a height. Precondition: there is one."""

    async def status(self, transaction: str, spends: Collection[str] = ()) -> TransactionStatus:
        """Tell what the node knows of a transaction.

        `spends` is what it uses up (`Unsigned.spends`). A node may have forgotten a transaction that another took the
        place of: only with this can it be told from one that was never broadcast.
        """

    async def fee_rate(self, level: FeeLevel) -> int:
        """Estimate what a unit of space costs now: wei a gas, satoshi a virtual kilobyte, lamports a signature."""

    async def build(
        self, payments: Sequence[Payment], sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        """Build a transaction that makes payments from hot addresses.

        `avoid` lists what transactions that may still confirm spend (`Unsigned.spends`); none of it is used again.
        Chains that pay one at a time take one payment. Errors: `InsufficientHoldings`, `InvalidAddress`.
        """

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Build the same payments again at a higher price, so that only one of the two can ever confirm; or, where the
        chain replaces nothing, a transaction that pays for its parent. Errors: `InsufficientHoldings`, `Rejected`.
        """

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        gas_source: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Build what collects deposit addresses into one, at once or in steps: where an address cannot pay for its own
        transaction, the step that funds it comes first, alone, and the rest is built when that is confirmed.
        """

    def combine(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> Signed:
        """Put signatures in their places and check the whole.

        Errors: `Rejected` when it is not what was to be signed.
        """

    async def broadcast(self, signed: Signed) -> None:
        """Hand a transaction to the network. One that is known already is fine. Errors: `Rejected`."""

    async def balances(self, addresses: Collection[str], assets: Sequence[ChainAsset]) -> Mapping[tuple[str, str], int]:
        """Return what addresses hold of assets, confirmed, by (address, asset name). What is zero may be left out."""
