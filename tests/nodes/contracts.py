"""Contracts that tests put on a chain, compiled from `sources/` as they are needed."""

from functools import lru_cache
from pathlib import Path

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.nodes.anvil import Anvil

SOURCES = Path(__file__).parent / "sources"


@lru_cache
def creation_code(name: str) -> str:
    """Compile a contract."""
    from vyper import compile_code

    code: str = compile_code((SOURCES / f"{name}.vy").read_text(), output_formats=["bytecode"])["bytecode"]
    return code


def words(*values: int | str) -> str:
    """Spell numbers and addresses as words of 32 bytes in hex."""
    return "".join(f"{value if isinstance(value, int) else int(value, 16):064x}" for value in values)


def deploy(node: Anvil, sender: str, name: str, *arguments: int | str) -> str:
    """Put a contract on the chain; return its address as EIP-55 spells it."""
    return to_checksum_address(node.deploy(sender, creation_code(name), words(*arguments)))


def token(node: Anvil, sender: str, decimals: int = 18, fee_percent: int = 0) -> str:
    """Put a token on the chain, all of it with the sender."""
    return deploy(node, sender, "token", decimals, fee_percent, 10**30)


def call(signature: str, *arguments: int | str) -> str:
    """Spell a call of a function, such as `transfer(address,uint256)`."""
    return "0x" + keccak(text=signature)[:4].hex() + words(*arguments)


def transfer(to: str, amount: int) -> str:
    """Spell the transfer of a token."""
    return call("transfer(address,uint256)", to, amount)
