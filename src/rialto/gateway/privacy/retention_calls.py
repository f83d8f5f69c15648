"""What is kept of people, for how long and why: told to anybody."""

from typing import Any, Final

import msgspec

from rialto.foundation.settings.privacy import PrivacySettings
from rialto.gateway.call import Call
from rialto.gateway.privacy.declaring import declare
from rialto.gateway.router import Route
from rialto.identity.privacy.classified import PERSONAL
from rialto.identity.privacy.declaration import Kept
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.parameters import NoParameters


class RetentionAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Topics by what ends them: the account, the law's years after it, or nothing, as the books name numbers alone."""

    with_account: list[str]
    by_law: list[str]
    in_books: list[str]
    law_years: int
    closing_days: int
    export_hours: int
    log_days: int
    device_days: int
    mail_days: int


RETENTION: Final = declare(
    "GET", "/retention", "Tell what is kept of people, and for how long.", NoParameters, RetentionAnswer, Security.NONE
)

RETENTION_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (RETENTION,)


class RetentionCalls:
    """Serves them."""

    def __init__(self, settings: PrivacySettings) -> None:
        self._answer = RetentionAnswer(
            _topics(Kept.ACCOUNT),
            _topics(Kept.LAW),
            _topics(Kept.BOOKS),
            settings.retention_years,
            settings.closing_days,
            settings.export_hours,
            settings.log_days,
            settings.device_days,
            settings.mail_days,
        )

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(RETENTION, self.retention)]

    async def retention(self, _call: Call, _parameters: NoParameters) -> RetentionAnswer:
        """Tell it."""
        return self._answer


def _topics(kept: Kept) -> list[str]:
    return sorted({each.topic.value for each in PERSONAL if each.kept is kept})
