"""The signer, wired: from its own directory, its policy and its passphrase, or as the application asks it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import structlog

from rialto.custody.chains.network import Family
from rialto.custody.signing import keystore
from rialto.custody.signing.asking import SignerProcess
from rialto.custody.signing.book import Book
from rialto.custody.signing.channel import ACCESS_KEY_NAME, create_access_key, read_access_key
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.heads import SignerHeads
from rialto.custody.signing.keeper import Keeper
from rialto.custody.signing.keys import KeyStore
from rialto.custody.signing.policy import FILE_NAME, Policy, read_policy
from rialto.custody.signing.readers import open_readers
from rialto.custody.signing.requests import SignerUnavailable
from rialto.custody.signing.server import SignerServer
from rialto.foundation.clock import SystemClock
from rialto.foundation.configuration import Settings
from rialto.foundation.failures import ExpectedFailure

EMBEDDED_DIRECTORY: Final = "signer"
PASSPHRASE_FILE: Final = "passphrase"  # noqa: S105 - its name
"""Of an embedded signer: it guards against nothing but a backup of the directory without it."""
START_TIMEOUT_S: Final = 120.0
"""A signer that ends says so at once; one that is only slow, on a busy machine, is waited for."""
STOP_TIMEOUT_S: Final = 10.0

_log = structlog.stdlib.get_logger(__name__)


class SignerNotStarted(ExpectedFailure):
    """The embedded signer ended or did not answer."""


def derived_keys(directory: Path, policy: Policy, passphrase: str) -> DerivedKeys:
    """Open the key store of a signer's directory. Errors: `KeysUnusable`."""
    accounts = {name: network.account for name, network in policy.networks.items()}
    return DerivedKeys(keystore.unseal(directory / keystore.FILE_NAME, passphrase), accounts)


def account_key(directory: Path, policy: Policy, network: str, passphrase: str) -> str:
    """Spell a network's extended public key as its adapter reads it. Errors: `KeysUnusable`, `NoSuchKey`."""
    keys = derived_keys(directory, policy, passphrase)
    named = policy.networks.get(network)
    if named is None or named.family is not Family.BITCOIN:
        return keys.account_key(network)
    from rialto.custody.chains.bitcoin.parameters import CHAINS

    return keys.account_key(network, CHAINS[named.chain].key_versions[0])


@contextmanager
def opened_keeper(directory: Path, passphrase: str, pin: str = "") -> Iterator[tuple[Keeper, Policy]]:
    """Open a signer's directory. Errors: `InvalidPolicy`, `KeysUnusable`, `TokenUnusable`, `BookUnusable`."""
    policy = read_policy(directory / FILE_NAME)
    readers = open_readers(policy)
    store: KeyStore = derived_keys(directory, policy, passphrase)
    if policy.token is None:
        token = None
    else:
        from rialto.custody.signing.token import FirstOf, TokenKeys

        token = TokenKeys(policy.token, pin)
        store = FirstOf(token, store)
    try:
        keeper = Keeper(policy, store, readers, Book(directory), SystemClock())
        try:
            yield keeper, policy
        finally:
            keeper.close()
    finally:
        if token is not None:
            token.close()


async def serve_signer(
    directory: Path, keeper: Keeper, policy: Policy, stop: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Answer on the socket until told to stop; `say` is told when it listens.

    Errors: `SocketUnusable`, `AccessKeyUnusable`.
    """
    path = directory / policy.socket
    server = SignerServer(keeper, policy, path, read_access_key(directory / ACCESS_KEY_NAME))
    await server.start()
    say(f"The signer of {', '.join(policy.networks)} listens on {path}")
    try:
        await stop.wait()
    finally:
        await server.stop()


@asynccontextmanager
async def asked_signer(settings: Settings, heads: SignerHeads | None = None) -> AsyncIterator[SignerProcess | None]:
    """Open the application's end of the signer; none where none is configured. An embedded one runs as a child.

    `heads` keeps what is seen of its record.

    Errors: `SignerNotStarted`, `AccessKeyUnusable`.
    """
    async with AsyncExitStack() as stack:
        if settings.signer_embedded:
            directory = settings.data_directory / EMBEDDED_DIRECTORY
            await stack.enter_async_context(_child(directory))
            policy = read_policy(directory / FILE_NAME)
            socket, key = directory / policy.socket, directory / ACCESS_KEY_NAME
        elif settings.signer_socket == Path():
            yield None
            return
        else:
            socket = settings.data_directory / settings.signer_socket
            key = settings.data_directory / settings.signer_key
        signer = SignerProcess(socket, key, heads)
        stack.push_async_callback(signer.close)
        try:
            status = await signer.status()
            _log.info("the signer answers", networks=status.networks, entry=status.entry, head=status.head)
        except SignerUnavailable as unavailable:
            _log.warning("the signer does not answer yet", reason=str(unavailable))
        yield signer


def prepare_embedded(settings: Settings, policy: str, seed: bytes) -> Path:
    """Make the directory of an embedded signer, if it is not there: keys, access key, policy, passphrase file."""
    directory = settings.data_directory / EMBEDDED_DIRECTORY
    if not (directory / keystore.FILE_NAME).exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        passphrase = os.urandom(24).hex()
        _write_private(directory / PASSPHRASE_FILE, passphrase + "\n")
        _write_private(directory / FILE_NAME, policy)
        (directory / ACCESS_KEY_NAME).unlink(missing_ok=True)
        create_access_key(directory / ACCESS_KEY_NAME)
        fingerprint = DerivedKeys(seed, {}).fingerprint
        cost = keystore.Cost(passes=1, memory_kib=8_192, lanes=1)  # The passphrase is random; and it lies beside.
        keystore.seal(directory / keystore.FILE_NAME, seed, passphrase, fingerprint, cost)
    return directory


@asynccontextmanager
async def _child(directory: Path) -> AsyncIterator[None]:
    """Run the signer as a child process: apart in memory, though not in rights."""
    command = (sys.executable, "-m", "rialto", "signer", "run", "--directory", str(directory))
    passphrase = str(directory / PASSPHRASE_FILE)
    process = await asyncio.create_subprocess_exec(
        *command,
        "--passphrase-file",
        passphrase,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                said = await process.stdout.readline()
        except TimeoutError:
            said = b""
        if not said:
            raise SignerNotStarted(f"the signer of {directory} did not start; its reason stands above")
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
