"""Every error code a client can receive is met by a test that speaks as a client does."""

import importlib
import pkgutil
import re
from pathlib import Path

import rialto.wire
from rialto.wire.errors import Catalogue, ErrorCode
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
    met = {int(number) for number in re.findall(r"(?<![\w.])-[1-9]\d{3,4}\b", contract)}
    missing = {
        f"{code.number} {code.name}"
        for catalogue in catalogues()
        for code in catalogue
        if re.search(rf"\b{catalogue.__name__}\.{code.name}\b", source)
        and code.number not in met
        and code not in NOT_TO_BE_HAD
    }
    assert missing == set()


def test_no_number_means_two_things() -> None:
    numbers = [code.number for catalogue in catalogues() for code in catalogue]
    assert len(numbers) == len(set(numbers))


def catalogues() -> list[type[Catalogue]]:
    """List every catalogue of codes there is."""
    for module in pkgutil.iter_modules(rialto.wire.__path__):
        importlib.import_module(f"rialto.wire.{module.name}")
    found = Catalogue.__subclasses__()
    assert len(found) >= 7
    return found
