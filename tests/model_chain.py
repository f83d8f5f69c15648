"""A chain in memory behind the interface of real ones: blocks, forks, a pool, conflicts, fees, replacement.

It works as chains with accounts do: a transaction uses up its sender's next number, pays a fee in the chain's own coin,
and moves coins and tokens. Everyone outside has as much as they like; our own addresses (all that `derive` gives) have
what they were sent. What a block did is worked out from its parent's state alone, so that a fork takes it back.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from rialto.custody.chains.adapter import (
    Block,
    Deposit,
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

GENESIS_US = 1_700_000_000_000_000
BLOCK_US = 10_000_000
FEES = {FeeLevel.SLOW: 10, FeeLevel.NORMAL: 20, FeeLevel.FAST: 40}
REPLACEMENT_PERCENT = 110
SPACE = 100  # Units of space a transaction takes; its fee is this times its rate.


class Transaction(msgspec.Struct, frozen=True):
    """A transaction as the model carries it."""

    sender: str
    nonce: int
    payments: tuple[Payment, ...]
    fee_rate: int

    @property
    def id(self) -> str:
        """Its id: what it says, hashed."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    @property
    def fee(self) -> int:
        """What it costs."""
        return self.fee_rate * SPACE


@dataclass
class State:
    """What there is after a block."""

    balances: dict[tuple[str, str | None], int] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)
    confirmed: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """By id: the height, and whether it did what it should."""

    def copy(self) -> "State":
        return State(dict(self.balances), dict(self.nonces), dict(self.confirmed))


@dataclass(frozen=True)
class Mined:
    """A block with what is in it and what there is after it."""

    block: Block
    transactions: tuple[Transaction, ...]
    state: State


class ModelChain:
    """A `ChainAdapter` whose node is itself. What only tests do stands first."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.is_down = False
        self.fails_after: int | None = None  # After how many more answers the node fails once.
        self.pool: dict[str, Transaction] = {}
        self.seen: dict[str, Transaction] = {}
        self._salt = 0
        genesis = Block(0, self._hash(""), "", GENESIS_US)
        self._best = [Mined(genesis, (), State())]

    @property
    def height(self) -> int:
        """The height of the newest block."""
        return self._best[-1].block.height

    def is_ours(self, address: str) -> bool:
        """Whether an address is one that `derive` gives."""
        return address.startswith(f"{self.network.name.lower()}:ours-")

    def pay(
        self, address: str, amount: int, *, contract: str | None = None, tag: str | None = None, sender: str = "outside"
    ) -> str:
        """Put someone's payment to an address into the pool; return its id."""
        return self.send(sender, [Payment(address, tag, contract, amount)])

    def send(self, sender: str, payments: Iterable[Payment], *, fee_rate: int = 20, nonce: int | None = None) -> str:
        """Put someone's transaction into the pool; with a nonce, in place of another that has not confirmed."""
        if nonce is None:
            taken = {each.nonce for each in self.pool.values() if each.sender == sender}
            nonce = self._state.nonces.get(sender, 0)
            while nonce in taken:
                nonce += 1
        made = Transaction(sender, nonce, tuple(payments), fee_rate)
        self._accept(made)
        return made.id

    def mine(self, blocks: int = 1, *, empty: bool = False) -> None:
        """Find blocks; the first holds what is in the pool and can confirm, unless it is to be empty."""
        for _ in range(blocks):
            parent = self._best[-1]
            state = parent.state.copy()
            height = parent.block.height + 1
            included: list[Transaction] = []
            if not empty:
                waiting = sorted(self.pool.values(), key=lambda each: (each.sender, each.nonce, -each.fee_rate))
                included = [made for made in waiting if self._apply(state, made, height)]
            block = Block(height, self._hash(parent.block.hash), parent.block.hash, GENESIS_US + height * BLOCK_US)
            self._best.append(Mined(block, tuple(included), state))
            self._clear_pool()

    def reorganise(
        self, depth: int, *, drop: Collection[str] = (), blocks: int | None = None, empty: bool = False
    ) -> None:
        """Replace the newest blocks by others, one more unless told: what they held is in the pool again.

        What is dropped is forgotten by the node. With `empty`, the first new blocks hold nothing.
        """
        undone = self._best[-depth:]
        del self._best[-depth:]
        for mined in undone:
            for made in mined.transactions:
                if made.id not in drop:
                    self.pool[made.id] = made
        for each in drop:
            self.pool.pop(each, None)
        self.mine(depth + 1 if blocks is None else blocks, empty=empty)

    def forget(self, transaction: str) -> None:
        """Let the node forget a transaction that has not confirmed."""
        self.pool.pop(transaction, None)

    def balance(self, address: str, contract: str | None = None) -> int:
        """What an address holds, confirmed."""
        return self._state.balances.get((address, contract), 0)

    def held(self, contract: str | None = None) -> int:
        """What all of our addresses hold, confirmed."""
        return sum(
            amount for (address, of), amount in self._state.balances.items() if of == contract and self.is_ours(address)
        )

    # The interface.

    def derive(self, path: str) -> str:
        """Spell our address at a path."""
        return f"{self.network.name.lower()}:ours-{path.replace('/', '-')}"

    def canonical(self, address: str, tag: str | None, contract: str | None = None) -> str:
        """Take any address that begins with the network's name."""
        _ = tag, contract
        prefix, _, rest = address.partition(":")
        if prefix.lower() != self.network.name.lower() or not rest:
            where = f"; it is one of {prefix.upper()}" if rest else ""
            raise InvalidAddress(f"{address!r} is no address of {self.network.name}{where}")
        return f"{prefix.lower()}:{rest}"

    async def holder(self, address: str, tag: str | None, contract: str | None) -> str:
        """Every address is its own."""
        return address

    async def tip(self) -> Block:
        """Return the newest block."""
        self._check()
        return self._best[-1].block

    async def block(self, height: int) -> Block | None:
        """Return a block of the best chain."""
        self._check()
        return self._best[height].block if 0 <= height <= self.height else None

    async def scan(self, height: int, addresses: Collection[str]) -> ScannedBlock:
        """List what a block paid to addresses."""
        self._check()
        mined = self._best[height]
        wanted = set(addresses)
        found = tuple(
            Deposit(made.id, str(index), pay.destination, pay.tag, pay.contract, pay.amount, (made.sender,))
            for made in mined.transactions
            if mined.state.confirmed[made.id][1]
            for index, pay in enumerate(made.payments)
            if pay.destination in wanted
        )
        return ScannedBlock(mined.block, found)

    async def status(self, transaction: str, spends: Collection[str] = ()) -> TransactionStatus:
        """Tell where a transaction is."""
        self._check()
        state, made = self._state, self.seen.get(transaction)
        if transaction in state.confirmed:
            height, is_sound = state.confirmed[transaction]
            where = TransactionState.CONFIRMED if is_sound else TransactionState.FAILED
            assert made is not None
            return TransactionStatus(where, self.height - height + 1, self._best[height].block, made.fee)
        if transaction in self.pool:
            return TransactionStatus(TransactionState.PENDING)
        if made is not None and made.nonce < state.nonces.get(made.sender, 0):
            return TransactionStatus(TransactionState.CONFLICTED)
        return TransactionStatus(TransactionState.UNKNOWN)

    async def fee_rate(self, level: FeeLevel) -> int:
        """Return a fixed price."""
        self._check()
        return FEES[level]

    async def build(
        self, payments: Sequence[Payment], sources: Sequence[HotAddress], fee_rate: int, avoid: Collection[str]
    ) -> Unsigned:
        """Pay from the first address that holds enough beside what it is paying already."""
        self._check()
        for each in payments:
            self.canonical(each.destination, each.tag)
        for source in sources:
            needed = self._needed(payments, fee_rate * SPACE)
            if all(self._spendable(source.address, contract) >= amount for contract, amount in needed.items()):
                return self._unsigned(source, tuple(payments), fee_rate, self._next_nonce(source.address, avoid))
        raise InsufficientHoldings("no hot address holds enough")

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Say the same at a higher price, at least a tenth more."""
        self._check()
        made = self.read(unsigned)
        rate = max(fee_rate, -(-made.fee_rate * REPLACEMENT_PERCENT // 100))
        if self._state.nonces.get(made.sender, 0) > made.nonce:
            raise Rejected("its number is used up")
        bumped = self._unsigned(unsigned.sources[0], made.payments, rate, made.nonce)
        return msgspec.structs.replace(bumped, replaces=made.id)

    async def sweep(
        self,
        sources: Sequence[HotAddress],
        assets: Sequence[ChainAsset],
        destination: str,
        gas_source: HotAddress,
        fee_rate: int,
        avoid: Collection[str],
    ) -> list[Unsigned]:
        """Collect: tokens first, for which addresses without coins are given some; coins without tokens whole."""
        self._check()
        fee = fee_rate * SPACE
        funding: list[Unsigned] = []
        collecting: list[Unsigned] = []
        used = set(avoid)
        for source in sources:
            held = {each: self._spendable(source.address, each.contract) for each in assets}
            tokens = [(each, amount) for each, amount in held.items() if each.contract is not None and amount > 0]
            coins = self._spendable(source.address, None)
            if tokens and coins < fee * len(tokens):
                payment = Payment(source.address, None, None, fee * len(tokens) - coins)
                made = await self.build([payment], [gas_source], fee_rate, used)
                used |= set(made.spends)
                funding.append(made)
                continue
            payments = [Payment(destination, None, each.contract, amount) for each, amount in tokens]
            if not tokens and any(each.contract is None for each in assets) and coins > fee:
                payments = [Payment(destination, None, None, coins - fee)]
            for payment in payments:
                made = self._unsigned(source, (payment,), fee_rate, self._next_nonce(source.address, used))
                used |= set(made.spends)
                collecting.append(made)
        return funding or collecting

    def combine(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> Signed:
        """Take the signatures that `sign` gives."""
        if list(signatures) != sign(unsigned):
            raise Rejected("not signed by the keys of its sources")
        return Signed(self.read(unsigned).id, unsigned.body)

    async def broadcast(self, signed: Signed) -> None:
        """Take a transaction into the pool."""
        self._check()
        self._accept(msgspec.json.decode(signed.raw, type=Transaction))

    async def balances(self, addresses: Collection[str], assets: Sequence[ChainAsset]) -> Mapping[tuple[str, str], int]:
        """Return what addresses hold, confirmed."""
        self._check()
        return {
            (address, each.asset): amount
            for address in addresses
            for each in assets
            if (amount := self.balance(address, each.contract))
        }

    @staticmethod
    def read(unsigned: Unsigned) -> Transaction:
        """Read what a transaction says."""
        return msgspec.json.decode(unsigned.body, type=Transaction)

    # How it works.

    @property
    def _state(self) -> State:
        return self._best[-1].state

    def _check(self) -> None:
        if self.fails_after is not None:
            self.fails_after = self.fails_after - 1 if self.fails_after else None
            if self.fails_after is None:
                raise NodeUnavailable("the model's node failed")
        if self.is_down:
            raise NodeUnavailable("the model's node is down")

    def _hash(self, parent: str) -> str:
        self._salt += 1
        return hashlib.sha256(f"{self.network.name} {parent} {self._salt}".encode()).hexdigest()

    def _accept(self, made: Transaction) -> None:
        if made.id in self.pool or made.id in self._state.confirmed:
            return
        if made.nonce < self._state.nonces.get(made.sender, 0):
            raise Rejected("its number is used up")
        for other in list(self.pool.values()):
            if (other.sender, other.nonce) == (made.sender, made.nonce):
                if made.fee_rate * 100 < other.fee_rate * REPLACEMENT_PERCENT:
                    raise Rejected("does not pay enough to replace another")
                del self.pool[other.id]
        self.pool[made.id] = self.seen[made.id] = made

    def _apply(self, state: State, made: Transaction, height: int) -> bool:
        if state.nonces.get(made.sender, 0) != made.nonce:
            return False
        ours = self.is_ours(made.sender)
        coins = state.balances.get((made.sender, None), 0)
        if ours and coins < made.fee:
            return False
        needed = self._needed(made.payments, made.fee)
        is_sound = not ours or all(
            state.balances.get((made.sender, contract), 0) >= amount for contract, amount in needed.items()
        )
        state.nonces[made.sender] = made.nonce + 1
        state.confirmed[made.id] = (height, is_sound)
        if ours:
            for contract, amount in (needed if is_sound else {None: made.fee}).items():
                state.balances[made.sender, contract] = state.balances.get((made.sender, contract), 0) - amount
        for each in made.payments if is_sound else ():
            key = (each.destination, each.contract)
            state.balances[key] = state.balances.get(key, 0) + each.amount
        return True

    def _clear_pool(self) -> None:
        for made in list(self.pool.values()):
            if made.nonce < self._state.nonces.get(made.sender, 0):
                del self.pool[made.id]

    @staticmethod
    def _needed(payments: Sequence[Payment], fee: int) -> dict[str | None, int]:
        needed: dict[str | None, int] = {None: fee}
        for each in payments:
            needed[each.contract] = needed.get(each.contract, 0) + each.amount
        return needed

    def _spendable(self, address: str, contract: str | None) -> int:
        sent = [made for made in self.pool.values() if made.sender == address]
        leaving = sum(self._needed(made.payments, made.fee).get(contract, 0) for made in sent)
        return self.balance(address, contract) - leaving

    def _next_nonce(self, address: str, avoid: Collection[str]) -> int:
        nonce = self._state.nonces.get(address, 0)
        taken = {made.nonce for made in self.pool.values() if made.sender == address}
        while f"{address}:{nonce}" in avoid or nonce in taken:
            nonce += 1
        return nonce

    def _unsigned(self, source: HotAddress, payments: tuple[Payment, ...], fee_rate: int, nonce: int) -> Unsigned:
        made = Transaction(source.address, nonce, payments, fee_rate)
        return Unsigned(
            network=self.network.name,
            family=self.network.family.value,
            body=msgspec.json.encode(made),
            sources=(source,),
            payments=payments,
            fee_max=made.fee,
            spends=(f"{source.address}:{nonce}",),
        )


def sign(unsigned: Unsigned) -> list[bytes]:
    """Sign as the model wants it: one signature a source, of what is said."""
    return [hashlib.sha256(source.path.encode() + b" signs " + unsigned.body).digest() for source in unsigned.sources]
