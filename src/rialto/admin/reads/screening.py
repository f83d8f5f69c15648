"""What operators look at of screening: people who may be on a list, and deposits that came from an address on one.

To look at who is meant is written down.
"""

from typing import Annotated, Any, Final

import msgspec

from rialto.admin.actions.parameters import Reason
from rialto.admin.actions.screening import SCREENERS
from rialto.admin.reads.shared import LimitParameters, Looking
from rialto.admin.routes import declare
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.screening.cases import NoSuchCase, ScreeningCase
from rialto.wire.kinds import Integer
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import Parameters


class HitParameters(Parameters, frozen=True):
    """Which screening case, and why one looks."""

    case: Annotated[int, Integer(1)]
    reason: Reason


class HitShown(msgspec.Struct, frozen=True, rename="camel"):
    """Someone who may be on a list."""

    case: int
    owner: int
    source: str
    listed_name: str
    reference: str
    score: int
    why: str
    state: str
    opened_at: int


class PersonMeant(msgspec.Struct, frozen=True, rename="camel"):
    """Who is meant, as they were stated."""

    name: str
    birth_date: str
    country: str


class HitDetail(msgspec.Struct, frozen=True, rename="camel"):
    """A hit, who is meant, and what was decided. `stated` is null where it is kept no more."""

    hit: HitShown
    stated: PersonMeant | None
    reason: str
    proposed_by: str | None
    decided_by: str | None


class ScreenedDepositShown(msgspec.Struct, frozen=True, rename="camel"):
    """A deposit that is held for where it came from."""

    deposit: str
    owner: int
    network: str
    transaction: str
    address: str
    asset: str
    amount: str
    recorded_at: int


HITS: Final = declare(
    "GET", "/admin/v1/screening", "List people who may be on a list.", LimitParameters, list[HitShown]
)
HIT: Final = declare("GET", "/admin/v1/screening/case", "Look at one of them.", HitParameters, HitDetail)
SCREENED_DEPOSITS: Final = declare(
    "GET",
    "/admin/v1/screening/deposits",
    "List deposits from listed addresses that wait.",
    LimitParameters,
    list[ScreenedDepositShown],
)

SCREENING_READS: Final = (HITS, HIT, SCREENED_DEPOSITS)


class ScreeningLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(HITS, self.hits), Route(HIT, self.hit), Route(SCREENED_DEPOSITS, self.deposits)]

    async def hits(self, call: Call, parameters: LimitParameters) -> list[HitShown]:
        """List them, the oldest first."""
        await self._gate.admit(call, SCREENERS)
        waiting = await self._read(lambda: self._on.screening.waiting(parameters.limit))
        return [_hit(call, each) for each in waiting]

    async def hit(self, call: Call, parameters: HitParameters) -> HitDetail:
        """Show one."""
        await self._gate.admit(call, SCREENERS)
        try:
            case = await self._read(lambda: self._on.screening.find(parameters.case))
        except NoSuchCase as none:
            refusal = OperatorError.NO_CASE.error(none)
            await self._gate.note_denied(call, refusal, parameters.reason)
            raise refusal from None
        await self._note_look(call, case.owner, "look-hit", f"screening case {case.id}: {parameters.reason}")
        subject = await self._read(lambda: self._on.rescreening.subject(case))
        stated = None if subject is None else PersonMeant(subject.name, subject.birth_date, subject.country)
        return HitDetail(_hit(call, case), stated, case.reason, case.proposed_by, case.decided_by)

    async def deposits(self, call: Call, parameters: LimitParameters) -> list[ScreenedDepositShown]:
        """List them, the oldest first."""
        await self._gate.admit(call, SCREENERS)
        return [
            ScreenedDepositShown(
                *(str(each.number), each.owner, each.network, each.transaction_id, each.address),
                *(each.asset, each.units),
                call.time(each.recorded_at_us),
            )
            for each in await self._on.screened_deposits.waiting(parameters.limit)
        ]


def _hit(call: Call, case: ScreeningCase) -> HitShown:
    return HitShown(
        *(case.id, case.owner, case.source, case.name, case.reference, case.score, case.why, case.state.value),
        call.time(case.opened_at_us),
    )
