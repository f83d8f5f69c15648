"""Refills as operators see and handle them, over HTTP and on the machine."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.litecoin_exchange import eventually
from tests.person import Someone

REFILLS = "/admin/v1/refills"


async def told(mine: Callable[[], object], operator: Someone, refill: str, state: str) -> Any:
    """Mine until a refill is in a state; return it as operators see it."""
    found: list[Any] = []

    async def as_seen() -> str:
        mine()
        found[:] = [each for each in await operator.do("GET", REFILLS) if each["id"] == refill]
        return str(found[0]["state"]) if found else ""

    await eventually(as_seen, state)
    return found[0]


async def approve(proposer: Someone, approver: Someone, refill: str) -> None:
    proposed = await proposer.do("POST", "/admin/v1/actions/approve-refill", refill=refill)
    assert proposed["status"] == "pending"
    assert (await approver.do("POST", "/admin/v1/approvals/approve", id=proposed["id"]))["status"] == "done"


async def exported(operator: Someone, refill: str) -> str:
    """The file for the keepers, once it is built."""
    answers = []

    async def status() -> int:
        answers.append(await operator.send("GET", f"{REFILLS}/file", refill=refill))
        return answers[-1].status_code

    await eventually(status, 200)
    return answers[-1].text


async def brought(operator: Someone, refill: str, answer: str) -> tuple[str, str]:
    done = await operator.do("POST", "/admin/v1/actions/import-refill", refill=refill, answer=answer)
    return str(done["status"]), str(done["result"])


def on_the_machine(data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "rialto", "operator", *arguments, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
