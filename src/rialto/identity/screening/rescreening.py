"""Screening everyone again: when the lists change, whoever was stated anywhere is compared with them anew.

Owns the table `screening_progress`, which says of every source and every set of lists how far it was screened: a stop
costs one batch. Blocks: off the event loop. A batch at a time is in memory.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Engine, delete, insert, select

from rialto.identity.screening.cases import ScreeningCase, ScreeningCases
from rialto.identity.screening.subjects import Source, Subject
from rialto.identity.screening.tables import screening_progress
from rialto.identity.screening.watching import WatchLists

KEPT_US: Final = 30 * 86_400_000_000
"""How long it is remembered how far everyone was screened against lists that are in force no more."""

BATCH: Final = 100
"""How many records are screened before it is noted how far that came."""


class Rescreening:
    """Does it, a batch at a time."""

    def __init__(self, engine: Engine, lists: WatchLists, cases: ScreeningCases, sources: Sequence[Source]) -> None:
        self._engine = engine
        self._lists = lists
        self._cases = cases
        self._sources: Final = {source.name: source for source in sources}

    def step(self, now_us: int) -> bool:
        """Screen the next batch against the lists in force; False where everyone was."""
        version = self._lists.version
        for source in self._sources.values():
            reached = self._reached(source.name, version)
            if reached is None:
                continue
            subjects, last = source.after(reached, BATCH) if self._lists.entries else ([], None)
            for subject in subjects:
                hits = self._lists.hits(subject.name, subject.birth_date, subject.country)
                self._cases.open(source.name, subject, hits, now_us)
            self._note(source.name, version, reached if last is None else last, now_us, is_done=last is None)
            return True
        return False

    def subject(self, case: ScreeningCase) -> Subject | None:
        """Return who is meant by a case; None where it is kept no more."""
        found = self._sources.get(case.source)
        return None if found is None else found.subject(case.record, case.subject)

    def _reached(self, source: str, version: str) -> int | None:
        """Return the last record that was screened against these lists; None where all were."""
        c = screening_progress.c
        with self._engine.connect() as connection:
            row = connection.execute(
                select(c.reached, c.is_done).where(c.source == source, c.version == version)
            ).one_or_none()
        if row is None:
            return 0
        return None if row.is_done else int(row.reached)

    def _note(self, source: str, version: str, reached: int, now_us: int, *, is_done: bool) -> None:
        c = screening_progress.c
        values = {"source": source, "version": version, "reached": reached, "is_done": is_done, "noted_at_us": now_us}
        with self._engine.begin() as connection:
            is_it = (c.source == source) & (c.version == version)
            # Lists that were in force long ago are of no use: who comes back to them screens everyone again.
            is_old = (c.version != version) & (c.noted_at_us < now_us - KEPT_US)
            connection.execute(delete(screening_progress).where(is_it | is_old))
            connection.execute(insert(screening_progress).values(values))
