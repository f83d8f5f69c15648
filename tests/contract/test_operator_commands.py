"""`rialto operator` names operators beside an exchange that runs, and proposes to it what its operators approve."""

import asyncio
import sys
from pathlib import Path

from rialto.identity.operators import Role
from tests.person import someone
from tests.whole_exchange import whole_exchange


async def operator(data: Path, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rialto", "operator", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_an_operator_is_named_and_approves_what_the_machine_proposes(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    async with whole_exchange(tmp_path) as whole, someone(whole, "alice@example.com") as alice:
        await alice.with_app()
        code, said = await operator(
            tmp_path, "add", "--email", "alice@example.com", "--role", "owner", "--role", "listing", *data
        )
        assert (code, said) == (0, f"user {alice.owner}: listing owner\n")
        assert "alice@example.com" in (await operator(tmp_path, "list", *data))[1]
        operators = whole.exchange.parts.identity.operators
        await asyncio.to_thread(operators.refresh)
        assert operators.roles_of(alice.owner) == {Role.OWNER, Role.LISTING}
        code, said = await operator(tmp_path, "propose", "list-asset", "asset=DOGE", *data)
        assert (code, "waits for an operator's approval: list DOGE" in said) == (0, True), said
        done = await alice.do("POST", "/admin/v1/approvals/approve", id=said.split()[0])
        assert done["status"] == "done"
        assert whole.exchange.runtime.catalog.asset_named("DOGE") is not None
        code, said = await operator(
            tmp_path, "propose", "set-symbol-status", "symbol=BTCUSDT", "status=halt", "reason=a test", *data
        )
        assert (code, "done: BTCUSDT: halt" in said) == (0, True), said
        for wrong in (["no-such-action"], ["list-asset"], ["list-asset", "asset"]):
            assert (await operator(tmp_path, "propose", *wrong, *data))[0] == 1
        assert (await operator(tmp_path, "add", "--email", "alice@example.com", "--role", "king", *data))[0] == 1
        assert (await operator(tmp_path, "add", "--email", "bob@example.com", "--role", "risk", *data))[0] == 1
        assert (await operator(tmp_path, "remove", "--email", "alice@example.com", *data))[1].endswith("none\n")
        assert "adjust-balance" in (await operator(tmp_path, "actions"))[1]
