"""Filling up a cluster's log that has lost its end, by a replica's journal."""

import asyncio

from rialto.bootstrap.core import OnProgress
from rialto.bootstrap.directories import journal_directory
from rialto.core import journal
from rialto.core.cluster.connection import PATIENT_REQUEST_TIMEOUT_S, connected
from rialto.core.cluster.refilling import refill
from rialto.foundation.configuration import Settings


async def refill_log(settings: Settings, on_progress: OnProgress | None = None) -> tuple[int, int]:
    """Verify the journal and fill the log up to its end; return where that is and how many messages were missing.

    Errors: `JournalUnreadable`, `ClusterUnreachable`, and those of a cluster that does not answer.
    """
    report = await asyncio.to_thread(journal.verify, journal_directory(settings.data_directory), on_progress)
    async with connected(
        settings.cluster_servers,
        "refill",
        settings.cluster_copies,
        answers_within_s=PATIENT_REQUEST_TIMEOUT_S,
    ) as cluster:
        return report.sequence, await refill(cluster, report.sequence)
