"""Whatever is sealed under the master key is sealed again when that changes."""

import re
from pathlib import Path

from rialto.bootstrap.people import SEALED_ELSEWHERE
from rialto.identity.resealing import SEALED

SOURCES = Path(__file__).parents[2] / "src" / "rialto"
SEALS = re.compile(r"master_key\.seal\(")
DECLARED = re.compile(r"^(SEALED_\w+): Final = SealedColumn\(", re.MULTILINE)
API_KEYS = SOURCES / "identity" / "api_keys.py"
"""Sealed again by `identity.resealing` itself."""


def test_every_part_that_seals_declares_what_it_sealed() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in SOURCES.rglob("*.py")}
    sealing = {file for file, text in texts.items() if SEALS.search(text)}
    declared = {file: DECLARED.findall(text) for file, text in texts.items()}
    assert len(sealing) > 5
    assert [file for file in sealing if not declared[file]] == [API_KEYS]
    assert sum(map(len, declared.values())) == len({*SEALED, *SEALED_ELSEWHERE})
