"""Sends queued mail by SMTP.

A few connections carry what is due, and are let go of when nothing is. What the server refuses for good (5xx) is given
up; whatever else goes wrong is tried again, later each time, for about two days. A crash between the server's yes and
our noting it sends some mails twice, with one and the same Message-ID: never not at all. Owns no state but its task.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final

import aiosmtplib
import msgspec
import structlog

from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.tasks import end
from rialto.identity.mail import Mail, Mailer

SENT_AT_ONCE: Final = 50
CONNECTIONS_MAX: Final = 4
NOTED_AT_ONCE: Final = 10
IDLE_S: Final = 0.2
AFTER_FAILURE_S: Final = 1.0
SMTP_TIMEOUT_S: Final = 30
RETRY_FIRST_US: Final = 30_000_000
RETRY_LONGEST_US: Final = 14_400_000_000
ATTEMPTS_MAX: Final = 20
KEPT_US: Final = 30 * 86_400_000_000
FORGET_EVERY_US: Final = 3_600_000_000

_log = structlog.stdlib.get_logger(__name__)


class MailServer(msgspec.Struct, frozen=True):
    """Where mail is handed in. `security` is `starttls`, `tls` or `none`; without a `username` there is no login.

    With `starttls` or `tls` the server must show a certificate for its name, by an authority of the system's, or of the
    file `certificates` alone.
    """

    host: str
    port: int
    security: str
    username: str
    password: str
    sender: str
    certificates: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


class CertificatesUnusable(ExpectedFailure):
    """The file of authorities cannot be read, or has none."""


class MailSender:
    """Sends what is queued."""

    def __init__(self, mailer: Mailer, server: MailServer, now_us: Callable[[], int]) -> None:
        """Errors: `CertificatesUnusable`."""
        self._mailer = mailer
        self._server = server
        self._trust = _trust(server.certificates)
        self._now_us = now_us
        self._task: asyncio.Task[None] | None = None
        self._forget_at_us = 0

    def start(self) -> None:
        """Send from now on."""
        self._task = asyncio.create_task(self._run(), name="mail sender")

    async def stop(self) -> None:
        """Send no more; what is queued is sent after the next start."""
        await end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                due = await asyncio.to_thread(self._mailer.due, SENT_AT_ONCE)
                if due:
                    await self._send_all(due)
                    continue
                await self._forget()
            except Exception as failure:
                _log.warning("mail not sent", server=repr(self._server), failure=type(failure).__name__)
                await asyncio.sleep(AFTER_FAILURE_S)
            await asyncio.sleep(IDLE_S)

    async def _send_all(self, due: list[Mail]) -> None:
        """Send over some connections at once.

        When one fails the others go on to their end: what they have under way must not be taken up again.
        """
        parts = [due[part::CONNECTIONS_MAX] for part in range(min(CONNECTIONS_MAX, len(due)))]
        for ended in await asyncio.gather(*map(self._send, parts), return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended

    async def _send(self, due: list[Mail]) -> None:
        try:
            client = await self._connected()
        except (aiosmtplib.SMTPException, OSError) as failure:
            _log.warning("mail server not reached", server=repr(self._server), failure=str(failure)[:200])
            for each in due:
                await self._put_off(each)
            return
        sent: list[int] = []
        try:
            for each in due:
                if await self._hand_in(client, each):
                    sent.append(each.id)
                if len(sent) == NOTED_AT_ONCE:
                    await asyncio.to_thread(self._mailer.note_sent, sent)
                    sent = []
            with suppress(aiosmtplib.SMTPException):
                await client.quit()
        finally:
            client.close()
            if sent:
                await asyncio.to_thread(self._mailer.note_sent, sent)

    async def _connected(self) -> aiosmtplib.SMTP:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._trust,
            username=server.username or None,
            password=server.password or None,
            timeout=SMTP_TIMEOUT_S,
        )
        await client.connect()
        return client

    async def _hand_in(self, client: aiosmtplib.SMTP, each: Mail) -> bool:
        try:
            await client.send_message(message_of(each, self._server.sender))
        except aiosmtplib.SMTPResponseException as failure:
            if failure.code >= 500:
                _log.warning("mail refused", mail=each.id, template=each.template, code=failure.code)
                await asyncio.to_thread(self._mailer.note_failed, each.id, None)
            else:
                await self._put_off(each)
            return False
        except aiosmtplib.SMTPRecipientsRefused as failure:
            _log.warning("mail refused", mail=each.id, template=each.template, code=failure.recipients[0].code)
            await asyncio.to_thread(self._mailer.note_failed, each.id, None)
            return False
        except (aiosmtplib.SMTPException, OSError):
            await self._put_off(each)
            return False
        return True

    async def _put_off(self, each: Mail) -> None:
        wait_us = min(RETRY_FIRST_US << min(each.attempts, 20), RETRY_LONGEST_US)
        retry_at_us = None if each.attempts + 1 >= ATTEMPTS_MAX else self._now_us() + wait_us
        await asyncio.to_thread(self._mailer.note_failed, each.id, retry_at_us)

    async def _forget(self) -> None:
        now_us = self._now_us()
        if now_us >= self._forget_at_us:
            self._forget_at_us = now_us + FORGET_EVERY_US
            await asyncio.to_thread(self._mailer.forget, now_us - KEPT_US)


def _trust(certificates: str) -> ssl.SSLContext:
    """Trust the system's authorities, or those of a file alone."""
    try:
        return ssl.create_default_context(cafile=certificates or None)
    except OSError as error:
        raise CertificatesUnusable(f"{certificates} holds no certificates of authorities: {error}") from error


def message_of(each: Mail, sender: str) -> EmailMessage:
    """Write a mail as it travels. Raises ValueError for a line break in a header."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = each.to_address
    message["Subject"] = each.subject
    message["Date"] = formatdate(each.queued_at_us / 1_000_000)
    message["Message-ID"] = f"<{each.id}.{each.queued_at_us}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(each.body)
    return message
