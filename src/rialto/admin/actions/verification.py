"""Actions on cases of verification. Who decides has taken the case; cases count themselves whether two must agree."""

from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing
from rialto.admin.actions.parameters import Owner
from rialto.admin.services import Services
from rialto.identity.operators import Role
from rialto.identity.verification.model import CaseRefused, Decision
from rialto.wire.kinds import Choice, Integer, Text, line
from rialto.wire.parameters import Parameters

VERIFIERS: Final = frozenset((Role.SUPPORT, Role.RISK))

CaseNumber = Annotated[int, Integer(1)]


class TakeParameters(Parameters, frozen=True):
    """Which case."""

    case: CaseNumber


class DecideParameters(Parameters, frozen=True):
    """Whose case, which, and what is decided; a reason, which the person reads, unless it is approved."""

    owner: Owner
    case: CaseNumber
    decision: Annotated[Decision, Choice(Decision)]
    reason: Annotated[str, Text(line(255, least=0))] = ""


async def take(on: Services, doing: Doing, given: TakeParameters) -> str:
    """Take it; who has it keeps it."""
    case = await on.clerks.run(lambda: on.cases.take(given.case, doing.proposer, doing.now_us))
    return f"case {case.id} of person {case.owner} is {case.state.value}"


async def decide(on: Services, doing: Doing, given: DecideParameters) -> str:
    """Decide, once: what this operator has said already is said."""
    about = (given.case, doing.proposer, given.decision, given.reason, doing.now_us)

    def decide() -> str:
        latest = on.cases.latest(given.owner)
        if latest is None or latest.id != given.case:
            raise CaseRefused(f"case {given.case} is not the newest of person {given.owner}")
        if doing.proposer != latest.taken_by and doing.proposer in (latest.agreed_by, latest.decided_by):
            return latest.state.value
        return on.cases.decide(*about).state.value

    return f"case {given.case} is {await on.clerks.run(decide)}"


VERIFICATION_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("take-case", "Take a case of verification to review it.", VERIFIERS, TakeParameters, take),
        takes_two=False,
        shows=lambda given: f"take case {given.case}",
    ),
    Action(
        *("decide-case", "Decide a case of verification.", VERIFIERS, DecideParameters, decide),
        takes_two=False,
        shows=lambda given: f"case {given.case} of person {given.owner}: {given.decision.value} {given.reason}",
    ),
)
