"""What operators' actions act on: the parts of a running exchange, given by who wires them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rialto.admin.privacy_services import PrivacyServices
from rialto.core.runtime import Runtime
from rialto.custody.deposits.history import DepositHistory
from rialto.custody.deposits.screened import ScreenedDeposits
from rialto.custody.deposits.shortfalls import Shortfalls
from rialto.custody.following import Follower
from rialto.custody.networks.switches import Switches
from rialto.custody.reconciliation.service import Reconciliation
from rialto.custody.recovery.returning import Returns
from rialto.custody.recovery.service import Recoveries
from rialto.custody.refills.desk import RefillDesk
from rialto.custody.reserves.publisher import Publisher
from rialto.custody.signing.asking import SignerProcess
from rialto.custody.travel_rule.exporting import Exports
from rialto.custody.withdrawals.process import PayingProcess
from rialto.custody.withdrawals.reading import WithdrawalReading
from rialto.custody.withdrawals.reviewing import Reviews
from rialto.gateway.wallet.holdings import Holdings
from rialto.gateway.wallet.listings import Listings
from rialto.gateway.wallet.notices import Notices
from rialto.identity.api_keys import ApiKeys
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.clerks import Clerks
from rialto.identity.devices import Devices
from rialto.identity.factors.factors import Factors
from rialto.identity.mail import Mailer
from rialto.identity.operators import Operators
from rialto.identity.people import People
from rialto.identity.screening.cases import ScreeningCases
from rialto.identity.screening.rescreening import Rescreening
from rialto.identity.sessions import Sessions
from rialto.identity.verification.cases import Cases
from rialto.products.distributions.holders import Holders
from rialto.products.distributions.service import DistributionService
from rialto.products.fiat.cards.desk import CardDesk
from rialto.products.fiat.claims import Claims
from rialto.products.fiat.reconciling import BankReconciliation
from rialto.products.fiat.service import FiatService
from rialto.projections.decisions import Decisions
from rialto.projections.history import History


class Found(NamedTuple):
    """What a check of health found."""

    ok: bool
    detail: str


@dataclass(frozen=True)
class Services:
    """The parts."""

    runtime: Runtime
    decisions: Decisions
    people: People
    operators: Operators
    factors: Factors
    api_keys: ApiKeys
    behaviour: BehaviourLog
    clerks: Clerks
    holdings: Holdings
    reviews: Reviews
    refills: RefillDesk
    withdrawals: WithdrawalReading
    switches: Switches
    shortfalls: Shortfalls
    recoveries: Recoveries
    returns: Returns
    reconciliation: Reconciliation
    distributions: DistributionService
    holders: Holders
    publisher: Publisher
    fiat: FiatService
    banks: BankReconciliation
    cards: CardDesk
    claims: Claims
    cases: Cases
    privacy: PrivacyServices
    listings: Listings
    notices: Notices
    mailer: Mailer
    sessions: Sessions
    devices: Devices
    history: History
    deposits: DepositHistory
    followers: Mapping[str, Follower]
    """Who follows each chain, by network."""
    paying: Mapping[str, PayingProcess]
    """What pays out, by network."""
    signer: SignerProcess | None
    health: Callable[[], Mapping[str, Found]]
    """Every check of health there is."""
    screened_deposits: ScreenedDeposits
    screening: ScreeningCases
    rescreening: Rescreening
    exports: Exports
    now_us: Callable[[], int]
    """The time of day."""
