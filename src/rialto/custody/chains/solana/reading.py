"""What a transaction on Solana does, for the signer: one transfer of the coin or a token, or it is not read at all."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from rialto.custody.chains.adapter import Payment, Unsigned
from rialto.custody.chains.solana.messages import Transfer, Unspelled, read
from rialto.custody.signing.effects import Effects, Unreadable


class SolanaReader:
    """Reads the transactions of one network."""

    def __init__(self, network: str) -> None:
        self._network = network

    def read(self, unsigned: Unsigned) -> Effects:
        """Say what it does. Errors: `Unreadable`."""
        if unsigned.network != self._network:
            raise Unreadable(f"there is no network {unsigned.network!r} here")
        try:
            transfer = read(unsigned.body)
        except Unspelled as error:
            raise Unreadable(str(error)) from error
        sources = tuple(source.address for source in unsigned.sources)
        if sources != transfer.signers:
            raise Unreadable(f"it is signed by {', '.join(transfer.signers)}, not by {', '.join(sources)}")
        digests = (unsigned.body,) * len(sources)
        return Effects((payment_of(transfer),), transfer.fee_max, digests, (transfer.spends,))

    def address(self, path: str, public_key: bytes) -> str:  # noqa: ARG002 - part of the interface
        """Spell a public key."""
        return str(Pubkey.from_bytes(public_key))

    def place(self, unsigned: Unsigned, public_keys: Sequence[bytes], signatures: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return the signatures as they are. Errors: `Unreadable`."""
        if not len(unsigned.sources) == len(public_keys) == len(signatures):
            raise Unreadable(f"{len(signatures)} signatures of {len(unsigned.sources)} sources")
        return tuple(signatures)


def payment_of(transfer: Transfer) -> Payment:
    """Say what it pays."""
    contract = None if transfer.token is None else transfer.token.mint
    return Payment(transfer.destination, transfer.memo, contract, transfer.amount)


def cost_of(told: Mapping[str, Any]) -> int:
    """Tell what a transaction cost who paid for it, from what the node says of it.

    One of ours that moves a token takes nothing of the coin but its fee and what a new account must hold.
    """
    meta = told["meta"]
    fee: int = meta["fee"]
    try:
        transfer = read(bytes(VersionedTransaction.from_bytes(base64.b64decode(told["transaction"][0])).message))
    except Unspelled:
        return fee
    if transfer.token is None:
        return fee
    cost: int = meta["preBalances"][0] - meta["postBalances"][0]
    return cost


def open_reader(network: str, chain: str) -> SolanaReader:
    """Open the reader of a network. Raises ValueError for a chain: a transaction names none, its nonce account does."""
    if chain:
        raise ValueError(f"chain {chain!r} says nothing on Solana; leave it out")
    return SolanaReader(network)
