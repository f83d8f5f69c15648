"""How much waits for operators: numbers alone, of what whoever asks may see. They tell of nobody; no look is noted."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

import msgspec

from rialto.admin.action import MACHINE
from rialto.admin.actions.fees import FINANCE
from rialto.admin.actions.refills import MOVERS
from rialto.admin.actions.screening import SCREENERS
from rialto.admin.actions.verification import VERIFIERS
from rialto.admin.gate import EVERYONE
from rialto.admin.reads.refills import LISTED_MAX as REFILLS_MAX
from rialto.admin.reads.shared import LIMIT_MAX, SEES_MONEY, Looking
from rialto.admin.routes import declare
from rialto.custody.recovery.model import RecoveryState
from rialto.custody.refills.model import State as RefillState
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.operators import Role
from rialto.wire.parameters import NoParameters


class QueueShown(msgspec.Struct, frozen=True, rename="camel"):
    """How much waits in a queue, and since when the oldest does. `count` goes to 500."""

    name: str
    count: int
    oldest_at: int | None


class _Waits(NamedTuple):
    many: int
    oldest_us: int | None


class _Queue(NamedTuple):
    name: str
    roles: frozenset[Role]
    read: Callable[[], Awaitable[_Waits]]


QUEUES: Final = declare("GET", "/admin/v1/queues", "Tell how much waits where.", NoParameters, list[QueueShown])
QUEUE_READS: Final = (QUEUES,)


class QueueLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(QUEUES, self.queues)]

    async def queues(self, call: Call, _parameters: NoParameters) -> list[QueueShown]:
        """Count them."""
        await self._gate.admit(call)
        roles = EVERYONE if call.owner == MACHINE else self._on.operators.roles_of(call.owner)
        found = [(queue.name, await queue.read()) for queue in self._all() if queue.roles & roles]
        return [
            QueueShown(name, waits.many, None if waits.oldest_us is None else call.time(waits.oldest_us))
            for name, waits in found
        ]

    def _all(self) -> tuple[_Queue, ...]:
        return (
            _Queue("verification", VERIFIERS, self._cases),
            _Queue("screening", SCREENERS, self._hits),
            _Queue("screenedDeposits", SCREENERS, self._screened),
            _Queue("withdrawals", SEES_MONEY, self._withdrawals),
            _Queue("recoveries", SEES_MONEY, self._recoveries),
            _Queue("shortfalls", SEES_MONEY, self._shortfalls),
            _Queue("refills", MOVERS, self._refills),
            _Queue("suspended", FINANCE, self._suspended),
            _Queue("claims", FINANCE, self._claims),
            _Queue("differences", EVERYONE, self._differences),
        )

    async def _cases(self) -> _Waits:
        return _waits([each.submitted_at_us for each in await self._read(lambda: self._on.cases.waiting(LIMIT_MAX))])

    async def _hits(self) -> _Waits:
        return _waits([each.opened_at_us for each in await self._read(lambda: self._on.screening.waiting(LIMIT_MAX))])

    async def _screened(self) -> _Waits:
        return _waits([each.recorded_at_us for each in await self._on.screened_deposits.waiting(LIMIT_MAX)])

    async def _withdrawals(self) -> _Waits:
        return _waits([each.row.requested_at_us for each in await self._on.reviews.waiting(LIMIT_MAX)])

    async def _recoveries(self) -> _Waits:
        return _waits([each.filed_at_us for each in await self._on.recoveries.of(state=RecoveryState.FILED)])

    async def _shortfalls(self) -> _Waits:
        return _waits([each.changed_at_us for each in await self._on.shortfalls.listed(limit=LIMIT_MAX)])

    async def _refills(self) -> _Waits:
        listed = await self._on.refills.listed(REFILLS_MAX)
        return _waits([each.row.proposed_at_us for each in listed if each.row.state is RefillState.PROPOSED])

    async def _suspended(self) -> _Waits:
        return _waits([each.created_at_us for each in await self._on.fiat.suspended(LIMIT_MAX)])

    async def _claims(self) -> _Waits:
        return _waits([each.created_at_us for each in await self._on.claims.listed(LIMIT_MAX)])

    async def _differences(self) -> _Waits:
        chains = sum(bool(each.difference) for each in self._on.reconciliation.newest.values())
        banks, cards = self._on.banks.differences, self._on.cards.books.differences
        return _Waits(chains + sum(map(bool, banks.values())) + sum(map(bool, cards.values())), None)


def _waits(times_us: list[int]) -> _Waits:
    return _Waits(len(times_us), min(times_us, default=None))
