"""No secret of a whole course through an exchange is anywhere but where it belongs, in processes that log everything.

Logs, figures, refusals, the journal, the database (a file, or a server's) and a backup of it are searched for each,
plainly, in base64 and in hexadecimal. At rest there may be what a secret was sealed or hashed to, and nothing else.
"""

import asyncio
import base64
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import httpx
import psycopg
import pyotp
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from rialto.foundation.database import database_url
from tests.browser import Browser
from tests.demo_process import DemoProcess, free_port, rialto
from tests.fix import FixClient, FixSigner
from tests.gateway import Trader
from tests.websocket_client import connected

EMAIL = "alice@example.com"
TOKEN = re.compile(r"#token=([\w-]+)")


class Inbox:
    """A mail server that takes everything from who knows the password."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        """Keep a mail."""
        body = message_from_bytes(envelope.content, policy=default).get_body(("plain",))
        assert body is not None
        self.bodies.append(body.get_content())
        return "250 OK"

    async def newest(self, pattern: str) -> str:
        """Wait for a mail that says something."""
        async with asyncio.timeout(60):
            while True:
                for body in reversed(self.bodies):
                    found = re.search(pattern, body)
                    if found:
                        self.bodies.remove(body)
                        return found[1]
                await asyncio.sleep(0.1)


class Course:
    """What happens, and every secret that occurs in it."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.keys: dict[str, bytes] = {}
        self.refusals: list[str] = []

    def keep(self, name: str, secret: str) -> str:
        """Note a secret."""
        self.secrets[name] = secret
        return secret

    def keep_key(self, name: str, secret: bytes) -> None:
        """Note a secret that is no text."""
        self.keys[name] = secret

    def found_in(self, data: bytes) -> list[str]:
        """Name the secrets that are in some bytes, as they are, in base64 or in hexadecimal."""
        plain = {**{name: secret.encode() for name, secret in self.secrets.items()}, **self.keys}
        return sorted(name for name, secret in plain.items() if any(each in data for each in _forms(secret)))


def _forms(plain: bytes) -> list[bytes]:
    return [plain, base64.b64encode(plain).rstrip(b"="), plain.hex().encode()]


class KeptSigner(FixSigner):
    """Signs logons, and keeps the signatures as secrets."""

    def __init__(self, course: Course, name: str, private: Ed25519PrivateKey) -> None:
        super().__init__(name, private)
        self._course = course

    def sign(self, *parts: str) -> str:
        """Sign."""
        return self._course.keep(f"FIX signature {len(self._course.secrets)}", super().sign(*parts))


@contextmanager
def mail_server(password: str) -> Iterator[tuple[Inbox, int]]:
    """Run a mail server."""

    def check(*arguments: Any) -> AuthResult:
        given = arguments[-1]
        return AuthResult(success=isinstance(given, LoginPassword) and given.password == password.encode())

    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, "127.0.0.1", port, authenticator=check, auth_require_tls=False)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


async def refused(course: Course, response: httpx.Response) -> None:
    """Keep what was said to who was refused."""
    assert response.status_code >= 400, response.text
    course.refusals.append(response.text + str(response.headers))


async def signed_up(course: Course, alice: Browser, inbox: Inbox) -> None:
    """Sign up, be refused in every way, change the password, forget it."""
    password = course.keep("password", f"heron Lantern {secrets.token_hex(8)}")
    await alice.post("sign-up", email=EMAIL)
    token = course.keep("sign-up link", await inbox.newest(TOKEN.pattern))
    await alice.post("sign-up/confirm", token=token, password=password)
    wrong = course.keep("wrong password", f"nine loud {secrets.token_hex(8)}")
    await refused(course, await alice.send("POST", "login", email=EMAIL, password=wrong))
    await refused(course, await alice.http.post(f"/account/v1/login?email={EMAIL}&password={password}"))
    for body in (
        f'{{"email": "{EMAIL}", "password": "{password}"',
        f"password={password}&password={password}",
        f"%zz={password}",
    ):
        for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
            sent = await alice.http.post("/account/v1/login", content=body, headers={"content-type": kind})
            await refused(course, sent)
    new = course.keep("new password", f"quiet Harbour {secrets.token_hex(8)}")
    await alice.post("password", password=password, newPassword=new)
    course.keep("freeze link", await inbox.newest(r"/account/freeze[#?]token=([\w-]+)"))
    await alice.post("password/forgotten", email=EMAIL)
    reset = course.keep("reset link", await inbox.newest(r"/account/reset#token=([\w-]+)"))
    await refused(course, await alice.send("POST", "password/reset", token=reset, password="weak"))


async def secured(course: Course, alice: Browser) -> None:
    """Set factors up, and show wrong ones."""
    await alice.post("step-up", password=course.secrets["new password"])
    secret = course.keep("authenticator", (await alice.post("factors/totp"))["secret"])
    added = await alice.post("factors/totp/confirm", code=pyotp.TOTP(secret).now())
    for number, code in enumerate(added["recoveryCodes"]):
        course.keep(f"recovery code {number}", code)
    course.keep("recovery code without dashes", added["recoveryCodes"][0].replace("-", ""))
    await refused(course, await alice.send("POST", "step-up", kind="RECOVERY_CODE", code="AAAA-BBBB-CCCC-DDDD"))
    await alice.post("step-up", kind="RECOVERY_CODE", code=added["recoveryCodes"][0])


async def traded(course: Course, alice: Browser, url: str, fix_port: int) -> None:
    """Make keys of every kind, use them well and badly, over HTTP, WebSocket and FIX."""
    made = await alice.post("keys", label="bot", permissions='["read","trade"]')
    secret = course.keep("secret key", made["secretKey"])
    key = made["key"]["apiKey"]
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    course.keep_key("private key", private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    may = '["read","trade","fix"]'
    own = (await alice.post("keys", label="own", permissions=may, publicKey=pem))["key"]["apiKey"]
    for body in ("", "0"):
        query = urlencode({"timestamp": time.time_ns() // 1_000_000})
        signature = Trader.sign_with(secret, query + body)
        if not body:
            course.keep("signature", signature)
        path = f"/api/v3/account?{query}&signature={signature}"
        response = await alice.http.get(path, headers={"x-mbx-apikey": key})
        assert (response.status_code == 200) is (body == ""), response.text
    await refused(course, await alice.http.get("/api/v3/account", params={"apiKey": key, "secretKey": secret}))
    await refused(course, await alice.http.post("/api/v3/order", json={"secretKey": secret}))
    async with connected(int(url.rsplit(":", 1)[1].strip("/"))) as socket:
        params = {"apiKey": own, "timestamp": time.time_ns() // 1_000_000}
        payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
        logon = course.keep("logon's signature", base64.b64encode(private.sign(payload.encode())).decode())
        assert (await socket.ask("session.logon", **params, signature=logon))["status"] == 200
        course.refusals.append(
            str(await socket.send_text(f'{{"id": 9, "method": "x", "params": {{"secret": "{secret}"'))
        )

    await signed_with_rsa(course, alice)
    await logged_on_over_fix(course, KeptSigner(course, own, private), fix_port)


async def signed_with_rsa(course: Course, alice: Browser) -> None:
    """Use a key of RSA, well and badly; have a private one refused where a public one belongs."""
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.private_numbers()
    for name, number in (("exponent", numbers.d), ("prime", numbers.p), ("other prime", numbers.q)):
        course.keep_key(f"RSA {name}", number.to_bytes((number.bit_length() + 7) // 8, "big"))
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = (await alice.post("keys", label="rsa", permissions='["read"]', publicKey=pem))["key"]["apiKey"]
    for is_right in (True, False):
        query = urlencode({"timestamp": time.time_ns() // 1_000_000, "recvWindow": 5000 if is_right else 4000})
        signed = private.sign(query.encode() if is_right else b"else", PKCS1v15(), SHA256())
        signature = course.keep(f"RSA signature {is_right}", base64.b64encode(signed).decode())
        path = f"/api/v3/account?{query}&signature={quote(signature, safe='')}"
        response = await alice.http.get(path, headers={"x-mbx-apikey": key})
        assert (response.status_code == 200) is is_right, response.text
        if not is_right:
            course.refusals.append(response.text)
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    course.keep("line of the private RSA key", secret.splitlines()[5])
    await refused(course, await alice.send("POST", "keys", label="mistaken", permissions='["read"]', publicKey=secret))


async def logged_on_over_fix(course: Course, signer: KeptSigner, port: int) -> None:
    """Log on over FIX, order, and be refused."""
    client = FixClient(*await asyncio.open_connection("127.0.0.1", port), "ALICE")
    assert (await client.log_on(signer)).type == "A"
    answer = await client.ask("D", (11, "x"), (38, 1), (40, 1), (54, 1), (55, "BTCUSDT"))
    course.refusals.append(str(answer))
    client.close()
    stranger = FixClient(*await asyncio.open_connection("127.0.0.1", port), "ALICE")
    wrong = KeptSigner(course, signer.name, Ed25519PrivateKey.generate())
    course.refusals.append(str(await stranger.log_on(wrong)))
    stranger.close()


async def shown(course: Course, alice: Browser) -> None:
    """Show a document."""
    marker = course.keep("document", secrets.token_hex(32))
    content = b"\x89PNG\r\n\x1a\n" + marker.encode() * 100 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
    about = {"kind": "identity", "contentType": "image/png", "size": len(content)}
    begun = await alice.post("verification/documents", **about)
    assert begun["pieces"] == 1
    data = base64.urlsafe_b64encode(content).decode().rstrip("=")
    await alice.post("verification/documents/piece", documentId=begun["documentId"], number=0, data=data)
    await refused(course, await alice.send("POST", "verification/documents/piece", documentId="x", number=0, data=data))


def files_of(directory: Path) -> dict[str, bytes]:
    """Read every file there is, but for the master key's own."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != "master.key"
    }


class Store(NamedTuple):
    """Where the tables are: settings, and how all that is in them is read."""

    environment: dict[str, str]
    read: Callable[[], dict[str, bytes]]


def on_postgresql(course: Course, url: str) -> Store:
    """Keep the tables on a server, under a role with a password, which is a secret too."""
    password, role = course.keep("password of the database", secrets.token_hex(16)), f"rialto_{secrets.token_hex(4)}"
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{password}'".encode())

    def read() -> dict[str, bytes]:
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        with psycopg.connect(plain, autocommit=True) as connection:
            tables = [row[0] for row in connection.execute(named)]
            assert "people" in tables
            rows = {table: connection.execute(f'SELECT t::text FROM "{table}" t'.encode()) for table in tables}
            found = {f"table {table}": "\n".join(row[0] for row in read).encode() for table, read in rows.items()}
            connection.execute(f"REASSIGN OWNED BY {role} TO CURRENT_USER".encode())
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())
        return found

    own = database_url(url).set(username=role, password=password).render_as_string(hide_password=False)
    return Store({"RIALTO_DATABASE_URL": own}, read)


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
async def test_no_secret_leaks(tmp_path: Path, store: str, request: pytest.FixtureRequest) -> None:
    course = Course()
    tables = Store({}, dict)
    if store == "postgresql":
        tables = on_postgresql(course, request.getfixturevalue("postgres_url"))
    fix_port = free_port()
    smtp_password, metrics_token = secrets.token_hex(16), secrets.token_hex(16)
    data, backup = tmp_path / "data", tmp_path / "backup"
    with mail_server(course.keep("password of the mail server", smtp_password)) as (inbox, port):
        environment = {
            **tables.environment,
            "RIALTO_LOG_LEVEL": "debug",
            "RIALTO_FIX_ORDER_ENTRY_PORT": str(fix_port),
            "RIALTO_SMTP_HOST": "127.0.0.1",
            "RIALTO_SMTP_PORT": str(port),
            "RIALTO_SMTP_SECURITY": "none",
            "RIALTO_SMTP_USERNAME": "rialto",
            "RIALTO_SMTP_PASSWORD": smtp_password,
            "RIALTO_METRICS_TOKEN": course.keep("token of the figures", metrics_token),
        }
        process = await asyncio.to_thread(lambda: DemoProcess(data, environment, demo=False))
        try:
            async with Browser(process.url) as alice:
                await signed_up(course, alice, inbox)
                await secured(course, alice)
                await traded(course, alice, process.url, fix_port)
                await shown(course, alice)
                course.keep("session's token", alice.http.cookies["rialto_session"])
                course.keep("device's token", alice.http.cookies["rialto_device"])
                figures = (await alice.http.get("/metrics", headers={"authorization": f"Bearer {metrics_token}"})).text
                course.keep("token in the page", alice.csrf)
            asked = ("backup", str(backup), "--data", str(data))
            done = await asyncio.to_thread(lambda: rialto(*asked, environment=tables.environment))
            assert done.returncode == 0, done.stderr
        finally:
            await asyncio.to_thread(process.stop)
    course.keep("master key", (data / "master.key").read_bytes().strip().decode("latin-1"))
    log = Path(process.log.name).read_bytes()
    assert b'"event": "open"' in log
    said = {"log": log, "figures": figures.encode(), "refusals": "".join(course.refusals).encode()}
    said["backup's words"] = (done.stdout + done.stderr).encode()
    leaks = {where: course.found_in(content) for where, content in said.items() if course.found_in(content)}
    assert leaks == {}
    kept = {
        **files_of(data),
        **tables.read(),
        **{f"backup/{name}": content for name, content in files_of(backup).items()},
    }
    # The page's token opens nothing without the cookie, and is given to the page again: it is at rest as it is.
    assert "token in the page" in course.found_in(b"".join(kept.values()))
    del course.secrets["token in the page"]
    leaks = {where: course.found_in(content) for where, content in kept.items() if course.found_in(content)}
    assert leaks == {}


async def test_a_database_that_cannot_be_reached_tells_no_password(tmp_path: Path) -> None:
    password = secrets.token_hex(16)
    url = f"postgresql://rialto:{quote(password)}@127.0.0.1:1/rialto"
    said = await asyncio.to_thread(
        lambda: rialto("run", "--data", str(tmp_path / "data"), "--port", "0", "--database-url", url)
    )
    assert said.returncode != 0
    assert password not in said.stdout + said.stderr
    assert "127.0.0.1" in said.stdout + said.stderr
