"""What follows a change of someone's security: a line in the log, a mail, and for factors a lock of withdrawals."""

from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Connection

from rialto.gateway.call import Call
from rialto.identity.behaviour import BehaviourLog
from rialto.identity.factors.kinds import Also
from rialto.identity.mail import Mailer, MailQueueFull, NoAddress
from rialto.identity.people import LockReason, NoSuchPerson, People

LOCKED_FOR_US: Final = 86_400_000_000
"""For how long nothing is withdrawn after a factor was added or removed."""

HOURS: Final = LOCKED_FOR_US // 3_600_000_000

_log = structlog.stdlib.get_logger(__name__)


class Doer:
    """Who does something, and from where: what is left of a call when it is done on another thread."""

    __slots__ = ("address", "client", "owner")

    def __init__(self, call: Call) -> None:
        self.owner: Final = call.owner
        self.address: Final = call.address
        self.client: Final = call.client


class SecurityRecord:
    """Writes it down. Blocking: off the event loop."""

    def __init__(self, people: People, behaviour: BehaviourLog, mailer: Mailer, now_us: Callable[[], int]) -> None:
        self._people = people
        self._behaviour = behaviour
        self._mailer = mailer
        self.now_us: Final = now_us

    def note(
        self,
        doer: Doer,
        action: str,
        result: str = "done",
        detail: str = "",
        connection: Connection | None = None,
    ) -> None:
        """Write down what someone did, or tried."""
        about = (doer.owner, f"person {doer.owner}", action, doer.address, doer.client, result, detail)
        self._behaviour.note(*about, self.now_us(), connection)

    def changed_factor(self, doer: Doer, action: str, what: str) -> Also:
        """Return what goes with a change: a lock of withdrawals for a day, a line in the log, a mail to the person."""
        return lambda connection: self._changed_factor(connection, doer, action, what)

    def tell(self, doer: Doer, template: str, connection: Connection | None = None, **values: object) -> None:
        """Send the person a mail; that they have no address, or that too much mail waits, undoes nothing."""
        values = {**values, "address": doer.address, "client": doer.client}
        try:
            self._mailer.send(doer.owner, template, values, connection)
        except (MailQueueFull, NoAddress) as failure:
            _log.warning("mail not queued", template=template, failure=type(failure).__name__)

    def _changed_factor(self, connection: Connection, doer: Doer, action: str, what: str) -> None:
        until_us = self.now_us() + LOCKED_FOR_US
        try:
            self._people.lock_withdrawals(doer.owner, until_us, LockReason.FACTOR_CHANGED, connection)
        except NoSuchPerson:
            _log.warning("factor changed of an owner who is no person", owner=doer.owner)
        self.note(doer, action, "done", what, connection)
        self.tell(doer, "factor-changed", connection, what=what, hours=HOURS)
