"""What our addresses hold: coins to spend with where they come from, and balances as the blocks say."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec
import structlog

from rialto.custody.chains.adapter import HotAddress, NodeUnavailable
from rialto.custody.chains.bitcoin import psbt, raw
from rialto.custody.chains.bitcoin.addresses import address_of
from rialto.custody.chains.bitcoin.node import Node, NodeError
from rialto.custody.chains.bitcoin.parameters import Parameters
from rialto.custody.chains.bitcoin.selection import Coin
from rialto.custody.chains.bitcoin.watching import Unspent, Watching, units

ORIGINS_KEPT: Final = 100_000
"""Transactions of which it is remembered whether they are a HogEx."""

SENDERS_MAX: Final = 20
"""Addresses a payment is said to come from."""
_TRIES: Final = 5

_log = structlog.stdlib.get_logger(__name__)


class _Spent(msgspec.Struct, frozen=True):
    """An output in a block, of which a waiting transaction may spend."""

    value: Decimal
    script: dict[str, Any] = msgspec.field(name="scriptPubKey")

    @property
    def address(self) -> str | None:
        """The address; nodes spell it in one of two ways."""
        several = self.script.get("addresses") or [None]
        address: str | None = self.script.get("address", several[0])
        return address


class _Moment(NamedTuple):
    """What a balance is true of: two looks in between which nothing happened show the same."""

    tip: str
    waiting: tuple[str, ...]


class Holdings:
    """Asks the watching wallet. Errors of every coroutine: `NodeUnavailable`."""

    def __init__(self, node: Node, watching: Watching) -> None:
        self._node = node
        self._watching = watching
        self._is_hogex: OrderedDict[str, bool] = OrderedDict()

    async def coins(self, sources: Sequence[HotAddress], avoid: Collection[str]) -> list[Coin]:
        """List what addresses can spend of what is in blocks, without what is to be avoided."""
        paths = {each.address: each.path for each in sources}
        avoided = frozenset(avoid)
        coins = [
            Coin(units(each.amount), f"{each.txid}:{each.vout}", each.address, paths[each.address])
            for each in await self._spendable(list(paths))
        ]
        return [each for each in coins if each.outpoint not in avoided]

    async def confirmed(self, addresses: Collection[str]) -> Mapping[str, int]:
        """Add up what addresses hold in blocks, though a waiting transaction may spend it."""
        wanted = frozenset(addresses)
        await self._watching.ensure(wanted)
        for _ in range(_TRIES):
            before = await self._moment()
            spendable = await self._spendable(wanted)
            spent = await self._spent_by(before.waiting)
            if await self._moment() == before:
                held: dict[str, int] = {}
                for each in spendable:
                    held[each.address] = held.get(each.address, 0) + units(each.amount)
                for other in spent:
                    if other.address is not None and other.address in wanted:
                        held[other.address] = held.get(other.address, 0) + units(other.value)
                return held
        raise NodeUnavailable("blocks and transactions come in faster than balances can be added up; ask again")

    async def _moment(self) -> "_Moment":
        try:
            tip = await self._node.ask(str, "getbestblockhash")
        except NodeError as error:
            raise NodeUnavailable(f"the node cannot tell its newest block: {error}") from error
        return _Moment(tip, tuple(await self._watching.waiting(tip)))

    async def parents(self, coins: Sequence[Coin]) -> dict[str, bytes]:
        """Fetch the transactions that made coins, stripped of their witness, by id."""
        names = {each.transaction for each in coins}
        found = await self._watching.transactions(names)
        if len(found) != len(names):
            raise NodeUnavailable("the node does not know where a coin of ours comes from")
        parents = dict(psbt.parent_of(bytes.fromhex(each.hex)) for each in found.values())
        if parents.keys() != names:
            raise NodeUnavailable("the node gave another transaction than it was asked for")
        return parents

    async def senders(self, spends: Mapping[str, Sequence[str]], parameters: Parameters) -> dict[str, tuple[str, ...]]:
        """Tell whose coins transactions spend, as far as they come out of transactions that concern us.

        What we spend ourselves is always among them; of strangers' coins little is known without an index.
        """
        outpoints = {outpoint for each in spends.values() for outpoint in each}
        made = await self._watching.transactions(each.split(":")[0] for each in outpoints)
        scripts = {name: raw.read(bytes.fromhex(each.hex)).scripts for name, each in made.items()}
        found: dict[str, tuple[str, ...]] = {}
        for transaction, spent in spends.items():
            known = [each.split(":") for each in spent if each.split(":")[0] in scripts]
            addresses = [address_of(scripts[name][int(number)], parameters) for name, number in known]
            found[transaction] = tuple(dict.fromkeys(each for each in addresses if each is not None))[:SENDERS_MAX]
        return found

    async def _spendable(self, addresses: Collection[str]) -> list[Unspent]:
        """List what can be spent; what comes out of a HogEx was never credited to anybody and stays where it is."""
        every = await self._watching.unspent(addresses)
        await self._look_up({each.txid for each in every} - self._is_hogex.keys())
        return [each for each in every if not self._is_hogex.get(each.txid, False)]

    async def _look_up(self, transactions: Collection[str]) -> None:
        for name, each in (await self._watching.transactions(transactions)).items():
            try:
                is_hogex = raw.read(bytes.fromhex(each.hex)).is_hogex
            except raw.Malformed as error:
                raise NodeUnavailable(f"the node's transaction {name} cannot be read: {error}") from error
            if is_hogex:
                _log.warning("confidential payment left alone", transaction=name)
            self._is_hogex[name] = is_hogex
            if len(self._is_hogex) > ORIGINS_KEPT:
                self._is_hogex.popitem(last=False)

    async def _spent_by(self, names: Collection[str]) -> list[_Spent]:
        """List the outputs in blocks that some transactions, which are in none, spend."""
        waiting = await self._watching.transactions(names)
        outpoints = sorted({spent for each in waiting.values() for spent in raw.read(bytes.fromhex(each.hex)).spends})
        calls = [("gettxout", [each.split(":")[0], int(each.split(":")[1]), False]) for each in outpoints]
        answers = await self._node.ask_all(_OptionalSpent, calls)
        failed = next((each for each in answers if isinstance(each, NodeError)), None)
        if failed is not None:
            raise NodeUnavailable(f"the node cannot tell of an output: {failed}")
        return [each for each in answers if isinstance(each, _Spent)]


_OptionalSpent: Any = _Spent | None
