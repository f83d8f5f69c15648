"""Mail about what happened to somebody's money: queued after it happened, and never in its way.

What cannot be queued is logged: who it is about sees it in their account all the same.
"""

from collections.abc import Mapping
from typing import Final

import structlog

from rialto.identity.clerks import Clerks, ClerksBusy
from rialto.identity.mail import Mailer, MailQueueFull, NoAddress

_log: Final = structlog.stdlib.get_logger(__name__)


class Telling:
    """Writes to owners; those that are no people have no mail."""

    def __init__(self, mailer: Mailer, clerks: Clerks) -> None:
        self._mailer = mailer
        self._clerks = clerks

    async def tell(self, owner: int, template: str, values: Mapping[str, object]) -> None:
        """Queue a mail to an owner."""
        try:
            await self._clerks.run(lambda: self._mailer.send(owner, template, values))
        except NoAddress:
            return
        except (ClerksBusy, MailQueueFull) as failure:
            _log.warning("not told by mail", owner=owner, template=template, reason=str(failure))
