"""Screening, wired: the lists are looked at again and again, and when one has changed everyone is screened anew."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from rialto.bootstrap.families.travel_rule import TravelRule
from rialto.bootstrap.families.verification import VerificationFamily
from rialto.bootstrap.parts import Parts
from rialto.custody.travel_rule.parties import Parties
from rialto.identity.screening.rescreening import Rescreening
from rialto.identity.screening.subjects import Source
from rialto.identity.verification.subjects import VerifiedPeople

BETWEEN_BATCHES_S: Final = 0.05

_log = structlog.stdlib.get_logger(__name__)


def start_screening(parts: Parts, verification: VerificationFamily, rule: TravelRule) -> Rescreening:
    """Begin to look, and go on with what was begun before."""
    sources: tuple[Source, ...] = (VerifiedPeople(verification.cases), Parties(rule.records))
    rescreening = Rescreening(parts.people, parts.identity.lists, verification.screening, sources)
    parts.metrics.add(parts.identity.lists.metrics())
    looking = asyncio.create_task(_look(parts, rescreening), name="screening")

    async def stop() -> None:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    parts.stack.push_async_callback(stop)
    return rescreening


async def _look(parts: Parts, rescreening: Rescreening) -> None:
    """Go on whatever happens: were it to end, changes of the lists would not be noticed any more."""
    while True:
        try:
            await asyncio.to_thread(parts.identity.lists.refresh)
            is_more = parts.jobs.are_here
            while is_more:
                is_more = await asyncio.to_thread(rescreening.step, parts.wall_clock_us())
                await asyncio.sleep(BETWEEN_BATCHES_S)
                await asyncio.to_thread(parts.identity.lists.refresh)
        except Exception:
            _log.exception("lists not looked at, or not everyone screened against them; tried again")
        await asyncio.sleep(parts.settings.verification.watch_seconds)
