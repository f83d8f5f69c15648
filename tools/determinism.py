"""Find what would make the core give two answers to one journal.

The deterministic crates and the pure half of every product may not know a clock, chance, threads, the outside world,
floating point or an order that depends on hashing or on addresses. `make check` runs this over the repository; it holds
no state and prints one line for each violation. It matches words in code, not types: what a dependency does inside is
left to the review of the dependency, and to the tests that compare state hashes.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools import rust_source

CRATES = ("types", "ledger", "book", "engine", "market")
# The one wrapper around a hash map; it offers look-up and no iteration.
INDEX = Path("crates/types/src/index.rs")
PURE_MODULES = ("model.py", "rules.py")

_HASH_ORDER = "iteration in hash order (use SlotIndex of rialto-types, or an ordered map)"
_RUST_RULES = {
    "floating point": re.compile(r"\bf(?:32|64)\b|(?<![\w.])\d[\d_]*(?:\.\d|\.?[eE][+-]?\d)"),
    "a clock": re.compile(r"\bInstant\b|\bSystemTime\b|\bUNIX_EPOCH\b|\bchrono\b"),
    "chance": re.compile(r"\brand(?:_\w+)?::|\bgetrandom\b|\bfastrand\b|\bthread_rng\b|\buuid::"),
    "threads": re.compile(r"\bthread::|\bstd::thread\b|\bthread_local\b|\brayon\b|\btokio\b|\bcrossbeam\w*\b"),
    "the outside world": re.compile(
        r"\bstd::(?:fs|net|env|process)\b|\b(?:fs|net|env|process)::|\bstd(?:in|out|err)\b"
        r"|\b(?:e?print(?:ln)?|dbg)!|\b(?:option_)?env!"
    ),
    _HASH_ORDER: re.compile(
        r"\b(?:\w*HashMap|\w*HashSet|\w*HashTable|RandomState|DefaultHasher|FxHasher)\b"
        r"|\bhashbrown\b|\brustc_hash\b|\bhash_(?:map|set)\b"
    ),
    "an address in memory": re.compile(r"\.as_(?:mut_)?ptr\b|\*(?:const|mut)\s+\w|\bptr::|\baddr_of\w*!|\.addr\(\)"),
}
_GROUPED_USE = re.compile(r"\buse\s+(?:::)?std\s*::\s*\{(?P<names>[^;]*)\}\s*;")
_GROUPED_OUTSIDE = re.compile(r"(?:^|[{,\s])(?:fs|net|env|process|thread)\b")

_IMPURE_IMPORTS = (
    "asyncio", "httptools", "httpx", "io", "os", "pathlib", "picows", "psycopg", "random", "requests", "secrets",
    "shutil", "socket", "sqlalchemy", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
    "uvicorn", "uvloop",
    "rialto.core", "rialto.foundation.clock", "rialto.foundation.database", "rialto.gateway", "rialto.identity",
    "rialto.projections", "rialto.streams", "rialto_core",
)  # fmt: skip
_IMPURE_CALLS = ("now", "utcnow", "today")


class Violation(NamedTuple):
    """One place that must change: where it is and what it lets in."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        """Print as compilers do."""
        return f"{self.path}:{self.line}: {self.what}"


def scan(root: Path) -> list[Violation]:
    """Scan a repository, and return its violations in the order of the files."""
    found: list[Violation] = []
    for crate in CRATES:
        found += _scan_crate(root, root / "crates" / crate / "src")
    for path in sorted(root.glob("src/rialto/products/*/*.py")):
        if path.name in PURE_MODULES:
            found += _scan_python(path.relative_to(root), path.read_text(encoding="utf-8"))
    return found


def _scan_crate(root: Path, sources: Path) -> Iterator[Violation]:
    code = {path: rust_source.code_only(path.read_text(encoding="utf-8")) for path in sorted(sources.rglob("*.rs"))}
    tests = {test for path, text in code.items() for test in _test_files(path, text)}
    for path, text in code.items():
        if not any(path == test or test in path.parents for test in tests):
            yield from _scan_rust(path.relative_to(root), rust_source.without_tests(text))


def _test_files(path: Path, code: str) -> Iterator[Path]:
    """Name the files and directories of the modules that `path` declares for tests only."""
    base = path.parent if path.stem in {"lib", "main", "mod"} else path.with_suffix("")
    for name in rust_source.test_modules(code):
        yield base / f"{name}.rs"
        yield base / name


def _scan_rust(path: Path, code: str) -> Iterator[Violation]:
    for what, pattern in _RUST_RULES.items():
        if what == _HASH_ORDER and path == INDEX:
            continue
        for found in pattern.finditer(code):
            yield Violation(path, rust_source.line_of(code, found.start()), f"{what}: {found.group().strip()}")
    for group in _GROUPED_USE.finditer(code):
        if _GROUPED_OUTSIDE.search(group["names"]):
            yield Violation(
                path, rust_source.line_of(code, group.start()), "the outside world or threads: use std::{..}"
            )


def _scan_python(path: Path, source: str) -> Iterator[Violation]:
    for node in ast.walk(ast.parse(source, filename=str(path))):
        for name in _imported(node):
            if any(name == banned or name.startswith(f"{banned}.") for banned in _IMPURE_IMPORTS):
                yield Violation(path, getattr(node, "lineno", 0), f"a pure module imports {name}: pass it in as data")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _IMPURE_CALLS:
            yield Violation(path, node.lineno, f"a clock: .{node.func.attr}(): pass the time in as data")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def main() -> int:
    """Scan the repository that this file stands in; return 1 if anything was found."""
    violations = scan(Path(__file__).resolve().parent.parent)
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
