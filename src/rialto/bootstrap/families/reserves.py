"""Proofs of reserves, wired."""

import asyncio
from typing import Any, Final, NamedTuple

import structlog

from rialto.bootstrap.families.custody import Custody
from rialto.bootstrap.parts import Parts
from rialto.custody.chains.adapter import HotAddress
from rialto.custody.chains.network import Family
from rialto.custody.reserves.assets import Holdings, HoldingsOnChain, NothingHeld, OwnAddress
from rialto.custody.reserves.job import MonthlyPublication
from rialto.custody.reserves.publisher import Publisher
from rialto.custody.reserves.routes import Reserves
from rialto.custody.reserves.statements import spell_bip137, spell_eip191
from rialto.custody.signing.requests import Signer, SignerUnavailable, SigningRefused, StatementRequest
from rialto.foundation.database import Access, open_engine
from rialto.gateway.router import Route

DIRECTORY: Final = "reserves"
SETTLE_TIMEOUT_S: Final = 30.0
NOTHING_HELD: Final = NothingHeld()

_SPELLED: Final = {Family.EVM: spell_eip191, Family.BITCOIN: spell_bip137}
"""How statements are spelled; keys of other families sign transactions only."""

_log = structlog.stdlib.get_logger(__name__)


class ReservesFamily(NamedTuple):
    """What others need of it."""

    publisher: Publisher
    routes: list[Route[Any]]


def holdings_of(custody: Custody, signer: Signer | None) -> Holdings:
    """Know what the networks' addresses hold, each with a statement where the signer gives one."""
    networks = custody.holdings.networks.by_name

    async def own(network: str) -> list[OwnAddress]:
        book = custody.addresses
        hot = [OwnAddress(each, "hot") for each in book.hot(network)]
        behind = [OwnAddress(each.home, each.name) for each in custody.holdings.tiers(network)]
        return [
            *hot,
            *behind,
            *(OwnAddress(each, "deposit") for each in await asyncio.to_thread(book.depositing, network)),
        ]

    async def sign(network: str, address: HotAddress, text: str) -> str:
        spell = _SPELLED.get(networks[network].network.family)
        behind = [each.home.address for each in custody.holdings.tiers(network)]
        if signer is None or spell is None or address.address in behind:
            return ""
        try:
            return spell(await signer.attest(StatementRequest(network, address, text)))
        except (SigningRefused, SignerUnavailable) as error:
            _log.warning("address without a statement", network=network, address=address.address, reason=str(error))
            return ""

    return HoldingsOnChain([custody.holdings.adapter(name) for name in networks], own, sign)


def open_reserves(
    parts: Parts, holdings: Holdings = NOTHING_HELD, network_names: dict[int, str] | None = None
) -> ReservesFamily:
    """Start the monthly publication and list the routes. `network_names` are those of custody accounts' scopes."""
    names = network_names or {}
    reader = open_engine(parts.settings.database_url, Access.READ_ONLY)
    parts.stack.callback(reader.dispose)

    async def settle() -> None:
        await parts.projected.wait_for(parts.runtime.last_sequence, SETTLE_TIMEOUT_S)

    publisher = Publisher(
        reader,
        parts.people,
        parts.master_key,
        parts.settings.data_directory / DIRECTORY,
        holdings,
        lambda scope: names.get(scope, f"network {scope}"),
        settle,
    )
    parts.jobs.add(MonthlyPublication(publisher, parts.wall_clock_us))
    return ReservesFamily(publisher, Reserves(publisher).routes())
