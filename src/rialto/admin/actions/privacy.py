"""Actions on people's data for authorities: requests that are answered with an export, and holds."""

from datetime import UTC, datetime
from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing
from rialto.admin.actions.parameters import Owner, Reason
from rialto.admin.services import Services
from rialto.identity.operators import Role
from rialto.identity.privacy.lawful import LawfulRequest
from rialto.wire.kinds import Text, Timestamp
from rialto.wire.parameters import Parameters

LAWYERS: Final = frozenset((Role.SECURITY, Role.RISK))


class RequestParameters(Parameters, frozen=True):
    """Who asks, by which reference, on which ground; for which accounts, separated by commas; about which topics, all
    without; of which time.
    """

    authority: Reason
    reference: Reason
    legal_basis: Reason
    owners: Annotated[str, Text("^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,99}$")]
    topics: Annotated[str, Text("^[a-z-]{1,32}(,[a-z-]{1,32}){0,31}$")] | None = None
    start_time: Annotated[int, Timestamp()] | None = None
    end_time: Annotated[int, Timestamp()] | None = None


class HoldParameters(Parameters, frozen=True):
    """Whose data, and by which reference of an authority."""

    owner: Owner
    reference: Reason


async def register(on: Services, doing: Doing, given: RequestParameters) -> str:
    """Write it down, once, and have its export made."""
    request = LawfulRequest(
        doing.id,
        given.authority,
        given.reference,
        given.legal_basis,
        given.owners.replace(",", " "),
        (given.topics or "").replace(",", " "),
        given.start_time,
        given.end_time,
        doing.proposer,
        doing.approver,
        doing.now_us,
    )
    await on.clerks.run(lambda: on.privacy.requests.register(request))
    on.privacy.wake()
    return "its export is made, and can be fetched until it is destroyed"


async def hold(on: Services, doing: Doing, given: HoldParameters) -> str:
    """Set it, once."""
    await on.clerks.run(lambda: on.privacy.holds.set(given.owner, given.reference, doing.id, doing.now_us))
    return f"nothing of person {given.owner} is destroyed"


async def release(on: Services, doing: Doing, given: HoldParameters) -> str:
    """Lift it, once."""
    await on.clerks.run(lambda: on.privacy.holds.lift(given.owner, given.reference, doing.id, doing.now_us))
    on.privacy.wake()
    return f"person {given.owner} is not held under this reference any more"


def _shown(given: RequestParameters) -> str:
    period = f"from {_day(given.start_time) or 'the beginning'} until {_day(given.end_time) or 'now'}"
    about = f"accounts {given.owners}, {given.topics or 'everything'}, {period}"
    return f"{given.authority}, {given.reference} ({given.legal_basis}): {about}"


def _day(at_us: int | None) -> str | None:
    return None if at_us is None else datetime.fromtimestamp(at_us // 1_000_000, UTC).isoformat()


PRIVACY_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("answer-lawful-request", "Answer what an authority asks for.", LAWYERS, RequestParameters, register),
        takes_two=True,
        shows=_shown,
    ),
    Action(
        *("set-legal-hold", "Have nothing of a person destroyed.", LAWYERS, HoldParameters, hold),
        takes_two=True,
        shows=lambda given: f"hold the data of person {given.owner}: {given.reference}",
    ),
    Action(
        *("lift-legal-hold", "Lift a legal hold.", LAWYERS, HoldParameters, release),
        takes_two=True,
        shows=lambda given: f"no longer hold the data of person {given.owner}: {given.reference}",
    ),
)
