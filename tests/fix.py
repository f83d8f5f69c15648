"""The FIX API of a live exchange, and clients of it: one in asyncio on the codec of simplefix, and the official one."""

import asyncio
import base64
import os
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import simplefix
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from rialto.fix.assembly import Sources, fix_servers
from rialto.fix.dictionary import Dictionary, market_data_dictionary, order_entry_dictionary
from rialto.fix.limits import FixLimits, ServiceLimits
from rialto.fix.server import FixServer
from rialto.fix.service import ServiceKind
from rialto.fix.validation import read_message
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.identity.restrictions import Permission, Restrictions
from rialto.streams.connections import Connections
from rialto.streams.feed import MarketFeed
from rialto.streams.hub import Hub
from rialto.streams.user_data.streams import UserDataStreams
from tests.gateway import Live, Trader, live
from tests.patience import PATIENCE_S

Fields = Sequence[tuple[int, object]]


class Received:
    """A message as it came: fields by tag, and all of them in order."""

    def __init__(self, message: simplefix.FixMessage) -> None:
        self.pairs: list[tuple[int, str]] = [(int(tag), value.decode()) for tag, value in message.pairs]
        self.type = self[35]

    def __getitem__(self, tag: int) -> str:
        return next(value for each, value in self.pairs if each == tag)

    def get(self, tag: int) -> str | None:
        return next((value for each, value in self.pairs if each == tag), None)

    def all(self, tag: int) -> list[str]:
        return [value for each, value in self.pairs if each == tag]

    @property
    def body(self) -> bytes:
        """The message from its type up to the checksum."""
        return "".join(f"{tag}={value}\x01" for tag, value in self.pairs if tag not in (8, 9, 10)).encode()

    def only(self, *tags: int) -> dict[int, str]:
        """The values of some tags, as far as they are there."""
        return {tag: self[tag] for tag in tags if self.get(tag) is not None}

    def __repr__(self) -> str:
        return "|".join(f"{tag}={value}" for tag, value in self.pairs)


class FixSigner:
    """An Ed25519 key by its name, and what only its owner can sign with."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.name = name
        self.private = private

    def sign(self, *parts: str) -> str:
        return base64.b64encode(self.private.sign("\x01".join(parts).encode())).decode()


class FixKey(FixSigner):
    """A key of a trader's."""

    def __init__(
        self, keys: ApiKeys, owner: int, *permissions: Permission, restrictions: Restrictions | None = None
    ) -> None:
        self.private = Ed25519PrivateKey.generate()
        pem = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self.key: ApiKey = keys.register(
            owner,
            "fix",
            permissions or (Permission.FIX,),
            1,
            pem,
            restrictions=restrictions or Restrictions(),
        )
        super().__init__(self.key.key, self.private)


def service_limits(**changes: Any) -> ServiceLimits:
    """The limits of a service, but for some: by default, attempts to connect do not count."""
    usual = {
        "messages": RateLimit("MESSAGES", "SECOND", 10, 10_000),
        "attempts": RateLimit("ATTEMPTS", "SECOND", 30, 1_000),
        "connections_max": 10,
    }
    return ServiceLimits(**{**usual, **changes})


def utc_now(shift_s: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=shift_s)).strftime("%Y%m%d-%H:%M:%S.%f")


class FixClient:
    """A client that sends what a test spells."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        sender: str,
        dictionary: Dictionary | None = None,
    ) -> None:
        """Everything received is held to the dictionary, by default that of order entry."""
        self._dictionary = dictionary or order_entry_dictionary()
        self._reader = reader
        self._writer = writer
        self._parser = simplefix.FixParser()
        self.sender = sender
        self.number = 0

    async def send(self, message_type: str, *fields: tuple[int, object], **header: Any) -> None:
        """Send a message with the next number; `header` may say otherwise."""
        self.number = header.pop("number", self.number + 1)
        await self.send_bytes(self.spelled(message_type, fields, self.number, **header))

    async def send_bytes(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def spelled(self, message_type: str, fields: Fields, number: int, **header: Any) -> bytes:
        message = simplefix.FixMessage()
        message.append_pair(8, "FIX.4.4")
        message.append_pair(35, message_type)
        message.append_pair(49, header.get("sender", self.sender))
        message.append_pair(56, header.get("target", "SPOT"))
        message.append_pair(34, number)
        message.append_pair(52, header.get("time") or utc_now())
        for tag, value in fields:
            message.append_pair(tag, value)
        encoded: bytes = message.encode()
        return encoded

    async def log_on(self, key: FixSigner, *fields: tuple[int, object], **changes: Any) -> Received:
        """Log on and return what comes back. `changes` replace fields by tag (`t108=30`), None leaves them out."""
        sent_at = changes.get("time") or utc_now()
        signed = key.sign("A", self.sender, "SPOT", "1", sent_at)
        body: dict[int, object] = {98: 0, 108: 30, 95: len(signed), 96: signed, 141: "Y", 553: key.name, 25035: 2}
        body |= {int(name[1:]): value for name, value in changes.items() if name[1:].isdigit()}
        await self.send(
            "A",
            *((tag, value) for tag, value in body.items() if value is not None),
            *fields,
            time=sent_at,
            target=changes.get("target", "SPOT"),
            number=changes.get("number", 1),
        )
        return await self.receive()

    async def receive(self, message_type: str | None = None, timeout: float = PATIENCE_S) -> Received:
        """Return the next message, of a type if one is given: others are an error, but for heartbeats."""
        while True:
            message = self._parser.get_message()
            if message is None:
                data = await asyncio.wait_for(self._reader.read(65_536), timeout)
                if not data:
                    raise ConnectionError("the exchange closed the connection")
                self._parser.append_buffer(data)
                continue
            received = Received(message)
            read_message(received.body, self._dictionary)
            if received.type == "0" and message_type not in (None, "0"):
                continue
            assert message_type in (None, received.type), received
            return received

    async def ask(self, message_type: str, *fields: tuple[int, object], **header: Any) -> Received:
        await self.send(message_type, *fields, **header)
        return await self.receive()

    async def nothing_comes(self, for_s: float = 0.3) -> bool:
        try:
            await self.receive(timeout=for_s)
        except TimeoutError:
            return True
        return False

    async def is_closed(self) -> bool:
        try:
            await self.receive()
        except ConnectionError:
            return True
        return False

    def close(self) -> None:
        self._writer.close()


class FixExchange:
    """A running exchange with its FIX services."""

    def __init__(self, exchange: Live, servers: dict[ServiceKind, FixServer]) -> None:
        self.exchange = exchange
        self.servers = servers
        self.alice = exchange.alice
        self.bob = exchange.bob
        self._clients: list[FixClient] = []

    def port(self, kind: ServiceKind) -> int:
        return self.servers[kind].port

    def key_of(self, trader: Trader, *permissions: Permission, **options: Any) -> FixKey:
        """A new key of a trader's, by default for everything over FIX."""
        return FixKey(self.exchange.keys, trader.key.owner, *permissions, **options)

    async def connect(self, kind: ServiceKind = ServiceKind.ORDER_ENTRY, sender: str | None = None) -> FixClient:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port(kind))
        dictionary = market_data_dictionary() if kind is ServiceKind.MARKET_DATA else order_entry_dictionary()
        client = FixClient(reader, writer, sender or f"C{len(self._clients)}", dictionary)
        self._clients.append(client)
        return client

    async def logged_on(
        self,
        key: FixKey | None = None,
        kind: ServiceKind = ServiceKind.ORDER_ENTRY,
        sender: str | None = None,
        **changes: Any,
    ) -> FixClient:
        """A client that has logged on, by default alice."""
        client = await self.connect(kind, sender)
        if kind is ServiceKind.DROP_COPY:
            changes.setdefault("t9406", "Y")
        answer = await client.log_on(key or self.key_of(self.alice), **changes)
        assert answer.type == "A", answer
        return client

    def close_clients(self) -> None:
        for client in self._clients:
            client.close()


@asynccontextmanager
async def fix_exchange(
    directory: Path, *, limits: FixLimits | None = None, rate_limits: RateLimits | None = None, **symbol: Any
) -> AsyncIterator[FixExchange]:
    """Run an exchange with all three services on free ports."""
    async with live(directory, limits=rate_limits, **symbol) as exchange:
        runtime = exchange.runtime
        feed = MarketFeed(Hub(lambda _name: None, Connections(runtime.now_us)), runtime)
        feed.start()
        sources = Sources(runtime, exchange.gateway, UserDataStreams(runtime), feed)
        servers = fix_servers(sources, "127.0.0.1", dict.fromkeys(ServiceKind, 0), limits)
        for server in servers.values():
            await server.start()
        running = FixExchange(exchange, servers)
        yield running
        running.close_clients()
        for server in servers.values():
            await server.stop()
        await feed.stop()


def _self_signed(directory: Path) -> tuple[Path, Path]:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    paths = directory / "tls.pem", directory / "tls.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


@contextmanager
def _trusting(certificate: Path) -> Iterator[None]:
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(certificate)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before


@asynccontextmanager
async def behind_tls(directory: Path, port: int) -> AsyncIterator[str]:
    """End TLS in front of a port, as an operator would, with a certificate that this process trusts; yield the URL."""
    certificate, key = _self_signed(directory)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    piping: set[asyncio.Task[None]] = set()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        for task in (pipe(reader, inner_writer), pipe(inner_reader, writer)):
            piping.add(asyncio.create_task(task))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    with _trusting(certificate):
        yield f"tcp+tls://localhost:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in piping:
        task.cancel()


def new_id(prefix: str = "o") -> str:
    """An id that no other test uses."""
    return f"{prefix}{time.time_ns()}"
