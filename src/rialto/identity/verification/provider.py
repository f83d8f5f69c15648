"""A provider that verifies people in the exchange's place, as the exchange needs one.

Whoever it is, it is asked to begin a check and asked how the check ended. That something happened it may say by itself;
what happened is always asked.
"""

from enum import Enum
from typing import Protocol

import msgspec

from rialto.identity.verification.model import Stated


class Verdict(Enum):
    """How a check stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    REVIEW = "review"
    """People are to decide."""


class Begun(msgspec.Struct, frozen=True):
    """A check that was begun: the provider's name for it, and where the person goes on, if anywhere."""

    check: str
    link: str | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How a check stands, and why; the person reads the reason of a refusal."""

    verdict: Verdict
    reason: str = ""


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as it should: it is asked again."""


class ProviderRefused(Exception):
    """The provider does not take what it is asked; people decide."""


class Provider(Protocol):
    """The provider. Every method raises `ProviderUnavailable` or `ProviderRefused`."""

    @property
    def operator(self) -> str:
        """By which name it decides, beside operators."""

    async def start(self, reference: str, level: int, stated: Stated) -> Begun:
        """Begin a check, once for a reference however often it is asked."""

    async def outcome(self, check: str) -> Outcome:
        """Ask how a check stands."""

    async def close(self) -> None:
        """Close what is open to it."""
