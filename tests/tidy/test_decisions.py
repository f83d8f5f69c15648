"""Every decision on record has a number of its own and says what the next reader needs."""

import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.tidy import sources

NAME = re.compile(r"(?P<number>\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
HEADINGS = ("Context", "Decision", "What was weighed", "Consequences")


def complaints(name: str, text: str) -> list[str]:
    found = NAME.fullmatch(name)
    if not found:
        return [f"{name}: name it NNNN-words-with-dashes.md"]
    title = f"# {found['number']}. "
    wrong = [] if text.startswith(title) else [f"{name}: the first line must begin with {title!r}"]
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    return wrong + [f"{name}: the heading {wanted!r} is missing" for wanted in HEADINGS if wanted not in headings]


def decisions() -> list[str]:
    return [path for path in sources.with_suffix(".md") if path.startswith("docs/decisions/")]


def test_decisions_are_complete() -> None:
    assert decisions()
    assert [line for path in decisions() for line in complaints(PurePosixPath(path).name, sources.read(path))] == []


def test_decisions_are_numbered_uniquely() -> None:
    numbers = Counter(PurePosixPath(path).name[:4] for path in decisions())
    assert [number for number, times in numbers.items() if times > 1] == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("notes.md", "", ["notes.md: name it NNNN-words-with-dashes.md"]),
        (
            "0007-a-b.md",
            "# 0008. A\n## Context\n## Decision\n## What was weighed\n",
            [
                "0007-a-b.md: the first line must begin with '# 0007. '",
                "0007-a-b.md: the heading 'Consequences' is missing",
            ],
        ),
        ("0007-a-b.md", "# 0007. A\n## Context\n## Decision\n## What was weighed\n## Consequences\n", []),
    ],
)
def test_an_incomplete_decision_is_found(name: str, text: str, expected: list[str]) -> None:
    assert complaints(name, text) == expected
