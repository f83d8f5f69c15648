"""No secret of a whole course through an exchange is anywhere but where it belongs, in processes that log everything.

Logs, figures, refusals, the journal, the database and a backup of it are searched for each, plainly and in base64. At
rest there may be what a secret was sealed or hashed to, and nothing else.
"""

import asyncio
import base64
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pyotp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.browser import Browser
from tests.demo_process import DemoProcess, free_port, rialto
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
        self.refusals: list[str] = []

    def keep(self, name: str, secret: str) -> str:
        """Note a secret."""
        self.secrets[name] = secret
        return secret

    def found_in(self, data: bytes) -> list[str]:
        """Name the secrets that are in some bytes, as they are or in base64."""
        return sorted(name for name, secret in self.secrets.items() if any(each in data for each in _forms(secret)))


def _forms(secret: str) -> list[bytes]:
    plain = secret.encode()
    return [plain, base64.b64encode(plain).rstrip(b"="), plain.hex().encode()]


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


async def traded(course: Course, alice: Browser, url: str) -> None:
    """Make keys, use them well and badly, over HTTP and WebSocket."""
    made = await alice.post("keys", label="bot", permissions='["read","trade"]')
    secret = course.keep("secret key", made["secretKey"])
    key = made["key"]["apiKey"]
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    course.keep("private key", base64.b64encode(raw).decode())
    own = (await alice.post("keys", label="own", permissions='["read","trade"]', publicKey=pem))["key"]["apiKey"]
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


async def test_no_secret_leaks(tmp_path: Path) -> None:
    course = Course()
    smtp_password, metrics_token = secrets.token_hex(16), secrets.token_hex(16)
    data, backup = tmp_path / "data", tmp_path / "backup"
    with mail_server(course.keep("password of the mail server", smtp_password)) as (inbox, port):
        environment = {
            "RIALTO_LOG_LEVEL": "debug",
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
                await traded(course, alice, process.url)
                await shown(course, alice)
                course.keep("session's token", alice.http.cookies["rialto_session"])
                course.keep("device's token", alice.http.cookies["rialto_device"])
                figures = (await alice.http.get("/metrics", headers={"authorization": f"Bearer {metrics_token}"})).text
                course.keep("token in the page", alice.csrf)
            done = await asyncio.to_thread(lambda: rialto("backup", str(backup), "--data", str(data)))
        finally:
            await asyncio.to_thread(process.stop)
    course.keep("master key", (data / "master.key").read_bytes().strip().decode("latin-1"))
    log = Path(process.log.name).read_bytes()
    assert b'"event": "open"' in log
    said = {"log": log, "figures": figures.encode(), "refusals": "".join(course.refusals).encode()}
    said["backup's words"] = (done.stdout + done.stderr).encode()
    leaks = {where: course.found_in(content) for where, content in said.items() if course.found_in(content)}
    assert leaks == {}
    kept = {**files_of(data), **{f"backup/{name}": content for name, content in files_of(backup).items()}}
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
