"""Every error code a client can receive is met by a test that speaks as a client does."""

import re
from pathlib import Path

from rialto.wire.errors import ErrorCode
from tests.tidy.sources import ROOT

NOT_TO_BE_HAD = {
    ErrorCode.DISCONNECTED: "needs a database that fails; tests/unit/gateway/test_dispatcher.py",
    ErrorCode.TIMEOUT: "needs ten seconds without an answer; tests/unit/gateway/test_dispatcher.py",
}
"""Codes whose cause no client can bring about, and where they are tested."""


def text_of(directory: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(directory.rglob("*.py")))


def test_every_code_is_received_by_a_client() -> None:
    source, contract = text_of(ROOT / "src"), text_of(ROOT / "tests" / "contract")
    sent = [code for code in ErrorCode if re.search(rf"ErrorCode\.{code.name}\b", source)]
    met = {int(number) for number in re.findall(r"(?<![\d.])-[12]\d{3}\b", contract)}
    missing = {f"{code.number} {code.name}" for code in sent if code.number not in met and code not in NOT_TO_BE_HAD}
    assert missing == set()
