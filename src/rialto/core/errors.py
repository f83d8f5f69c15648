"""What a submission can end in besides an outcome.

Exception
├── CommandRefused     the core said no; nothing changed; carries the rejection
├── RuntimeBusy        too much is under way; try again
├── RuntimeStopped     the core has stopped; nothing more will be acknowledged
├── JournalUnreadable  a journal is damaged, in use, or does not replay to what it recorded
├── ClusterUnreachable no server of the cluster answers
├── LogUnusable        the cluster's log and what is here do not belong together
├── ReplicaDiverged    a replica came to another state than the live core recorded, or to an unsound one
├── SnapshotFailed     a snapshot could not be written or found
└── TimeoutError
    └── OutcomeUnknown a cluster did not say in time what came of a command; it may be applied
"""

from rialto.contracts.rejections import Rejection
from rialto.foundation.failures import ExpectedFailure
from rialto_core import JournalUnreadable, ReplicaDiverged, RuntimeBusy, RuntimeStopped, SnapshotFailed

__all__ = [
    "ClusterUnreachable",
    "CommandRefused",
    "JournalUnreadable",
    "LogUnusable",
    "OutcomeUnknown",
    "ReplicaDiverged",
    "RuntimeBusy",
    "RuntimeStopped",
    "SnapshotFailed",
]


class CommandRefused(Exception):
    """The core refused a command, a query, or a tested order."""

    def __init__(self, rejection: Rejection, sequence: int, time_us: int) -> None:
        super().__init__(rejection)
        self.rejection = rejection
        self.sequence = sequence
        self.time_us = time_us


class ClusterUnreachable(ExpectedFailure):
    """No server of the cluster answers. The message names them."""


class LogUnusable(ExpectedFailure):
    """The cluster's log lacks what is needed here, or ends before what was applied here."""


class OutcomeUnknown(TimeoutError):
    """The cluster did not say in time what came of a command. It may be applied, once; asking for it tells."""
