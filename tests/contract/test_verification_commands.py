"""The command line reviews a case: nobody sees or decides what they have not taken."""

import subprocess
import sys
from pathlib import Path

from tests.contract.test_verification import PNG, show, submit
from tests.person import someone
from tests.whole_exchange import whole_exchange


def review(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rialto", "verification", *arguments, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_a_case_is_reviewed_while_the_exchange_runs(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await alice.step_up()
        shown = (await show(alice))["documentId"]
        number = str((await submit(alice, shown))["case"]["caseId"])
        olga = ("--operator", "olga")
        assert f"case {number}: user {alice.owner}, level 1, submitted" in review(tmp_path, "list").stdout
        for early in (
            ("show", number),
            ("decide", number, "approve"),
            ("document", number, shown, str(tmp_path / "x")),
        ):
            refused = review(tmp_path, *early, *olga)
            assert (refused.returncode, "take it first" in refused.stderr) == (1, True)
        assert review(tmp_path, "take", number, *olga).returncode == 0
        stated = review(tmp_path, "show", number, *olga).stdout
        assert "Storgatan 1, Uppsala" in stated
        assert shown in stated
        assert review(tmp_path, "document", number, shown, str(tmp_path / "seen.png"), *olga).returncode == 0
        assert (tmp_path / "seen.png").read_bytes() == PNG
        unknown = review(tmp_path, "decide", number, "perhaps", *olga)
        assert (unknown.returncode, "is no decision" in unknown.stderr) == (1, True)
        assert review(tmp_path, "decide", number, "refuse", *olga).returncode == 1
        assert "is approved" in review(tmp_path, "decide", number, "approve", *olga).stdout
        assert (await alice.do("GET", "/account/v1/verification"))["level"] == 1
        assert review(tmp_path, "decide", number, "approve", *olga).returncode == 1
