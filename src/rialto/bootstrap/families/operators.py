"""The back office, wired: what operators may do, and the parts it is done to."""

from ipaddress import IPv4Network, IPv6Network
from typing import Any, NamedTuple

from rialto.admin.agreements import Agreements
from rialto.admin.channel import BackOffice
from rialto.admin.desk import Desk
from rialto.admin.gate import Gate, read_networks
from rialto.admin.machine import MachineLooks
from rialto.admin.proposals import Proposals
from rialto.admin.reads import read_routes
from rialto.admin.routes import DeskCalls
from rialto.admin.services import Found, Services
from rialto.bootstrap.families.custody import Custody
from rialto.bootstrap.families.fiat import FiatFamily
from rialto.bootstrap.families.privacy import PrivacyFamily
from rialto.bootstrap.families.reserves import ReservesFamily
from rialto.bootstrap.families.verification import VerificationFamily
from rialto.bootstrap.families.wallet import WalletFamily
from rialto.bootstrap.families.withdrawals import Withdrawals
from rialto.bootstrap.jobs import Loop
from rialto.bootstrap.parts import Parts
from rialto.core.prices import Prices
from rialto.custody.signing.asking import SignerProcess
from rialto.custody.travel_rule.exporting import Exports
from rialto.foundation.failures import ExpectedFailure
from rialto.gateway.router import Route
from rialto.identity.devices import Devices, Places
from rialto.identity.screening.rescreening import Rescreening


class OperatorsFamily(NamedTuple):
    """What others need of it."""

    desk: Desk
    proposals: Proposals
    back_office: BackOffice
    routes: list[Route[Any]]


class InvalidNetworks(ExpectedFailure):
    """The setting `operator_networks` is no list of networks."""


def open_operators(
    parts: Parts,
    custody: Custody,
    withdrawals: Withdrawals,
    wallet: WalletFamily,
    reserves: ReservesFamily,
    fiat: FiatFamily,
    verification: VerificationFamily,
    rescreening: Rescreening,
    exports: Exports,
    privacy: PrivacyFamily,
    signer: SignerProcess | None,
) -> OperatorsFamily:
    """List the routes, and perform what was approved before. Errors: `InvalidNetworks`."""
    identity = parts.identity
    services = Services(
        runtime=parts.runtime,
        decisions=parts.decisions,
        people=identity.people,
        operators=identity.operators,
        factors=identity.factors,
        api_keys=parts.api_keys,
        behaviour=identity.behaviour,
        clerks=identity.clerks,
        holdings=wallet.holdings,
        reviews=withdrawals.reviews,
        refills=withdrawals.refills,
        withdrawals=withdrawals.reading,
        switches=custody.switches,
        shortfalls=custody.shortfalls,
        recoveries=custody.recoveries,
        returns=custody.returns,
        reconciliation=custody.reconciliation,
        distributions=wallet.distributions,
        holders=wallet.holders,
        publisher=reserves.publisher,
        fiat=fiat.service,
        banks=fiat.reconciliation,
        cards=fiat.cards.desk,
        claims=fiat.claims,
        cases=verification.cases,
        privacy=privacy.services,
        listings=wallet.listings,
        notices=wallet.notices,
        mailer=identity.mailer,
        sessions=identity.sessions,
        devices=Devices(parts.people, Places(None)),
        history=parts.history,
        deposits=custody.deposit_history,
        followers=custody.followers,
        paying=withdrawals.processes,
        signer=signer,
        health=lambda: {name: Found(*each) for name, each in parts.health().items()},
        screened_deposits=custody.screened,
        screening=verification.screening,
        rescreening=rescreening,
        exports=exports,
        now_us=parts.wall_clock_us,
    )
    networks = _networks(parts.settings.operator_networks)
    gate = Gate(
        identity.operators, identity.factors, identity.clerks, identity.behaviour, parts.wall_clock_us, networks
    )
    proposals = Proposals(parts.people)
    desk = Desk(services, proposals, Agreements(parts.runtime, Prices(parts.runtime), parts.settings.operators))
    parts.jobs.add(Loop("operators", desk.perform_waiting))
    routes = [*DeskCalls(desk, gate).routes(), *read_routes(services, gate)]
    return OperatorsFamily(desk, proposals, BackOffice(desk.ask, MachineLooks(routes).look), routes)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return read_networks(text)
    except ValueError as error:
        raise InvalidNetworks(f"operator_networks: {error}; give networks such as 10.0.0.0/8,::1/128") from error
