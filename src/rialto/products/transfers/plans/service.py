"""Plans transfers, and carries them out when their day comes: a task that looks again and again and remembers nothing.

The transfer carries an id that is made of the plan's, so that it happens once, wherever a process stops: the next one
asks for it again, is told its number, and writes that down.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from sqlalchemy import func, select

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.errors import RuntimeBusy, RuntimeStopped
from rialto.foundation.tasks import end
from rialto.products.transfers.model import Channel, Place, Transfer
from rialto.products.transfers.plans import model
from rialto.products.transfers.plans.model import CarriedOut, Failed, Planned, PlanState
from rialto.products.transfers.plans.tables import planned_transfers
from rialto.products.transfers.refusals import REFUSED, of_transfer
from rialto.products.transfers.service import Transfers
from rialto.projections.decisions import Decisions
from rialto.projections.history import History
from rialto.projections.pages import Page
from rialto.wire.decimals import to_units

WAITING_MAX: Final = 100
"""Plans of one source that may wait."""
DUE_MAX: Final = 200
"""Carried out in one round."""
LOOKED_EVERY_S: Final = 10
NO_RELATION: Final = "the sub-account does not hold the money of who asked any more"

MayMove = Callable[[int, int], bool]
"""Whether a managed sub-account still holds somebody's money. Blocks."""

_log = structlog.stdlib.get_logger(__name__)


class TooManyPlans(Exception):
    """As many plans of an account wait as may."""


class _Due(msgspec.Struct, frozen=True, array_like=True):
    id: str
    family: int
    asked_by: int
    from_owner: int
    from_class: AccountClass
    to_owner: int
    to_class: AccountClass
    asset: int
    amount: str


class _Count(msgspec.Struct, frozen=True, array_like=True):
    rows: int


class Plans:
    """Them all. Methods may raise what `Decisions` and `History` do."""

    def __init__(
        self,
        decisions: Decisions,
        history: History,
        transfers: Transfers,
        may_move: MayMove,
        now_us: Callable[[], int],
    ) -> None:
        self._decisions = decisions
        self._history = history
        self._transfers = transfers
        self._may_move = may_move
        self._now_us = now_us
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Carry out what is due from now on."""
        self._task = asyncio.create_task(self._run(), name="planned-transfers")

    async def stop(self) -> None:
        """Stop; what is not carried out yet is at the next start."""
        await end(self._task)

    async def plan(self, transfer: Transfer, due_us: int, check: Callable[[], None]) -> int:
        """Plan a transfer and return the plan's number. `check` is called just before, and may refuse.

        Errors: `TooManyPlans`.
        """
        c = planned_transfers.c
        mine = (c.from_owner == transfer.source.owner, c.state == PlanState.WAITING.value)
        statement = select(func.count()).select_from(planned_transfers).where(*mine)
        (waiting,) = await self._history.read(_Count, Page(statement, newest_first=False))
        if waiting.rows >= WAITING_MAX:
            raise TooManyPlans(f"{WAITING_MAX} transfers of the account wait for their day")
        check()
        event = Planned(
            transfer.family,
            transfer.asked_by,
            transfer.source,
            transfer.destination,
            transfer.asset,
            text_of(to_units(transfer.amount)),
            due_us,
        )
        decided = await self._decisions.decide(model.stream_of(secrets.token_hex(16)), model.plan(event))
        assert decided is not None, "the stream is new"
        return decided.outcome.sequence

    async def carry_out(self, now_us: int) -> None:
        """Carry out what is due."""
        c = planned_transfers.c
        columns = [c[field] for field in _Due.__struct_fields__]
        due = (c.state == PlanState.WAITING.value, c.due_us <= now_us)
        statement = select(*columns).where(*due).order_by(c.due_us, c.plan).limit(DUE_MAX)
        for each in await self._history.read(_Due, Page(statement, newest_first=False)):
            event = await self._carried_out(each)
            await self._decisions.decide(model.stream_of(each.id), model.end(event))
            _log.info("planned transfer", id=each.id, what=type(event).__name__.lower())

    async def _carried_out(self, due: _Due) -> CarriedOut | Failed:
        transfer = Transfer(
            family=due.family,
            asked_by=due.asked_by,
            source=Place(due.from_owner, AccountKind(due.from_class)),
            destination=Place(due.to_owner, AccountKind(due.to_class)),
            asset=due.asset,
            amount=due.amount,
            channel=Channel.MANAGED,
            client_id=model.client_id_of(due.id),
        )
        if not await asyncio.to_thread(self._may_move, due.from_owner, due.to_owner):
            return Failed(NO_RELATION)
        try:
            return CarriedOut(await self._transfers.move(transfer, lambda: None))
        except REFUSED as refused:
            return Failed(str(of_transfer(refused)))

    async def _run(self) -> None:
        while True:
            try:
                await self.carry_out(self._now_us())
            except RuntimeStopped:
                return
            except RuntimeBusy as busy:
                _log.debug("planned transfers wait", reason=str(busy))
            except Exception:
                _log.exception("planned transfers not carried out")
            await asyncio.sleep(LOOKED_EVERY_S)
