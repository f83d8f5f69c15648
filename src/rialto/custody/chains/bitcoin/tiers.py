"""Tiers behind the hot addresses of this family: of one key (P2WPKH), or two of three (P2WSH, `warm`).

Coins are chosen by the largest first and are few, so that what a keeper signs and carries back stays small.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from rialto.custody.chains.adapter import HotAddress, InsufficientHoldings, Payment, Rejected, Signed, Unsigned
from rialto.custody.chains.bitcoin import building, psbt
from rialto.custody.chains.bitcoin.adapter import BitcoinAdapter
from rialto.custody.chains.bitcoin.building import BODY_BYTES_MAX, WARM_THRESHOLD, Frame
from rialto.custody.chains.bitcoin.derivation import AccountKey
from rialto.custody.chains.bitcoin.selection import Coin
from rialto.custody.chains.bitcoin.warm import WarmTier
from rialto.custody.chains.tiers import HOME_PATH, TierKeys
from rialto.custody.signing.effects import Unreadable

COINS_MAX: Final = 60
"""Coins of one transaction: as many signatures come back."""


class _Tier(ABC):
    """What both kinds have in common."""

    signatures_needed = 1

    def __init__(self, adapter: BitcoinAdapter, name: str, home: HotAddress) -> None:
        self.name = name
        self.home = home
        self._adapter: Final = adapter
        adapter.watch(home.address)

    async def build(self, payment: Payment, fee_rate: int, avoid: Collection[str]) -> Unsigned:
        """Build what makes a payment out of the tier. Errors: `InsufficientHoldings`, `InvalidAddress`."""
        held = await self._adapter.coins([self.home], avoid)
        coins = sorted(held, reverse=True)[:COINS_MAX]
        while coins:
            parents = await self._adapter.parents(coins)
            unsigned = self._spend(payment, coins, parents, fee_rate)
            if len(unsigned.body) <= BODY_BYTES_MAX:
                return unsigned
            # A coin may come from a transaction so large that it cannot go along: then others pay.
            coins.remove(max(coins, key=lambda each: len(parents[each.transaction])))
        raise InsufficientHoldings(f"the {self.name} tier holds no coins that can be spent now")

    @abstractmethod
    def _spend(self, payment: Payment, coins: Sequence[Coin], parents: Mapping[str, bytes], rate: int) -> Unsigned:
        """Choose among coins, and build. Errors: those of `build`."""

    def _check(self, unsigned: Unsigned) -> None:
        """Make sure that a transaction pays what it says, and nobody else but the tier. Errors: `Rejected`."""
        try:
            effects = self._adapter.reader.read(unsigned)
        except Unreadable as error:
            raise Rejected(f"this was never to be signed: {error}") from error
        leaving = tuple(each for each in effects.payments if each.destination != self.home.address)
        if leaving != unsigned.payments or effects.fee_max != unsigned.fee_max:
            raise Rejected("the transaction is not what was to be signed")


class OneKey(_Tier):
    """A `Tier` of one key."""

    def __init__(self, adapter: BitcoinAdapter, given: TierKeys) -> None:
        """Errors: `InvalidConfiguration`."""
        self._key: Final = AccountKey(given.keys[0], adapter.parameters)
        self._frame: Final = Frame(adapter.network.name, adapter.parameters)
        super().__init__(adapter, given.name, HotAddress(self._key.address(HOME_PATH), HOME_PATH))

    def _spend(self, payment: Payment, coins: Sequence[Coin], parents: Mapping[str, bytes], rate: int) -> Unsigned:
        draft, spent = building.draft_payment(self._frame, [payment], coins, self.home.address, rate)
        needed = {each.transaction: parents[each.transaction] for each in spent}
        return self._frame.unsigned(draft, [self.home] * len(spent), [payment], needed)

    def keeper_of(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> int:
        """Make sure that the key signed, and return 0. Errors: `Rejected`."""
        self.combine(unsigned, {0: signatures})
        return 0

    def combine(self, unsigned: Unsigned, given: Mapping[int, Sequence[bytes]]) -> Signed:
        """Put one signature to each input. Errors: `Rejected`."""
        self._check(unsigned)
        draft, signatures, key = psbt.read(unsigned.body), given.get(0, ()), self._key.public_key(HOME_PATH)
        if len(signatures) != len(draft.inputs):
            raise Rejected(f"{len(draft.inputs)} inputs need as many signatures, not {len(signatures)}")
        try:
            witnesses = [
                psbt.key_witness(each, digest, key, signature)
                for each, digest, signature in zip(draft.inputs, psbt.digests(draft), signatures, strict=True)
            ]
        except (psbt.Unclear, ValueError) as error:
            raise Rejected(str(error)) from error
        return Signed(psbt.identity(draft), psbt.finish(draft, witnesses))


class TwoOfThree(_Tier):
    """A `Tier` of three keys, of which two sign."""

    signatures_needed = WARM_THRESHOLD

    def __init__(self, adapter: BitcoinAdapter, given: TierKeys) -> None:
        """Errors: `InvalidConfiguration`."""
        self._keys: Final = WarmTier(adapter.network.name, adapter.parameters, given.keys)
        super().__init__(adapter, given.name, self._keys.address(HOME_PATH))

    def _spend(self, payment: Payment, coins: Sequence[Coin], parents: Mapping[str, bytes], rate: int) -> Unsigned:
        return self._keys.spend([payment], coins, parents, self.home, rate)

    def keeper_of(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> int:
        """Tell which of the three signed. Errors: `Rejected`."""
        self._check(unsigned)
        return self._keys.keeper_of(unsigned, signatures)

    def combine(self, unsigned: Unsigned, given: Mapping[int, Sequence[bytes]]) -> Signed:
        """Put the signatures of two in their places. Errors: `Rejected`."""
        self._check(unsigned)
        return self._keys.combine(unsigned, given)


def open_tier(adapter: BitcoinAdapter, given: TierKeys) -> OneKey | TwoOfThree:
    """Return a tier of a network. Errors: `InvalidConfiguration`."""
    return OneKey(adapter, given) if len(given.keys) == 1 else TwoOfThree(adapter, given)
