"""What is compared, and what came of it. Pure: amounts are whole numbers of the chain's unit."""

import msgspec

from rialto.custody.chains.amounts import LEDGER_PLACES
from rialto.custody.chains.network import ChainAsset


class Known(msgspec.Struct, frozen=True):
    """What is known of an asset on a network beside what the chain holds."""

    custody_units: int
    """The balance of the network's custody account, in units of 1e-8: minus what was credited and not paid out."""
    remainder: int = 0
    """What the ledger cannot hold: of deposits rounded down, of costs rounded up."""
    shortfall_units: int = 0
    """What could not be taken back of deposits that are gone."""
    unrecorded: int = 0
    """What is in blocks that were read and not in the ledger yet, less what is in the ledger and in no block."""
    leaving_max: int = 0
    """What payouts under way may have taken out already, or not yet."""


class Comparison(msgspec.Struct, frozen=True):
    """What a chain holds of an asset, and what it should, at least and at most."""

    network: str
    asset: str
    decimals: int
    held: int
    least: int
    most: int
    height: int

    @property
    def difference(self) -> int:
        """By how much too much (above zero) or too little is held; 0 if it can be explained."""
        if self.held > self.most:
            return self.held - self.most
        return min(self.held - self.least, 0)


def compare(network: str, listed: ChainAsset, held: int, known: Known, height: int) -> Comparison:
    """Compare. An asset with fewer places on its chain than the ledger has is rounded up: no chain holds the rest."""
    units = -known.custody_units - known.shortfall_units
    if listed.decimals >= LEDGER_PLACES:
        ledger = units * _power(listed.decimals - LEDGER_PLACES)
    else:
        ledger = -(-units // _power(LEDGER_PLACES - listed.decimals))
    most = ledger + known.remainder + known.unrecorded
    least = most - known.leaving_max
    return Comparison(network, listed.asset, listed.decimals, held, least, most, height)


def _power(places: int) -> int:
    return int("1" + "0" * places)
