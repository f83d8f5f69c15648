"""Mail: queued durably, sent by SMTP, tried again, given up; nothing a stranger chose adds a line or a header."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy
from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from rialto.foundation.database import Access, open_engine
from rialto.identity.mail import Mailer, NoAddress
from rialto.identity.mail_sender import CONNECTIONS_MAX, MailSender, MailServer, message_of
from rialto.identity.people import People
from rialto.identity.people_tables import mail, people

NOW_US = 1_700_000_000_000_000
CODE = {"link": "http://x/#t", "code": "123456", "minutes": 10}


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = open_engine(migrated_url, Access.DURABLE)
    yield engine
    engine.dispose()


class Inbox:
    """A mail server's handler: takes everything, but for one message to each address in `refusals`."""

    def __init__(self) -> None:
        self.refusals: dict[str, str] = {}
        self.received: list[str] = []
        self.recipients: list[str] = []
        self.connections_at_once_max = 0
        self._connected: set[Any] = set()

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._connected.add(server)
        self.connections_at_once_max = max(self.connections_at_once_max, len(self._connected))
        return responses

    async def handle_QUIT(self, server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 - the library's name
        self._connected.discard(server)
        return "221 bye"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        self.recipients.append(envelope.rcpt_tos[0])
        if refusal := self.refusals.pop(envelope.rcpt_tos[0], None):
            return refusal
        self.received.append(envelope.content.decode())
        return "250 OK"


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread
            await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def server_of(controller: Controller) -> MailServer:
    return MailServer(controller.hostname, controller.port, "none", "", "", "x@y.example")


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, Controller]]:
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller
    controller.stop()


async def test_queued_mail_is_sent_once_and_its_text_forgotten(engine: Engine, inbox: tuple[Inbox, Controller]) -> None:
    handler, controller = inbox
    mailer = Mailer(engine, lambda: NOW_US, has_server=True)
    mailer.send("alice@example.com", "verify-address", CODE)
    mailer.send("bob@example.com", "verify-address", CODE)
    sender = MailSender(mailer, server_of(controller), lambda: NOW_US)
    sender.start()
    await until(lambda: len(handler.received) == 2)
    await until(lambda: not mailer.due(10))
    await sender.stop()
    for_alice, for_bob = sorted(handler.received)
    assert "To: alice@example.com" in for_alice
    assert "To: bob@example.com" in for_bob
    assert "123456" in for_alice
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.select(mail.c.state, mail.c.body)).all() == [("sent", None)] * 2


async def test_many_mails_are_sent_over_a_few_connections_at_once(
    engine: Engine, inbox: tuple[Inbox, Controller]
) -> None:
    handler, controller = inbox
    mailer = Mailer(engine, lambda: NOW_US, has_server=True)
    people = [f"person-{number}@example.com" for number in range(120)]
    for person in people:
        mailer.send(person, "verify-address", CODE)
    assert mailer.due_now == 120
    sender = MailSender(mailer, server_of(controller), lambda: NOW_US)
    sender.start()
    await until(lambda: not mailer.due(10))
    await sender.stop()
    assert mailer.due_now == 0
    assert sorted(handler.recipients) == sorted(people)
    assert 2 <= handler.connections_at_once_max <= CONNECTIONS_MAX


async def test_a_refusal_for_good_is_given_up_and_another_tried_later(
    engine: Engine, inbox: tuple[Inbox, Controller]
) -> None:
    handler, controller = inbox
    handler.refusals = {"nobody@example.com": "550 no such mailbox", "alice@example.com": "451 later"}
    mailer = Mailer(engine, lambda: NOW_US, has_server=True)
    mailer.send("nobody@example.com", "verify-address", CODE)
    mailer.send("alice@example.com", "verify-address", CODE)
    now = [NOW_US]
    sender = MailSender(mailer, server_of(controller), lambda: now[0])
    sender.start()
    await until(lambda: not handler.refusals and not mailer.due(10))
    await sender.stop()
    with engine.connect() as connection:
        columns = sqlalchemy.select(mail.c.state, mail.c.attempts, mail.c.next_attempt_at_us)
        rows = connection.execute(columns.order_by(mail.c.id)).all()
    assert rows == [("failed", 1, NOW_US), ("queued", 1, NOW_US + 30_000_000)]


async def test_mail_waits_while_the_server_is_away(engine: Engine) -> None:
    mailer = Mailer(engine, lambda: NOW_US, has_server=True)
    mailer.send("alice@example.com", "verify-address", CODE)
    sender = MailSender(mailer, MailServer("127.0.0.1", 1, "none", "", "", "x@y.example"), lambda: NOW_US)
    sender.start()
    await until(lambda: not mailer.due(10))
    await sender.stop()
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.select(mail.c.state, mail.c.attempts)).all() == [("queued", 1)]


def test_without_a_server_it_stays_in_the_local_mailbox(engine: Engine) -> None:
    mailer = Mailer(engine, lambda: NOW_US, has_server=False)
    mailer.send("alice@example.com", "verify-address", CODE)
    assert mailer.due(10) == []
    assert [(each.to_address, each.template) for each in mailer.local_mailbox()] == [
        ("alice@example.com", "verify-address")
    ]


def test_the_anti_phishing_code_opens_every_mail(engine: Engine) -> None:
    owner = People(engine).register("alice@example.com", NOW_US).owner
    with engine.begin() as connection:
        connection.execute(sqlalchemy.update(people).values(anti_phishing_code="blue heron"))
    mailer = Mailer(engine, lambda: NOW_US, has_server=False)
    mailer.send(owner, "verify-address", CODE)
    mailer.send("Alice@example.com", "verify-address", CODE)
    assert all(each.body.startswith("Your anti-phishing code: blue heron\n") for each in mailer.local_mailbox())
    with pytest.raises(NoAddress):
        mailer.send(owner + 1, "verify-address", CODE)


def test_values_add_no_line_and_no_header(engine: Engine) -> None:
    mailer = Mailer(engine, lambda: NOW_US, has_server=False)
    values = {"time": "now", "address": "::1", "place": "?", "client": "x\r\nBcc: eve@example.com\r\n\r\nhello"}
    mailer.send("alice@example.com", "new-device", {**values, "freeze_link": "http://x/"})
    written = message_of(mailer.local_mailbox()[0], "Rialto <x@y.example>")
    assert written["Bcc"] is None
    assert "\nBcc" not in written.get_content()
    assert "Client: x  Bcc: eve@example.com    hello\n" in written.get_content()
