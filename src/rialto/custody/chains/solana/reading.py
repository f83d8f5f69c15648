"""What a transaction on Solana does, for the signer: one transfer of the coin, or it is not read at all."""

from collections.abc import Sequence

from solders.pubkey import Pubkey

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
        return Effects((payment_of(transfer),), transfer.fee, digests, (transfer.spends,))

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
    return Payment(transfer.destination, transfer.memo, None, transfer.amount)


def open_reader(network: str, chain: str) -> SolanaReader:
    """Open the reader of a network. Raises ValueError for a chain: a transaction names none, its nonce account does."""
    if chain:
        raise ValueError(f"chain {chain!r} says nothing on Solana; leave it out")
    return SolanaReader(network)
