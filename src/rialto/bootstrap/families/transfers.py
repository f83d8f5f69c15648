"""Transfers, wired."""

from typing import Any, NamedTuple

from rialto.bootstrap.parts import Parts
from rialto.core.prices import Prices
from rialto.gateway.router import Route
from rialto.identity.sub_accounts import SubAccounts
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.family import Families
from rialto.products.transfers.plans.service import MayMove, Plans
from rialto.products.transfers.routes import OwnTransfers
from rialto.products.transfers.service import Transfers
from rialto.products.transfers.worth import Worth


class TransfersFamily(NamedTuple):
    """What others need of it."""

    sub_accounts: SubAccounts
    accounts: Accounts
    transfers: Transfers
    plans: Plans
    families: Families
    worth: Worth
    routes: list[Route[Any]]


def open_transfers(parts: Parts) -> TransfersFamily:
    """Wire transfers between one's own accounts."""
    accounts = Accounts(parts.runtime)
    sub_accounts = SubAccounts(parts.identity.people)
    transfers = Transfers(parts.runtime, parts.history, accounts)
    plans = Plans(parts.decisions, parts.history, transfers, _holds_money_of(sub_accounts), parts.wall_clock_us)
    parts.jobs.add(plans)
    families = Families(sub_accounts.parent_of)
    worth = Worth(parts.runtime, Prices(parts.runtime))
    own = OwnTransfers(parts.runtime, parts.history, accounts, transfers, families, sub_accounts, worth)
    return TransfersFamily(sub_accounts, accounts, transfers, plans, families, worth, own.routes())


def _holds_money_of(sub_accounts: SubAccounts) -> MayMove:
    """Return what tells whether a managed sub-account still holds an investor's money."""

    def holds(member: int, investor: int) -> bool:
        found = sub_accounts.find(member)
        return found is not None and found.investor == investor

    return holds
