"""The signer over its socket: the same answers, for those alone who hold the access key and run under a named user."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from rialto.custody.chains.adapter import HotAddress
from rialto.custody.signing.asking import SignerProcess
from rialto.custody.signing.channel import (
    GREETING,
    AccessKeyUnusable,
    AskStatus,
    create_access_key,
    establish,
    read_access_key,
)
from rialto.custody.signing.requests import (
    Refusal,
    SignerUnavailable,
    SigningRefused,
    StatementRequest,
)
from rialto.custody.signing.server import Allowance, SignerServer, SocketUnusable
from rialto.foundation.clock import SettableClock
from tests.unit.custody.signing import glass
from tests.unit.custody.signing.glass import pay, withdrawal


@asynccontextmanager
async def served(directory: Path, per_minute: int = 1_000) -> AsyncIterator[SignerProcess]:
    key = directory / "access.key"
    if not key.exists():
        create_access_key(key)
    rules = msgspec.structs.replace(glass.policy(), requests_per_minute_max=per_minute)
    keeper = glass.keeper(directory, SettableClock(1), rules=rules)
    server = SignerServer(keeper, rules, directory / "signer.sock", read_access_key(key))
    await server.start()
    asking = SignerProcess(directory / "signer.sock", key)
    try:
        yield asking
    finally:
        await asking.close()
        await server.stop()
        keeper.book.close()


async def test_it_signs_as_it_does_in_one_process(tmp_path: Path) -> None:
    async with served(tmp_path) as asking:
        signatures = await asking.sign(withdrawal())
        assert (await asking.status()).entry == 1
    other = glass.keeper(tmp_path / "other", SettableClock(1))
    assert await other.sign(withdrawal()) == signatures
    other.book.close()


async def test_amounts_of_any_size_cross(tmp_path: Path) -> None:
    async with served(tmp_path) as asking:
        with pytest.raises(SigningRefused, match=str(2**255)) as refused:
            await asking.sign(withdrawal(payment=pay(amount=2**255)))
    assert refused.value.refusal is Refusal.AMOUNT


async def test_a_refusal_crosses_with_its_reason(tmp_path: Path) -> None:
    async with served(tmp_path) as asking:
        with pytest.raises(SigningRefused, match="more than one payment may be") as refused:
            await asking.sign(withdrawal(payment=pay(amount=1_001)))
    assert refused.value.refusal is Refusal.AMOUNT


async def test_statements(tmp_path: Path) -> None:
    async with served(tmp_path) as asking:
        text = "Rialto proof of reserves: we hold this address"
        assert len(await asking.attest(StatementRequest(glass.NETWORK, glass.hot(), text))) == 65
        with pytest.raises(SigningRefused):
            await asking.attest(StatementRequest(glass.NETWORK, glass.hot(), "I owe you everything"))
        with pytest.raises(SigningRefused):
            await asking.attest(StatementRequest("OTHER", glass.hot(), text))
        with pytest.raises(SigningRefused) as refused:
            await asking.attest(StatementRequest(glass.NETWORK, HotAddress("glass-x", "1/0"), text))
        assert refused.value.refusal is Refusal.SOURCE


async def test_without_the_access_key_nobody_is_heard(tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    create_access_key(other)
    async with served(tmp_path) as asking:
        stranger = SignerProcess(tmp_path / "signer.sock", other)
        with pytest.raises(SignerUnavailable, match="access key"):
            await stranger.sign(withdrawal())
        await stranger.close()
        assert (await asking.status()).entry == 0


async def test_another_process_on_the_socket_is_not_believed(tmp_path: Path) -> None:
    create_access_key(tmp_path / "access.key")

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await establish(reader, writer, b"\x00" * 32, is_signer=True)
        writer.write(b"\x00\x00\x00\x40" + b"\x00" * 64)
        writer.close()

    server = await asyncio.start_unix_server(pretend, path=str(tmp_path / "signer.sock"))
    asking = SignerProcess(tmp_path / "signer.sock", tmp_path / "access.key")
    with pytest.raises(SignerUnavailable):
        await asking.sign(withdrawal())
    await asking.close()
    server.close()
    await server.wait_closed()


async def test_what_is_heard_back_is_not_believed(tmp_path: Path) -> None:
    create_access_key(tmp_path / "access.key")

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while heard := await reader.read(65_536):
            writer.write(heard)
        writer.close()

    server = await asyncio.start_unix_server(echo, path=str(tmp_path / "signer.sock"))
    asking = SignerProcess(tmp_path / "signer.sock", tmp_path / "access.key")
    with pytest.raises(SignerUnavailable, match="sends back"):
        await asking.status()
    await asking.close()
    server.close()
    await server.wait_closed()


async def test_a_frame_cannot_be_played_twice(tmp_path: Path) -> None:
    async with served(tmp_path):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "signer.sock"))
        channel = await establish(reader, writer, read_access_key(tmp_path / "access.key"), is_signer=False)
        sent: list[bytes] = []
        write = writer.write

        def noted(data: bytes) -> None:
            sent.append(data)
            write(data)

        writer.write = noted  # type: ignore[method-assign, assignment]
        await channel.send(AskStatus())
        assert await channel.receive() is not None
        write(sent[0])
        assert await channel.receive() is None
        writer.close()


@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\n\r\n" * 10, GREETING + os.urandom(32) + b"\xff" * 64, GREETING, b""]
)
async def test_nonsense_harms_nobody(tmp_path: Path, said: bytes) -> None:
    async with served(tmp_path) as asking:
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "signer.sock"))
        writer.write(said)
        await writer.drain()
        writer.close()
        await asking.sign(withdrawal())


async def test_more_than_allowed_is_put_off(tmp_path: Path) -> None:
    async with served(tmp_path, per_minute=2) as asking:
        await asking.status()
        await asking.status()
        with pytest.raises(SignerUnavailable, match="2 requests a minute"):
            await asking.sign(withdrawal())


def test_the_allowance_grows_with_time() -> None:
    allowance = Allowance(60)
    assert [allowance.take(0) for _ in range(61)] == [True] * 60 + [False]
    assert allowance.take(999_999_999) is False
    assert allowance.take(1_000_000_000) is True
    assert allowance.take(1_000_000_000) is False
    assert sum(allowance.take(10**15) for _ in range(100)) == 60


async def test_a_signer_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    asking = None
    async with served(tmp_path) as first:
        signatures = await first.sign(withdrawal())
        asking = SignerProcess(tmp_path / "signer.sock", tmp_path / "access.key")
        await asking.status()
    with pytest.raises(SignerUnavailable):
        await asking.status()
    async with served(tmp_path):
        assert await asking.sign(withdrawal()) == signatures
    await asking.close()


async def test_a_connection_that_was_closed_meanwhile_is_made_anew(tmp_path: Path) -> None:
    async with served(tmp_path):
        asking = SignerProcess(tmp_path / "signer.sock", tmp_path / "access.key")
        await asking.status()
    async with served(tmp_path):
        assert (await asking.status()).entry == 0
    await asking.close()


async def test_two_signers_cannot_share_a_socket(tmp_path: Path) -> None:
    async with served(tmp_path):
        keeper = glass.keeper(tmp_path / "other", SettableClock(1))
        other = SignerServer(keeper, glass.policy(), tmp_path / "signer.sock", b"\x00" * 32)
        with pytest.raises(SocketUnusable, match="another process"):
            await other.start()
        keeper.book.close()


async def test_the_socket_is_its_users_alone(tmp_path: Path) -> None:
    async with served(tmp_path):
        assert (tmp_path / "signer.sock").stat().st_mode & 0o777 == 0o600


async def test_a_user_the_policy_does_not_name_is_not_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The system's word on who asks is what counts: let it name somebody else.
    async with served(tmp_path) as asking:
        monkeypatch.setattr("rialto.custody.signing.server.user_behind", lambda _: 65_534)
        with pytest.raises(SignerUnavailable):
            await asking.sign(withdrawal())


@pytest.mark.parametrize(("content", "mode", "match"), [("00" * 32, 0o644, "chmod 600"), ("zz", 0o600, "hexadecimal")])
def test_an_access_key_that_is_none(tmp_path: Path, content: str, mode: int, match: str) -> None:
    path = tmp_path / "access.key"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(AccessKeyUnusable, match=match):
        read_access_key(path)
    with pytest.raises(AccessKeyUnusable, match="cannot be read"):
        read_access_key(tmp_path / "missing")
