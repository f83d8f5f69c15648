"""The wallet family, wired."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple

from rialto.bootstrap.parts import Parts
from rialto.core.prices import Prices
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.gateway.rates.routes import Rates
from rialto.gateway.rates.source import ReferenceRates
from rialto.gateway.router import Route
from rialto.gateway.wallet.announcements import Announcements
from rialto.gateway.wallet.balances import WalletBalances
from rialto.gateway.wallet.elsewhere import Elsewhere
from rialto.gateway.wallet.fees import AssetTerms, WalletFees
from rialto.gateway.wallet.holdings import Holdings, Withdrawing, nothing_withdrawing
from rialto.gateway.wallet.listings import Listings, ScheduleJob
from rialto.gateway.wallet.notices import Notices
from rialto.gateway.wallet.preferences import Preferences
from rialto.gateway.wallet.snapshots import AccountSnapshots
from rialto.products.distributions.holders import Holders
from rialto.products.distributions.routes import DividendRoutes
from rialto.products.distributions.service import DistributionService
from rialto.products.dust.routes import DustRoutes
from rialto.products.dust.rules import Terms
from rialto.products.dust.service import DustService

HOUR_US: Final = 3_600_000_000


class WalletFamily(NamedTuple):
    """What others need of it."""

    listings: Listings
    notices: Notices
    holdings: Holdings
    snapshots: AccountSnapshots
    distributions: DistributionService
    holders: Holders
    routes: list[Route[Any]]


def _no_terms() -> Mapping[str, AssetTerms]:
    return {}


def _dust_terms(settings: Settings) -> Terms:
    return Terms(
        settings.dust_worth_max_satoshi,
        Fraction(settings.dust_fee_basis_points, 10_000),
        settings.dust_period_hours * HOUR_US,
    )


def open_wallet(
    parts: Parts,
    terms: Callable[[], Mapping[str, AssetTerms]] = _no_terms,
    withdrawing: Withdrawing = nothing_withdrawing,
) -> WalletFamily:
    """Start what was announced and list the routes."""
    listings, notices = Listings(parts.people), Notices(parts.people)
    job = ScheduleJob(listings, parts.runtime, parts.runtime.now_us)
    parts.jobs.add(job)
    prices = Prices(parts.runtime)
    holdings = Holdings(parts.runtime, prices)
    dust = DustService(parts.runtime, parts.decisions, parts.history, prices, _dust_terms(parts.settings))
    snapshots = AccountSnapshots(parts.runtime, parts.history, holdings)
    display = parts.settings.display
    references = ReferenceRates(display.rates_url, display.rates_seconds, parts.wall_clock_us)
    parts.stack.push_async_callback(references.stop)
    routes = [
        *WalletBalances(parts.runtime, holdings, withdrawing).routes(),
        *WalletFees(parts.runtime, terms, Preferences(parts.people)).routes(),
        *Rates(parts.runtime, prices, references).routes(),
        *Announcements(parts.runtime, listings, notices).routes(),
        *snapshots.routes(),
        *Elsewhere().routes(),
        *DustRoutes(parts.runtime, dust, holdings).routes(),
        *DividendRoutes(parts.runtime, parts.history).routes(),
    ]
    distributions = DistributionService(parts.runtime, parts.decisions, parts.people)
    reader = open_engine(parts.settings.database_url, Access.READ_ONLY)
    parts.stack.callback(reader.dispose)
    return WalletFamily(listings, notices, holdings, snapshots, distributions, Holders(reader), routes)
