"""A transfer in the interVASP Messaging Standard (IVMS101, 2020): who sends, who receives, and who stands between.

Pure. Names of fields are the standard's. `check` holds a message to its constraints, by their numbers: what breaks one
is not sent to anybody.
"""

import re
from datetime import date
from enum import Enum
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from rialto.identity.countries import exists

NAME_LENGTH_MAX: Final = 100
ADDRESS_LINE_LENGTH_MAX: Final = 70
ADDRESS_LINES_MAX: Final = 7
IDENTIFIER_LENGTH_MAX: Final = 35
CUSTOMER_LENGTH_MAX: Final = 50
ACCOUNT_LENGTH_MAX: Final = 100
UNKNOWN_COUNTRY: Final = "XX"

_LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class NameType(Enum):
    """What kind of a natural person's name a name is."""

    ALIAS = "ALIA"
    BIRTH = "BIRT"
    MAIDEN = "MAID"
    LEGAL = "LEGL"
    OTHER = "MISC"


class LegalNameType(Enum):
    """What kind of a legal person's name a name is."""

    LEGAL = "LEGL"
    SHORT = "SHRT"
    TRADING = "TRAD"


class AddressType(Enum):
    """What is at an address."""

    HOME = "HOME"
    BUSINESS = "BIZZ"
    GEOGRAPHIC = "GEOG"


class IdentifierType(Enum):
    """What identifies somebody."""

    ALIEN_REGISTRATION = "ARNU"
    PASSPORT = "CCPT"
    REGISTRATION_AUTHORITY = "RAID"
    DRIVING_LICENCE = "DRLC"
    FOREIGN_INVESTMENT = "FIIN"
    TAX = "TXID"
    SOCIAL_SECURITY = "SOCS"
    IDENTITY_CARD = "IDCD"
    LEGAL_ENTITY = "LEIX"
    OTHER = "MISC"


OF_LEGAL_PERSONS: Final = frozenset(
    (
        IdentifierType.REGISTRATION_AUTHORITY,
        IdentifierType.OTHER,
        IdentifierType.LEGAL_ENTITY,
        IdentifierType.TAX,
    )
)


class _Part(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    pass


class NameIdentifier(_Part, frozen=True):
    """A natural person's name: the family name, or the whole where it is not told apart."""

    primary_identifier: str
    name_identifier_type: NameType = NameType.LEGAL
    secondary_identifier: str | UnsetType = UNSET


class NaturalName(_Part, frozen=True):
    """Names of a natural person."""

    name_identifier: tuple[NameIdentifier, ...]


class LegalNameIdentifier(_Part, frozen=True):
    """A legal person's name."""

    legal_person_name: str
    legal_person_name_identifier_type: LegalNameType = LegalNameType.LEGAL


class LegalName(_Part, frozen=True):
    """Names of a legal person."""

    name_identifier: tuple[LegalNameIdentifier, ...]


class GeographicAddress(_Part, frozen=True):
    """Where somebody is."""

    address_type: AddressType
    address_line: tuple[str, ...]
    country: str
    town_name: str | UnsetType = UNSET


class NationalIdentification(_Part, frozen=True):
    """What identifies somebody."""

    national_identifier: str
    national_identifier_type: IdentifierType
    country_of_issue: str | UnsetType = UNSET
    registration_authority: str | UnsetType = UNSET


class BirthDateAndPlace(_Part, frozen=True):
    """When and where somebody was born."""

    date_of_birth: str
    place_of_birth: str


class NaturalPerson(_Part, frozen=True):
    """A human being."""

    name: NaturalName
    geographic_address: tuple[GeographicAddress, ...] | UnsetType = UNSET
    national_identification: NationalIdentification | UnsetType = UNSET
    customer_identification: str | UnsetType = UNSET
    date_and_place_of_birth: BirthDateAndPlace | UnsetType = UNSET
    country_of_residence: str | UnsetType = UNSET


class LegalPerson(_Part, frozen=True):
    """A company."""

    name: LegalName
    geographic_address: tuple[GeographicAddress, ...] | UnsetType = UNSET
    customer_identification: str | UnsetType = UNSET
    national_identification: NationalIdentification | UnsetType = UNSET
    country_of_registration: str | UnsetType = UNSET


class Person(_Part, frozen=True):
    """One of both."""

    natural_person: NaturalPerson | UnsetType = UNSET
    legal_person: LegalPerson | UnsetType = UNSET


class Originator(_Part, frozen=True):
    """Who sends, and from which accounts."""

    originator_persons: tuple[Person, ...]
    account_number: tuple[str, ...] | UnsetType = UNSET


class Beneficiary(_Part, frozen=True):
    """Who receives, and in which accounts."""

    beneficiary_persons: tuple[Person, ...]
    account_number: tuple[str, ...] | UnsetType = UNSET


class OriginatingVasp(_Part, frozen=True):
    """Through whom it is sent."""

    originating_vasp: Person = msgspec.field(name="originatingVASP")


class BeneficiaryVasp(_Part, frozen=True):
    """Through whom it is received."""

    beneficiary_vasp: Person = msgspec.field(name="beneficiaryVASP")


class Message(_Part, frozen=True):
    """A transfer."""

    originator: Originator
    beneficiary: Beneficiary
    originating_vasp: OriginatingVasp | UnsetType = msgspec.field(default=UNSET, name="originatingVASP")
    beneficiary_vasp: BeneficiaryVasp | UnsetType = msgspec.field(default=UNSET, name="beneficiaryVASP")


def check(message: Message, today: date) -> list[str]:
    """Say what of the standard a message breaks; nothing for a good one."""
    found: list[str] = []
    for each in message.originator.originator_persons:
        found += _of_person(each, today, "originator")
        person = each.natural_person
        if isinstance(person, NaturalPerson) and not _is_identified(person):
            found.append("C1: the originator has no address, identification, customer number or date of birth")
    for each in message.beneficiary.beneficiary_persons:
        found += _of_person(each, today, "beneficiary")
    if not (message.originator.originator_persons and message.beneficiary.beneficiary_persons):
        found.append("there is no originator or no beneficiary")
    for accounts in (message.originator.account_number, message.beneficiary.account_number):
        if not isinstance(accounts, UnsetType):
            is_good = all(_fits(text, ACCOUNT_LENGTH_MAX) for text in accounts)
            found += [] if is_good else [f"an account has 1 to {ACCOUNT_LENGTH_MAX} characters"]
    if isinstance(message.originating_vasp, OriginatingVasp):
        found += _of_person(message.originating_vasp.originating_vasp, today, "originating VASP")
    if isinstance(message.beneficiary_vasp, BeneficiaryVasp):
        found += _of_person(message.beneficiary_vasp.beneficiary_vasp, today, "beneficiary VASP")
    return found


def is_lei(text: str) -> bool:
    """Tell whether a text is a legal entity identifier, by ISO 17442: its last two digits check the others."""
    if _LEI.fullmatch(text) is None:
        return False
    return int("".join(str(int(each, 36)) for each in text)) % 97 == 1


def _of_person(person: Person, today: date, who: str) -> list[str]:
    natural, legal = person.natural_person, person.legal_person
    if isinstance(natural, NaturalPerson) is isinstance(legal, LegalPerson):
        return [f"{who}: a person is either natural or legal"]
    found = _of_natural(natural, today) if isinstance(natural, NaturalPerson) else []
    if isinstance(legal, LegalPerson):
        found += _of_legal(legal)
    subject = natural if isinstance(natural, NaturalPerson) else legal
    assert isinstance(subject, NaturalPerson | LegalPerson), "it is one of both"
    found += _of_addresses(subject.geographic_address)
    customer = subject.customer_identification
    if isinstance(customer, str) and not _fits(customer, CUSTOMER_LENGTH_MAX):
        found.append("the customer number is too long")
    return [f"{who}: {each}" for each in found]


def _of_natural(person: NaturalPerson, today: date) -> list[str]:
    names, found = person.name.name_identifier, []
    if not any(each.name_identifier_type is NameType.LEGAL for each in names):
        found.append("C6: there is no legal name")
    texts = [text for each in names for text in (each.primary_identifier, each.secondary_identifier)]
    if not all(_fits(text, NAME_LENGTH_MAX) for text in texts if isinstance(text, str)):
        found.append(f"a name has 1 to {NAME_LENGTH_MAX} characters")
    if isinstance(person.country_of_residence, str):
        found += _of_country(person.country_of_residence)
    if isinstance(person.date_and_place_of_birth, BirthDateAndPlace):
        found += _of_birth(person.date_and_place_of_birth, today)
    if isinstance(person.national_identification, NationalIdentification):
        found += _of_identification(person.national_identification)
    return found


def _of_legal(person: LegalPerson) -> list[str]:
    names, found = person.name.name_identifier, []
    if not any(each.legal_person_name_identifier_type is LegalNameType.LEGAL for each in names):
        found.append("C5: there is no legal name")
    if not all(_fits(each.legal_person_name, NAME_LENGTH_MAX) for each in names):
        found.append(f"a name has 1 to {NAME_LENGTH_MAX} characters")
    if isinstance(person.country_of_registration, str):
        found += _of_country(person.country_of_registration)
    identification = person.national_identification
    if isinstance(identification, NationalIdentification):
        found += _of_identification(identification)
        kind = identification.national_identifier_type
        if kind not in OF_LEGAL_PERSONS:
            found.append("C7: what identifies a legal person is LEIX, RAID, TXID or MISC")
        if isinstance(identification.country_of_issue, str):
            found.append("C9: no country issues what identifies a legal person")
        if (kind is IdentifierType.LEGAL_ENTITY) is isinstance(identification.registration_authority, str):
            found.append("C9: a registration authority is named for all but a legal entity identifier")
        if kind is IdentifierType.LEGAL_ENTITY and not is_lei(identification.national_identifier):
            found.append("C11: the legal entity identifier is none")
    return found


def _of_identification(found: NationalIdentification) -> list[str]:
    wrong = [] if _fits(found.national_identifier, IDENTIFIER_LENGTH_MAX) else ["the identifier is too long"]
    return wrong + (_of_country(found.country_of_issue) if isinstance(found.country_of_issue, str) else [])


def _of_birth(birth: BirthDateAndPlace, today: date) -> list[str]:
    try:
        day = date.fromisoformat(birth.date_of_birth) if _DAY.fullmatch(birth.date_of_birth) else None
    except ValueError:
        day = None
    if day is None:
        return ["the date of birth is none: it is written as 1990-12-31"]
    found = ["C2: the date of birth is not past"] if day >= today else []
    return found if _fits(birth.place_of_birth, ADDRESS_LINE_LENGTH_MAX) else [*found, "the place of birth is too long"]


def _of_addresses(addresses: tuple[GeographicAddress, ...] | UnsetType) -> list[str]:
    found: list[str] = []
    for each in () if isinstance(addresses, UnsetType) else addresses:
        if not 1 <= len(each.address_line) <= ADDRESS_LINES_MAX:
            found.append(f"C8: an address has 1 to {ADDRESS_LINES_MAX} lines")
        if not all(_fits(line, ADDRESS_LINE_LENGTH_MAX) for line in each.address_line):
            found.append(f"a line of an address has 1 to {ADDRESS_LINE_LENGTH_MAX} characters")
        found += _of_country(each.country)
    return found


def _of_country(code: str) -> list[str]:
    return [] if code == UNKNOWN_COUNTRY or exists(code) else [f"C3: {code} is no country of ISO 3166-1"]


def _is_identified(person: NaturalPerson) -> bool:
    ways = (
        person.geographic_address,
        person.national_identification,
        person.customer_identification,
        person.date_and_place_of_birth,
    )
    return any(not isinstance(each, UnsetType) for each in ways)


def _fits(text: str, length_max: int) -> bool:
    return 1 <= len(text) <= length_max
