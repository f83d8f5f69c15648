"""What many addresses hold, asked in few questions.

A node is asked to run a program that is on no chain: creation code, followed by addresses, which looks up what each of
them holds and gives that back in the place of a contract's code. So hundreds of addresses take one question, and a
comparison of all holdings ends before the next block. Where a node or a token does not go along, the addresses are
asked about one by one.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.chains.evm import tokens
from rialto.custody.chains.evm.node import Ask, Node, NodeError, number
from rialto.custody.chains.network import ChainAsset

AT_ONCE: Final = 300
"""Addresses in one program: what it gives back is held to the bounds of a contract's code, 24,576 bytes."""
GAS_OF_A_BALANCE: Final = 2_000_000

_WORD: Final = 32


async def balances(
    node: Node, at: dict[str, str], holders: Collection[str], assets: Sequence[ChainAsset]
) -> dict[tuple[str, str], int]:
    """Read what addresses hold as of a block, by address and asset; zero is left out.

    Errors: `NodeError`, `NodeUnavailable`.
    """
    everyone = list(holders)
    parts = [
        (asset, everyone[start : start + AT_ONCE]) for asset in assets for start in range(0, len(everyone), AT_ONCE)
    ]
    asks: list[Ask] = [
        ("eth_call", [{"data": "0x" + program(asset.contract, part).hex()}, at]) for asset, part in parts
    ]
    found: dict[tuple[str, str], int] = {}
    for (asset, part), answer in zip(parts, await node.ask_each(asks), strict=True):
        held = _read(answer, len(part))
        if held is None:
            held = await _one_by_one(node, at, part, asset)
        found |= {(holder, asset.asset): amount for holder, amount in zip(part, held, strict=True) if amount}
    return found


def _read(answer: Any, holders: int) -> list[int] | None:
    if isinstance(answer, NodeError):
        return None
    try:
        told = bytes.fromhex(answer.removeprefix("0x"))
    except (AttributeError, ValueError) as error:
        raise NodeUnavailable("the node answers a call with something that is no data") from error
    if len(told) != holders * _WORD:
        return None
    return [int.from_bytes(told[place : place + _WORD]) for place in range(0, len(told), _WORD)]


async def _one_by_one(node: Node, at: dict[str, str], holders: Sequence[str], asset: ChainAsset) -> list[int]:
    if asset.contract is None:
        return [number(each) for each in await node.ask_all([("eth_getBalance", [holder, at]) for holder in holders])]
    calls = [tokens.balance_call(asset.contract, holder, GAS_OF_A_BALANCE) for holder in holders]
    return [tokens.read_balance(each) for each in await node.ask_all([("eth_call", [call, at]) for call in calls])]


def program(contract: str | None, holders: Sequence[str]) -> bytes:
    """Spell the program that gives back what addresses hold, a word each: coins, or tokens of a contract.

    It reverts where the contract does not answer for one of them. In memory: from 0 the question for a balance, its
    address from 16 on; from 64 on what was found. On the stack: the number of the address.
    """
    look_up = _COINS if contract is None else _tokens(contract)
    first: _Code = ["PUSH4", tokens.BALANCE_OF, "PUSH1 e0 SHL PUSH1 00 MSTORE", "PUSH1 00"]
    is_done: _Code = ["JUMPDEST", "DUP1 PUSH2", len(holders).to_bytes(2), "EQ PUSH2", _Label.END, "JUMPI"]
    copy: _Code = ["PUSH1 14", "DUP2 PUSH1 14 MUL PUSH2", _Label.ADDRESSES, "ADD", "PUSH1 10 CODECOPY"]
    next_: _Code = ["PUSH1 01 ADD PUSH2", _Label.LOOP, "JUMP"]
    end: _Code = ["JUMPDEST", "PUSH2", (len(holders) * _WORD).to_bytes(2), "PUSH1 40 RETURN"]
    fail: _Code = ["JUMPDEST", "PUSH1 00 PUSH1 00 REVERT"]
    parts: list[_Code] = [first, [*is_done, *copy, *look_up, *next_], end, fail]
    sizes = [len(_assembled(part, {})) for part in parts]
    places = {label: sum(sizes[: number + 1]) for number, label in enumerate(_Label)}
    code = b"".join(_assembled(part, places) for part in parts)
    return code + b"".join(bytes.fromhex(holder[2:]) for holder in holders)


class _Label(Enum):
    """Where parts of the program begin, in their order."""

    LOOP = 1
    END = 2
    FAIL = 3
    ADDRESSES = 4


_Code = Sequence[str | bytes | _Label]

_OPERATIONS: Final = {
    "ADD": 0x01, "MUL": 0x02, "GT": 0x11, "EQ": 0x14, "ISZERO": 0x15, "AND": 0x16, "SHL": 0x1B, "BALANCE": 0x31,
    "CODECOPY": 0x39, "RETURNDATASIZE": 0x3D, "MLOAD": 0x51, "MSTORE": 0x52, "JUMP": 0x56, "JUMPI": 0x57,
    "JUMPDEST": 0x5B, "PUSH1": 0x60, "PUSH2": 0x61, "PUSH4": 0x63, "PUSH20": 0x73, "DUP1": 0x80, "DUP2": 0x81,
    "RETURN": 0xF3, "STATICCALL": 0xFA, "REVERT": 0xFD,
}  # fmt: skip

_PLACE: Final = "DUP2 PUSH1 05 SHL PUSH1 40 ADD"
"""Where the word of the address goes in memory."""
_COINS: Final[_Code] = ("PUSH1 04 MLOAD BALANCE", _PLACE, "MSTORE")


def _tokens(contract: str) -> _Code:
    return (
        "PUSH1 20", _PLACE, "PUSH1 24 PUSH1 00", "PUSH20", bytes.fromhex(contract[2:]),
        "PUSH4", GAS_OF_A_BALANCE.to_bytes(4), "STATICCALL",
        "PUSH1 1f RETURNDATASIZE GT AND ISZERO PUSH2", _Label.FAIL, "JUMPI",
    )  # fmt: skip


def _assembled(code: _Code, places: Mapping[_Label, int]) -> bytes:
    spelled = b""
    for each in code:
        match each:
            case bytes():
                spelled += each
            case _Label():
                spelled += places.get(each, 0).to_bytes(2)
            case _:
                for word in each.split():
                    operation = _OPERATIONS.get(word)
                    spelled += bytes.fromhex(word) if operation is None else bytes([operation])
    return spelled
