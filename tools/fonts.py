"""Builds the fonts that statements are printed with, from the page's packages: `python -m tools.fonts`.

Browsers are sent fonts in slices, compressed, with a range of weights in each. Here the slices of a script become one
file of one weight, as a typesetter reads it. The same packages give the same bytes, and what was built from them is not
built again.
"""

import io
import json
import logging
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from rialto.gateway.statements.words import FONTS as BUILT
from rialto.gateway.statements.words import FONTS_STAMP

PACKAGES: Final = Path("web/node_modules/@fontsource-variable")
LOCK: Final = Path("web/package-lock.json")
REGULAR: Final = 400
BOLD: Final = 700

_OF_OTHERS: Final = frozenset(("latin", "latin-ext", "cyrillic", "vietnamese"))
"""Slices of Han fonts that the font of Latin has better."""
_LAYOUT: Final = ("BASE", "GDEF", "GPOS", "GSUB", "HVAR", "MVAR", "VORG", "VVAR", "vhea", "vmtx")
"""Tables of Han fonts that serve vertical lines and typographers' choices, and cannot be put together from slices."""


class Font(NamedTuple):
    """A font to build: of which package, from which slices (none: those of Han), in which weights."""

    package: str
    slices: tuple[str, ...] = ()
    weights: tuple[int, ...] = (REGULAR,)

    @property
    def family(self) -> str:
        """What it is called."""
        script = self.package.removeprefix("noto-sans").strip("-")
        return f"Noto Sans {script.upper() if len(script) == 2 else script.title()}".strip()


_EUROPEAN: Final = ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext")
_WEIGHTS: Final = (REGULAR, BOLD)
FONTS: Final = (
    Font("noto-sans-jp"),
    Font("noto-sans-sc"),
    Font("noto-sans-tc"),
    Font("noto-sans-kr"),
    Font("noto-sans", _EUROPEAN, _WEIGHTS),
    *(Font(f"noto-sans-{each}", (each,), _WEIGHTS) for each in ("arabic", "bengali", "devanagari", "hebrew", "thai")),
)
"""One for every script that the page speaks, those that take longest first."""


def build(font: Font, weight: int) -> str:
    """Build one file, and return its name."""
    parts = []
    for path in _slices_of(font):
        part = TTFont(path, recalcTimestamp=False)
        for table in ("STAT", *(() if font.slices else _LAYOUT)):
            if table in part:
                del part[table]
        axes = {axis.axisTag: weight if axis.axisTag == "wght" else axis.defaultValue for axis in part["fvar"].axes}
        instantiateVariableFont(part, axes, inplace=True)
        part.flavor = None
        content = io.BytesIO()
        part.save(content)
        content.seek(0)
        parts.append(content)
    made = Merger().merge(parts) if len(parts) > 1 else TTFont(parts[0], recalcTimestamp=False)
    made.recalcTimestamp = False
    _name(made, font.family, weight)
    name = f"{font.package}-{weight}.ttf"
    made.save(BUILT / name)
    return name


def _slices_of(font: Font) -> list[Path]:
    files = PACKAGES / font.package / "files"
    begin, end = f"{font.package}-", "-wght-normal.woff2"
    if font.slices:
        return [files / f"{begin}{each}{end}" for each in font.slices]
    found = {path.name.removeprefix(begin).removesuffix(end): path for path in files.glob(f"{begin}*{end}")}
    return [found[each] for each in sorted(found.keys() - _OF_OTHERS)]


def _name(made: TTFont, family: str, weight: int) -> None:
    """Call it by its family and weight alone: slices are called after the lightest of their range."""
    style = "Bold" if weight == BOLD else "Regular"
    table = made["name"]
    table.names = [each for each in table.names if each.nameID in {0, 13, 14}]
    whole = f"{family} {style}"
    for number, text in ((1, family), (2, style), (3, whole), (4, whole), (6, whole.replace(" ", ""))):
        table.setName(text, number, 3, 1, 0x409)
    made["OS/2"].usWeightClass = weight
    made["head"].modified = made["head"].created


def _sources() -> dict[str, str]:
    """Return what is built from: the hash of each package, and how it is built."""
    locked = json.loads(LOCK.read_text())["packages"]
    hashes = {font.package: locked[f"node_modules/@fontsource-variable/{font.package}"]["integrity"] for font in FONTS}
    return {**hashes, "plan": repr(FONTS)}


def main() -> None:
    """Build what is not built from these packages."""
    sources = _sources()
    if FONTS_STAMP.exists() and json.loads(FONTS_STAMP.read_text()) == sources:
        return
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        under_way = [workers.submit(build, font, weight) for font in FONTS for weight in font.weights]
        for each in under_way:
            each.result()
    shutil.copyfile(PACKAGES / "noto-sans" / "LICENSE", BUILT / "LICENSE")
    FONTS_STAMP.write_text(json.dumps(sources, indent=2))


if __name__ == "__main__":
    main()
