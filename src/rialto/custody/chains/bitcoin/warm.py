"""The warm tier: addresses that two of three keys spend (P2WSH of sorted keys), each key with another keeper.

    spend ─▶ exported (a PSBT for any wallet that knows the three keys) ─▶ each keeper signs ─▶ signatures_in ─▶ combine

No key is here, and no order of signing: whichever two come first do. What a keeper returns is believed for its
signatures alone; the transaction is the one that was asked for, and every signature is checked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from embit import ec
from embit.base import EmbitError
from embit.psbt import PSBT, DerivationPath

from rialto.custody.chains.adapter import HotAddress, Payment, Rejected, Signed, Unsigned
from rialto.custody.chains.bitcoin import building, psbt
from rialto.custody.chains.bitcoin.building import WARM_KEYS, WARM_THRESHOLD, Frame
from rialto.custody.chains.bitcoin.derivation import (
    AccountKey,
    hashed_script,
    place,
    spelled_address,
    witness_script,
)
from rialto.custody.chains.bitcoin.parameters import CHAINS, Parameters
from rialto.custody.chains.bitcoin.reading import BitcoinReader
from rialto.custody.chains.bitcoin.selection import Coin
from rialto.custody.signing.effects import Unreadable
from rialto.foundation.configuration import InvalidConfiguration

Signatures = Mapping[int, Sequence[bytes]]
"""By the keeper's place among the three: one signature (r and s) for each input."""


class WarmTier:
    """The three public keys, and what can be done with nothing else."""

    def __init__(self, network: str, parameters: Parameters, xpubs: Sequence[str]) -> None:
        """Errors: `InvalidConfiguration`, when there are not three keys that differ."""
        self.keys: Final = tuple(AccountKey(each, parameters) for each in xpubs)
        if len({each.spelled for each in self.keys}) != WARM_KEYS or len(xpubs) != WARM_KEYS:
            raise InvalidConfiguration(f"the warm tier of {network} has {len(xpubs)} keys; give three that differ")
        self.network: Final = network
        self.parameters: Final = parameters
        self.reader: Final = WarmReader(self)
        self._frame: Final = Frame(network, parameters)

    def inner(self, path: str) -> bytes:
        """Return the script of the three keys at a path. Errors: `ValueError`."""
        return witness_script([each.public_key(path) for each in self.keys], WARM_THRESHOLD)

    def address(self, path: str) -> HotAddress:
        """Return the address at a path, such as `0/0`. Errors: `ValueError`."""
        return HotAddress(spelled_address(hashed_script(self.inner(path)), self.parameters), path)

    def spend(
        self,
        payments: Sequence[Payment],
        coins: Sequence[Coin],
        parents: Mapping[str, bytes],
        change: HotAddress,
        rate: int,
    ) -> Unsigned:
        """Build a transaction out of coins of the tier. Errors: those of `ChainAdapter.build`."""
        scripts = {each.address: self.inner(each.path) for each in coins}
        draft, spent = building.draft_payment(self._frame, payments, coins, change.address, rate, scripts)
        sources = [HotAddress(each.address, each.path) for each in spent]
        needed = {each.transaction: parents[each.transaction] for each in spent}
        return self._frame.unsigned(draft, sources, payments, needed)

    def exported(self, unsigned: Unsigned) -> bytes:
        """Return the PSBT for keepers' wallets: with where each key lies below its account."""
        packet = PSBT.parse(unsigned.body)
        for scope, source in zip(packet.inputs, unsigned.sources, strict=True):
            for key in self.keys:
                public_key = ec.PublicKey.parse(key.public_key(source.path))
                where = DerivationPath(bytes.fromhex(key.fingerprint), list(place(source.path)))
                scope.bip32_derivations[public_key] = where
        return bytes(packet.serialize())

    def signatures_in(self, unsigned: Unsigned, returned: bytes) -> Signatures:
        """Read what a keeper's wallet returned: the signatures of ours that it holds. Errors: `Rejected`."""
        draft = self._draft(unsigned)
        if len(returned) > psbt.BODY_MAX:
            raise Rejected("the PSBT is larger than any of ours")
        try:
            packet = PSBT.parse(returned)
            is_same = packet.tx.txid().hex() == psbt.identity(draft)
        except (EmbitError, ValueError, IndexError, TypeError, OverflowError, AttributeError, RuntimeError) as error:
            raise Rejected("what was returned does not read as a PSBT") from error
        if not is_same:
            raise Rejected("what was returned is another transaction")
        found = {}
        for number, key in enumerate(self.keys):
            signatures = [
                _compact(scope, key.public_key(source.path))
                for scope, source in zip(packet.inputs, unsigned.sources, strict=True)
            ]
            given = [each for each in signatures if each is not None]
            if len(given) == len(signatures):
                found[number] = given
        return found

    def keeper_of(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> int:
        """Tell which of the three made some signatures, one for each input. Errors: `Rejected`, if none did."""
        found = psbt.digests(self._draft(unsigned))
        if len(found) == len(signatures):
            pairs = list(zip(unsigned.sources, found, signatures, strict=True))
            for number, key in enumerate(self.keys):
                if all(psbt.verifies(each, digest, key.public_key(source.path)) for source, digest, each in pairs):
                    return number
        raise Rejected("none of the three keepers made these signatures of this transaction")

    def combine(self, unsigned: Unsigned, signatures: Signatures) -> Signed:
        """Finish a transaction with the signatures of two keepers or more. Errors: `Rejected`."""
        draft = self._draft(unsigned)
        digests = psbt.digests(draft)
        wrong = [number for number in signatures if number not in range(WARM_KEYS)]
        if wrong or any(len(each) != len(draft.inputs) for each in signatures.values()):
            raise Rejected("there must be one signature for each input, of keepers 0 to 2")
        if len(signatures) < WARM_THRESHOLD:
            raise Rejected(f"{WARM_THRESHOLD} of {WARM_KEYS} keepers must sign, and {len(signatures)} did")
        witnesses = []
        for index, (source, digest) in enumerate(zip(unsigned.sources, digests, strict=True)):
            signed = {self.keys[number].public_key(source.path): each[index] for number, each in signatures.items()}
            try:
                # Keys are sorted in the script, and their signatures stand in the same order.
                spelled = [psbt.spelled(signed[key], digest, key) for key in sorted(signed)]
            except psbt.Unclear as error:
                raise Rejected(str(error)) from error
            witnesses.append([b"", *spelled[:WARM_THRESHOLD], self.inner(source.path)])
        return Signed(psbt.identity(draft), psbt.finish(draft, witnesses))

    def _draft(self, unsigned: Unsigned) -> psbt.Draft:
        try:
            draft = psbt.read(unsigned.body)
            inner = [self.inner(each.path) for each in unsigned.sources]
        except (psbt.Unclear, ValueError) as error:
            raise Rejected(str(error)) from error
        if [each.inner for each in draft.inputs] != inner:
            raise Rejected("what is spent is not what the sources hold")
        return draft


class WarmReader(BitcoinReader):
    """What a keeper's signer reads: as for single keys, with the address that its key is one of three of."""

    def __init__(self, tier: WarmTier) -> None:
        super().__init__(tier.network, tier.parameters)
        self._tier: Final = tier

    def address(self, path: str, public_key: bytes) -> str:
        """Spell the address at a path, if the key is one of its three. Errors: `Unreadable`."""
        if public_key not in [each.public_key(path) for each in self._tier.keys]:
            raise Unreadable(f"the key at {path} is none of the three of the warm tier")
        return self._tier.address(path).address


def open_warm_reader(network: str, chain: str, cosigners: Sequence[str]) -> WarmReader:
    """Return what a keeper's signer reads with. Raises `ValueError` for a chain that is not known.

    Errors: `InvalidConfiguration`, when these are not three keys that differ.
    """
    if chain not in CHAINS:
        raise ValueError(f"the chain {chain!r} is not known; give one of {', '.join(CHAINS)}")
    return WarmReader(WarmTier(network, CHAINS[chain], cosigners))


def _compact(scope: Any, public_key: bytes) -> bytes | None:
    """Return r and s of one key's signature in a PSBT; None where there is none, or one of another kind."""
    for key, signature in scope.partial_sigs.items():
        if bytes(key.sec()) == public_key:
            return psbt.compact(bytes(signature))
    return None
