"""The Specially Designated Nationals list of the US Treasury (OFAC), as its file `SDN.XML` lays it out.

People, companies and whatever else is on it are read alike; of ships and aircraft only the addresses on chains, for a
ship's name is no customer's.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from rialto.identity.screening.entries import Address, Listed, unique
from rialto.identity.screening.formats import dates
from rialto.identity.screening.formats.countries import country_codes
from rialto.identity.screening.formats.xml_records import elements_of, records, text_of, texts_of

ROOT: Final = "sdnList"

_CURRENCY: Final = "Digital Currency Address - "
_NO_CUSTOMERS: Final = frozenset(("Vessel", "Aircraft"))
_WEAK: Final = "weak"


def read(file: Path) -> Iterator[Listed]:
    """Read a file. Errors: `ListUnusable`, OSError."""
    for entry in records(file, "sdnEntry"):
        yield _listed(entry)


def _listed(entry: etree._Element) -> Listed:
    addresses = tuple(
        Address(text_of(each, "idType").removeprefix(_CURRENCY).strip(), text_of(each, "idNumber"))
        for each in elements_of(entry, "idList", "id")
        if text_of(each, "idType").startswith(_CURRENCY) and text_of(each, "idNumber")
    )
    reference = f"OFAC SDN {text_of(entry, 'uid')}"
    if text_of(entry, "sdnType") in _NO_CUSTOMERS:
        return Listed((), (), (), reference, addresses=addresses)
    strong: list[str] = [_name(entry)]
    weak: list[str] = []
    for each in elements_of(entry, "akaList", "aka"):
        (weak if text_of(each, "category") == _WEAK else strong).append(_name(each))
    nations = [
        *texts_of(entry, "nationalityList", "nationality", "country"),
        *texts_of(entry, "citizenshipList", "citizenship", "country"),
    ]
    born = [
        date
        for text in texts_of(entry, "dateOfBirthList", "dateOfBirthItem", "dateOfBirth")
        for date in dates.spelled(text)
    ]
    return Listed(unique(strong), unique(born), country_codes(nations), reference, unique(weak), addresses)


def _name(element: etree._Element) -> str:
    return f"{text_of(element, 'firstName')} {text_of(element, 'lastName')}"
