"""What a case of verification is: what a person states, where the case is, what may be decided. Pure."""

from datetime import UTC, datetime
from enum import Enum
from typing import Final

import msgspec

from rialto.foundation.failures import ExpectedFailure
from rialto.identity.screening.subjects import THEMSELVES, Subject

SOURCE: Final = "verification"
"""What screening calls the people of approved cases."""

LEVEL_MAX: Final = 2
ADULT_YEARS: Final = 18
AGE_MAX_YEARS: Final = 120
TWO_AGREE_FROM: Final = 2
"""From which level on two operators must agree."""


class CaseState(Enum):
    """Where a case is."""

    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    MORE_WANTED = "more-wanted"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class Decision(Enum):
    """What an operator decides."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WANT_MORE = "want-more"


class Stated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person states about themselves. `birth_date` is YYYY-MM-DD, `country` two letters of ISO 3166."""

    first_name: str
    last_name: str
    birth_date: str
    country: str
    address: str
    document_type: str
    document_number: str


class Case(msgspec.Struct, frozen=True, array_like=True):
    """A case, without what was stated."""

    id: int
    owner: int
    level: int
    state: CaseState
    reason: str
    taken_by: str | None
    agreed_by: str | None
    decided_by: str | None
    submitted_at_us: int
    decided_at_us: int | None
    expires_at_us: int | None


class CaseRefused(ExpectedFailure):
    """What is asked for cannot be: the message says why."""


class CountryRefused(ExpectedFailure):
    """People of the country are not taken."""


def subject_of(case: int, owner: int, stated: Stated) -> Subject:
    """Return who a case states, to be screened."""
    name = f"{stated.first_name} {stated.last_name}"
    return Subject(case, owner, THEMSELVES, name, stated.birth_date, stated.country)


def age_of(birth_date: str, now_us: int) -> int:
    """Return how old someone is, in years. Errors: `CaseRefused` for what is no date."""
    try:
        born = datetime.strptime(birth_date, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise CaseRefused("the date of birth is none: write it as 1990-12-31") from error
    today = datetime.fromtimestamp(now_us // 1_000_000, UTC)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
