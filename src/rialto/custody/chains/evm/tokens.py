"""ERC-20, as far as it is used here: what moves a token, what tells of a move, and what an address holds."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from eth_utils.crypto import keccak

from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.chains.evm.addresses import checksum

TRANSFER: Final = keccak(text="transfer(address,uint256)")[:4]
BALANCE_OF: Final = keccak(text="balanceOf(address)")[:4]
TRANSFERRED: Final = "0x" + keccak(text="Transfer(address,address,uint256)").hex()
_WORD: Final = 32


class Move(NamedTuple):
    """A call of `transfer`: to whom, and how much."""

    to: str
    amount: int


class TransferLog(NamedTuple):
    """What a token says it moved. Only a claim."""

    contract: str
    sender: str
    to: str
    amount: int


def transfer_data(to: str, amount: int) -> bytes:
    """Spell a call of `transfer`."""
    return TRANSFER + bytes.fromhex(to[2:]).rjust(_WORD, b"\0") + amount.to_bytes(_WORD)


def read_transfer(data: bytes) -> Move | None:
    """Read a call of `transfer`, spelled exactly so; None for anything else."""
    if len(data) != 4 + 2 * _WORD or data[:4] != TRANSFER or any(data[4:16]):
        return None
    return Move(checksum(data[16:36]), int.from_bytes(data[36:]))


def balance_call(contract: str, holder: str, gas: int) -> dict[str, str]:
    """Return what `eth_call` is asked for a balance."""
    data = BALANCE_OF + bytes.fromhex(holder[2:]).rjust(_WORD, b"\0")
    return {"to": contract, "data": "0x" + data.hex(), "gas": hex(gas)}


def read_balance(answer: Any) -> int:
    """Read a balance; zero where there is no contract, or one that answers nothing. Errors: `NodeUnavailable`."""
    try:
        held = bytes.fromhex(answer.removeprefix("0x"))
    except (AttributeError, ValueError) as error:
        raise NodeUnavailable("the node answers a call with something that is no data") from error
    return int.from_bytes(held[:_WORD]) if len(held) >= _WORD else 0


def read_log(log: Mapping[str, Any]) -> TransferLog | None:
    """Read a log of ERC-20's `Transfer`; None for any other, such as those of tokens that are not fungible."""
    topics, data = log["topics"], log["data"]
    if len(topics) != 3 or topics[0] != TRANSFERRED or len(data) != 2 + 2 * _WORD:
        return None
    return TransferLog(
        checksum(log["address"]), checksum("0x" + topics[1][-40:]), checksum("0x" + topics[2][-40:]), int(data, 16)
    )
