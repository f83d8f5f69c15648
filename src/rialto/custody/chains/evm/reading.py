"""What an EVM transaction does, for the signer: one transfer of the coin or of a token, or it is not read at all."""

from collections.abc import Mapping, Sequence

from rialto.custody.chains.adapter import Payment, Unsigned
from rialto.custody.chains.evm import tokens
from rialto.custody.chains.evm.addresses import address_of
from rialto.custody.chains.evm.transactions import Call, Unspelled, read_body, spent, with_recovery_id
from rialto.custody.signing.effects import Effects, Unreadable


class EvmReader:
    """Reads transactions of EVM networks. `chains` are their chain ids by network: a body is bound to one."""

    def __init__(self, chains: Mapping[str, int]) -> None:
        self._chains = dict(chains)

    def read(self, unsigned: Unsigned) -> Effects:
        """Say what it does. Errors: `Unreadable`, for anything but one transfer with one signature."""
        call = self._call(unsigned)
        # The body names no sender: that it is this one shows in the key the signer uses for it.
        spends = (spent(unsigned.sources[0].address, call.nonce),)
        return Effects((payment_of(call),), call.fee_max, (call.digest(),), spends)

    def address(self, path: str, public_key: bytes) -> str:  # noqa: ARG002 - part of the interface
        """Spell the address of a compressed public key."""
        return address_of(public_key)

    def place(self, unsigned: Unsigned, public_keys: Sequence[bytes], signatures: Sequence[bytes]) -> tuple[bytes, ...]:
        """Add the recovery id to the one signature, and bring its s to the lower half. Errors: `Unreadable`."""
        digest = self._call(unsigned).digest()
        if len(public_keys) != 1 or len(signatures) != 1:
            raise Unreadable(f"a transaction takes one signature of one key; there are {len(signatures)}")
        try:
            return (with_recovery_id(digest, public_keys[0], signatures[0]),)
        except Unspelled as error:
            raise Unreadable(str(error)) from error

    def _call(self, unsigned: Unsigned) -> Call:
        chain = self._chains.get(unsigned.network)
        if chain is None:
            raise Unreadable(f"there is no EVM network {unsigned.network!r}")
        if len(unsigned.sources) != 1:
            raise Unreadable(f"a transaction has one sender; this names {len(unsigned.sources)}")
        try:
            call = read_body(unsigned.body)
        except Unspelled as error:
            raise Unreadable(str(error)) from error
        if call.chain != chain:
            raise Unreadable(f"the transaction is for chain {call.chain}; {unsigned.network} is chain {chain}")
        return call


def payment_of(call: Call) -> Payment:
    """Read the one payment a transaction makes. Errors: `Unreadable` for one that does anything else."""
    if not call.data:
        if not call.value:
            raise Unreadable("the transaction pays nothing")
        return Payment(call.to, None, None, call.value)
    move = tokens.read_transfer(call.data)
    if move is None:
        raise Unreadable(f"the transaction calls a contract, and not its transfer: 0x{call.data[:4].hex()}")
    if call.value:
        raise Unreadable("the transaction pays coins to the contract of a token")
    if not move.amount:
        raise Unreadable("the transaction pays nothing")
    return Payment(move.to, None, call.to, move.amount)


def open_reader(network: str, chain: str) -> EvmReader:
    """Open the reader of a network for the signer. Raises ValueError for what is no chain id."""
    if not chain.isascii() or not chain.isdigit() or not 0 < int(chain) <= 2**53:
        raise ValueError(f"chain is {chain!r}; give the chain id, such as 1 for Ethereum")
    return EvmReader({network: int(chain)})
