"""litecoind in regtest, a real node of the Bitcoin family whose blocks a test mines itself.

The binary is called as it is: what Debian puts on the path is a wrapper that writes into the home directory. This build
has no descriptor wallets and tells nothing by ZMQ. MWEB is active from block 432 on (`reach_mweb`).
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.demo_process import free_port

STARTS_IN_S = 60
BINARY = Path(os.environ.get("RIALTO_TEST_LITECOIND", "/usr/lib/litecoin/litecoind"))
COIN = 100_000_000
MATURE = 110
"""Blocks until the miner has something to spend."""
MWEB_FROM = 432


class NodeRefused(Exception):
    """The node answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


class Litecoind:
    """A running node, with a wallet of its own, `miner`, that is paid what is mined."""

    def __init__(self, directory: Path, port: int, rpc_port: int, process: "subprocess.Popen[bytes]") -> None:
        self.directory = directory
        self.port = port
        self.url = f"http://127.0.0.1:{rpc_port}"
        self.cookie_file = directory / "regtest/.cookie"
        self.process = process
        self._client = httpx.Client(trust_env=False, timeout=60)

    def ask(self, method: str, *parameters: Any, wallet: str = "") -> Any:
        """Ask the node anything, amounts as decimals or text. Errors: `NodeRefused`."""
        user, password = self.cookie_file.read_text().split(":")
        body = msgspec.json.encode({"jsonrpc": "1.0", "id": 1, "method": method, "params": parameters})
        answer = self._client.post(
            f"{self.url}/wallet/{wallet}" if wallet else self.url, content=body, auth=(user, password)
        )
        reply = msgspec.json.decode(answer.content, type=dict[str, Any])
        if reply["error"] is not None:
            raise NodeRefused(reply["error"]["code"], reply["error"]["message"])
        return reply["result"]

    def miner(self, method: str, *parameters: Any) -> Any:
        """Ask the miner's wallet."""
        return self.ask(method, *parameters, wallet="miner")

    def new_address(self, kind: str = "bech32") -> str:
        """An address of the miner's: `bech32`, `legacy`, `p2sh-segwit` or `mweb`."""
        address: str = self.miner("getnewaddress", "", kind)
        return address

    def mine(self, blocks: int = 1, address: str | None = None) -> list[str]:
        """Mine what waits into a block, then empty ones; return their hashes.

        Precondition: not beyond block 431, or by `reach_mweb`: the node cannot begin with MWEB on nothing in it.
        """
        hashes: list[str] = self.ask("generatetoaddress", blocks, address or self.new_address())
        return hashes

    def mine_with(self, *transactions: str) -> str:
        """Mine one block with these transactions only: ids from the pool, or raw ones."""
        block: dict[str, str] = self.ask("generateblock", self.new_address(), list(transactions))
        return block["hash"]

    def height(self) -> int:
        height: int = self.ask("getblockcount")
        return height

    def hash_at(self, height: int) -> str:
        block: str = self.ask("getblockhash", height)
        return block

    def pay(self, *outputs: tuple[str, int]) -> str:
        """Pay from the miner's wallet in one transaction, which waits to be mined; return its id."""
        transaction: str = self.miner("sendmany", "", {address: coins(amount) for address, amount in outputs})
        return transaction

    def raw(self, transaction: str) -> str:
        """The bytes of one of the miner's transactions, in hex."""
        raw: str = self.miner("gettransaction", transaction)["hex"]
        return raw

    def paying(self, source: tuple[str, int], *outputs: tuple[str, int]) -> str:
        """Sign a transaction of the miner's that spends one output and pays these; it is not handed in."""
        inputs = [{"txid": source[0], "vout": source[1], "sequence": 0xFFFFFFFD}]
        raw = self.ask("createrawtransaction", inputs, [{address: coins(amount)} for address, amount in outputs])
        signed: dict[str, str] = self.miner("signrawtransactionwithwallet", raw)
        return signed["hex"]

    def unspent(self) -> tuple[str, int, int]:
        """One output the miner can spend: transaction, number, amount."""
        found = self.miner("listunspent", 1)
        largest = max(found, key=lambda each: Decimal(str(each["amount"])))
        return largest["txid"], largest["vout"], amount_of(largest["amount"])

    def invalidate(self, block: str) -> None:
        """Take a block and all above it off the chain, as a reorganisation does; its transactions wait again."""
        self.ask("invalidateblock", block)

    def pool(self) -> list[str]:
        """The ids of the transactions that wait."""
        pool: list[str] = self.ask("getrawmempool")
        return pool

    def reach_mweb(self) -> None:
        """Mine until MWEB is active, with something in it: from then on every block ends in a HogEx."""
        if (missing := MWEB_FROM - 1 - self.height()) > 0:
            self.mine(missing)
        self.miner("sendtoaddress", self.new_address("mweb"), "10")
        self.mine(2)

    def connect(self, other: "Litecoind") -> None:
        """Let two nodes follow each other; returns when both have the same chain."""
        self.ask("addnode", f"127.0.0.1:{other.port}", "onetry")
        self.wait_same(other)

    def disconnect(self) -> None:
        """Cut the node off."""
        self.ask("setnetworkactive", False)
        while self.ask("getconnectioncount"):
            time.sleep(0.02)

    def wait_same(self, other: "Litecoind") -> None:
        for _ in range(STARTS_IN_S * 50):
            if self.ask("getbestblockhash") == other.ask("getbestblockhash"):
                return
            time.sleep(0.02)
        raise AssertionError("the nodes do not come to the same chain")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._client.close()


def coins(amount: int) -> str:
    """Spell an amount of the smallest unit as the node reads it."""
    return f"{amount // COIN}.{amount % COIN:08d}"


def amount_of(value: Any) -> int:
    return int(Decimal(str(value)) * COIN)


def program() -> Path:
    """The node's binary; skips the test where there is none."""
    if not BINARY.is_file():
        pytest.skip("no litecoind here: the Debian package `litecoind` installs it")
    return BINARY


@contextmanager
def running_litecoind(directory: Path, *arguments: str) -> Iterator[Litecoind]:
    """Run a node on a directory, empty or left by another run."""
    directory.mkdir(parents=True, exist_ok=True)
    port, rpc_port = free_port(), free_port()
    command = [str(program()), "-regtest", f"-datadir={directory}", f"-port={port}", f"-rpcport={rpc_port}"]
    command += ["-server", "-bind=127.0.0.1", "-listenonion=0", "-discover=0", "-dnsseed=0", "-upnp=0", "-par=1"]
    command += ["-dbcache=8", "-keypool=10", "-fallbackfee=0.0001", "-printtoconsole=0", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"HOME": str(directory)}
    )
    node = Litecoind(directory, port, rpc_port, process)
    try:
        _wait(node)
        if "miner" not in node.ask("listwallets"):
            fresh = not (directory / "regtest/wallets/miner").exists()
            node.ask("createwallet" if fresh else "loadwallet", "miner")
        yield node
    finally:
        node.stop()


def _wait(node: Litecoind) -> None:
    for _ in range(STARTS_IN_S * 20):
        assert node.process.poll() is None, "litecoind ended at its start"
        try:
            node.ask("getblockcount")
        except (OSError, httpx.TransportError, ValueError, NodeRefused):
            time.sleep(0.05)
        else:
            return
    raise AssertionError("litecoind does not answer")


@pytest.fixture
def litecoind(tmp_path: Path) -> Iterator[Litecoind]:
    """A node of its own for one test, whose miner has coins to spend."""
    with running_litecoind(tmp_path / "litecoind") as node:
        node.mine(MATURE)
        yield node


@pytest.fixture
def replacing_litecoind(tmp_path: Path) -> Iterator[Litecoind]:
    """One that takes replacements, as nodes of Bitcoin do by themselves."""
    with running_litecoind(tmp_path / "litecoind", "-mempoolreplacement=1") as node:
        node.mine(MATURE)
        yield node
