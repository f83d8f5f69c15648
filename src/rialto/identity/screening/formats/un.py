"""The consolidated list of the United Nations Security Council, as its XML file lays it out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from rialto.identity.screening.entries import Listed, unique
from rialto.identity.screening.formats import dates
from rialto.identity.screening.formats.countries import country_codes
from rialto.identity.screening.formats.xml_records import elements_of, records, text_of, texts_of

ROOT: Final = "CONSOLIDATED_LIST"

_NAMES: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ALIASES: Final = ("INDIVIDUAL_ALIAS", "ENTITY_ALIAS")
_WEAK: Final = "Low"


def read(file: Path) -> Iterator[Listed]:
    """Read a file. Errors: `ListUnusable`, OSError."""
    for entry in records(file, "INDIVIDUAL", "ENTITY"):
        yield _listed(entry)


def _listed(entry: etree._Element) -> Listed:
    strong = [" ".join(text_of(entry, name) for name in _NAMES), text_of(entry, "NAME_ORIGINAL_SCRIPT")]
    weak: list[str] = []
    for kind in _ALIASES:
        for each in elements_of(entry, kind):
            (weak if text_of(each, "QUALITY") == _WEAK else strong).append(text_of(each, "ALIAS_NAME"))
    born = [date for each in elements_of(entry, "INDIVIDUAL_DATE_OF_BIRTH") for date in _dates(each)]
    number = text_of(entry, "REFERENCE_NUMBER") or text_of(entry, "DATAID")
    nations = country_codes(texts_of(entry, "NATIONALITY", "VALUE"))
    return Listed(unique(strong), unique(born), nations, f"UN {number}", unique(weak))


def _dates(element: etree._Element) -> tuple[str, ...]:
    if text_of(element, "FROM_YEAR"):
        return dates.between(text_of(element, "FROM_YEAR"), text_of(element, "TO_YEAR"))
    found = dates.iso(text_of(element, "DATE") or text_of(element, "YEAR"))
    is_about = text_of(element, "TYPE_OF_DATE") == "APPROXIMATELY"
    return dates.about(found[0][:4]) if found and is_about else found
