"""Actions on what screening found: people who may be on a list, and deposits that came from an address on one."""

from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing
from rialto.admin.actions.parameters import Reason
from rialto.admin.services import Services
from rialto.identity.operators import Role
from rialto.wire.kinds import Integer
from rialto.wire.parameters import Parameters

SCREENERS: Final = frozenset((Role.RISK,))


class DepositParameters(Parameters, frozen=True):
    """Which deposit, by the number people know it by, and why."""

    deposit: Annotated[int, Integer(1)]
    reason: Reason


class HitParameters(Parameters, frozen=True):
    """Which screening case, and why it is decided so."""

    case: Annotated[int, Integer(1)]
    reason: Reason


async def clear(on: Services, doing: Doing, given: HitParameters) -> str:
    """State that someone else is meant."""
    about = (given.case, (doing.proposer, doing.approver), given.reason, doing.now_us)
    case = await on.clerks.run(lambda: on.screening.clear(*about))
    return f"screening case {case.id} of person {case.owner} is cleared"


async def confirm(on: Services, doing: Doing, given: HitParameters) -> str:
    """State that they are meant, and freeze them."""
    case = await on.clerks.run(lambda: on.screening.confirm(given.case, doing.proposer, given.reason, doing.now_us))
    return f"screening case {case.id} is confirmed; person {case.owner} is frozen"


async def release_deposit(on: Services, doing: Doing, given: DepositParameters) -> str:
    """Give it to its owner, once."""
    await on.screened_deposits.release(given.deposit, doing.approver)
    return f"deposit {given.deposit} is its owner's"


SCREENING_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("clear-hit", "State that a person is not who is on a list.", SCREENERS, HitParameters, clear),
        takes_two=True,
        shows=lambda given: f"clear screening case {given.case}: {given.reason}",
    ),
    Action(
        *("confirm-hit", "State that a person is on a list, and freeze them.", SCREENERS, HitParameters, confirm),
        takes_two=False,
        shows=lambda given: f"confirm screening case {given.case}: {given.reason}",
    ),
    Action(
        *("release-deposit", "Give a deposit from a listed address to its owner.", SCREENERS, DepositParameters),
        release_deposit,
        takes_two=True,
        shows=lambda given: f"release deposit {given.deposit}: {given.reason}",
    ),
)
