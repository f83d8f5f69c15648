"""A reading of Rust source that checks can match against: no comments, no literals, no tests.

It stands before `tools.determinism` and `tests/tidy`, which look for words and count lines. It keeps no state. What is
taken out is replaced by blanks of the same length, so that every offset and line number stays true. It is a scanner and
not a parser: it knows tokens and brackets, and nothing of types.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LITERAL = re.compile(
    r"""
      (?P<line>//[^\n]*)
    | (?P<block>/\*)
    | (?P<raw>\b(?:b|c)?r(?P<hashes>\#*)".*?"(?P=hashes))
    | (?P<string>\b[bc]?"(?:\\.|[^"\\])*"|"(?:\\.|[^"\\])*")
    | (?P<character>\bb?'(?:\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}|.)|[^'\\\n])'
                  |'(?:\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}|.)|[^'\\\n])')
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_TEST_ATTRIBUTE = re.compile(r"#\s*\[\s*cfg\s*\(\s*test\s*\)\s*\]")
_WHOLE_FILE_TEST = re.compile(r"#\s*!\s*\[\s*cfg\s*\(\s*test\s*\)\s*\]")
_TEST_MODULE = re.compile(r"#\s*\[\s*cfg\s*\(\s*test\s*\)\s*\]\s*(?:#\s*\[[^\]]*\]\s*)*mod\s+(?P<name>\w+)\s*;")
_FUNCTION = re.compile(r"\bfn\s+(?P<name>\w+)")


class Function(NamedTuple):
    """One function with a body: its name, its first line (from 1) and how many lines it spans."""

    name: str
    line: int
    length: int


def code_only(source: str) -> str:
    """Blank out comments, strings and characters."""
    pieces: list[str] = []
    position = 0
    while found := _LITERAL.search(source, position):
        end = _end_of_block_comment(source, found.start()) if found["block"] else found.end()
        pieces += [source[position : found.start()], _blank(source[found.start() : end])]
        position = end
    return "".join([*pieces, source[position:]])


def without_tests(code: str) -> str:
    """Blank out every item under `#[cfg(test)]`; `code` comes from `code_only`."""
    if _WHOLE_FILE_TEST.search(code):
        return _blank(code)
    while found := _TEST_ATTRIBUTE.search(code):
        end = _end_of_item(code, found.end())
        code = code[: found.start()] + _blank(code[found.start() : end]) + code[end:]
    return code


def test_modules(code: str) -> list[str]:
    """Name the modules that exist only for tests and stand in files of their own."""
    return [found["name"] for found in _TEST_MODULE.finditer(code)]


def functions(code: str) -> Iterator[Function]:
    """Find every function with a body; `code` comes from `code_only`."""
    for found in _FUNCTION.finditer(code):
        end = _end_of_item(code, found.end())
        if code[end - 1 : end] == "}":
            first = line_of(code, found.start())
            yield Function(found["name"], first, line_of(code, end - 1) - first + 1)


def line_of(text: str, offset: int) -> int:
    """Count the lines up to an offset, from 1."""
    return text.count("\n", 0, offset) + 1


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _end_of_block_comment(source: str, start: int) -> int:
    """Return the end of a block comment; they nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(source, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(source)


def _end_of_item(code: str, start: int) -> int:
    """Return the end of an item: its first semicolon outside brackets, or the brace that closes its body."""
    depth = 0
    for offset in range(start, len(code)):
        character = code[offset]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth < 0:
                return offset
            if depth == 0 and character == "}":
                return offset + 1
        elif character == ";" and depth == 0:
            return offset + 1
    return len(code)
