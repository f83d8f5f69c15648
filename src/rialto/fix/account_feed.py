"""What a session is told of its account: every report, only its own acknowledgements, or everything a moment later.

Stands between the reports of accounts and sessions. A report is written once for all sessions of its account that are
told of it. State: the subscription; with a delay, what waits for it.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from rialto.contracts.events import Outcome
from rialto.core.catalog import Catalog
from rialto.fix.dictionary import Dictionary
from rialto.fix.execution_reports import ReportWriter
from rialto.fix.requests import Request
from rialto.fix.session import Session
from rialto.streams.user_data.reports import Report
from rialto.streams.user_data.streams import Subscription, UserDataStreams

NOT_FOLLOWED: Final = "Reports of this account cannot be continued. Please reconnect."


class AccountReports:
    """Where reports of accounts come from, and what writes them."""

    def __init__(self, streams: UserDataStreams, dictionary: Dictionary, catalog: Catalog) -> None:
        self.streams: Final = streams
        self._dictionary = dictionary
        self._catalog = catalog
        self._writers: dict[int, tuple[int, ReportWriter]] = {}
        """By owner: how many sessions, and their writer."""

    def writer_for(self, owner: int) -> ReportWriter:
        """Return the writer of an owner's reports, for one session more."""
        count, writer = self._writers.get(owner, (0, None))
        writer = writer or ReportWriter(self._dictionary, self._catalog)
        self._writers[owner] = (count + 1, writer)
        return writer

    def release(self, owner: int) -> None:
        """Let go of a writer for one session."""
        count, writer = self._writers.pop(owner)
        if count > 1:
            self._writers[owner] = (count - 1, writer)


class _Waiting(NamedTuple):
    due_at_s: float
    message_type: str
    body: bytes


class AccountFeed:
    """Tells a session what happens to its account."""

    def __init__(
        self, session: Session, reports: AccountReports, *, delay_s: float = 0.0, only_acknowledgements: bool = False
    ) -> None:
        """Errors: `RuntimeBusy`, `RuntimeStopped`."""
        self._session = session
        self._reports = reports
        self._only_acknowledgements = only_acknowledgements
        self._delay_s = delay_s
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Waiting] = deque()
        owner = session.logon.key.owner
        self._subscription: Subscription = reports.streams.subscribe_reports(owner, self)
        self._writer = reports.writer_for(owner)

    def take_reports(self, outcome: Outcome, reports: Sequence[Report], origin: object) -> None:
        """Take what a command did to the account."""
        session = self._session
        for report, message_type, body in self._writer.written(outcome, reports):
            if self._only_acknowledgements and not (
                isinstance(origin, Request) and origin.is_answered_by(report, session)
            ):
                continue
            if self._delay_s:
                self._keep(message_type, body)
            else:
                session.send_body(message_type, body)

    def end_reports(self) -> None:
        """End the session: what it would be told from now on would not be the truth."""
        self._session.log_out(NOT_FOLLOWED)

    def end(self) -> None:
        """Listen no more; what still waits is dropped."""
        self._subscription.cancel()
        self._waiting.clear()
        self._reports.release(self._session.logon.key.owner)

    def _keep(self, message_type: str, body: bytes) -> None:
        if not self._waiting:
            self._loop.call_later(self._delay_s, self._send_due)
        self._waiting.append(_Waiting(self._loop.time() + self._delay_s, message_type, body))

    def _send_due(self) -> None:
        now_s = self._loop.time()
        while self._waiting and self._waiting[0].due_at_s <= now_s:
            due = self._waiting.popleft()
            self._session.send_body(due.message_type, due.body)
        if self._waiting:
            self._loop.call_at(self._waiting[0].due_at_s, self._send_due)
