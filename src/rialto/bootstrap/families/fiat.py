"""Fiat money, wired: banks from their file, a folder in and a folder out; and cards."""

from typing import Any, Final, NamedTuple

from rialto.bootstrap.families.cards import CardsFamily, open_cards
from rialto.bootstrap.parts import Parts
from rialto.custody.withdrawals.requesting import Requests
from rialto.foundation.metrics import gauges
from rialto.gateway.router import Route
from rialto.identity.telling import Telling
from rialto.products.fiat.banks import read_banks
from rialto.products.fiat.beneficiaries import Beneficiaries
from rialto.products.fiat.claims import Claims
from rialto.products.fiat.exporting import PaymentExport
from rialto.products.fiat.folders import BankFolders
from rialto.products.fiat.histories import FiatHistories
from rialto.products.fiat.importing import StatementImport
from rialto.products.fiat.reconciling import BankReconciliation
from rialto.products.fiat.reversing import Reversing
from rialto.products.fiat.routes import FiatRoutes
from rialto.products.fiat.service import FiatService

DIRECTORY: Final = "banks"


class FiatFamily(NamedTuple):
    """What others need of it."""

    service: FiatService
    statements: StatementImport
    payments: PaymentExport
    folders: BankFolders
    reconciliation: BankReconciliation
    cards: CardsFamily
    claims: Claims
    routes: list[Route[Any]]


async def open_fiat(parts: Parts, requests: Requests) -> FiatFamily:
    """Open the accounts of banks, begin to exchange files with them, and list the routes.

    Withdrawals to banks take turns with `requests` for those by chains, under the same locks and limits.
    """
    beneficiaries = Beneficiaries(parts.people, parts.master_key)
    banks = read_banks(parts.settings.data_directory)
    cards = await open_cards(parts, requests)
    claims = Claims(parts.history)
    service = FiatService(
        parts.runtime,
        parts.decisions,
        banks,
        parts.history,
        beneficiaries,
        requests.turn,
        claims.check,
    )
    requests.count_also(service.taken_since)
    await service.open_accounts()
    telling = Telling(parts.identity.mailer, parts.identity.clerks)
    reversing = Reversing(parts.runtime, parts.decisions, parts.history, service, telling)
    statements = StatementImport(parts.runtime, parts.decisions, service, reversing, arrivals=cards.books.arrive)
    reconciliation = BankReconciliation(parts.runtime, parts.decisions, service, statements, claims)
    service.is_stopped = reconciliation.is_stopped
    cards.also_stopped_by(reconciliation.is_stopped)
    parts.metrics.add(lambda: [_unreconciled(reconciliation)])
    directory = parts.settings.data_directory / DIRECTORY
    payments = PaymentExport(parts.runtime, parts.history, service, beneficiaries, directory / "outbox")
    folders = BankFolders(directory, service, statements, payments, reconciliation)
    if banks:
        parts.jobs.add(folders)
    histories = FiatHistories(parts.runtime, parts.history, service, cards.reading)
    routes = [*FiatRoutes(service, histories).routes(), *cards.routes]
    return FiatFamily(service, statements, payments, folders, reconciliation, cards, claims, routes)


def _unreconciled(reconciliation: BankReconciliation) -> Any:
    return gauges(
        "rialto_bank_unreconciled",
        "Whether a bank has something else than the ledger says, so that nothing is paid out of its currency.",
        ("bank",),
        {(bank,): int(difference != 0) for bank, difference in reconciliation.differences.items()},
    )
