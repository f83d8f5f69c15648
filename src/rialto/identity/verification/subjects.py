"""Who is verified, for screening: everyone as their approved cases state them."""

from typing import Final

from rialto.identity.screening.subjects import Subject
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.model import SOURCE, subject_of


class VerifiedPeople:
    """A source of subjects. Blocks: off the event loop."""

    name: Final = SOURCE

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    def after(self, record: int, limit: int) -> tuple[list[Subject], int | None]:
        """List who was approved by cases after one, and the last case looked at; None where there is no more."""
        found = self._cases.approved_after(record, limit)
        kept = [subject_of(case, owner, stated) for case, owner, stated in found if stated is not None]
        return kept, found[-1][0] if found else None

    def subject(self, record: int, key: str) -> Subject | None:
        """Return who a case states."""
        subjects, last = self.after(record - 1, 1)
        return next((each for each in subjects if last == record and each.key == key), None)
