"""Actions on what moves between the hot addresses and the tiers behind, and on who signs."""

from typing import Annotated, Final

from rialto.admin.action import Action, AnyAction, Doing, Refused
from rialto.admin.actions.parameters import Id, Reason
from rialto.admin.services import Services
from rialto.custody.signing.heads import Head
from rialto.custody.signing.requests import SignerUnavailable
from rialto.identity.operators import Role
from rialto.wire.kinds import Integer, Text
from rialto.wire.parameters import Parameters

MOVERS: Final = frozenset((Role.RISK, Role.FINANCE))


class ApproveParameters(Parameters, frozen=True):
    """Which refill."""

    refill: Id


class CancelParameters(Parameters, frozen=True):
    """Which refill, and why."""

    refill: Id
    reason: Reason


class ImportParameters(Parameters, frozen=True):
    """Which refill, and the file of signatures that a keeper gave, as it is."""

    refill: Id
    answer: Annotated[str, Text("^[\\x20-\\x7e]+$")]


class AcceptParameters(Parameters, frozen=True):
    """Where the signer's record stands, as `rialto signer status` says, and why that is well."""

    entry: Annotated[int, Integer(0)]
    head: Annotated[str, Text("^[0-9a-f]{64}$")]
    reason: Reason


async def approve(on: Services, doing: Doing, given: ApproveParameters) -> str:
    """Agree, once."""
    await on.refills.approve(given.refill, doing.id, doing.proposer, doing.approver)
    return "the refill is approved"


async def cancel(on: Services, doing: Doing, given: CancelParameters) -> str:
    """Take it back."""
    await on.refills.cancel(given.refill, doing.proposer, given.reason)
    return "the refill is canceled"


async def bring(on: Services, doing: Doing, given: ImportParameters) -> str:
    """Take a keeper's signatures; the same again change nothing."""
    return await on.refills.bring(given.refill, given.answer, doing.proposer)


async def accept(on: Services, doing: Doing, given: AcceptParameters) -> str:
    """Take the signer's record as it is."""
    if on.signer is None:
        raise Refused("no signer is configured here")
    try:
        await on.signer.accept(Head(given.entry, given.head), doing.approver)
    except SignerUnavailable as unavailable:
        raise Refused(str(unavailable)) from unavailable
    return "the signer's record is taken as it is"


REFILL_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Action(
        *("approve-refill", "Move holdings between tiers.", MOVERS, ApproveParameters, approve),
        takes_two=True,
        shows=lambda given: f"approve refill {given.refill}",
    ),
    Action(
        *("cancel-refill", "Take a refill back that is not signed.", MOVERS, CancelParameters, cancel),
        takes_two=False,
        shows=lambda given: f"cancel refill {given.refill}: {given.reason}",
    ),
    Action(
        *("import-refill", "Bring a keeper's signatures of a refill.", MOVERS, ImportParameters, bring),
        # The signatures are the proof; who carried them proves nothing.
        takes_two=False,
        shows=lambda given: f"import signatures for refill {given.refill}",
    ),
    Action(
        *("accept-signer-record", "Take the signer's record as it is.", frozenset((Role.SECURITY,)), AcceptParameters),
        accept,
        takes_two=True,
        shows=lambda given: f"accept the signer's record at entry {given.entry}: {given.reason}",
    ),
)
