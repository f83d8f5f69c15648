"""`rialto signer operator-key | approve | sign-file | token-bring`: what people do by hand, on machines of their own.

Approvals are made where the operator's key is, and cold transactions are signed where no network is: what crosses is a
file, and what it does is shown in words before anything is signed.
"""

import os
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from rialto.cli import passphrases
from rialto.cli.application import fail
from rialto.cli.signer import HERE, Directory, signer
from rialto.custody.chains.adapter import Payment
from rialto.custody.signing.requests import Approval, SigningAnswer, SigningRequest, approval_message
from rialto.foundation import logging

REQUEST_BYTES_MAX: Final = 1_048_576
SHOWN_MAX: Final = 50

KeyFile = Annotated[Path, typer.Argument(help="The operator's key, sealed by a passphrase.")]


@signer.command("operator-key")
def operator_key(
    file: KeyFile,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
) -> None:
    """Make an operator's key for approvals, and print what the signer's policy needs of it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        PublicFormat,
    )

    from rialto.custody.signing.keystore import check_passphrase

    passphrase = passphrases.passphrase("operator-passphrase", passphrase_fd, passphrase_file, is_new=True)
    check_passphrase(passphrase)
    key = Ed25519PrivateKey.generate()
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    _write_new(file, sealed)
    print(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())


@signer.command()
def approve(
    file: KeyFile,
    operator: Annotated[str, typer.Option(help="The operator's name in the signer's policy.")],
    network: Annotated[str, typer.Option(help="The network that pays.")],
    reference: Annotated[str, typer.Option(help="What is settled, such as a withdrawal.")],
    destination: Annotated[str, typer.Option(help="The address that is paid.")],
    amount: Annotated[int, typer.Option(min=1, help="In the chain's smallest unit.")],
    contract: Annotated[str | None, typer.Option(help="Of the token; without, the chain's own coin.")] = None,
    tag: Annotated[str | None, typer.Option(help="The destination's tag or memo.")] = None,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
) -> None:
    """Approve one payment, as spelled here, and print the approval as a line of JSON."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    passphrase = passphrases.passphrase("operator-passphrase", passphrase_fd, passphrase_file)
    try:
        key = load_pem_private_key(file.read_bytes(), passphrase.encode())
    except (ValueError, TypeError):
        fail(f"{file} does not open: the passphrase is wrong, or it holds no key")
    if not isinstance(key, Ed25519PrivateKey):
        fail(f"{file} holds no Ed25519 key; rialto signer operator-key makes one")
    message = approval_message(network, reference, Payment(destination, tag, contract, amount))
    print(msgspec.json.encode(Approval(reference, operator, key.sign(message))).decode())


@signer.command("sign-file")
def sign_file(
    request: Annotated[Path, typer.Argument(help="What is to be signed, as the exchange wrote it.")],
    answer: Annotated[Path, typer.Argument(help="Where the signatures go; carry it back.")],
    directory: Directory = HERE,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
) -> None:
    """Show what a transaction does, ask, and sign it: for keys on a machine without a network."""
    from rialto.bootstrap.signing import opened_keeper
    from rialto.custody.signing.process import harden

    logging.configure("error")
    harden()
    if answer.exists():
        fail(f"{answer} is there already; move it away")
    passphrase = passphrases.passphrase("signer-passphrase", passphrase_fd, passphrase_file)
    asked = _read_request(request)
    with opened_keeper(directory, passphrase) as (keeper, policy):
        effects = keeper.effects(asked)
        network = policy.networks[asked.unsigned.network]
        print(f"{asked.purpose.value} on {asked.unsigned.network} for {', '.join(asked.references[:SHOWN_MAX])}")
        for source in asked.unsigned.sources[:SHOWN_MAX]:
            print(f"  from {source.address} ({source.path})")
        for payment in effects.payments[:SHOWN_MAX]:
            asset = network.of(payment.contract)
            name = asset.asset if asset else f"of unknown contract {payment.contract}"
            tag = f", tag {payment.tag}" if payment.tag else ""
            print(f"  pays {payment.amount:,} units {name} to {payment.destination}{tag}")
        if len(effects.payments) > SHOWN_MAX:
            print(f"  and {len(effects.payments) - SHOWN_MAX} more")
        print(f"  costs at most {effects.fee_max:,} units")
        if typer.prompt("Compare with what was agreed. Type SIGN to sign") != "SIGN":
            fail("nothing was signed")
        given: SigningAnswer = keeper.answer(asked)
    _write_new(answer, msgspec.json.encode(given) + b"\n")
    print(f"signed, entry {given.entry}; the signatures are in {answer}")


@signer.command("token-bring")
def token_bring(
    path: Annotated[str, typer.Argument(help="The key's path, such as LTC/1/0.")],
    directory: Directory = HERE,
    passphrase_fd: passphrases.Descriptor = None,
    passphrase_file: passphrases.File = None,
) -> None:
    """Bring a derived key into the policy's PKCS#11 token, which never gives it out again."""
    from rialto.bootstrap.signing import derived_keys
    from rialto.custody.signing.policy import FILE_NAME, read_policy
    from rialto.custody.signing.process import harden
    from rialto.custody.signing.token import TokenKeys

    logging.configure("error")
    harden()
    policy = read_policy(directory / FILE_NAME)
    if policy.token is None:
        fail(f"{directory / FILE_NAME} names no [token]")
    passphrase = passphrases.passphrase("signer-passphrase", passphrase_fd, passphrase_file)
    private, point = derived_keys(directory, policy, passphrase).exported(path)
    token = TokenKeys(policy.token, passphrases.passphrase("signer-pin", None, None))
    try:
        token.bring(path, private, point)
    finally:
        token.close()
    print(f"the token signs for {path} now")


def _read_request(path: Path) -> SigningRequest:
    with path.open("rb") as file:
        text = file.read(REQUEST_BYTES_MAX + 1)
    if len(text) > REQUEST_BYTES_MAX:
        fail(f"{path} is larger than {REQUEST_BYTES_MAX} bytes")
    try:
        return msgspec.json.decode(text, type=SigningRequest)
    except msgspec.DecodeError as error:
        fail(f"{path} is no request to sign: {error}")


def _write_new(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        fail(f"{path} is there already; it is not overwritten")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
