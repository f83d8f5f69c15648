"""What the signer reads from a transaction of this family: the PSBT alone says, and all of it."""

from collections.abc import Sequence
from typing import Final

from rialto.custody.chains.adapter import InvalidAddress, Payment, Unsigned
from rialto.custody.chains.bitcoin import psbt
from rialto.custody.chains.bitcoin.addresses import address_of, script_of
from rialto.custody.chains.bitcoin.derivation import key_script, spelled_address
from rialto.custody.chains.bitcoin.parameters import CHAINS, Parameters
from rialto.custody.chains.network import Family
from rialto.custody.signing.effects import Effects, Unreadable


class BitcoinReader:
    """Reads payments from single keys, and from the warm tier's scripts of several."""

    def __init__(self, network: str, parameters: Parameters) -> None:
        self._network: Final = network
        self._parameters: Final = parameters

    def read(self, unsigned: Unsigned) -> Effects:
        """Say what a transaction does: every output, the fee exactly, what each input signs. Errors: `Unreadable`."""
        if unsigned.network != self._network or unsigned.family != Family.BITCOIN.value:
            raise Unreadable(f"this is a transaction for {unsigned.network}, not for {self._network}")
        draft = self._draft(unsigned)
        payments = []
        for output in draft.outputs:
            address = address_of(output.script, self._parameters)
            if address is None:
                raise Unreadable("an output pays no address")
            payments.append(Payment(address, None, None, output.amount))
        return Effects(
            payments=tuple(payments),
            fee_max=draft.fee,
            digests=psbt.digests(draft),
            spends=tuple(each.outpoint for each in draft.inputs),
        )

    def address(self, path: str, public_key: bytes) -> str:  # noqa: ARG002
        """Spell the address of one key of ours. That of a script of several is not known from one of its keys."""
        return spelled_address(key_script(public_key), self._parameters)

    def place(self, unsigned: Unsigned, public_keys: Sequence[bytes], signatures: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return the signatures as they are, 64 bytes each, once each verifies. Errors: `Unreadable`."""
        found = psbt.digests(self._draft(unsigned))
        if not len(found) == len(public_keys) == len(signatures):
            raise Unreadable("there must be one signature for each input")
        for digest, key, signature in zip(found, public_keys, signatures, strict=True):
            if not psbt.verifies(signature, digest, key):
                raise Unreadable("a signature does not verify")
        return tuple(signatures)

    def _draft(self, unsigned: Unsigned) -> psbt.Draft:
        try:
            draft = psbt.read(unsigned.body)
            scripts = [script_of(each.address, self._parameters) for each in unsigned.sources]
        except (psbt.Unclear, InvalidAddress) as error:
            raise Unreadable(str(error)) from error
        if [each.script for each in draft.inputs] != scripts:
            raise Unreadable("what is spent is not what the sources hold")
        return draft


def open_reader(network: str, chain: str) -> BitcoinReader:
    """Return the reader of a network on a chain, such as `litecoin`. Raises `ValueError` for one that is not known."""
    if chain not in CHAINS:
        raise ValueError(f"the chain {chain!r} is not known; give one of {', '.join(CHAINS)}")
    return BitcoinReader(network, CHAINS[chain])
