"""What operators look at: each file has the looks of one kind, their declarations and what serves them."""

from typing import Any, Final

from rialto.admin.gate import Gate
from rialto.admin.reads.declared import DECLARED_READS, DeclaredLooks
from rialto.admin.reads.documents import DOCUMENT_READS, DocumentLooks
from rialto.admin.reads.fiat import FIAT_READS, FiatLooks
from rialto.admin.reads.log import LOG_READS, LogLooks
from rialto.admin.reads.money import MONEY_READS, MoneyLooks
from rialto.admin.reads.people import PEOPLE_READS, PeopleLooks
from rialto.admin.reads.privacy import PRIVACY_READS, PrivacyLooks
from rialto.admin.reads.queues import QUEUE_READS, QueueLooks
from rialto.admin.reads.refills import REFILL_READS, RefillLooks
from rialto.admin.reads.screening import SCREENING_READS, ScreeningLooks
from rialto.admin.reads.statements import STATEMENT_READS, StatementLooks
from rialto.admin.reads.travel_rule import TRAVEL_RULE_READS, TravelRuleLooks
from rialto.admin.reads.waiting import WAITING_READS, WaitingLooks
from rialto.admin.reads.watching import WATCHING_READS, WatchingLooks
from rialto.admin.services import Services
from rialto.gateway.router import Route
from rialto.wire.endpoints import Endpoint

READ_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    *DECLARED_READS,
    *QUEUE_READS,
    *PEOPLE_READS,
    *STATEMENT_READS,
    *MONEY_READS,
    *WAITING_READS,
    *FIAT_READS,
    *REFILL_READS,
    *SCREENING_READS,
    *TRAVEL_RULE_READS,
    *DOCUMENT_READS,
    *WATCHING_READS,
    *LOG_READS,
    *PRIVACY_READS,
)


def read_routes(services: Services, gate: Gate) -> list[Route[Any]]:
    """List the routes of every look."""
    looks = (
        *(DeclaredLooks, QueueLooks),
        *(PeopleLooks, StatementLooks, MoneyLooks, WaitingLooks, FiatLooks, RefillLooks),
        *(ScreeningLooks, TravelRuleLooks, DocumentLooks, WatchingLooks, LogLooks, PrivacyLooks),
    )
    return [route for each in looks for route in each(services, gate).routes()]
