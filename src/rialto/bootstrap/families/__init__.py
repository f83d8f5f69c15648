"""The families of the API beyond spot: each module wires one, in the order in which they need each other."""

from dataclasses import dataclass
from typing import Any

from rialto.bootstrap.families.accounts import AccountsFamily, open_accounts
from rialto.bootstrap.families.cards import unless_claimed
from rialto.bootstrap.families.custody import Custody, open_custody
from rialto.bootstrap.families.factors import open_factors
from rialto.bootstrap.families.fiat import FiatFamily, open_fiat
from rialto.bootstrap.families.operators import OperatorsFamily, open_operators
from rialto.bootstrap.families.privacy import PrivacyFamily, open_privacy
from rialto.bootstrap.families.reserves import ReservesFamily, holdings_of, open_reserves
from rialto.bootstrap.families.screening import start_screening
from rialto.bootstrap.families.statements import open_statements
from rialto.bootstrap.families.sub_accounts import open_sub_accounts
from rialto.bootstrap.families.transfers import TransfersFamily, open_transfers
from rialto.bootstrap.families.travel_rule import TravelRule, open_exports, open_travel_rule, travel_rule_routes
from rialto.bootstrap.families.verification import VerificationFamily, open_verification
from rialto.bootstrap.families.wallet import WalletFamily, open_wallet
from rialto.bootstrap.families.withdrawals import Withdrawals, open_withdrawals
from rialto.bootstrap.parts import Parts
from rialto.bootstrap.signing import asked_signer
from rialto.custody.reconciliation.payouts import PayoutsUnderWay
from rialto.custody.signing.asking import SignerProcess
from rialto.custody.signing.figures import SignerWatch, signer_metrics
from rialto.custody.signing.heads import SignerHeads
from rialto.gateway.router import Route
from rialto.identity.screening.rescreening import Rescreening


@dataclass(frozen=True)
class Families:
    """The families that run, each as far as others act on it."""

    accounts: AccountsFamily
    custody: Custody
    withdrawals: Withdrawals
    transfers: TransfersFamily
    wallet: WalletFamily
    reserves: ReservesFamily
    verification: VerificationFamily
    rescreening: Rescreening
    travel_rule: TravelRule
    fiat: FiatFamily
    privacy: PrivacyFamily
    operators: OperatorsFamily
    routes: list[Route[Any]]
    """Everything they serve."""


async def open_families(parts: Parts) -> Families:
    """Start every family."""
    factors = open_factors(parts)
    custody = await open_custody(parts)
    rule = open_travel_rule(parts, custody)
    signer = await _open_signer(parts)
    withdrawals = await open_withdrawals(
        parts,
        custody,
        signer=signer,
        ours=custody.addresses,
        locked=unless_claimed(parts, rule.untold.locked_for_withdrawal),
        is_stopped=custody.reconciliation.is_stopped,
        asks_to_whom=rule.asks_to_whom,
    )
    custody.start_reconciling(parts, PayoutsUnderWay(custody.holdings, parts.history, withdrawals.payouts))
    custody.coins.withdrawing = withdrawals.reading.withdrawing
    transfers = open_transfers(parts)
    accounts = await open_accounts(parts, transfers.accounts)
    wallet = open_wallet(parts, withdrawing=withdrawals.reading.withdrawing)
    sub_accounts = open_sub_accounts(parts, transfers, wallet.snapshots, custody)
    configured = custody.holdings.networks.by_name.values()
    names = {each.network.scope: each.network.name for each in configured}
    reserves = open_reserves(parts, holdings_of(custody, signer), names)
    verification = open_verification(parts)
    statements = open_statements(parts, verification.cases)
    rescreening = start_screening(parts, verification, rule)
    fiat = await open_fiat(parts, withdrawals.requests)
    exports = open_exports(parts, rule, custody, withdrawals, verification.cases)
    privacy = open_privacy(parts, accounts.consents, accounts.desk)
    screened = (verification, rescreening, exports)
    operators = open_operators(parts, custody, withdrawals, wallet, reserves, fiat, *screened, privacy, signer)
    routes = [
        *operators.routes,
        *accounts.routes,
        *factors,
        *custody.routes,
        *fiat.routes,
        *privacy.routes,
        *reserves.routes,
        *statements,
        *sub_accounts,
        *withdrawals.routes,
        *transfers.routes,
        *travel_rule_routes(parts, rule, custody, withdrawals, verification.screening),
        *verification.routes,
        *wallet.routes,
    ]
    await parts.jobs.begin()
    parts.stack.push_async_callback(parts.jobs.end)
    parts.metrics.add(parts.jobs.figures)
    return Families(
        *(accounts, custody, withdrawals, transfers, wallet, reserves, verification, rescreening, rule),
        *(fiat, privacy, operators),
        routes,
    )


async def _open_signer(parts: Parts) -> SignerProcess | None:
    """Open the application's end of the signer, and ask it for figures now and then; none where none is configured."""
    heads = SignerHeads(parts.people, parts.wall_clock_us)
    signer = await parts.stack.enter_async_context(asked_signer(parts.settings, heads))
    if signer is not None:
        watch = SignerWatch(signer, parts.wall_clock_us)
        watch.start()
        parts.stack.push_async_callback(watch.stop)
        parts.metrics.add(signer_metrics(signer, watch))
    return signer
