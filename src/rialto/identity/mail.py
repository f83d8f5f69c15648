"""Mail to people: written down first, sent after.

Owns the table `mail`. `Mailer.send` renders a template and queues it in one durable row; `identity.mail_sender` sends
what is queued. Without a mail server what is queued stays as the local mailbox. A body is deleted once it was sent,
because it may hold what opens an account.

Every mail to someone who has set an anti-phishing code begins with it. Values become one printable line each: nothing
that a stranger chose can add a header, a line or an address. Calls block: off the event loop.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, case, delete, func, insert, select, update

from rialto.identity.mail_templates import TEMPLATES
from rialto.identity.people_tables import TEXT_LENGTH_MAX, mail, people

QUEUED_MAX: Final = 100_000
KEPT_LOCALLY_MAX: Final = 1_000
VALUE_LENGTH_MAX: Final = 500


class MailState(Enum):
    """What became of a mail."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    KEPT = "kept"
    """In the local mailbox: there is no mail server."""


class Mail(msgspec.Struct, frozen=True):
    """One mail."""

    id: int
    to_address: str
    template: str
    subject: str
    body: str
    queued_at_us: int
    attempts: int = 0


class MailQueueFull(Exception):
    """As many mails wait as may."""


class NoAddress(Exception):
    """The owner a mail is for has no address."""


class Mailer:
    """Queues mail."""

    def __init__(self, engine: Engine, now_us: Callable[[], int], *, has_server: bool) -> None:
        """`has_server` tells whether what is queued will be sent; else it is kept as the local mailbox."""
        self._engine = engine
        self._now_us = now_us
        self._state = MailState.QUEUED if has_server else MailState.KEPT
        self._queued = self._due = 0
        with engine.connect() as connection:
            self._count(connection)

    @property
    def due_now(self) -> int:
        """About how many mails are to be sent now; those that are tried again later are not."""
        return self._due

    def send(
        self, to: int | str, template: str, values: Mapping[str, object], connection: Connection | None = None
    ) -> None:
        """Queue a mail to an owner or an address; in a transaction of the caller's, if one is given.

        A sub-account's address is the exchange's own invention, and whoever has its domain is a stranger: nothing is
        sent there.

        Errors: `MailQueueFull`, `NoAddress`; KeyError for a template or a value that is missing.
        """
        if connection is None:
            with self._engine.begin() as own:
                self.send(to, template, values, own)
            return
        recipient = _recipient(connection, to)
        if recipient.is_invented:
            return
        address, code, _ = recipient
        text = TEMPLATES[template]
        lines = {name: _line(str(value)) for name, value in values.items()}
        opening = "" if code is None else f"Your anti-phishing code: {code}\n\n"
        now_us = self._now_us()
        if self._state is MailState.KEPT:
            _make_room(connection)
        elif self._queued >= QUEUED_MAX:
            raise MailQueueFull(f"{QUEUED_MAX} mails wait to be sent")
        else:
            self._queued += 1
            self._due += 1
        connection.execute(
            insert(mail).values(
                to_address=address,
                template=template,
                subject=text.subject.format_map(lines)[:TEXT_LENGTH_MAX],
                body=opening + text.body.format_map(lines),
                queued_at_us=now_us,
                next_attempt_at_us=now_us,
                attempts=0,
                state=self._state.value,
            )
        )

    def local_mailbox(self, limit: int = 100, to: str | None = None) -> list[Mail]:
        """List what is kept for want of a mail server, newest first: all, or that to one address."""
        statement = select(mail).where(mail.c.state == MailState.KEPT.value)
        if to is not None:
            statement = statement.where(func.lower(mail.c.to_address) == to.lower())
        with self._engine.connect() as connection:
            return [_mail(row) for row in connection.execute(statement.order_by(mail.c.id.desc()).limit(limit))]

    def due(self, limit: int) -> list[Mail]:
        """List what is to be sent now, oldest first."""
        statement = (
            select(mail)
            .where(mail.c.state == MailState.QUEUED.value, mail.c.next_attempt_at_us <= self._now_us())
            .order_by(mail.c.next_attempt_at_us, mail.c.id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            self._count(connection)
            return [_mail(row) for row in connection.execute(statement)]

    def note_sent(self, numbers: Sequence[int]) -> None:
        """Note that mails are with the mail server, and forget what they said."""
        with self._engine.begin() as connection:
            statement = update(mail).where(mail.c.id.in_(numbers))
            connection.execute(statement.values(state=MailState.SENT.value, body=None))

    def note_failed(self, number: int, retry_at_us: int | None) -> None:
        """Note that a mail was not taken, and when it is tried again; None if it is given up."""
        values: dict[str, Any] = {"attempts": mail.c.attempts + 1}
        if retry_at_us is None:
            values |= {"state": MailState.FAILED.value, "body": None}
        else:
            values["next_attempt_at_us"] = retry_at_us
        with self._engine.begin() as connection:
            connection.execute(update(mail).where(mail.c.id == number).values(values))

    def forget(self, before_us: int) -> int:
        """Delete what was sent or given up before a time; return how much."""
        over = [MailState.SENT.value, MailState.FAILED.value]
        with self._engine.begin() as connection:
            statement = delete(mail).where(mail.c.state.in_(over), mail.c.queued_at_us < before_us)
            return connection.execute(statement).rowcount

    def _count(self, connection: Connection) -> None:
        """Count what waits. Between two counts what is queued is added: a count for each mail would be too dear."""
        is_due = case((mail.c.next_attempt_at_us <= self._now_us(), 1), else_=0)
        counts = select(func.count(), func.coalesce(func.sum(is_due), 0)).where(mail.c.state == MailState.QUEUED.value)
        self._queued, self._due = (int(each) for each in connection.execute(counts).one())


class _Recipient(NamedTuple):
    address: str
    anti_phishing_code: str | None = None
    is_invented: bool = False
    """Whether the address is that of a sub-account."""


def _recipient(connection: Connection, to: int | str) -> _Recipient:
    condition = people.c.owner == to if isinstance(to, int) else people.c.email_key == to.casefold()
    columns = select(people.c.email, people.c.anti_phishing_code, people.c.parent.is_not(None))
    found = connection.execute(columns.where(condition)).one_or_none()
    if found is not None:
        return _Recipient(*found)
    if isinstance(to, int):
        raise NoAddress(f"owner {to} has no address")
    return _Recipient(to)


def _make_room(connection: Connection) -> None:
    """Keep the local mailbox within its bounds; ids only grow, so the oldest are the lowest."""
    newest: int = connection.scalar(select(func.max(mail.c.id))) or 0
    kept = mail.c.state == MailState.KEPT.value
    connection.execute(delete(mail).where(kept, mail.c.id <= newest - KEPT_LOCALLY_MAX))


def _mail(row: Row[Any]) -> Mail:
    return Mail(row.id, row.to_address, row.template, row.subject, row.body, row.queued_at_us, row.attempts)


def _line(text: str) -> str:
    cut = text[:VALUE_LENGTH_MAX]
    return cut if cut.isprintable() else "".join(letter if letter.isprintable() else " " for letter in cut)
