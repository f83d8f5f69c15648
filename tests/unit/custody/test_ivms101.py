"""Messages of the interVASP Messaging Standard: what a good one looks like, and what of the standard others break."""

import json
from datetime import date
from typing import Any

import msgspec
import pytest

from rialto.custody.travel_rule.ivms101 import Message, check, is_lei

TODAY = date(2026, 11, 29)
GOOD = """{
  "originator": {
    "originatorPersons": [{"naturalPerson": {
      "name": {"nameIdentifier": [
        {"primaryIdentifier": "Ångström", "nameIdentifierType": "LEGL", "secondaryIdentifier": "Zoë"}
      ]},
      "geographicAddress": [{"addressType": "HOME", "addressLine": ["Storgatan 1, Uppsala"], "country": "SE"}],
      "nationalIdentification": {"nationalIdentifier": "X1234567", "nationalIdentifierType": "CCPT"},
      "customerIdentification": "7",
      "dateAndPlaceOfBirth": {"dateOfBirth": "1990-02-28", "placeOfBirth": "Uppsala"},
      "countryOfResidence": "SE"
    }}],
    "accountNumber": ["7"]
  },
  "beneficiary": {
    "beneficiaryPersons": [{"legalPerson": {
      "name": {"nameIdentifier": [{"legalPersonName": "Example Ltd", "legalPersonNameIdentifierType": "LEGL"}]}
    }}],
    "accountNumber": ["ltc:theirs"]
  },
  "originatingVASP": {"originatingVASP": {"legalPerson": {
    "name": {"nameIdentifier": [{"legalPersonName": "Rialto", "legalPersonNameIdentifierType": "LEGL"}]},
    "nationalIdentification": {"nationalIdentifier": "5493001KJTIIGC8Y1R12", "nationalIdentifierType": "LEIX"}
  }}}
}"""
NATURAL = ("originator", "originatorPersons", 0, "naturalPerson")
VASP = ("originatingVASP", "originatingVASP", "legalPerson")


def changed(path: tuple[str | int, ...], value: object) -> list[str]:
    """Check the good message with one value changed."""
    message: Any = json.loads(GOOD)
    place = message
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return check(msgspec.json.decode(json.dumps(message).encode(), type=Message), TODAY)


def test_a_good_message_breaks_nothing_and_is_written_as_it_was_read() -> None:
    message = msgspec.json.decode(GOOD, type=Message)
    assert check(message, TODAY) == []
    assert json.loads(msgspec.json.encode(message)) == json.loads(GOOD)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ((*NATURAL, "name", "nameIdentifier", 0, "nameIdentifierType"), "ALIA", "legal name"),
        ((*NATURAL, "name", "nameIdentifier", 0, "primaryIdentifier"), "x" * 101, "characters"),
        ((*NATURAL, "name", "nameIdentifier", 0, "primaryIdentifier"), "", "characters"),
        ((*NATURAL, "countryOfResidence"), "QQ", "no country"),
        ((*NATURAL, "geographicAddress", 0, "country"), "Sweden", "no country"),
        ((*NATURAL, "geographicAddress", 0, "addressLine"), [], "lines"),
        ((*NATURAL, "geographicAddress", 0, "addressLine"), ["x" * 71], "line"),
        ((*NATURAL, "dateAndPlaceOfBirth", "dateOfBirth"), "28.02.1990", "date of birth"),
        ((*NATURAL, "dateAndPlaceOfBirth", "dateOfBirth"), "1990-02-30", "date of birth"),
        ((*NATURAL, "dateAndPlaceOfBirth", "dateOfBirth"), "2026-11-29", "not past"),
        ((*NATURAL, "nationalIdentification", "nationalIdentifier"), "x" * 36, "identifier"),
        ((*NATURAL, "customerIdentification"), "x" * 51, "customer number"),
        (("originator", "originatorPersons"), [], "no originator"),
        (("originator", "accountNumber"), [""], "account"),
        (("beneficiary", "beneficiaryPersons", 0), {}, "either natural or legal"),
        ((*VASP, "nationalIdentification", "nationalIdentifier"), "5493001KJTIIGC8Y1R13", "legal entity identifier"),
        ((*VASP, "nationalIdentification", "nationalIdentifierType"), "CCPT", "legal person"),
        ((*VASP, "nationalIdentification", "nationalIdentifierType"), "RAID", "registration authority"),
        ((*VASP, "nationalIdentification", "countryOfIssue"), "SE", "no country issues"),
    ],
)
def test_what_breaks_the_standard_is_told(path: tuple[str | int, ...], value: object, told: str) -> None:
    found = changed(path, value)
    assert any(told in each for each in found), found


def test_an_originator_is_told_from_others_of_the_name() -> None:
    message = json.loads(GOOD)
    person = message["originator"]["originatorPersons"][0]["naturalPerson"]
    for field in ("geographicAddress", "nationalIdentification", "customerIdentification", "dateAndPlaceOfBirth"):
        assert check(msgspec.json.decode(json.dumps(message).encode(), type=Message), TODAY) == []
        del person[field]
    (told,) = check(msgspec.json.decode(json.dumps(message).encode(), type=Message), TODAY)
    assert told.startswith("C1")


def test_what_is_not_of_the_standard_cannot_be_read() -> None:
    for path, value in ((("more",), 1), ((*NATURAL, "name", "nameIdentifier", 0, "nameIdentifierType"), "NICK")):
        with pytest.raises(msgspec.ValidationError):
            changed(path, value)


@pytest.mark.parametrize("text", ["5493001KJTIIGC8Y1R12", "213800WSGIIZCXF1P572"])
def test_legal_entity_identifiers_check_themselves(text: str) -> None:
    assert is_lei(text)
    assert not is_lei(text[:-1] + str((int(text[-1]) + 1) % 10))
    assert not is_lei(text.lower())
    assert not is_lei(text[:-1])
