"""What operators act on of privacy."""

from collections.abc import Callable
from dataclasses import dataclass

from rialto.identity.privacy.exports import Exports
from rialto.identity.privacy.holds import Holds
from rialto.identity.privacy.lawful import LawfulRequests


@dataclass(frozen=True)
class PrivacyServices:
    """The parts."""

    exports: Exports
    requests: LawfulRequests
    holds: Holds
    wake: Callable[[], None]
    """Has what waits be done now."""
