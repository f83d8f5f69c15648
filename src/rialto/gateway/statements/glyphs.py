"""What can be printed: the characters that the fonts at hand have.

Those that came with the package are one for each script that the page speaks; an operator may add a folder of others.
A character that no font has, and one that would turn or hide what stands beside it, is printed as its number: a name
never becomes empty boxes, nor another name.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import typst
from fontTools.ttLib import TTCollection, TTFont

from rialto.gateway.statements.words import FONTS

_LATIN: Final = "Noto Sans"
_HAN: Final = {"ja": "Noto Sans JP", "ko": "Noto Sans KR", "zh-CN": "Noto Sans SC", "zh-TW": "Noto Sans TC"}
"""Whose forms of the characters that these languages share are preferred."""

_JOINERS: Final = "\u200c\u200d"
_CONTROLS: Final = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_LONG_WORD: Final = re.compile(r"\S{40}(?=\S)")
_BREAK: Final = "\u200b"
"""Lets a word break that is longer than a line."""


class Case(NamedTuple):
    """The fonts of a statement, dearest first."""

    fonts: typst.Fonts
    families: list[str]
    files: list[tuple[Path, int]]


def open_case(language: str, folder: str) -> Case:
    """Open the fonts for a language; `folder` is the operator's, or empty."""
    paths = [FONTS, *([Path(folder)] if folder else [])]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
    faces = [(each.family, Path(each.path), each.index) for each in fonts.fonts() if each.path]
    first = (_LATIN, _HAN.get(language, _HAN["zh-CN"]))

    def place(family: str, path: Path) -> tuple[int, bool, str]:
        return (first.index(family) if family in first else len(first), FONTS not in path.parents, family)

    faces.sort(key=lambda face: (place(face[0], face[1]), face[1]))
    return Case(fonts, list(dict.fromkeys(face[0] for face in faces)), [(path, index) for _, path, index in faces])


def missing_from(case: Case, texts: Iterable[str]) -> frozenset[str]:
    """Return which characters of these texts cannot be printed as they are."""
    asked = {letter for text in texts for letter in text}
    barred = {each for each in asked if unicodedata.category(each) in _CONTROLS and each not in _JOINERS}
    lacking = asked - barred
    for path, index in case.files:
        if not lacking:
            break
        lacking -= {chr(point) for point in _points_of(path, index)}
    return frozenset(barred | lacking)


def printable(text: str, missing: frozenset[str]) -> str:
    """Write these characters as their numbers, and let long words break."""
    shown = "".join(f"[U+{ord(each):04X}]" if each in missing else each for each in text)
    return _LONG_WORD.sub(rf"\g<0>{_BREAK}", shown)


def _points_of(path: Path, index: int) -> Sequence[int]:
    is_collection = path.suffix.lower() in {".ttc", ".otc"}
    font = TTCollection(path, lazy=True).fonts[index] if is_collection else TTFont(path, lazy=True)
    return list(font.getBestCmap() or ())
