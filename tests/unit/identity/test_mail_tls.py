"""Mail over TLS: to a real server with a certificate of its own, and to none that cannot show who it is."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine, select

from rialto.identity.mail import Mailer
from rialto.identity.mail_sender import CertificatesUnusable, MailSender, MailServer
from rialto.identity.people_tables import mail
from tests.unit.identity.test_mail import CODE, NOW_US, Inbox, engine, free_port, until

__all__ = ["engine"]

HERE = "127.0.0.1"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


def certificate(directory: Path, address: str) -> Path:
    """Make a certificate for an address that vouches for itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = directory / f"{address}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


class Guard:
    """Whom the server lets in, and what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[bytes, bytes]] = []

    def __call__(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.shown.append((data.login, data.password))
        return AuthResult(success=True)


@contextmanager
def serving(inbox: Inbox, guard: Guard, security: str, file: Path) -> Iterator[int]:
    """Run a mail server; `none` offers no TLS at all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    offers: dict[str, dict[str, Any]] = {
        "tls": {"ssl_context": context, "auth_require_tls": False},
        "starttls": {"tls_context": context, "require_starttls": True},
        "none": {"auth_require_tls": False},
    }
    controller = Controller(
        inbox,
        hostname=HERE,
        port=free_port(),
        authenticator=guard,
        auth_required=True,
        ready_timeout=60,
        **offers[security],
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_mail_goes_to_a_server_that_shows_who_it_is(engine: Engine, tmp_path: Path, security: str) -> None:
    inbox, guard, file = Inbox(), Guard(), certificate(tmp_path, HERE)
    mailer = Mailer(engine, lambda: NOW_US, has_server=True)
    mailer.send("alice@example.com", "verify-address", CODE)
    with serving(inbox, guard, security, file) as port:
        server = MailServer(HERE, port, security, "exchange", "secret words", "x@y.example", str(file))
        sender = MailSender(mailer, server, lambda: NOW_US)
        sender.start()
        await until(lambda: not mailer.due(10))
        await sender.stop()
    assert [text.count("123456") for text in inbox.received] == [1]
    assert guard.shown == [(b"exchange", b"secret words")]


@pytest.mark.parametrize(
    ("security", "offered", "address", "is_trusted"),
    [
        ("tls", "tls", HERE, False),
        ("starttls", "starttls", HERE, False),
        ("tls", "tls", "127.0.0.9", True),
        ("starttls", "starttls", "127.0.0.9", True),
        ("starttls", "none", HERE, True),
        ("tls", "none", HERE, True),
    ],
)
async def test_mail_goes_to_no_server_that_does_not(
    engine: Engine, tmp_path: Path, security: str, offered: str, address: str, *, is_trusted: bool
) -> None:
    """Neither to one nobody vouches for, nor to one of another name, nor to one without TLS; no password either."""
    inbox, guard, file = Inbox(), Guard(), certificate(tmp_path, address)
    mailer = Mailer(engine, lambda: NOW_US, has_server=True)
    mailer.send("alice@example.com", "verify-address", CODE)
    with serving(inbox, guard, offered, file) as port:
        certificates = str(file) if is_trusted else ""
        server = MailServer(HERE, port, security, "exchange", "secret words", "x@y.example", certificates)
        sender = MailSender(mailer, server, lambda: NOW_US)
        sender.start()
        await until(lambda: not mailer.due(10))
        await sender.stop()
    with engine.connect() as connection:
        state, attempts = connection.execute(select(mail.c.state, mail.c.attempts)).one()
    assert (state, attempts) == ("queued", 1)
    assert (inbox.received, guard.shown) == ([], [])


def test_a_file_without_certificates_is_told_at_the_start(engine: Engine, tmp_path: Path) -> None:
    mailer = Mailer(engine, lambda: NOW_US, has_server=True)
    (tmp_path / "empty.pem").write_text("", encoding="utf-8")
    for name in ("empty.pem", "none.pem"):
        server = MailServer(HERE, 25, "tls", "", "", "x@y.example", str(tmp_path / name))
        with pytest.raises(CertificatesUnusable, match=name):
            MailSender(mailer, server, lambda: NOW_US)
