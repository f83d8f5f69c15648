"""No file speaks of one machine, of one package registry, or of work left undone."""

import re

import pytest

from tests.tidy import sources

# Assembled, so that this file does not contain what it forbids.
MACHINE_PATHS = re.compile(
    r"(?<![\w./-])/(?:" + "|".join(["wor" + "k", "far" + "m", "roo" + "t", "User" + "s"]) + r")/"
)
REGISTRY_HOSTS = re.compile(
    r"(?i)\b(?:"
    + "|".join(
        name.replace(" ", r"\.")
        for name in ("py" + "pi org", "python" + "hosted org", "crat" + "es io", "np" + "mjs org", "np" + "mjs com")
    )
    + r")\b"
)
UNFINISHED = re.compile(
    r"\b(?:"
    + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"])
    + r")\b|\b(?:to"
    + r"do|unimpl"
    + r"emented)!\(|NotImpl"
    + "ementedError"
)
# Cargo writes the address of its index into its own lock file.
LOCKS_OF_CARGO = "Cargo.lock"


def matches(pattern: re.Pattern[str], text: str) -> list[tuple[int, str]]:
    return [(text.count("\n", 0, found.start()) + 1, found.group()) for found in pattern.finditer(text)]


def places(pattern: re.Pattern[str], *, except_named: str = "") -> list[str]:
    return [
        f"{path}:{line}: {word}"
        for path in sources.repository_files()
        if path.rsplit("/", 1)[-1] != except_named
        for line, word in matches(pattern, sources.read(path))
    ]


def test_no_machine_paths() -> None:
    assert places(MACHINE_PATHS) == []


def test_no_registry_hosts() -> None:
    assert places(REGISTRY_HOSTS, except_named=LOCKS_OF_CARGO) == []


def test_nothing_is_left_undone() -> None:
    assert places(UNFINISHED) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATHS, "see /wor" + "k/plan"),
        (MACHINE_PATHS, "/roo" + "t/.cache"),
        (REGISTRY_HOSTS, "--index-url https://py" + "pi.org/simple"),
        (REGISTRY_HOSTS, "https://files.python" + "hosted.org/x"),
        (REGISTRY_HOSTS, "https://registry.np" + "mjs.org/x"),
        (UNFINISHED, "# TO" + "DO: later"),
        (UNFINISHED, "to" + "do!()"),
        (UNFINISHED, "raise NotImpl" + "ementedError"),
    ],
)
def test_forbidden_words_are_found(pattern: re.Pattern[str], text: str) -> None:
    assert len(matches(pattern, text)) == 1


@pytest.mark.parametrize("text", ["/network/", "src/wor" + "k/", "/api/v3/order", "crates/types/io.rs", "todos = 1"])
def test_other_words_are_not(text: str) -> None:
    assert [matches(pattern, text) for pattern in (MACHINE_PATHS, REGISTRY_HOSTS, UNFINISHED)] == [[], [], []]
