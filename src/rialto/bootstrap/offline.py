"""Work on an exchange that does not run: the journal is held meanwhile."""

from typing import Final

from rialto.bootstrap.core import OnProgress, open_core
from rialto.bootstrap.directories import (
    journal_directory,
    portal_directory,
    snapshot_directory,
)
from rialto.bootstrap.preparing import prepare_data_directory
from rialto.bootstrap.product_projections import PRODUCT_PROJECTIONS
from rialto.core.journal import replayed_outcomes
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SystemClock
from rialto.foundation.configuration import Settings
from rialto.foundation.database import Access, open_engine
from rialto.portal.publisher import Published, Publisher
from rialto.portal.source import Source
from rialto.projections.rebuild import rebuild

NO_OUTCOMES: Final = 1 << 62
"""A sequence number beyond all."""


def _ignore(_told: object) -> None:
    """Take what nobody needs to know."""


def rebuild_projections(settings: Settings, on_progress: OnProgress = _ignore) -> int:
    """Empty the projections and write them anew from the journal; return the sequence number reached.

    Errors: `JournalUnreadable`, also when an exchange runs on the journal.
    """
    prepare_data_directory(settings)
    projections = open_engine(settings.database_url, Access.REBUILDABLE)
    try:
        # Whoever holds the journal may write to the projections: hold it, idle, until they are written.
        claim = Runtime.open(
            journal_directory(settings.data_directory),
            outcomes_from=NO_OUTCOMES,
            on_outcomes=_ignore,
            snapshots=snapshot_directory(settings.data_directory),
        )
        try:
            return rebuild(
                projections,
                replayed_outcomes(journal_directory(settings.data_directory)),
                on_progress,
                PRODUCT_PROJECTIONS,
            )
        finally:
            claim.release()
    finally:
        projections.dispose()


def publish_history(
    settings: Settings, on_progress: OnProgress = _ignore, on_replay: OnProgress = _ignore
) -> Published:
    """Write every file of historical market data that is missing; a running exchange does so by itself.

    Errors: `JournalUnreadable`, also when an exchange runs on the journal; OSError, SQLAlchemy's own.
    """
    prepare_data_directory(settings)
    projections = open_engine(settings.database_url, Access.REBUILDABLE)
    try:
        # Nothing is added to the journal meanwhile, and what it holds is in the projections: so the past is complete.
        claim = open_core(settings, projections, on_replay)
        try:
            publisher = Publisher(portal_directory(settings), Source(projections))
            return publisher.publish(SystemClock().now_us(), on_progress)
        finally:
            claim.release()
    finally:
        projections.dispose()
