"""The consolidated financial sanctions list of the European Union, as its XML file (FSF 1.1) lays it out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from rialto.identity.screening.entries import Listed, unique
from rialto.identity.screening.formats import dates
from rialto.identity.screening.formats.countries import country_codes
from rialto.identity.screening.formats.xml_records import elements_of, records

ROOT: Final = "export"

_NAMES: Final = ("firstName", "middleName", "lastName")


def read(file: Path) -> Iterator[Listed]:
    """Read a file. Errors: `ListUnusable`, OSError."""
    for entry in records(file, "sanctionEntity"):
        yield _listed(entry)


def _listed(entry: etree._Element) -> Listed:
    strong: list[str] = []
    weak: list[str] = []
    for each in elements_of(entry, "nameAlias"):
        name = _of(each, "wholeName") or " ".join(_of(each, part) for part in _NAMES)
        (weak if _of(each, "strong") == "false" else strong).append(name)
    born = [date for each in elements_of(entry, "birthdate") for date in _dates(each)]
    # 00 stands for a country nobody knows; it is none of ISO 3166.
    nations = country_codes([_of(each, "countryIso2Code") for each in elements_of(entry, "citizenship")])
    reference = f"EU {_of(entry, 'euReferenceNumber') or _of(entry, 'logicalId')}"
    return Listed(unique(strong), unique(born), nations, reference, unique(weak))


def _dates(element: etree._Element) -> tuple[str, ...]:
    if _of(element, "yearRangeFrom"):
        return dates.between(_of(element, "yearRangeFrom"), _of(element, "yearRangeTo"))
    found = dates.iso(_of(element, "birthdate") or _of(element, "year"))
    return dates.about(found[0][:4]) if found and _of(element, "circa") == "true" else found


def _of(element: etree._Element, name: str) -> str:
    return str(element.get(name) or "").strip()
