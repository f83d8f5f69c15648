"""The node's watch-only wallet over our addresses: it follows them, so that we need not.

The wallet is named after the account's key, holds no private key, and is made and filled here when the node has none.
It watches the three chains of addresses below the account, ahead of the last address given out, so that an address is
watched before anybody can pay it and the node never has to look back. Addresses that are not below the account (the
warm tier's) are added one by one. Nothing of it is truth: it can be deleted, and is made again.
"""

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from embit.descriptor.checksum import add_checksum

from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.chains.bitcoin import node as rpc
from rialto.custody.chains.bitcoin.derivation import CHAIN_DEPOSITS, AccountKey
from rialto.custody.chains.bitcoin.node import Node, NodeError

OTHER_CHAINS_LENGTH: Final = 200
"""How many hot and change addresses are watched."""
MARKED_PATH: Final = "2/0"
LOOKED_BACK: Final = "rialto looked back"
"""The label, in the node's wallet, that says it has looked for everything that was paid before."""
ADDRESSES_PER_QUESTION_MAX: Final = 1_000
PATIENCE_S: Final = 10
"""How long a call waits for the node to look back, before it says that it cannot be answered now."""
IMPORT_TIMEOUT_S: Final = 48 * 3_600
_EVER: Final = 9_999_999
_COIN: Final = Decimal(100_000_000)


def units(value: Decimal) -> int:
    """Return an amount in the smallest unit, from the node's whole coins. Precondition: it is exact."""
    amount = int(value * _COIN)
    assert Decimal(amount) == value * _COIN, "the node's amounts have eight decimal places"
    return amount


class Unspent(msgspec.Struct, frozen=True):
    """An output in a block, of an address that is watched, that nothing known spends."""

    txid: str
    vout: int
    address: str
    amount: Decimal
    confirmations: int = 0


class WalletTransaction(msgspec.Struct, frozen=True):
    """A transaction that concerns our addresses, as the node's wallet knows it."""

    txid: str
    confirmations: int
    """Below zero when another that excludes it is so deep in the chain."""
    hex: str
    blockhash: str | None = None
    blockheight: int | None = None
    fee: Decimal | None = None
    """Below zero, and only where all that is spent is ours."""


class _Listed(msgspec.Struct, frozen=True):
    txid: str
    confirmations: int


class _Since(msgspec.Struct, frozen=True):
    transactions: list[_Listed]


class _WalletInfo(msgspec.Struct, frozen=True):
    scanning: bool | dict[str, Any] = False
    descriptors: bool = False


class _AddressInfo(msgspec.Struct, frozen=True):
    ismine: bool
    iswatchonly: bool = False
    labels: list[str] = []

    @property
    def is_watched(self) -> bool:
        return self.ismine or self.iswatchonly


class _Imported(msgspec.Struct, frozen=True):
    success: bool
    error: dict[str, Any] | None = None


class Watching:
    """The wallet. Errors of every coroutine: `NodeUnavailable`."""

    def __init__(self, node: Node, key: AccountKey, lookahead: int, born_at_s: int) -> None:
        self._node = node
        self._key = key
        self._lookahead = lookahead
        self._born_at_s = born_at_s
        self.name: Final = f"rialto-{key.fingerprint}"
        self._is_open = False
        self._uses_descriptors = False
        self._watched_to = 0
        """The first deposit address that is not watched yet, by index."""
        self._highest = 0
        self._known: set[str] = set()
        self._always: set[str] = set()
        self._opening = asyncio.Lock()
        self._import: asyncio.Task[None] | None = None
        """What the node is told to watch now, which may take it hours."""

    async def close(self) -> None:
        """Stop waiting for the node."""
        task, self._import = self._import, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def given_out(self, index: int) -> None:
        """Note that a deposit address was derived, so that those after it are watched in time."""
        self._highest = max(self._highest, index)

    def include(self, address: str) -> None:
        """Watch an address that is not below the account, from before anything else is asked."""
        self._always.add(address)

    async def ensure(self, addresses: Collection[str] = (), count: int = 0) -> None:
        """See to it that the wallet is there, reaches far enough, and watches these addresses.

        `count` is how many addresses there are at least: they are given out without gaps.
        """
        self._highest = max(self._highest, count, len(addresses))
        async with self._opening:
            await self._finish_import()
            if not self._is_open:
                await self._open()
            if self._highest + self._lookahead // 2 >= self._watched_to:
                await self._begin_import(self._extend(self._end_beyond(self._highest)))
            new = [each for each in {*addresses, *self._always} if each not in self._known]
            if new:
                await self._watch(new)

    async def unspent(self, addresses: Collection[str]) -> list[Unspent]:
        """List what some addresses can spend. What a transaction that waits spends is left out."""
        await self.ensure(addresses)
        found: list[Unspent] = []
        wanted = list(addresses)
        if len(wanted) > ADDRESSES_PER_QUESTION_MAX:
            every = await self._ask(list[Unspent], "listunspent", 1, _EVER, [], True)
            asked = frozenset(addresses)
            return [each for each in every if each.address in asked]
        if wanted:
            found = await self._ask(list[Unspent], "listunspent", 1, _EVER, wanted, True)
        return found

    async def transaction(self, transaction: str) -> WalletTransaction | None:
        """Find a transaction that concerns us."""
        await self.ensure()
        try:
            found: WalletTransaction = await self._ask(WalletTransaction, "gettransaction", transaction, True)
        except NodeError as error:
            if error.code == rpc.NOT_FOUND:
                return None
            raise NodeUnavailable(f"the node cannot tell of {transaction}: {error}") from error
        return found

    async def transactions(self, ids: Iterable[str]) -> dict[str, WalletTransaction]:
        """Find many; those that the wallet does not know are left out."""
        asked = sorted(set(ids))
        calls = [("gettransaction", [each, True]) for each in asked]
        answers = await self._node.ask_all(WalletTransaction, calls, self.name)
        return {each.txid: each for each in answers if not isinstance(each, NodeError)}

    async def waiting(self, tip: str) -> list[str]:
        """List the transactions that concern us and are in no block."""
        listed = await self._ask(_Since, "listsinceblock", tip, 1, True, False)
        return sorted({each.txid for each in listed.transactions if each.confirmations == 0})

    async def since(self, block: str) -> list[str]:
        """List the transactions that concern us in blocks after one."""
        listed = await self._ask(_Since, "listsinceblock", block, 1, True, False)
        return sorted({each.txid for each in listed.transactions if each.confirmations > 0})

    async def _ask(self, kind: Any, method: str, *parameters: Any, timeout_s: int | None = None) -> Any:
        try:
            return await self._node.ask(kind, method, *parameters, wallet=self.name, timeout_s=timeout_s)
        except NodeError as error:
            if error.code == rpc.NO_SUCH_WALLET:
                self._is_open = False
                raise NodeUnavailable("the node has lost its watching wallet; it is made again") from error
            raise

    async def _open(self) -> None:
        """Load the wallet, or make it, and find out how far it reaches."""
        try:
            await self._load()
        except NodeError as error:
            raise NodeUnavailable(f"the node cannot open a watching wallet: {error}") from error
        info = await self._ask(_WalletInfo, "getwalletinfo")
        if info.scanning is not False:
            raise NodeUnavailable("the node is still looking for what was paid to our addresses before")
        self._uses_descriptors = info.descriptors
        self._known.clear()
        self._watched_to = 0
        mark = self._key.address(MARKED_PATH)
        if LOOKED_BACK not in (await self._ask(_AddressInfo, "getaddressinfo", mark)).labels:
            # Without the mark the node may have been stopped while it looked back: then it looks again.
            await self._begin_import(self._look_back(self._end_beyond(self._highest), mark))
        self._watched_to = await self._reach()
        self._is_open = True

    async def _load(self) -> None:
        try:
            if self.name in await self._node.ask(list[str], "listwallets"):
                return
            await self._node.ask(dict[str, Any], "loadwallet", self.name)
        except NodeError as error:
            if error.code == rpc.WALLET_LOADED or "already loaded" in error.message:
                return
            if error.code not in (rpc.NO_SUCH_WALLET, rpc.WALLET_ERROR):
                raise
            await self._node.ask(dict[str, Any], "createwallet", self.name, True, True)

    async def _reach(self) -> int:
        """Find the first deposit address that is not watched: imports end at whole multiples of the lookahead."""
        low = 1
        while await self._is_watched(f"{CHAIN_DEPOSITS}/{low * 2 * self._lookahead - 1}"):
            low *= 2
        high = low * 2
        while high - low > 1:
            middle = (low + high) // 2
            if await self._is_watched(f"{CHAIN_DEPOSITS}/{middle * self._lookahead - 1}"):
                low = middle
            else:
                high = middle
        return low * self._lookahead

    async def _is_watched(self, path: str) -> bool:
        info: _AddressInfo = await self._ask(_AddressInfo, "getaddressinfo", self._key.address(path))
        return info.is_watched

    def _end_beyond(self, index: int) -> int:
        """Return where the addresses end that are watched because one was given out."""
        return (index // self._lookahead + 2) * self._lookahead

    async def _begin_import(self, work: Coroutine[Any, Any, None]) -> None:
        """Have the node watch more; while it looks back, nothing is known for sure."""
        self._import = asyncio.create_task(work, name=f"imports of {self.name}")
        await self._finish_import()

    async def _finish_import(self) -> None:
        if self._import is None:
            return
        finished, _ = await asyncio.wait({self._import}, timeout=PATIENCE_S)
        if not finished:
            raise NodeUnavailable("the node is looking for what was paid to our addresses before")
        task, self._import = self._import, None
        task.result()

    async def _look_back(self, end: int, mark: str) -> None:
        ranges = [(1, 0, OTHER_CHAINS_LENGTH), (2, 0, OTHER_CHAINS_LENGTH), (CHAIN_DEPOSITS, 0, end)]
        await self._import_ranges(ranges, self._born_at_s)
        await self._ask(Any, "setlabel", mark, LOOKED_BACK)

    async def _extend(self, end: int) -> None:
        """Watch deposit addresses up to one; those that are new were not given out, so nothing was paid to them."""
        # A descriptor can only be widened; a wallet without them takes the new addresses alone.
        start = 0 if self._uses_descriptors else self._watched_to
        await self._import_ranges([(CHAIN_DEPOSITS, start, end)], "now")
        self._watched_to = end

    async def _watch(self, addresses: Sequence[str]) -> None:
        """Watch addresses that nothing is known of: those below the account are watched already."""
        calls = [("getaddressinfo", [each]) for each in addresses]
        infos = await self._node.ask_all(_AddressInfo, calls, self.name)
        missing = []
        for address, info in zip(addresses, infos, strict=True):
            if isinstance(info, NodeError):
                raise NodeUnavailable(f"the node does not know {address} as an address: {info}")
            if not info.is_watched:
                missing.append(address)
        if missing:
            requests = [self._request(f"addr({each})", self._born_at_s) for each in missing]
            await self._begin_import(self._send_imports(requests))
        self._known.update(addresses)

    async def _import_ranges(self, ranges: Sequence[tuple[int, int, int]], since: int | str) -> None:
        requests = []
        for chain, start, end in ranges:
            request = self._request(f"wpkh({self._key.spelled}/{chain}/*)", since)
            requests.append(request | {"range": [start, end - 1]})
        await self._send_imports(requests)

    def _request(self, descriptor: str, since: int | str) -> dict[str, Any]:
        request: dict[str, Any] = {"desc": str(add_checksum(descriptor)), "timestamp": since}
        return request if self._uses_descriptors else request | {"watchonly": True}

    async def _send_imports(self, requests: Sequence[dict[str, Any]]) -> None:
        method = "importdescriptors" if self._uses_descriptors else "importmulti"
        try:
            answers: list[_Imported] = await self._ask(list[_Imported], method, requests, timeout_s=IMPORT_TIMEOUT_S)
        except NodeError as error:
            raise NodeUnavailable(f"the node does not watch our addresses: {error}") from error
        failed = next((each for each in answers if not each.success), None)
        if failed is not None:
            raise NodeUnavailable(f"the node does not watch our addresses: {(failed.error or {}).get('message')}")
