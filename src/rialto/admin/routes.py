"""The calls by which operators propose, approve and refuse: one for each declared action, and those of approvals."""

from collections.abc import Awaitable
from typing import Annotated, Any, Final, TypeVar

import msgspec

from rialto.admin.action import MACHINE, AnyAction, Refused
from rialto.admin.actions import ACTIONS
from rialto.admin.actions.parameters import Id, Reason
from rialto.admin.agreements import Agreement
from rialto.admin.cursors import Cursor, cursor_of, read_cursor
from rialto.admin.desk import Desk, OfficerNeeded, OwnAffair, OwnProposal, Whence, WrongRole
from rialto.admin.gate import Gate
from rialto.admin.proposals import (
    LISTED_MAX,
    PENDING_MAX,
    NoSuchProposal,
    NotPending,
    Proposal,
    Status,
    TooManyPending,
    Wanted,
)
from rialto.contracts.amounts import text_of
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.clerks import ClerksBusy
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ApiError
from rialto.wire.kinds import Choice, Integer
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import Parameters
from rialto.wire.people_errors import PeopleError

WEIGHT: Final = 10
T = TypeVar("T")


class ListParameters(Parameters, frozen=True):
    """One proposal; or those in which status, of which action, proposed or decided on by whom; all without."""

    id: Id | None = None
    status: Annotated[Status | None, Choice(Status)] = None
    action: Annotated[str | None, Choice({name: name for name in ACTIONS})] = None
    operator: Annotated[int | None, Integer(0)] = None
    before: Cursor | None = None
    limit: Annotated[int, Integer(1, LISTED_MAX)] = 100


class ApproveParameters(Parameters, frozen=True):
    """Which proposal."""

    id: Id


class RefuseParameters(Parameters, frozen=True):
    """Which proposal, and why."""

    id: Id
    reason: Reason


class ProposalShown(msgspec.Struct, frozen=True, rename="camel"):
    """A proposal. Times are in milliseconds; operators are known by number, 0 is the machine's command line."""

    id: str
    cursor: str
    action: str
    status: Status
    shown: str
    parameters: dict[str, Any]
    proposer: int
    approver: int | None
    result: str
    agreement: Agreement
    worth: str | None
    """What it moves is worth in the valuation asset, where that could be told."""
    proposed_at: int
    expires_at: int
    ended_at: int | None


def declare(method: str, path: str, summary: str, parameters: Any, response: Any) -> Endpoint[Any]:
    """Declare a call of operators'."""
    return Endpoint(
        method,
        path,
        summary=summary,
        parameters=parameters,
        response=response,
        weight=WEIGHT,
        security=Security.OPERATOR,
        refused_with=(409,),
    )


BROWSER_INTEGER_MAX: Final = 2**53 - 1
"""The largest whole number up to which JavaScript's numbers are exact."""

AGREEING: Final = {
    "one": "",
    "two": " Another operator must approve.",
    "by worth": " Another operator must approve, unless it is worth little.",
}


def _proposing(action: AnyAction) -> Endpoint[Any]:
    summary = f"{action.summary}{AGREEING[action.agreed_by]}"
    return declare("POST", action.path, summary, action.parameters, ProposalShown)


PROPOSE: Final = {name: _proposing(action) for name, action in ACTIONS.items()}
LIST: Final = declare("GET", "/admin/v1/approvals", "List proposals.", ListParameters, list[ProposalShown])
APPROVE: Final = declare(
    "POST", "/admin/v1/approvals/approve", "Approve what another operator proposed.", ApproveParameters, ProposalShown
)
REFUSE: Final = declare("POST", "/admin/v1/approvals/refuse", "Refuse a proposal.", RefuseParameters, ProposalShown)

DESK_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (*PROPOSE.values(), LIST, APPROVE, REFUSE)


class DeskCalls:
    """Serves them."""

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        proposing = [self._route(ACTIONS[name], endpoint) for name, endpoint in PROPOSE.items()]
        return [*proposing, Route(LIST, self.list), Route(APPROVE, self.approve), Route(REFUSE, self.refuse)]

    def _route(self, action: AnyAction, endpoint: Endpoint[Any]) -> Route[Any]:
        async def propose(call: Call, given: Parameters) -> ProposalShown:
            await self._gate.admit(call, action.roles, decides=True)
            return _shown(call, await self._answered(call, self._desk.propose(action, given, _whence(call))))

        return Route(endpoint, propose)

    async def list(self, call: Call, parameters: ListParameters) -> "list[ProposalShown]":
        """List them, the newest first."""
        await self._gate.admit(call)
        wanted = Wanted(
            *(parameters.status, parameters.action, parameters.operator),
            read_cursor(parameters.before),
            parameters.limit,
            parameters.id,
        )
        return [_shown(call, each) for each in await self._answered(call, self._desk.listed(wanted))]

    async def approve(self, call: Call, parameters: ApproveParameters) -> ProposalShown:
        """Approve and perform."""
        await self._gate.admit(call, decides=True)
        approving = self._desk.approve(parameters.id, _whence(call))
        return _shown(call, await self._answered(call, approving, parameters.id))

    async def refuse(self, call: Call, parameters: RefuseParameters) -> ProposalShown:
        """Refuse."""
        await self._gate.admit(call, decides=True)
        refusing = self._desk.refuse(parameters.id, parameters.reason, _whence(call))
        return _shown(call, await self._answered(call, refusing, parameters.id))

    async def _answered(self, call: Call, doing: Awaitable[T], about: str = "") -> T:
        """Return what comes of it; what is refused is written down."""
        try:
            return await _as_told(doing)
        except ApiError as refusal:
            if refusal.kind is not PeopleError.BUSY:
                await self._gate.note_denied(call, refusal, about)
            raise


async def _as_told(doing: Awaitable[T]) -> T:
    """Return what comes of it; what goes wrong becomes an `ApiError`."""
    try:
        return await doing
    except WrongRole as wrong:
        roles = ", ".join(sorted(role.value for role in wrong.roles))
        raise OperatorError.WRONG_ROLE.error(roles) from None
    except OwnProposal:
        raise OperatorError.OWN_PROPOSAL.error() from None
    except OwnAffair:
        raise OperatorError.OWN_AFFAIR.error() from None
    except OfficerNeeded:
        raise OperatorError.OFFICER_NEEDED.error() from None
    except Refused as refused:
        raise OperatorError.NOT_PROPOSED.error(refused) from None
    except NoSuchProposal:
        raise OperatorError.NO_SUCH_PROPOSAL.error() from None
    except NotPending as decided:
        raise OperatorError.NOT_PENDING.error(decided.status.value) from None
    except TooManyPending:
        raise OperatorError.TOO_MANY_PENDING.error(PENDING_MAX) from None
    except ClerksBusy:
        raise PeopleError.BUSY.error(1, retry_after_s=1) from None


def _whence(call: Call) -> Whence:
    assert call.owner != MACHINE, "the house has no sessions"
    return Whence(call.owner, call.address, call.client)


def _exact(value: Any) -> Any:
    """Have a number that a browser would round be a text."""
    return str(value) if isinstance(value, int) and abs(value) > BROWSER_INTEGER_MAX else value


def _shown(call: Call, held: Proposal) -> ProposalShown:
    return ProposalShown(
        held.id,
        cursor_of(held.proposed_at_us, held.id),
        held.action,
        held.status,
        held.shown,
        {name: _exact(value) for name, value in msgspec.json.decode(held.parameters).items()},
        held.proposer,
        held.approver,
        held.result,
        held.agreement,
        None if held.worth_units is None else text_of(held.worth_units),
        call.time(held.proposed_at_us),
        call.time(held.expires_at_us),
        None if held.ended_at_us is None else call.time(held.ended_at_us),
    )
