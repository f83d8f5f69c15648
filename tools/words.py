"""Takes the words of statements out of the page's catalogues, into the package: `python -m tools.words`."""

import json
import re
from pathlib import Path
from typing import Final

from rialto.gateway.statements.words import ALL_KEYS, BUILT, WORDS

LOCALES: Final = Path("web/locales")
_SIMPLE: Final = re.compile(r"(?:[^{}'#]|\{\w+\}|'(?![{}]))*")
"""A message that has nothing but values in it, which needs no grammar of plurals to be read."""


def main() -> None:
    """Write the words of every language that has them all."""
    found: dict[str, dict[str, str]] = {}
    for directory in sorted(LOCALES.iterdir()):
        messages: dict[str, str] = {}
        for path in directory.glob("*.json"):
            messages |= json.loads(path.read_text())
        if all(key in messages for key in ALL_KEYS):
            found[directory.name] = {key: messages[key] for key in ALL_KEYS}
    assert "en" in found, "English has every word"
    grammar = [(name, key) for name, words in found.items() for key in words if not _SIMPLE.fullmatch(words[key])]
    assert not grammar, f"words of statements have no plurals: {grammar}"
    BUILT.mkdir(parents=True, exist_ok=True)
    WORDS.write_text(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
