"""The signer as it runs in earnest: a process of its own, started by the command line, killed and started again."""

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from eth_account import Account
from solders.keypair import Keypair

from rialto.bootstrap.signing import EMBEDDED_DIRECTORY, SignerNotStarted, asked_signer, prepare_embedded
from rialto.custody.chains.adapter import HotAddress, Payment, Unsigned
from rialto.custody.chains.solana.messages import Transfer, spell
from rialto.custody.signing.asking import SignerProcess
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.keys import Curve
from rialto.custody.signing.requests import (
    Approval,
    Purpose,
    Refusal,
    SignerUnavailable,
    SigningAnswer,
    SigningRefused,
    SigningRequest,
    StatementRequest,
)
from rialto.foundation.configuration import Settings, read_settings

pytestmark = pytest.mark.timeout(400)

SEED = bytes(range(64))
ACCOUNTS = {"SOL": "m/44'/501'/0'", "ETH": "m/44'/60'/0'"}
KEYS = DerivedKeys(SEED, ACCOUNTS)
PASSPHRASE = "correct horse battery staple"
RIALTO = [sys.executable, "-m", "rialto", "signer"]
POLICY = """
[networks.SOL]
family = "solana"
account = "m/44'/501'/0'"
fee_max = 100_000
fee_day_max = 1_000_000
[[networks.SOL.assets]]
asset = "SOL"
payment_max = 1_000_000
hour_max = 1_500_000
day_max = 1_500_000
approval_above = 1_000_000

[networks.ETH]
family = "evm"
chain = "1"
account = "m/44'/60'/0'"
fee_max = 1_000_000_000_000_000
fee_day_max = 1_000_000_000_000_000
assets = []
"""


def key(name: str) -> str:
    return str(Keypair.from_seed(name.encode().ljust(32)).pubkey())


HOT = HotAddress(str(Keypair.from_seed(bytes(32)).pubkey()), "1/0")


def settings_at(directory: Path) -> Settings:
    return read_settings({}, {"data_directory": directory, "signer_embedded": True})


def hot() -> HotAddress:
    from solders.pubkey import Pubkey

    return HotAddress(str(Pubkey.from_bytes(KEYS.public_key("SOL/1/0", Curve.ED25519))), "1/0")


def withdrawal(reference: str, amount: int = 900_000, nonce: str = "nonce", price: int = 0) -> SigningRequest:
    source = hot()
    made = Transfer(source.address, source.address, key("customer"), amount, "42", key(nonce), key("value"), price)
    payment = Payment(made.destination, made.memo, None, made.amount)
    unsigned = Unsigned("SOL", "solana", spell(made), (source,), (payment,), made.fee, (made.spends,))
    return SigningRequest(Purpose.WITHDRAWAL, (reference,), unsigned)


@asynccontextmanager
async def embedded(directory: Path) -> AsyncIterator[SignerProcess]:
    settings = settings_at(directory)
    prepare_embedded(settings, POLICY, SEED)
    async with asked_signer(settings) as asking:
        assert asking is not None
        yield asking


async def test_it_signs_refuses_and_remembers_over_restarts(tmp_path: Path) -> None:
    request = withdrawal("w1")
    async with embedded(tmp_path) as asking:
        signatures = await asking.sign(request)
        status = await asking.status()
        assert (status.entry, status.networks) == (1, ("SOL", "ETH"))
    assert signatures == (KEYS.sign("SOL/1/0", Curve.ED25519, request.unsigned.body),)
    async with embedded(tmp_path) as asking:
        assert (await asking.status()).head == status.head
        assert await asking.sign(request) == signatures
        for again, refusal in (
            (withdrawal("w2", nonce="other"), Refusal.VELOCITY),
            (withdrawal("w1", nonce="other"), Refusal.REUSED),
            (withdrawal("w1", amount=800_000), Refusal.REUSED),
            (withdrawal("w3", amount=1_000_001), Refusal.AMOUNT),
        ):
            with pytest.raises(SigningRefused) as refused:
                await asking.sign(again)
            assert refused.value.refusal is refusal
        bump = msgspec.structs.replace(withdrawal("w1", price=2_000), purpose=Purpose.BUMP)
        assert await asking.sign(bump) == (KEYS.sign("SOL/1/0", Curve.ED25519, bump.unsigned.body),)


async def test_its_statement_is_what_wallets_make(tmp_path: Path) -> None:
    text = "Rialto proof of reserves: this address is ours"
    from eth_account.messages import encode_defunct
    from eth_keys.datatypes import PublicKey

    public = KEYS.public_key("ETH/1/0", Curve.SECP256K1)
    address = PublicKey.from_compressed_bytes(public).to_checksum_address()
    async with embedded(tmp_path) as asking:
        made = await asking.attest(StatementRequest("ETH", HotAddress(address, "1/0"), text))
    spelled = made[:64] + bytes([27 + made[64]])
    assert Account.recover_message(encode_defunct(text=text), signature=spelled) == address


async def test_killed_and_started_again_it_gives_the_same(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    directory = prepare_embedded(settings, POLICY, SEED)
    requests = [withdrawal(f"w{number}", amount=1_000, nonce=f"n{number}") for number in range(40)]
    answered: dict[str, tuple[bytes, ...]] = {}
    for round_ in range(4):
        process, asking = await _started(directory)
        asks = [asyncio.create_task(asking.sign(each)) for each in requests]
        await asyncio.sleep(0)
        while sum(each.done() for each in asks) < 8 * round_:
            await asyncio.wait(asks, return_when=asyncio.FIRST_COMPLETED, timeout=10)
            asks_done = [each for each in asks if each.done()]
            if len(asks_done) == len(asks):
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
        for request, done in zip(requests, await asyncio.gather(*asks, return_exceptions=True), strict=True):
            if isinstance(done, SignerUnavailable):
                continue
            assert not isinstance(done, BaseException)
            assert answered.setdefault(request.references[0], done) == done
        await asking.close()
    process, asking = await _started(directory)
    for request in requests:
        first = answered.get(request.references[0])
        assert await asking.sign(request) == (first or await asking.sign(request))
        other = withdrawal(request.references[0], amount=1_000, nonce="elsewhere")
        with pytest.raises(SigningRefused):
            await asking.sign(other)
    assert (await asking.status()).entry == len(requests)
    await asking.close()
    process.terminate()
    assert process.wait(20) == 0


async def _started(directory: Path) -> tuple[subprocess.Popen[str], SignerProcess]:
    process = await asyncio.to_thread(_listening, directory)
    return process, SignerProcess(directory / "signer.sock", directory / "access.key")


def _listening(directory: Path) -> subprocess.Popen[str]:
    command = [*RIALTO, "run", "--directory", str(directory), "--passphrase-file", str(directory / "passphrase")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    assert "listens on" in process.stdout.readline()
    return process


async def test_its_memory_is_its_own(tmp_path: Path) -> None:
    directory = prepare_embedded(settings_at(tmp_path), POLICY, SEED)
    process, asking = await _started(directory)
    await asking.status()
    limits = Path(f"/proc/{process.pid}/limits").read_text() if os.geteuid() == 0 else "Max core file size 0 0"
    assert re.search(r"Max core file size\s+0\s+0", limits)
    if os.geteuid() != 0:
        with pytest.raises(PermissionError):
            Path(f"/proc/{process.pid}/environ").read_bytes()
    await asking.close()
    process.terminate()
    process.wait(20)


async def test_a_wrong_passphrase_and_no_policy(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    with pytest.raises(SignerNotStarted):
        async with asked_signer(settings):
            pass
    directory = prepare_embedded(settings, POLICY, SEED)
    (directory / "passphrase").write_text("another passphrase altogether\n")
    ended = run("run", "--directory", str(directory), "--passphrase-file", str(directory / "passphrase"))
    assert ended.returncode == 1
    assert "passphrase is wrong" in ended.stderr
    assert "another passphrase" not in ended.stderr + ended.stdout
    (directory / "passphrase").chmod(0o644)
    ended = run("run", "--directory", str(directory), "--passphrase-file", str(directory / "passphrase"))
    assert "chmod 600" in ended.stderr


async def test_without_a_signer_nothing_is_signed(tmp_path: Path) -> None:
    async with asked_signer(read_settings({}, {"data_directory": tmp_path})) as asking:
        assert asking is None


async def test_a_signer_elsewhere_is_asked_by_its_socket(tmp_path: Path) -> None:
    directory = prepare_embedded(settings_at(tmp_path / "apart"), POLICY, SEED)
    process, _ = await _started(directory)
    (tmp_path / "signer.key").write_bytes((directory / "access.key").read_bytes())
    (tmp_path / "signer.key").chmod(0o600)
    told = {"data_directory": tmp_path, "signer_socket": directory / "signer.sock"}
    async with asked_signer(read_settings({}, told)) as asking:
        assert asking is not None
        await asking.sign(withdrawal("w1"))
    process.terminate()
    process.wait(20)


def run(*arguments: str, entered: str | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*RIALTO, *arguments], capture_output=True, text=True, check=False, input=entered)


def secret(tmp_path: Path, text: str = PASSPHRASE) -> tuple[str, str]:
    path = tmp_path / "secret"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return "--passphrase-file", str(path)


ON_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Takes what it reads from for its own terminal, as a shell's commands have one."""


def at_a_terminal(arguments: list[str], answers: list[tuple[str, str]]) -> str:
    """Run a command on a terminal of its own and type each answer when its question stands there."""
    terminal, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, *RIALTO, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    seen, typed = "", 0
    try:
        while True:
            try:
                read = os.read(terminal, 65_536).decode()
            except OSError:
                break
            if not read:
                break
            seen += read
            while typed < len(answers):
                found = re.search(answers[typed][0], seen)
                if not found:
                    break
                answer = answers[typed][1]
                number = found.groupdict().get("number")
                if number is not None:
                    answer = _word(seen, int(number))
                seen = seen[: found.start()] + "#" + seen[found.end() :]
                os.write(terminal, answer.encode() + b"\n")
                typed += 1
    finally:
        os.close(terminal)
        code = process.wait(60)
    return f"{seen}\nexit {code}"


def _word(seen: str, number: int) -> str:
    found = re.search(rf"(?<!\d){number:2} ([a-z]+)", seen)
    assert found, seen
    return found[1]


def test_keys_are_made_with_words_that_are_asked_for(tmp_path: Path) -> None:
    directory = tmp_path / "signer"
    asked = [(r"word (?P<number>\d+): ?$", "")] * 3
    said = at_a_terminal(["init", "--memory", "1", "--directory", str(directory), *secret(tmp_path)], asked)
    assert said.endswith("exit 0")
    assert {each.name for each in directory.iterdir()} == {"keys.sealed", "access.key", "signer.toml"}
    words = [_word(said, number) for number in range(1, 25)]
    (directory / "signer.toml").write_text(POLICY)
    xpub = run("xpub", "ETH", "--directory", str(directory), *secret(tmp_path)).stdout
    other = tmp_path / "other"
    restored = at_a_terminal(
        ["init", "--memory", "1", "--restore", "--directory", str(other), *secret(tmp_path)],
        [("backup words", " ".join(words))],
    )
    assert restored.endswith("exit 0")
    assert words[0] not in restored.split("backup words")[-1].split()[:3]
    (other / "signer.toml").write_text(POLICY)
    assert run("xpub", "ETH", "--directory", str(other), *secret(tmp_path)).stdout == xpub
    assert xpub.startswith("xpub")
    again = run("init", "--memory", "1", "--directory", str(directory), *secret(tmp_path))
    assert again.returncode == 1
    assert "never overwritten" in again.stderr


def test_wrong_words_make_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "signer"
    said = at_a_terminal(
        ["init", "--memory", "1", "--directory", str(directory), *secret(tmp_path)], [(r"word \d+: ?$", "wrong")]
    )
    assert "begin again" in said
    assert not directory.exists()


def test_addresses_for_networks_that_derive_none(tmp_path: Path) -> None:
    directory = prepare_embedded(settings_at(tmp_path), POLICY, SEED)
    file = ("--passphrase-file", str(directory / "passphrase"))
    told = run("addresses", "SOL", "--count", "2", "--directory", str(directory), *file).stdout.splitlines()
    assert told[0].split()[:2] == ["1/0", hot().address]
    assert len(told) == 2
    assert "names SOL, ETH" in run("xpub", "BTC", "--directory", str(directory), *file).stderr
    assert run("status", "--directory", str(directory)).returncode == 1


def test_approvals_made_by_hand_are_taken(tmp_path: Path) -> None:
    names = ("ada", "ben")
    made = {name: run("operator-key", str(tmp_path / name), *secret(tmp_path)).stdout.strip() for name in names}
    operators = "\n".join(f'{name} = "{key}"' for name, key in made.items())
    limits = POLICY.replace("approval_above = 1_000_000", "approval_above = 1_000")
    directory = prepare_embedded(settings_at(tmp_path), f"[operators]\n{operators}\n{limits}", SEED)
    request = withdrawal("w1")
    (payment,) = request.unsigned.payments
    told = ["--network", "SOL", "--reference", "w1", "--destination", payment.destination, "--tag", "42"]
    approvals = []
    for name in names:
        line = run("approve", str(tmp_path / name), "--operator", name, *told, "--amount", "900000", *secret(tmp_path))
        approvals.append(msgspec.json.decode(line.stdout, type=Approval))
    file = ("--passphrase-file", str(directory / "passphrase"))
    asked = tmp_path / "request.json"
    asked.write_bytes(msgspec.json.encode(request))
    arguments = ("sign-file", str(asked), str(tmp_path / "answer.json"), "--directory", str(directory), *file)
    assert "needs the approval of 2 operators" in run(*arguments, entered="SIGN\n").stderr
    asked.write_bytes(msgspec.json.encode(msgspec.structs.replace(request, approvals=tuple(approvals))))
    shown = run(*arguments, entered="SIGN\n")
    assert f"pays 900,000 units SOL to {payment.destination}, tag 42" in shown.stdout
    assert "costs at most 5,000 units" in shown.stdout
    answer = msgspec.json.decode((tmp_path / "answer.json").read_bytes(), type=SigningAnswer)
    assert answer.signatures == (KEYS.sign("SOL/1/0", Curve.ED25519, request.unsigned.body),)


def test_nothing_is_signed_without_the_word(tmp_path: Path) -> None:
    directory = prepare_embedded(settings_at(tmp_path), POLICY, SEED)
    asked = tmp_path / "request.json"
    asked.write_bytes(msgspec.json.encode(withdrawal("w1")))
    file = ("--passphrase-file", str(directory / "passphrase"))
    arguments = ("sign-file", str(asked), str(tmp_path / "answer.json"), "--directory", str(directory), *file)
    assert "nothing was signed" in run(*arguments, entered="yes\n").stderr
    assert not (tmp_path / "answer.json").exists()
    asked.write_bytes(b"{}")
    assert "no request to sign" in run(*arguments, entered="SIGN\n").stderr


def test_a_release_is_recorded(tmp_path: Path) -> None:
    directory = prepare_embedded(settings_at(tmp_path), POLICY, SEED)
    assert directory == tmp_path / EMBEDDED_DIRECTORY
    arguments = ("release", "w1", "--reason", "its nonce was used", "--directory", str(directory))
    assert "nothing was signed" in run(*arguments).stderr
    asked = tmp_path / "request.json"
    asked.write_bytes(msgspec.json.encode(withdrawal("w1")))
    file = ("--passphrase-file", str(directory / "passphrase"))
    run("sign-file", str(asked), str(tmp_path / "a.json"), "--directory", str(directory), *file, entered="SIGN\n")
    assert "entry 2" in run(*arguments).stdout
