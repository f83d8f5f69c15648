"""Withdrawals, wired: who asks, who pays, and a process for each network."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from rialto.bootstrap.families.custody import Custody
from rialto.bootstrap.parts import Identity, Parts
from rialto.core.prices import Prices
from rialto.custody.allow_list import AllowList
from rialto.custody.limits import Limits
from rialto.custody.payouts.carrying import Carrying, Patience
from rialto.custody.payouts.costs import Costs
from rialto.custody.payouts.reading import PayoutReading
from rialto.custody.refills.desk import RefillDesk
from rialto.custody.refills.figures import refill_metrics
from rialto.custody.refills.proposing import Tiers
from rialto.custody.refills.reading import RefillReading
from rialto.custody.refills.refilling import Refilling
from rialto.custody.signing.requests import Purpose, Signer
from rialto.custody.sweeping.sweeps import Sweeping
from rialto.custody.withdrawals.admission import Admission
from rialto.custody.withdrawals.confirming import ConfirmationCodes
from rialto.custody.withdrawals.destinations import Destinations
from rialto.custody.withdrawals.figures import WithdrawalWatch, withdrawal_metrics
from rialto.custody.withdrawals.gates import OpenChains, Stopped
from rialto.custody.withdrawals.linked import AsksToWhom, Linked, nobody_asks
from rialto.custody.withdrawals.model import RiskPart
from rialto.custody.withdrawals.paying import OnHeld, Paying
from rialto.custody.withdrawals.people_routes import PeopleWithdrawals
from rialto.custody.withdrawals.ports import Concern, Locked, OurAddresses
from rialto.custody.withdrawals.process import PayingProcess
from rialto.custody.withdrawals.reading import WithdrawalReading, WithdrawalRow
from rialto.custody.withdrawals.requesting import Requests
from rialto.custody.withdrawals.reviewing import Reviews
from rialto.custody.withdrawals.routes import Confirmations, WithdrawalRoutes
from rialto.custody.withdrawals.signals import Signals
from rialto.custody.withdrawals.turns import CONNECTIONS, Turns
from rialto.foundation.database import Access, open_engine
from rialto.gateway.router import Route
from rialto.gateway.security.record import SecurityRecord
from rialto.identity.devices import Devices, Places
from rialto.identity.owners import Owners
from rialto.identity.people import People, Person
from rialto.identity.screening.watching import WatchLists
from rialto.identity.telling import Telling

SignerFactory = Callable[[Parts], Signer | None]

SIGNERS: Final[list[SignerFactory]] = []
"""What opens a signer where the settings name none: the first that gives one. Without, what was asked for waits."""


class KnownPeople:
    """Who there is."""

    def __init__(self, people: People, owners: Owners) -> None:
        self._people = people
        self._owners = owners

    def find(self, owner: int) -> Person | None:
        """Find a person; None for an owner who is none."""
        return self._people.find(owner)

    def find_by_email(self, email: str) -> Person | None:
        """Find a person by their address."""
        return self._people.find_by_email(email)

    def owner_exists(self, owner: int) -> bool:
        """Tell whether there is such an owner, a person or not."""
        return self._owners.find(owner) is not None


class NobodysAddresses:
    """Knows no address as ours."""

    def owner_of(self, network: str, address: str, tag: str | None) -> int | None:  # noqa: ARG002
        """Return nobody."""
        return None

    def holding(self, network: str) -> frozenset[str]:  # noqa: ARG002
        """Return none."""
        return frozenset()


@dataclass(frozen=True)
class Withdrawals:
    """What others need of withdrawals."""

    requests: Requests
    reading: WithdrawalReading
    payouts: PayoutReading
    reviews: Reviews
    allow_list: AllowList
    processes: dict[str, PayingProcess]
    refills: RefillDesk
    served: WithdrawalRoutes
    routes: list[Route[Any]]


async def _nothing_locked(_owner: int, _asset: str) -> int:
    return 0


def _nothing_stopped(_network: str, _asset: str) -> bool:
    return False


def _turns(parts: Parts) -> Turns:
    engine = open_engine(parts.settings.database_url, Access.READ_ONLY, connections=CONNECTIONS)
    parts.stack.callback(engine.dispose)
    return Turns(engine)


async def open_withdrawals(
    parts: Parts,
    custody: Custody,
    *,
    signer: Signer | None = None,
    ours: OurAddresses | None = None,
    locked: Locked = _nothing_locked,
    is_stopped: Stopped = _nothing_stopped,
    asks_to_whom: AsksToWhom = nobody_asks,
) -> Withdrawals:
    """Open withdrawals, and begin to pay where there is a signer."""
    settings, now_us = parts.settings.withdrawals, parts.wall_clock_us
    reading = WithdrawalReading(parts.decisions, parts.history)
    payouts = PayoutReading(parts.decisions, parts.history)
    chains = OpenChains(custody.holdings, custody.switches, is_stopped, custody.shortfalls)
    known = KnownPeople(parts.identity.people, parts.owners)
    limits = Limits(parts.runtime, Prices(parts.runtime), settings)
    allow_list = AllowList(parts.people)
    requests = Requests(
        parts.runtime,
        parts.decisions,
        reading,
        Destinations(chains, ours or NobodysAddresses(), known, parts.identity.fast_withdrawals.is_on),
        Admission(limits, settings, now_us),
        known,
        allow_list,
        limits,
        locked,
        custody.shortfalls,
        _turns(parts),
        now_us,
        _concern(parts.identity.lists),
        Linked(reading, asks_to_whom, parts.settings.verification.questionnaire_window_hours, now_us),
    )
    refill_reading = RefillReading(parts.decisions, parts.history)
    processes = _processes(parts, custody, chains, reading, payouts, refill_reading, signer)
    identity = parts.identity
    people = PeopleWithdrawals(
        parts.decisions,
        chains,
        allow_list,
        ConfirmationCodes(parts.people),
        identity.factors,
        SecurityRecord(identity.people, identity.behaviour, identity.mailer, now_us),
        settings,
        now_us,
    )
    guards = (people.guard, Signals(Devices(parts.people, Places(None)), known, now_us).of, people.taken, asks_to_whom)
    served = WithdrawalRoutes(requests, reading, allow_list, _confirmations(processes), now_us, *guards)
    routes = [*served.routes(), *people.routes()]
    for process in processes.values():
        parts.jobs.add(process)
    watch = WithdrawalWatch(reading, now_us)
    watch.start()
    parts.stack.push_async_callback(watch.stop)
    parts.metrics.add(withdrawal_metrics(watch, processes, now_us))
    reviews = Reviews(parts.decisions, reading)
    refills = RefillDesk(custody.holdings, parts.decisions, refill_reading, now_us)
    return Withdrawals(requests, reading, payouts, reviews, allow_list, processes, refills, served, routes)


def _confirmations(processes: dict[str, PayingProcess]) -> Confirmations:
    """Return what tells how deep the transaction of a payout is."""

    def confirmations(network: str, payout: str) -> int:
        process = processes.get(network)
        return 0 if process is None else process.carrying.confirmations.get(payout, 0)

    return confirmations


def _concern(lists: WatchLists) -> Concern:
    """Return what looks addresses up on the lists."""

    def look_up(address: str) -> RiskPart | None:
        hit = lists.address_hit(address)
        return None if hit is None else RiskPart("listed_address", 100, f"on {hit.reference}, of {hit.name}"[:255])

    return look_up


def _telling(identity: Identity) -> OnHeld:
    """Return what tells the owner of a withdrawal that it is looked at again."""
    telling = Telling(identity.mailer, identity.clerks)

    async def tell(row: WithdrawalRow) -> None:
        values = {"amount": row.amount, "coin": row.coin, "destination": row.address}
        await telling.tell(row.owner, "withdrawal-held", values)

    return tell


def _processes(
    parts: Parts,
    custody: Custody,
    chains: OpenChains,
    reading: WithdrawalReading,
    payouts: PayoutReading,
    refills: RefillReading,
    given: Signer | None,
) -> dict[str, PayingProcess]:
    signer = given or next((found for factory in SIGNERS if (found := factory(parts)) is not None), None)
    if signer is None:
        return {}
    processes: dict[str, PayingProcess] = {}
    refillings: dict[str, Refilling] = {}
    patience = Patience(parts.settings.withdrawals.bump_after_seconds * 1_000_000)
    settings, now_us = parts.settings.withdrawals, parts.wall_clock_us
    for name in custody.holdings.names:
        adapter, configured = custody.holdings.adapter(name), custody.holdings.configured(name)
        account, hot, tiers = custody.accounts.of(name), custody.addresses.hot(name), custody.holdings.tiers(name)
        sweep_us, refill_us = settings.sweep_seconds * 1_000_000, settings.refill_seconds * 1_000_000
        sweeping = Sweeping(adapter, custody.addresses, payouts, hot[0], sweep_us, now_us)
        paying = Paying(
            *(adapter, parts.job_decisions, reading, hot, account, chains, now_us),
            is_held=lambda row: parts.identity.people.is_under_review(row.owner),
            concern=_concern(parts.identity.lists),
            on_held=_telling(parts.identity),
        )
        wanted = Tiers(parts.runtime, adapter, hot, tiers, account, settings, paying.wanted)
        refilling = Refilling(adapter, tiers, hot, wanted, parts.job_decisions, refills, refill_us, now_us)
        carrying = Carrying(
            adapter,
            parts.job_decisions,
            payouts,
            signer,
            Costs(parts.runtime, adapter, account),
            {
                Purpose.WITHDRAWAL: paying,
                Purpose.SWEEP: sweeping,
                Purpose.GAS: sweeping,
                Purpose.REFILL: refilling,
            },
            patience,
            now_us,
            refilling,
        )
        refillings[name] = refilling
        processes[name] = PayingProcess(name, carrying, paying, (sweeping.sweep, refilling.work), configured.poll_us)
    parts.metrics.add(refill_metrics(refillings))
    return processes
