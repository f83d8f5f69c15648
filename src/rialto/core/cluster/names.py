"""What the parts of a cluster call their streams and subjects, and how a command is laid out in a message."""

import struct
from typing import Final

COMMANDS: Final = "COMMANDS"
COMMAND_SUBJECT: Final = "rialto.commands"
OUTPUTS: Final = "OUTPUTS"
OUTPUT_SUBJECT: Final = "rialto.outputs"
CHECKPOINTS: Final = "CHECKPOINTS"
CHECKPOINT_SUBJECT: Final = "rialto.checkpoints"

ASK_ACTIVE: Final = "rialto.ask.active"
"""Questions to the active replica."""

ASK_ANY: Final = "rialto.ask.any"
"""Questions to every replica, when the active one does not answer."""

ASK_VIEWS: Final = "rialto.ask.views"
"""For the market views; one replica answers, in parts."""

REGISTRY: Final = "rialto"
"""The key-value bucket of who is who."""

ACTIVE_KEY: Final = "active"
GATEWAYS_KEY: Final = "gateways"

EPOCH_HEADER: Final = "Rialto-Epoch"
LAST_HEADER: Final = "Rialto-Last"

TICKET_BITS: Final = 40
"""A ticket is the number of a gateway's run, and below so many bits the number of its submission."""

TICKET: Final = struct.Struct("<Q")
"""In front of every command: the ticket that comes back with its outcome."""

QUESTION: Final = struct.Struct("<QQ")
"""In front of every question: its ticket, and the sequence number that the answer must not be older than."""

VIEWS_PART: Final = struct.Struct("<QII")
"""In front of every part of market views: the sequence number they are true at, which part it is, and of how many."""
