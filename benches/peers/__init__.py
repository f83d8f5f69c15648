"""Other people's exchange engines, run with the steps of the published workload; see the README beside this file.

They are built outside the repository by `benches/peers/build`; a peer that is not there is left out and named.
"""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DIRECTORY = Path(os.environ.get("RIALTO_PEERS", ROOT / "target" / "peers"))
TIMEOUT_S = 600
JAVA_WARMING_PASSES = 3


class PeerDiffers(Exception):
    """A peer came to other trades than the workload leads to, so that its speed would mean nothing."""


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine that was built: its name, and the command that runs steps through it and writes what came of them."""

    name: str
    command: tuple[str, ...]

    def run(self, steps: Path, expected: Mapping[str, int]) -> tuple[float, float]:
        """Run the steps once; return seconds passed and seconds on the processor. Raises `PeerDiffers`."""
        command = [str(steps) if word == "STEPS" else word for word in self.command]
        ended = subprocess.run(command, cwd=DIRECTORY, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
        written: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
        differing = {name: written[name] for name in expected if name in written and written[name] != expected[name]}
        if differing:
            raise PeerDiffers(f"{self.name} came to {differing}, the workload to {dict(expected)}")
        return written["seconds"], written["processor_seconds"]


def built() -> Sequence[Peer]:
    """Name the peers that are there."""
    peers = []
    classpath = DIRECTORY / "exchange-core.classpath"
    if classpath.exists() and (DIRECTORY / "exchange-core-steps" / "Steps.class").exists():
        classes = f"exchange-core-steps:exchange-core/target/classes:{classpath.read_text()}"
        passes = (str(JAVA_WARMING_PASSES), "1")
        peers.append(Peer("exchange-core, one thread", ("java", "-cp", classes, "Steps", "STEPS", *passes)))
    if (DIRECTORY / "viabtc-steps").exists():
        peers.append(Peer("viabtc matchengine", ("./viabtc-steps", "STEPS")))
    return peers
