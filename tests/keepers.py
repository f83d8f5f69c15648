"""Machines without a network, where keepers of the tiers behind the hot addresses sign: `rialto signer sign-file`."""

import hashlib
import subprocess
import sys
from pathlib import Path

import msgspec

from rialto.bootstrap.signing import prepare_embedded
from rialto.custody.signing.derivation import DerivedKeys
from rialto.custody.signing.requests import SigningRequest
from tests.founded import settings_in


def seed_of(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def xpub_of(name: str, network: str, account: str) -> str:
    """What a keeper tells the exchange."""
    return DerivedKeys(seed_of(name), {network: account}).account_key(network)


class KeeperMachine:
    """One keeper's machine. What crosses to it and back is a file."""

    def __init__(self, directory: Path, name: str, policy: str) -> None:
        directory.mkdir(parents=True)
        self._files = directory
        self._signer = prepare_embedded(settings_in(directory), policy, seed_of(name))
        self._count = 0

    def sign(self, request: str | SigningRequest) -> str:
        """Sign what a file holds, as a person who agrees; return the file with the signatures."""
        self._count += 1
        asked, answer = self._files / f"request{self._count}.json", self._files / f"answer{self._count}.json"
        asked.write_bytes(request.encode() if isinstance(request, str) else msgspec.json.encode(request))
        command = [sys.executable, "-m", "rialto", "signer", "sign-file", str(asked), str(answer)]
        command += ["--directory", str(self._signer), "--passphrase-file", str(self._signer / "passphrase")]
        done = subprocess.run(command, input="SIGN\n", capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return answer.read_text().strip()
