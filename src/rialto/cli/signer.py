"""`rialto signer init | run | status | xpub | addresses | release`: the process that holds the keys.

It has a directory and, in earnest, a user of its own. `signer_ceremonies` has what is done by hand, off the network.
"""

import asyncio
import secrets
from pathlib import Path
from typing import Annotated, Final

import typer

from rialto.cli import passphrases
from rialto.cli.application import LogLevel, app, fail, run_until_stopped
from rialto.foundation import logging
from rialto.foundation.clock import SystemClock

signer = typer.Typer(no_args_is_help=True, help="Hold the keys, and sign what the signer's own policy allows.")
app.add_typer(signer, name="signer")

Directory = Annotated[Path, typer.Option("--directory", help="The signer's own directory.")]
Network = Annotated[str, typer.Argument(help="The network, as the policy names it.")]
HERE: Final = Path("signer")
WORDS_ASKED: Final = 3
"""How many of the backup words are asked for, to see that they were written down."""

POLICY_TO_BEGIN_WITH: Final = """\
# What this signer allows; whatever is not named is refused. Amounts are whole numbers of the chain's smallest unit.

# Users of this machine whose processes may ask, beside this signer's own: the exchange's.
users = []
requests_per_minute_max = 1_200
socket = "signer.sock"

# Who approves large payments: rialto signer operator-key makes the keys.
[operators]
# ada = "64 hexadecimal digits"

# [networks.LTC]
# family = "bitcoin"
# chain = "litecoin"
# account = "m/84'/2'/0'"
# own = []                       # addresses of other tiers that holdings may move to
# fee_max = 1_000_000
# fee_day_max = 50_000_000
#
# [[networks.LTC.assets]]
# asset = "LTC"
# payment_max = 10_000_000_000
# hour_max = 20_000_000_000
# day_max = 100_000_000_000
# approval_above = 1_000_000_000
# approvals = 2
"""


@signer.command()
def init(
    directory: Directory = HERE,
    memory_mib: Annotated[
        int, typer.Option("--memory", min=1, max=4_096, help="MiB that every guess at the passphrase takes.")
    ] = 256,
    restore: Annotated[
        bool, typer.Option("--restore", help="Ask for backup words instead of making new ones.")
    ] = False,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
) -> None:
    """Make a signer's directory: keys sealed by a passphrase, an access key, a policy that allows nothing yet."""
    from rialto.custody.signing import keystore
    from rialto.custody.signing.channel import ACCESS_KEY_NAME, create_access_key
    from rialto.custody.signing.derivation import DerivedKeys
    from rialto.custody.signing.policy import FILE_NAME
    from rialto.custody.signing.process import harden

    logging.configure("error")
    harden()
    path = directory / keystore.FILE_NAME
    if path.exists():
        fail(f"{path} is there already; keys are never overwritten: move it away yourself")
    passphrase = passphrases.passphrase("signer-passphrase", passphrase_fd, passphrase_file, is_new=True)
    keystore.check_passphrase(passphrase)
    if restore:
        words = passphrases.prompted("backup words")
    else:
        words = keystore.new_words()
        _show_and_confirm(words.split())
    seed = keystore.seed_of_words(words)
    fingerprint = DerivedKeys(seed, {}).fingerprint
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    keystore.seal(path, seed, passphrase, fingerprint, keystore.Cost(memory_kib=1_024 * memory_mib))
    if not (directory / ACCESS_KEY_NAME).exists():
        create_access_key(directory / ACCESS_KEY_NAME)
    if not (directory / FILE_NAME).exists():
        (directory / FILE_NAME).write_text(POLICY_TO_BEGIN_WITH)
    print(
        f"keys {fingerprint} are sealed in {path}\n"
        f"write what may be signed into {directory / FILE_NAME}, and give the exchange a copy of "
        f"{directory / ACCESS_KEY_NAME}"
    )


@signer.command()
def run(
    directory: Directory = HERE,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
    log_level: LogLevel = None,
) -> None:
    """Answer requests for signatures until told to stop."""
    from rialto.bootstrap.signing import opened_keeper, serve_signer
    from rialto.custody.signing.policy import FILE_NAME, read_policy
    from rialto.custody.signing.process import harden

    logging.configure(log_level or "info")
    harden()
    passphrase = passphrases.passphrase("signer-passphrase", passphrase_fd, passphrase_file)
    has_token = read_policy(directory / FILE_NAME).token is not None
    pin = passphrases.passphrase("signer-pin", None, None) if has_token else ""

    def say(line: str) -> None:
        print(line, flush=True)

    with opened_keeper(directory, passphrase, pin) as (keeper, policy):
        run_until_stopped(lambda stop: serve_signer(directory, keeper, policy, stop, say))


@signer.command()
def status(directory: Directory = HERE) -> None:
    """Ask a running signer which networks it signs for, and where its record stands: note the number and the hash."""
    from rialto.custody.signing.asking import SignerProcess
    from rialto.custody.signing.channel import ACCESS_KEY_NAME
    from rialto.custody.signing.policy import FILE_NAME, read_policy
    from rialto.custody.signing.requests import SignerUnavailable

    policy = read_policy(directory / FILE_NAME)

    async def ask() -> None:
        process = SignerProcess(directory / policy.socket, directory / ACCESS_KEY_NAME)
        try:
            told = await process.status()
        finally:
            await process.close()
        print(f"signs for {', '.join(told.networks) or 'nothing'}\nentry {told.entry}, head {told.head}")

    try:
        asyncio.run(ask())
    except SignerUnavailable as unavailable:
        fail(f"{unavailable}; rialto signer run starts it")


@signer.command()
def xpub(
    network: Network,
    directory: Directory = HERE,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
) -> None:
    """Print a network's extended public key: what the exchange derives addresses from. It signs nothing."""
    from rialto.bootstrap.signing import account_key
    from rialto.custody.signing.keys import NoSuchKey
    from rialto.custody.signing.policy import FILE_NAME, read_policy

    policy = read_policy(directory / FILE_NAME)
    passphrase = passphrases.passphrase("signer-passphrase", passphrase_fd, passphrase_file)
    try:
        print(account_key(directory, policy, network, passphrase))
    except NoSuchKey:
        fail(f"the policy names no network {network!r}; it names {', '.join(policy.networks) or 'none'}")


@signer.command()
def addresses(
    network: Network,
    directory: Directory = HERE,
    level: Annotated[int, typer.Option(min=0, max=2, help="0 deposit, 1 hot, 2 change.")] = 1,
    count: Annotated[int, typer.Option(min=1, max=10_000)] = 1,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
) -> None:
    """Print addresses of ours with their public keys: for networks whose keys derive no others, such as Solana."""
    from rialto.bootstrap.signing import derived_keys
    from rialto.custody.chains.network import Family
    from rialto.custody.signing.keys import Curve
    from rialto.custody.signing.policy import FILE_NAME, read_policy
    from rialto.custody.signing.readers import open_readers

    policy = read_policy(directory / FILE_NAME)
    if network not in policy.networks:
        fail(f"the policy names no network {network!r}; it names {', '.join(policy.networks) or 'none'}")
    reader = open_readers(policy)[network]
    passphrase = passphrases.passphrase("signer-passphrase", passphrase_fd, passphrase_file)
    keys = derived_keys(directory, policy, passphrase)
    curve = Curve.ED25519 if policy.networks[network].family is Family.SOLANA else Curve.SECP256K1
    for index in range(count):
        path = f"{level}/{index}"
        key = keys.public_key(f"{network}/{path}", curve)
        print(f"{path}  {reader.address(path, key)}  {key.hex()}")


@signer.command()
def release(
    reference: Annotated[str, typer.Argument(help="What was signed, such as a withdrawal.")],
    reason: Annotated[str, typer.Option(help="How it is known that what was signed can never confirm.")],
    directory: Directory = HERE,
) -> None:
    """State that nothing signed for a reference can ever confirm, so that its payment may be signed once more.

    The signer must not run meanwhile. If the statement is false, the payment is made twice.
    """
    from rialto.custody.signing.book import Book, ReleasedEntry

    book = Book(directory)
    try:
        if book.known(reference) is None:
            fail(f"nothing was signed for {reference!r}")
        number = book.append(ReleasedEntry(book.time_us(SystemClock().now_us()), reference, reason))
    finally:
        book.close()
    print(f"released, entry {number}; the same payment may be signed again, and no other")


def _show_and_confirm(words: list[str]) -> None:
    """Show the backup words once, and ask for some of them."""
    print("These words are the keys. Write them on paper, in this order; they are shown this once.\n")
    for row in range(0, len(words), 4):
        print("   ".join(f"{number + 1:2} {words[number]:<10}" for number in range(row, row + 4)))
    print()
    for number in sorted(secrets.SystemRandom().sample(range(len(words)), WORDS_ASKED)):
        if typer.prompt(f"word {number + 1}").strip().lower() != words[number]:
            fail("that is not the word; nothing was made, begin again")
