"""Records of an XML file, one at a time: a list of a hundred megabytes takes no more memory than its largest entry.

Nothing is taken from outside the file and no entity is replaced; a file that declares a document type is not read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lxml import etree

from rialto.identity.screening.entries import ListUnusable

_SAFE: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def root_name(file: Path) -> str:
    """Return the name of a file's outermost element, without its namespace. Errors: `ListUnusable`, OSError."""
    try:
        with file.open("rb") as content:
            for _, element in etree.iterparse(content, events=("start",), **_SAFE):
                if element.getroottree().docinfo.doctype:
                    raise ListUnusable(f"{file} declares a document type, which no list does; it is not read")
                return str(etree.QName(element).localname)
    except etree.XMLSyntaxError as error:
        raise ListUnusable(f"{file} is no XML: {error}") from error
    raise ListUnusable(f"{file} is empty")


def records(file: Path, *names: str) -> Iterator[etree._Element]:
    """Yield every element of some names; each is good until the next. Errors: `ListUnusable`, OSError."""
    tags = [f"{{*}}{name}" for name in names]
    try:
        with file.open("rb") as content:
            for _, element in etree.iterparse(content, events=("end",), tag=tags, **_SAFE):
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ListUnusable(f"{file} is no whole XML: {error}") from error


def text_of(element: etree._Element, *path: str) -> str:
    """Return the text of the first element of a path; empty where there is none."""
    return next(iter(texts_of(element, *path)), "")


def texts_of(element: etree._Element, *path: str) -> list[str]:
    """Return the texts of every element of a path."""
    return [(each.text or "").strip() for each in elements_of(element, *path)]


def elements_of(element: etree._Element, *path: str) -> list[etree._Element]:
    """Return every element of a path, whatever its namespace."""
    return list(element.iterfind("/".join(f"{{*}}{name}" for name in path)))
