"""What is asked about a transfer, and whether what was answered answers it.

Pure. Names of answers are the API's. What is answered beside them is kept and decides nothing.
"""

import re
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from rialto.wire.kinds import TURNING

QUESTIONNAIRE_LENGTH_MAX: Final = 4_000
OTHER_VASP: Final = "others"
"""The code of a counterpart that is on no list: it is named."""

OWN: Final = 1
PRIVATE: Final = 1

Name = Annotated[str, Meta(min_length=1, max_length=150)]
Country = Annotated[str, Meta(pattern="^[A-Za-z]{2}$")]
OneOrTwo = Annotated[int, Meta(ge=1, le=2)]
ZeroOrOne = Annotated[int, Meta(ge=0, le=1)]

_TURNS: Final = re.compile(f"[{TURNING}]")
UNREADABLE: Final = (msgspec.DecodeError, RecursionError)
"""What text that is no answer raises when it is read; one that is nested without end is none either."""

Answers = TypeVar("Answers", bound=msgspec.Struct)


class InvalidQuestionnaire(Exception):
    """What was answered is not enough: the message says what is missing."""


class Sending(msgspec.Struct, frozen=True, rename="camel"):
    """About a withdrawal: whose the address is (1: one's own, 2: another's), who holds it (1: nobody, 2: a VASP)."""

    is_address_owner: OneOrTwo
    send_to: OneOrTwo
    bnf_type: ZeroOrOne | None = None
    bnf_name: Name | None = None
    country: Country | None = None
    city: Name | None = None
    vasp: Name | None = None
    vasp_name: Name | None = None


class Receiving(msgspec.Struct, frozen=True, rename="camel"):
    """About a deposit: who sent it (1: oneself, 2: another), and from where (1: a wallet of nobody's, 2: a VASP)."""

    deposit_originator: OneOrTwo
    receive_from: OneOrTwo
    org_type: ZeroOrOne | None = None
    org_name: Name | None = None
    country: Country | None = None
    city: Name | None = None
    vasp: Name | None = None
    vasp_name: Name | None = None


def read_sending(text: str, vasps: frozenset[str]) -> Sending:
    """Read and check what was answered about a withdrawal. Errors: `InvalidQuestionnaire`."""
    answers = _decoded(text, Sending)
    if answers.is_address_owner != OWN:
        _need(answers, "bnf_type", "bnf_name", "country", "city")
    if answers.send_to != PRIVATE:
        _check_vasp(answers, vasps)
    return answers


def read_receiving(text: str, vasps: frozenset[str]) -> Receiving:
    """Read and check what was answered about a deposit. Errors: `InvalidQuestionnaire`."""
    answers = _decoded(text, Receiving)
    if answers.deposit_originator != OWN:
        _need(answers, "org_type", "org_name", "country", "city")
    if answers.receive_from != PRIVATE:
        _check_vasp(answers, vasps)
    return answers


def read_pii(text: str, name: str) -> None:
    """Check that what a broker says about its customer is an object. Errors: `InvalidQuestionnaire`."""
    try:
        said = msgspec.json.decode(text, type=dict[str, object])
        _check_direction(said)
    except UNREADABLE as error:
        raise InvalidQuestionnaire(f"{name} is no JSON object") from error
    if not said:
        raise InvalidQuestionnaire(f"{name} says nothing")


def _decoded(text: str, kind: type[Answers]) -> Answers:
    try:
        answers = msgspec.json.decode(text, type=kind)
        _check_direction(msgspec.json.decode(text))
    except UNREADABLE as error:
        raise InvalidQuestionnaire(f"the questionnaire cannot be read: {error}") from error
    return answers


def _check_direction(said: object) -> None:
    """Refuse what turns the text beside it, also where it was written as an escape: operators read it among names."""
    if _TURNS.search(msgspec.json.encode(said).decode()):
        raise InvalidQuestionnaire("what is said holds characters that turn the direction of text")


def _need(answers: Sending | Receiving, *fields: str) -> None:
    names = dict(zip(type(answers).__struct_fields__, type(answers).__struct_encode_fields__, strict=True))
    missing = [names[field] for field in fields if getattr(answers, field) is None]
    if missing:
        raise InvalidQuestionnaire(f"the questionnaire does not answer: {', '.join(missing)}")


def _check_vasp(answers: Sending | Receiving, vasps: frozenset[str]) -> None:
    _need(answers, "vasp")
    if answers.vasp == OTHER_VASP:
        _need(answers, "vasp_name")
    elif answers.vasp not in vasps:
        raise InvalidQuestionnaire(f"{answers.vasp} is on no list: answer vasp with {OTHER_VASP} and give vaspName")
