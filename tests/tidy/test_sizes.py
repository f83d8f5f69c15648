"""Files and functions stay small enough to read in one sitting."""

import ast
from collections.abc import Iterator

import pytest

from tests.tidy import exceptions, sources
from tools import rust_source

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70


def python_functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(sources.parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def rust_functions(source: str) -> Iterator[tuple[str, int]]:
    for function in rust_source.functions(rust_source.code_only(source)):
        yield function.name, function.length


def long_files() -> dict[str, int]:
    lengths = {path: sources.read(path).count("\n") for path in sources.with_suffix(".py", ".rs")}
    return {path: lines for path, lines in lengths.items() if lines > FILE_LINES_MAX}


def long_functions() -> dict[str, int]:
    found: dict[str, int] = {}
    for path in sources.with_suffix(".py", ".rs"):
        read = python_functions if path.endswith(".py") else rust_functions
        for name, lines in read(sources.read(path)):
            if lines > FUNCTION_LINES_MAX:
                key = f"{path}::{name}"
                found[key] = max(lines, found.get(key, 0))
    return found


def complaints(found: dict[str, int], tolerated: dict[str, int], limit: int) -> list[str]:
    """Compare what is too long with what is tolerated; every difference is a complaint."""
    too_long = [
        f"{name} has {lines} lines; at most {tolerated.get(name, limit)} are allowed"
        for name, lines in found.items()
        if lines > tolerated.get(name, limit)
    ]
    needless = [f"{name} needs no exception any more: take it off the list" for name in tolerated if name not in found]
    return too_long + needless


def test_files_are_short() -> None:
    assert complaints(long_files(), exceptions.FILE_LINES, FILE_LINES_MAX) == []


def test_functions_are_short() -> None:
    assert complaints(long_functions(), exceptions.FUNCTION_LINES, FUNCTION_LINES_MAX) == []


@pytest.mark.parametrize(
    ("found", "tolerated", "expected"),
    [
        ({"a.py": 401}, {}, ["a.py has 401 lines; at most 400 are allowed"]),
        ({"a.py": 450}, {"a.py": 450}, []),
        ({"a.py": 451}, {"a.py": 450}, ["a.py has 451 lines; at most 450 are allowed"]),
        ({}, {"a.py": 450}, ["a.py needs no exception any more: take it off the list"]),
    ],
)
def test_exceptions_only_shrink(found: dict[str, int], tolerated: dict[str, int], expected: list[str]) -> None:
    assert complaints(found, tolerated, 400) == expected


def test_functions_are_measured() -> None:
    assert list(python_functions("class A:\n    async def f(self):\n        x = 1\n        return x\n")) == [("f", 3)]
    rust = (
        "impl A {\n    fn f<const N: usize>(&self) -> [u8; N]\n    where\n        A: B,\n"
        '    {\n        "}"; // }\n    }\n    fn g();\n}\n'
    )
    assert list(rust_functions(rust)) == [("f", 6)]
