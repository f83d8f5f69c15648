"""The files of the repository, as the tidiness tests see them: what is tracked, and what would be if added."""

import ast
import gc
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]


@cache
def repository_files() -> tuple[str, ...]:
    """List paths relative to the root, sorted, without what .gitignore names."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(sorted({path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()}))


def with_suffix(*suffixes: str) -> list[str]:
    """List the files with one of these suffixes."""
    return [path for path in repository_files() if PurePosixPath(path).suffix in suffixes]


def parsed(source: str) -> ast.Module:
    """Parse Python.

    Nothing is collected meanwhile: Python 3.11 counts the depth of a tree for all threads together, and what a
    collection lets run may parse something else (SystemError: AST constructor recursion depth mismatch).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        if was_enabled:
            gc.enable()


def read(path: str) -> str:
    """Read a file of the repository as text; what is not UTF-8 reads as empty."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
