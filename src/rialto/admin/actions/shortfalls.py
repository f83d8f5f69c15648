"""Actions on what lacks of deposits that are gone from their chain: the house covers it, or its owner owes it."""

from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing
from rialto.admin.actions.parameters import Amount, Reason
from rialto.admin.services import Services
from rialto.contracts.vocabulary import INSURANCE_ACCOUNT, TREASURY_ACCOUNT
from rialto.identity.operators import Role
from rialto.wire.decimals import to_units
from rialto.wire.kinds import Choice, Integer
from rialto.wire.parameters import Parameters

COVERERS: Final = frozenset((Role.FINANCE,))
CLAIMERS: Final = frozenset((Role.FINANCE, Role.RISK))
SOURCES: Final = {"INSURANCE": INSURANCE_ACCOUNT, "TREASURY": TREASURY_ACCOUNT}

DepositNumber = Annotated[int, Integer(0)]


class CoverParameters(Parameters, frozen=True):
    """Which deposit, how much of what lacks of it, from which account of the house, and why."""

    deposit: DepositNumber
    amount: Amount
    source: Annotated[str, Choice({name: name for name in SOURCES})]
    reason: Reason


class ClaimParameters(Parameters, frozen=True):
    """Which deposit, and why."""

    deposit: DepositNumber
    reason: Reason


async def cover(on: Services, doing: Doing, given: CoverParameters) -> str:
    """Make it good, once."""
    by = f"{doing.approver}:{doing.id}"
    await on.shortfalls.cover(given.deposit, SOURCES[given.source], to_units(given.amount), by)
    return f"{given.amount} of deposit {given.deposit} is covered"


async def claim(on: Services, doing: Doing, given: ClaimParameters) -> str:
    """Claim it; what is claimed already stays so."""
    await on.shortfalls.claim(given.deposit, doing.approver)
    return f"what lacks of deposit {given.deposit} is taken from its owner"


SHORTFALL_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("cover-shortfall", "Cover what lacks of a deposit.", COVERERS, CoverParameters, cover),
        takes_two=True,
        shows=lambda given: f"cover {given.amount} of deposit {given.deposit} from {given.source}: {given.reason}",
    ),
    Action(
        *("claim-shortfall", "Take what lacks of a deposit from its owner.", CLAIMERS, ClaimParameters, claim),
        takes_two=True,
        shows=lambda given: f"claim what lacks of deposit {given.deposit} from its owner: {given.reason}",
    ),
)
