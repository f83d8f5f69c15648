"""Money never touches floating point: a float in our Python is a duration, and its name says so.

A float is allowed where the name that it is assigned to, declared under, passed as or compared with ends in a unit of
time (`_s`, `_seconds`, `timeout`, `delay`), and as the argument of `sleep` and its like. True division, which makes
floats of integers, is forbidden outright where money is spelled, stated and decided. Anything else needs a place on the
list below, with its reason. Other people's clients may answer in floats: tests/contract, which runs them, is left out.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.tidy import sources

DURATION = re.compile(r"(?:^|_)(?:s|seconds|timeout|delay)$", re.IGNORECASE)
WAITING = {"call_later", "sleep", "timeout", "wait_for"}
SCANNED = ("src/rialto/", "tests/unit/", "tests/scenarios/", "tests/properties/", "tests/simulation/")
WITHOUT_DIVISION = ("src/rialto/contracts/", "src/rialto/wire/")
PURE_MODULES = ("model.py", "rules.py")

# Files that need floats that are no durations, each with its reason. The list only shrinks.
ALLOWED: dict[str, str] = {}


def name_of(node: ast.AST | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
            return name
        case _:
            return ""


def is_duration(node: ast.AST) -> bool:
    """Say whether what stands inside this node is a length of time, going by its names."""
    match node:
        case ast.Assign(targets=targets):
            names = [name_of(target) for target in targets]
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            names = [name_of(target)]
        case ast.Compare(left=left, comparators=others):
            names = [name_of(operand) for operand in (left, *others)]
        case ast.BinOp(left=left, right=right):
            names = [name_of(left), name_of(right)]
        case ast.Call(func=function):
            return name_of(function) in WAITING
        case _:
            names = [name_of(node)]
    return any(DURATION.search(name) for name in names)


def floats(node: ast.AST, *, division: bool) -> Iterator[int]:
    """Yield the line of every float that is not a duration; without `division`, of every `/` too."""
    match node:
        case ast.Constant(value=float()) | ast.Name(id="float"):
            yield node.lineno
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if not division:
            yield node.lineno
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from floats_of_function(node, division=division)
            return
    if not is_duration(node):
        for child in ast.iter_child_nodes(node):
            yield from floats(child, division=division)


def floats_of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, *, division: bool) -> Iterator[int]:
    """Scan a function: a default belongs to its parameter, the annotation of the result to the function's name."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    defaults = [
        *zip(with_default, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    parts = [value for parameter, value in defaults if value and not is_duration(parameter)]
    if node.returns and not DURATION.search(node.name):
        parts.append(node.returns)
    declared = [*positional, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    for part in (*declared, *parts, *node.decorator_list, *node.body):
        if part is not None:
            yield from floats(part, division=division)


def may_divide(path: str) -> bool:
    return not path.startswith(WITHOUT_DIVISION) and PurePosixPath(path).name not in PURE_MODULES


def files_with_floats() -> dict[str, list[int]]:
    scanned = [path for path in sources.with_suffix(".py") if path.startswith(SCANNED)]
    found = {path: sorted(floats(sources.parsed(sources.read(path)), division=may_divide(path))) for path in scanned}
    return {path: lines for path, lines in found.items() if lines}


def test_floats_are_durations() -> None:
    assert {path: lines for path, lines in files_with_floats().items() if path not in ALLOWED} == {}


def test_no_allowance_is_needless() -> None:
    assert set(ALLOWED) - set(files_with_floats()) == set()


@pytest.mark.parametrize(
    "source",
    [
        "PRICE = 0.1",
        "price: float",
        "def f(price: float) -> None: ...",
        "def f(price=0.5, timeout=1.0): ...",
        "def price(self) -> float: ...",
        "f(price=1e3)",
        "float(text)",
        "price > 0.0",
        "share = total / 2",
        "total /= 2",
        "x = {'fees': 0.1}",
    ],
)
def test_a_float_is_found(source: str) -> None:
    assert list(floats(ast.parse(source), division=False)) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "DRAIN_TIMEOUT_S = 2.5",
        "timeout: float = 0.5",
        "def f(timeout_seconds: float = 1.0, *, delay: float = 0.1) -> None: ...",
        "def elapsed_s(self) -> float: ...",
        "f(timeout=0.5)",
        "await_s > 0.5",
        "asyncio.sleep(0.01)",
        "share = total // 2",
        "x = '0.1'",
    ],
)
def test_a_duration_is_allowed(source: str) -> None:
    assert list(floats(ast.parse(source), division=False)) == []
