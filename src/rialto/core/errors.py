"""What a submission can end in besides an outcome.

Exception
├── CommandRefused     the core said no; nothing changed; carries the rejection
├── RuntimeBusy        too much is under way; try again
├── RuntimeStopped     the core has stopped; nothing more will be acknowledged
├── JournalUnreadable  a journal is damaged, in use, or does not replay to what it recorded
├── ReplicaDiverged    a replica came to another state than the live core recorded, or to an unsound one
└── SnapshotFailed     a snapshot could not be written or found
"""

from rialto.contracts.rejections import Rejection
from rialto_core import JournalUnreadable, ReplicaDiverged, RuntimeBusy, RuntimeStopped, SnapshotFailed

__all__ = [
    "CommandRefused",
    "JournalUnreadable",
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
