"""A transfer as counterparts are told of it: an IVMS101 message, made of what was said, and of what the person showed.

Nothing is sent anywhere: operators hand it to whom they must. What the message lacks by the standard is told with it.
"""

import asyncio
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from rialto.custody.deposits.history import DepositHistory
from rialto.custody.travel_rule import ivms101 as ivms
from rialto.custody.travel_rule.parties import parties_of
from rialto.custody.travel_rule.questionnaires import OTHER_VASP, OWN, PRIVATE, Receiving, Sending
from rialto.custody.travel_rule.records import Direction, Record, Records
from rialto.custody.withdrawals.reading import Wanted, WithdrawalReading
from rialto.foundation.failures import ExpectedFailure
from rialto.foundation.settings.verification import VerificationSettings
from rialto.identity.people import People
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.model import Stated

COMPANY: Final = 1
"""How a questionnaire says that somebody is a company."""

_DOCUMENTS: Final = {
    "passport": ivms.IdentifierType.PASSPORT,
    "identity-card": ivms.IdentifierType.IDENTITY_CARD,
    "driving-licence": ivms.IdentifierType.DRIVING_LICENCE,
}


class NothingSaid(ExpectedFailure):
    """About the transfer nothing was said, or it is none."""


class Exported(NamedTuple):
    """A message, whose transfer it is about, and what of the standard it breaks."""

    owner: int
    message: ivms.Message
    breaks: list[str]


class Exports:
    """Makes them."""

    def __init__(
        self,
        records: Records,
        withdrawals: WithdrawalReading,
        deposits: DepositHistory,
        cases: Cases,
        people: People,
        settings: VerificationSettings,
        now_us: Callable[[], int],
    ) -> None:
        self._records = records
        self._withdrawals = withdrawals
        self._deposits = deposits
        self._cases = cases
        self._people = people
        self._settings = settings
        self._now_us = now_us

    async def message(self, direction: Direction, subject: str) -> Exported:
        """Make the message about a withdrawal, by its id, or a deposit, by its number.

        Errors: `NothingSaid`, `BrokenSeal`, those of `History`.
        """
        record = await asyncio.to_thread(self._records.about, direction, subject)
        if record is None:
            raise NothingSaid(f"nothing was said about {direction.value} {subject}")
        ours = await asyncio.to_thread(self._ours, record.owner)
        if direction is Direction.WITHDRAWAL:
            made = await self._withdrawal(record, ours)
        else:
            made = await self._deposit(record, ours)
        today = datetime.fromtimestamp(self._now_us() // 1_000_000, UTC).date()
        return Exported(record.owner, made, ivms.check(made, today))

    async def _withdrawal(self, record: Record, ours: ivms.Person) -> ivms.Message:
        rows = await self._withdrawals.of_owner(record.owner, Wanted(ids=[record.subject]))
        if not rows:
            raise NothingSaid(f"there is no withdrawal {record.subject}")
        answers = msgspec.json.decode(record.said.questionnaire, type=Sending)
        sender = _customer_of(record, Direction.WITHDRAWAL) or ours
        is_own = answers.is_address_owner == OWN
        receiver = sender if is_own else _other(answers.bnf_name, answers.bnf_type, answers.country, answers.city)
        theirs: ivms.BeneficiaryVasp | UnsetType = UNSET
        if answers.send_to != PRIVATE:
            theirs = ivms.BeneficiaryVasp(self._vasp(answers.vasp, answers.vasp_name))
        return ivms.Message(
            ivms.Originator((sender,), (str(record.owner),)),
            ivms.Beneficiary((receiver,), (_account(rows[0].address, rows[0].tag),)),
            ivms.OriginatingVasp(self._house()),
            theirs,
        )

    async def _deposit(self, record: Record, ours: ivms.Person) -> ivms.Message:
        found = [each.row for each in await self._deposits.found(number=int(record.subject))]
        rows = [row for row in found if row.owner == record.owner]
        if not rows:
            raise NothingSaid(f"there is no deposit {record.subject}")
        answers = msgspec.json.decode(record.said.questionnaire, type=Receiving)
        receiver = _customer_of(record, Direction.DEPOSIT) or ours
        is_own = answers.deposit_originator == OWN
        sender = receiver if is_own else _other(answers.org_name, answers.org_type, answers.country, answers.city)
        theirs: ivms.OriginatingVasp | UnsetType = UNSET
        if answers.receive_from != PRIVATE:
            theirs = ivms.OriginatingVasp(self._vasp(answers.vasp, answers.vasp_name))
        senders = tuple(rows[0].senders.split())
        return ivms.Message(
            ivms.Originator((sender,), senders or UNSET),
            ivms.Beneficiary((receiver,), (_account(rows[0].address, rows[0].tag),)),
            theirs,
            ivms.BeneficiaryVasp(self._house()),
        )

    def _ours(self, owner: int) -> ivms.Person:
        """Describe a person of the exchange as their newest approved case states them; a sub-account by its master."""
        person = self._people.find(owner)
        master = owner if person is None or person.parent is None else person.parent
        stated = self._cases.approved_of(master)
        if stated is None:
            raise NothingSaid(f"owner {master} was not verified: there is nobody to name")
        return ivms.Person(_verified(stated, owner))

    def _house(self) -> ivms.Person:
        return _company(self._settings.vasp_name, self._settings.vasp_lei)

    def _vasp(self, code: str | None, name: str | None) -> ivms.Person:
        known = self._settings.vasps.get(code or "")
        return _company((name if code == OTHER_VASP else known) or "")


def _verified(stated: Stated, owner: int) -> ivms.NaturalPerson:
    name = ivms.NameIdentifier(stated.last_name, secondary_identifier=stated.first_name)
    lines = textwrap.wrap(stated.address, ivms.ADDRESS_LINE_LENGTH_MAX)
    document = _DOCUMENTS.get(stated.document_type, ivms.IdentifierType.OTHER)
    number = stated.document_number
    is_short = len(number) <= ivms.IDENTIFIER_LENGTH_MAX
    return ivms.NaturalPerson(
        ivms.NaturalName((name,)),
        (ivms.GeographicAddress(ivms.AddressType.HOME, tuple(lines), stated.country),),
        ivms.NationalIdentification(number, document) if is_short else UNSET,
        str(owner),
        country_of_residence=stated.country,
    )


def _other(name: str | None, kind: int | None, country: str | None, city: str | None) -> ivms.Person:
    """Describe who was named. Precondition: what was said was checked when it was taken."""
    assert name is not None, "somebody else is named"
    where: tuple[ivms.GeographicAddress, ...] | UnsetType = UNSET
    if country is not None and city is not None:
        lines = tuple(textwrap.wrap(city, ivms.ADDRESS_LINE_LENGTH_MAX))
        where = (ivms.GeographicAddress(ivms.AddressType.GEOGRAPHIC, lines, country.upper(), city),)
    if kind == COMPANY:
        return ivms.Person(legal_person=ivms.LegalPerson(ivms.LegalName((ivms.LegalNameIdentifier(name),)), where))
    return ivms.Person(ivms.NaturalPerson(ivms.NaturalName((ivms.NameIdentifier(name),)), where))


def _customer_of(record: Record, direction: Direction) -> ivms.Person | None:
    """Describe the customer a broker acts for."""
    if not record.said.person:
        return None
    named = [each.name for each in parties_of(direction, msgspec.structs.replace(record.said, questionnaire=NOBODY))]
    names = tuple(ivms.NameIdentifier(name) for name in named)
    return ivms.Person(ivms.NaturalPerson(ivms.NaturalName(names), customer_identification=str(record.owner)))


NOBODY: Final = '{"isAddressOwner":1,"sendTo":1,"depositOriginator":1,"receiveFrom":1}'
"""Answers in which nobody else is named."""


def _company(name: str, lei: str = "") -> ivms.Person:
    identified = ivms.NationalIdentification(lei, ivms.IdentifierType.LEGAL_ENTITY) if lei else UNSET
    legal = ivms.LegalName((ivms.LegalNameIdentifier(name),))
    return ivms.Person(legal_person=ivms.LegalPerson(legal, national_identification=identified))


def _account(address: str, tag: str | None) -> str:
    return f"{address}:{tag}" if tag else address
