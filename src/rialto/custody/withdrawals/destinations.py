"""Where a withdrawal goes: to an address on a network, or to someone of the exchange, by address, e-mail or number."""

import asyncio
import re
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from rialto.custody.chains.adapter import ChainAdapter, InvalidAddress, NodeUnavailable
from rialto.custody.chains.amounts import LEDGER_PLACES, Inexact, to_chain, to_ledger
from rialto.custody.chains.network import ChainAsset, Network
from rialto.custody.withdrawals.ports import Chains, Known, OpenNetwork, OurAddresses
from rialto.custody.withdrawals.tables import TAG_LENGTH_MAX
from rialto.wire.decimals import shortened, to_text
from rialto.wire.wallet_errors import WalletError

INSIDE: Final = ""
"""The network's name where nobody's chain is concerned."""

_log = structlog.stdlib.get_logger(__name__)

_OWNER_NUMBER: Final = re.compile("[0-9]{1,12}", re.ASCII)


class Destination(msgspec.Struct, frozen=True):
    """Where it goes, checked."""

    name: str
    """Of the network; empty where someone of the exchange is named otherwise than by an address."""
    address: str
    tag: str | None
    asset: ChainAsset
    recipient: int | None
    """Whose of the exchange it is."""
    holder: str = ""
    """Whose the address is, where that is another's: an account of a token is not the wallet it belongs to."""

    def chain_amount(self, units: int) -> int:
        """Convert what arrives to the chain's unit. Precondition: `net_units` said how much that is."""
        return to_chain(units, self.asset.decimals)


class Destinations:
    """Finds where withdrawals go."""

    def __init__(self, chains: Chains, ours: OurAddresses, known: Known, is_fast: Callable[[int], bool]) -> None:
        """`is_fast` tells whether what an owner sends to someone here by address goes at once. It blocks."""
        self._is_fast = is_fast
        self._chains = chains
        self._ours = ours
        self._known = known

    async def find(self, coin: str, network: str | None, address: str, tag: str | None) -> Destination:
        """Check a destination. Errors: `ApiError`."""
        if network is None and (found := await self._person(coin, address)) is not None:
            return found
        there = self._network(coin, network)
        asset = there.network.asset_named(coin)
        assert asset is not None, "the network has the asset"
        checked = tag or None
        if checked is not None and not is_tag(checked, there.network, is_tagged=there.is_tagged):
            raise WalletError.TAG_INVALID.error()
        try:
            canonical, holder = await self._spelled(there.adapter, address, checked, asset.contract)
        except InvalidAddress as invalid:
            raise WalletError.ADDRESS_INVALID.error(_sentence(str(invalid)), form=1) from invalid
        recipient = await asyncio.to_thread(self._ours.owner_of, there.network.name, canonical, checked)
        if recipient is None and canonical in await asyncio.to_thread(self._ours.holding, there.network.name):
            # Money would leave the books and stay on the chain with us.
            raise WalletError.ILLEGAL_ADDRESS.error("It is an address of this exchange itself.", form=1)
        if recipient is None and not self._chains.withdrawals_open(there.network.name, coin):
            raise WalletError.WITHDRAWALS_CLOSED.error()
        return Destination(there.network.name, canonical, checked, asset, recipient, holder)

    async def check_route(self, destination: Destination, owner: int) -> None:
        """Refuse an address of ours where an owner wants no fast withdrawals.

        Over its chain it would go from us to us, and what we send ourselves is credited to nobody. Errors: `ApiError`.
        """
        if destination.recipient is None or not destination.name or await asyncio.to_thread(self._is_fast, owner):
            return
        reason = "It is an address of this exchange: switch fast withdrawals on to pay it, at once and without a fee."
        raise WalletError.ILLEGAL_ADDRESS.error(reason, form=1)

    async def is_same(self, network: str, coin: str, recorded: str, asked: str, tag: str | None) -> bool:
        """Tell whether an address that is asked for is the one that was recorded, however it is spelled.

        Errors: `ApiError`, where that cannot be told now.
        """
        if recorded == asked:
            return True
        adapter = self._chains.adapter(network)
        if adapter is None:
            return False
        asset = adapter.network.asset_named(coin)
        try:
            return (await self._spelled(adapter, asked, tag, None if asset is None else asset.contract))[0] == recorded
        except InvalidAddress:
            return False

    async def _spelled(
        self, adapter: ChainAdapter, address: str, tag: str | None, contract: str | None
    ) -> tuple[str, str]:
        """Spell an address as it is recorded, whatever belongs to one of ours as that; and say whose it is.

        Errors: `InvalidAddress`, and `ApiError` where the chain cannot be asked.
        """
        canonical = adapter.canonical(address, tag, contract)
        try:
            holder = await adapter.holder(canonical, tag, contract)
        except NodeUnavailable as unavailable:
            _log.warning("not known who would be paid", network=adapter.network.name, reason=str(unavailable))
            raise WalletError.WITHDRAWALS_CLOSED.error() from unavailable
        if holder != canonical and holder in await asyncio.to_thread(self._ours.holding, adapter.network.name):
            return holder, holder
        return canonical, holder

    def net_units(self, destination: Destination, units: int) -> int:
        """Return what is left of an amount when the fee is taken. Errors: `ApiError`."""
        asset = destination.asset
        places = min(asset.decimals, LEDGER_PLACES)
        try:
            to_chain(units, asset.decimals)
        except Inexact as inexact:
            step = shortened(to_text(10 ** (LEDGER_PLACES - places)), 0).rstrip(".")
            raise WalletError.NOT_A_MULTIPLE.error("integral", step) from inexact
        fee = _units_up(asset.withdrawal_fee, asset.decimals)
        if destination.recipient is None:
            least = _units_up(asset.withdrawal_min, asset.decimals)
            if units < least:
                raise WalletError.BELOW_MINIMUM.error(shortened(to_text(least), 0).rstrip("."))
        elif not units:
            raise WalletError.BELOW_MINIMUM.error("0.00000001")
        else:
            # Nothing is taken inside the exchange; as on a chain, what a fee would be stays or goes along.
            fee = min(fee, units - 1) if destination.name else 0
        if units <= fee:
            raise WalletError.BELOW_FEE.error()
        return units - fee

    async def _person(self, coin: str, address: str) -> Destination | None:
        """Find someone of the exchange by e-mail or number."""
        if "@" in address:
            person = await asyncio.to_thread(self._known.find_by_email, address)
            if person is None:
                raise WalletError.NO_SUCH_USER.error()
            return self._inside(coin, address, person.owner)
        if _OWNER_NUMBER.fullmatch(address) is None:
            return None
        owner = int(address)
        if not owner or not await asyncio.to_thread(self._known.owner_exists, owner):
            raise WalletError.NO_SUCH_USER.error()
        return self._inside(coin, address, owner)

    @staticmethod
    def _inside(coin: str, address: str, owner: int) -> Destination:
        return Destination(INSIDE, address, None, ChainAsset(coin, LEDGER_PLACES), owner)

    def _network(self, coin: str, name: str | None) -> OpenNetwork:
        networks = self._chains.of_asset(coin)
        found = next((each for each in networks if name in (None, each.network.name)), None)
        if found is None:
            raise WalletError.WITHDRAWALS_CLOSED.error()
        return found


def is_tag(tag: str, network: Network, *, is_tagged: bool) -> bool:
    """Tell whether something can be paid with a tag on a network, whose owners here are told apart by one or not."""
    if len(tag) > TAG_LENGTH_MAX or not tag.isprintable():
        return False
    return re.fullmatch(network.tag_pattern, tag) is not None if network.tag_pattern else is_tagged


def _units_up(amount: int, decimals: int) -> int:
    credit = to_ledger(amount, decimals)
    return credit.units + (1 if credit.remainder else 0)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
