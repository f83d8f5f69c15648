"""Where passphrases come from: a descriptor, a file, a systemd credential or the terminal; never an argument.

Arguments and environment variables show in the list of processes, in histories and in crash reports.
"""

import getpass
import os
import stat
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from rialto.cli.application import fail

LENGTH_MAX: Final = 4_096
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
"""Where systemd puts the credentials of a service (`LoadCredential=`)."""

Descriptor = Annotated[
    int | None, typer.Option("--passphrase-fd", help="An open descriptor to read the passphrase from.")
]
File = Annotated[
    Path | None, typer.Option("--passphrase-file", help="A file that only this user can read, with the passphrase.")
]


def passphrase(what: str, descriptor: int | None, file: Path | None, *, is_new: bool = False) -> str:
    """Get a passphrase from where it was said to be, else from the credential or the terminal."""
    credential = Path(os.environ[CREDENTIALS]) / what if CREDENTIALS in os.environ else None
    if descriptor is not None:
        with os.fdopen(descriptor, "rb") as opened:
            return _line(opened.read(LENGTH_MAX))
    if file is not None:
        return _line(_read(file))
    if credential is not None and credential.exists():
        return _line(credential.read_bytes()[:LENGTH_MAX])
    return prompted(what.replace("-", " "), is_new=is_new)


def prompted(what: str, *, is_new: bool = False) -> str:
    """Ask the terminal, without echo; twice where it is new."""
    if not sys.stdin.isatty():
        fail(f"the {what} is needed: give --passphrase-fd, --passphrase-file or a credential, or a terminal to ask on")
    told = getpass.getpass(f"{what}: ")
    if is_new and getpass.getpass(f"{what} once more: ") != told:
        fail("the two differ; nothing was done")
    return told


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            fail(f"{path} can be read by others; say chmod 600 {path}")
        return file.read(LENGTH_MAX)


def _line(told: bytes) -> str:
    try:
        return told.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        fail("the passphrase is not UTF-8")
