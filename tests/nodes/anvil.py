"""anvil, an EVM node whose blocks a test mines itself, from the package that `.make/nodes` installs."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.demo_process import free_port

STARTS_IN_S = 60
PACKAGES = Path(__file__).parents[2] / "tools/nodes/node_modules/@foundry-rs"
ETHER = 10**18


class NodeRefused(Exception):
    """The node answered with an error."""


class Anvil:
    """A running node. Nothing is mined unless a test says so; its ten accounts hold 10,000 coins and are unlocked."""

    def __init__(self, url: str, chain_id: int, process: "subprocess.Popen[bytes]") -> None:
        self.url = url
        self.chain_id = chain_id
        self.process = process
        self._client = httpx.Client(trust_env=False, timeout=30)

    def ask(self, method: str, *parameters: Any) -> Any:
        """Ask the node anything. Errors: `NodeRefused`."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        answer = self._client.post(self.url, json=request).json()
        if "error" in answer:
            raise NodeRefused(answer["error"]["message"])
        return answer["result"]

    @property
    def accounts(self) -> list[str]:
        """The accounts the node signs for."""
        accounts: list[str] = self.ask("eth_accounts")
        return accounts

    def mine(self, blocks: int = 1) -> int:
        """Mine what waits into a block, then empty ones; return the new height."""
        for _ in range(blocks):
            self.ask("evm_mine")
        return self.height()

    def height(self) -> int:
        return int(self.ask("eth_blockNumber"), 16)

    def set_balance(self, address: str, wei: int) -> None:
        self.ask("anvil_setBalance", address, hex(wei))

    def balance(self, address: str) -> int:
        return int(self.ask("eth_getBalance", address, "latest"), 16)

    def send(self, sender: str, to: str | None, wei: int = 0, data: str = "0x", **fields: str) -> str:
        """Hand in a transaction of an unlocked account; it waits to be mined. Return its hash."""
        request = {"from": sender, "value": hex(wei), "data": data, **fields}
        if to is not None:
            request["to"] = to
        transaction: str = self.ask("eth_sendTransaction", request)
        return transaction

    def impersonate(self, address: str) -> None:
        """Let an address send although the node has no key of it."""
        self.ask("anvil_impersonateAccount", address)

    def receipt(self, transaction: str) -> dict[str, Any] | None:
        receipt: dict[str, Any] | None = self.ask("eth_getTransactionReceipt", transaction)
        return receipt

    def deploy(self, sender: str, code: str, arguments: str = "") -> str:
        """Mine a contract (creation code and encoded arguments in hex); return its address."""
        transaction = self.send(sender, None, data="0x" + code.removeprefix("0x") + arguments, gas=hex(5_000_000))
        self.mine()
        receipt = self.receipt(transaction)
        assert receipt is not None
        assert receipt["status"] == "0x1", "the contract refused to be deployed"
        address: str = receipt["contractAddress"]
        return address

    def snapshot(self) -> str:
        """Keep the state of now; return what `revert` takes, once."""
        kept: str = self.ask("evm_snapshot")
        return kept

    def revert(self, snapshot: str) -> None:
        """Go back to a snapshot: the blocks since then are gone, as in a reorganisation."""
        assert self.ask("evm_revert", snapshot)

    def reorganise(self, depth: int, transactions: Sequence[tuple[str, int]] = ()) -> None:
        """Replace the last blocks by others that hold raw transactions, each with the number of its block."""
        self.ask("anvil_reorg", depth, [list(each) for each in transactions])

    def drop(self, transaction: str) -> None:
        """Let the node forget a waiting transaction."""
        self.ask("anvil_dropTransaction", transaction)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._client.close()


def program() -> Path:
    """The node's binary; skips the test where there is none."""
    found = sorted(PACKAGES.glob("anvil-*/bin/anvil"))
    if not found:
        pytest.skip("no anvil here: `make .make/nodes` installs it, with npm")
    return found[0]


@contextmanager
def running_anvil(directory: Path, chain_id: int = 31_337, *arguments: str) -> Iterator[Anvil]:
    """Run a node that keeps what it writes below a directory."""
    port = free_port()
    command = [str(program()), "--port", str(port), "--chain-id", str(chain_id), "--no-mining", "--silent"]
    command += ["--order", "fees", "--cache-path", str(directory / "states"), *arguments]
    with Path(directory / "anvil.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"HOME": str(directory)})
    node = Anvil(f"http://127.0.0.1:{port}", chain_id, process)
    try:
        _wait(node)
        yield node
    finally:
        node.stop()


def _wait(node: Anvil) -> None:
    for _ in range(STARTS_IN_S * 20):
        assert node.process.poll() is None, "anvil ended at its start"
        try:
            assert int(node.ask("eth_chainId"), 16) == node.chain_id
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("anvil does not answer")


@pytest.fixture
def anvil(tmp_path: Path) -> Iterator[Anvil]:
    """A node of its own for one test."""
    directory = tmp_path / "anvil"
    directory.mkdir()
    with running_anvil(directory) as node:
        yield node
