"""Who stands on the other side of a transfer, as it was said, and whether they may be on a list.

A beneficiary who may be has the withdrawal wait for two operators. An originator who may be has sent the money already:
a screening case opens, and the account is under review. Both are screened again when the lists change.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from rialto.custody.travel_rule.questionnaires import Receiving, Sending
from rialto.custody.travel_rule.records import Direction, Records, Said
from rialto.custody.withdrawals.model import RiskPart
from rialto.identity.screening.cases import ScreeningCases
from rialto.identity.screening.matching import Hit
from rialto.identity.screening.subjects import Subject, other
from rialto.identity.screening.watching import WatchLists

SOURCE: Final = "travel-rule"
NAMES_MAX: Final = 10
"""How many names of a broker's customer are screened."""

POINTS: Final = 100
DETAIL_LENGTH_MAX: Final = 255
WITH_THE_WITHDRAWAL: Final = "withdrawal"
"""Who decides on a hit that a withdrawal waits for: those who decide on the withdrawal."""


class Party(NamedTuple):
    """Someone, by name and country; either may be empty."""

    name: str
    country: str


def parties_of(direction: Direction, said: Said) -> list[Party]:
    """Return who was named about a transfer. Precondition: what was said was checked when it was taken."""
    kind: type[Sending | Receiving] = Sending if direction is Direction.WITHDRAWAL else Receiving
    answers = msgspec.json.decode(said.questionnaire, type=kind)
    named = answers.bnf_name if isinstance(answers, Sending) else answers.org_name
    found = [] if named is None else [Party(named, (answers.country or "").upper())]
    if said.person:
        found += _customer(msgspec.json.decode(said.person))
    return found


class PartyScreening:
    """Screens them. Calls block: off the event loop."""

    def __init__(self, lists: WatchLists, cases: ScreeningCases) -> None:
        self._lists = lists
        self._cases = cases

    def hits(self, direction: Direction, said: Said) -> list[tuple[Party, list[Hit]]]:
        """Return those who may be on a list."""
        found = [(each, self._lists.hits(each.name, "", each.country)) for each in parties_of(direction, said)]
        return [(party, hits) for party, hits in found if hits]

    def remember(self, owner: int, record: int, found: list[tuple[Party, list[Hit]]], now_us: int) -> None:
        """Note that the hits are decided on with the withdrawal, so that they are not raised once more."""
        for party, hits in found:
            self._cases.note_decided(SOURCE, _subject(record, owner, party), hits, WITH_THE_WITHDRAWAL, now_us)

    def open(self, owner: int, record: int, found: list[tuple[Party, list[Hit]]], now_us: int) -> None:
        """Open cases for the hits."""
        for party, hits in found:
            self._cases.open(SOURCE, _subject(record, owner, party), hits, now_us)


class Parties:
    """Everyone who was named, as a source of subjects. Blocks: off the event loop."""

    name: Final = SOURCE

    def __init__(self, records: Records) -> None:
        self._records = records

    def after(self, record: int, limit: int) -> tuple[list[Subject], int | None]:
        """List who was named in records after one, and the last record looked at; None where there is no more."""
        found, last = self._records.after(record, limit)
        subjects = [
            _subject(each.id, each.owner, party)
            for direction, each in found
            for party in parties_of(direction, each.said)
        ]
        return subjects, last

    def subject(self, record: int, key: str) -> Subject | None:
        """Return whom a record names by a key."""
        subjects, _ = self.after(record - 1, 1)
        return next((each for each in subjects if each.record == record and each.key == key), None)


def concerns_of(found: list[tuple[Party, list[Hit]]]) -> tuple[RiskPart, ...]:
    """Tell operators what is held against a withdrawal."""
    return tuple(
        RiskPart("listed_beneficiary", POINTS, f"{hit.reference}, {hit.name}: {hit.why}"[:DETAIL_LENGTH_MAX])
        for _, hits in found
        for hit in hits[:1]
    )


def _subject(record: int, owner: int, party: Party) -> Subject:
    return Subject(record, owner, other(party.name), party.name, "", party.country)


def _customer(person: Mapping[str, Any]) -> list[Party]:
    """Find the names of a broker's customer, in whatever lists of names it has."""
    found = []
    for value in person.values():
        for each in value if isinstance(value, list) else ():
            if isinstance(each, dict) and isinstance(each.get("primaryName"), str):
                second = each.get("secondaryName")
                first = f"{second} " if isinstance(second, str) and second else ""
                found.append(Party(f"{first}{each['primaryName']}"[:300], ""))
    return found[:NAMES_MAX]
