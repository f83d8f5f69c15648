"""The operators' desk: takes proposals, has a second operator agree where one must, performs, and writes it all down.

State: what is being performed in this process. What was approved and has no result, because a process died or was too
busy, is performed again by `perform_waiting`: actions do nothing twice.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final

import msgspec
import structlog
from sqlalchemy import Connection

from rialto.admin.action import MACHINE, Action, AnyAction, Doing, Refused, name_of
from rialto.admin.actions import ACTIONS
from rialto.admin.agreements import Agreement, Agreements
from rialto.admin.proposals import Asked, Note, Proposal, Proposals, Status, Wanted
from rialto.admin.services import Services
from rialto.core.errors import CommandRefused, RuntimeBusy, RuntimeStopped
from rialto.custody.deposits.rules import AmountTooSmall, NotHeld
from rialto.custody.networks.switches import NoSuchAssetOnNetwork
from rialto.custody.recovery.model import NotOpen
from rialto.custody.recovery.returning import NotReturnable
from rialto.custody.recovery.service import NothingToRecover
from rialto.custody.reserves.liabilities import NotConserved
from rialto.custody.withdrawals.reviewing import InvalidReview
from rialto.custody.withdrawals.rules import NoSuchWithdrawal, NotPossible, SignatureMissing
from rialto.foundation.failures import ExpectedFailure
from rialto.identity.behaviour import BY_OPERATORS
from rialto.identity.clerks import ClerksBusy
from rialto.identity.operators import Role
from rialto.identity.people import NoSuchPerson
from rialto.products.distributions.rules import DistributionRefused
from rialto.products.fiat.rules import FiatRefused
from rialto.wire.errors import ApiError
from rialto.wire.parameters import ParameterReader, Parameters

OFFICERS: Final = frozenset((Role.SECURITY,))
RETRIED_EVERY_S: Final = 5
EXPECTED: Final = (
    *(Refused, ExpectedFailure, NoSuchPerson, NoSuchAssetOnNetwork, NotOpen, NothingToRecover, NotHeld),
    *(
        AmountTooSmall,
        NotReturnable,
        NotConserved,
        InvalidReview,
        NoSuchWithdrawal,
        NotPossible,
        SignatureMissing,
        DistributionRefused,
        FiatRefused,
        ValueError,
    ),
)
"""What refuses an action for good, with a message for operators."""

PASSING: Final = (RuntimeBusy, RuntimeStopped, ClerksBusy, TimeoutError)
"""What may be otherwise a moment later: the action is tried again."""

_log = structlog.stdlib.get_logger(__name__)


class Whence(msgspec.Struct, frozen=True):
    """Who acts, and from where, for the log."""

    operator: int
    address: str = ""
    client: str = ""


class OwnProposal(Exception):
    """Who proposed wants to approve."""


class WrongRole(Exception):
    """The action takes other roles; carries them."""

    def __init__(self, roles: frozenset[Role]) -> None:
        super().__init__()
        self.roles: Final = roles


class OwnAffair(Exception):
    """Who wants to approve is whom it concerns."""


class OfficerNeeded(Exception):
    """So much takes an operator of security among the two, and neither is one."""


class Desk:
    """The desk. Belongs to one event loop."""

    def __init__(self, services: Services, proposals: Proposals, agreements: Agreements) -> None:
        self._services = services
        self._agreements = agreements
        self._proposals = proposals
        self._under_way: dict[str, asyncio.Task[Proposal]] = {}

    async def propose(self, action: Action[Parameters], given: Parameters, whence: Whence) -> Proposal:
        """Write a proposal down; one that nobody else must approve is performed at once.

        Errors: `WrongRole`, `TooManyPending`, `Refused` where it can be told before that it cannot be performed,
        `ClerksBusy`.
        """
        self._check_role(action, whence.operator)
        text = msgspec.json.encode(given).decode()
        worth = None if action.moves is None else self._agreements.worth(await action.moves(self._services, given))
        asked = Asked(action.name, text, action.shows(given), whence.operator, worth, self._services.now_us())
        note = self._note(whence, "proposed")
        is_own = _concerned(text) == whence.operator
        demanded = partial(self._agreements.demanded, action, whence.operator, worth, is_own)
        added = await self._services.clerks.run(lambda: self._proposals.add(asked, note, demanded))
        return added if added.agreement is not Agreement.ONE else await self._perform(added, whence)

    async def approve(self, id_: str, whence: Whence) -> Proposal:
        """Agree to what another proposed, and perform it.

        Errors: `NoSuchProposal`, `NotPending`, `OwnProposal`, `OwnAffair`, `WrongRole`, `OfficerNeeded`, `ClerksBusy`.
        """
        found = await self._find(id_)
        self._check_role(ACTIONS[found.action], whence.operator, found.agreement)
        if found.proposer == whence.operator:
            raise OwnProposal
        if _concerned(found.parameters) == whence.operator:
            raise OwnAffair
        if found.agreement is Agreement.OFFICER and not self._has_officer(found.proposer, whence.operator):
            raise OfficerNeeded
        approved = await self._decide(id_, Status.APPROVED, "", whence)
        return await self._perform(approved, whence)

    async def refuse(self, id_: str, reason: str, whence: Whence) -> Proposal:
        """Refuse what is pending; who proposed it takes it back so. Errors: those of `approve`, but `OwnProposal`."""
        found = await self._find(id_)
        self._check_role(ACTIONS[found.action], whence.operator, found.agreement)
        return await self._decide(id_, Status.REFUSED, reason, whence)

    async def listed(self, wanted: Wanted) -> list[Proposal]:
        """List the proposals that fit, the newest first. Errors: `ClerksBusy`."""
        now_us = self._services.now_us()
        return await self._services.clerks.run(lambda: self._proposals.listed(wanted, now_us))

    async def ask(self, name: str, pairs: Mapping[str, str]) -> str:
        """Propose for who sits at the machine; return what became of it, in words. Errors: `Refused`."""
        action = ACTIONS.get(name)
        if action is None:
            raise Refused(f"there is no action {name!r}; there are {', '.join(ACTIONS)}")
        try:
            given = ParameterReader(action.parameters).read(dict(pairs))
        except ApiError as error:
            raise Refused(error.message) from error
        found = await self.propose(action, given, Whence(MACHINE))
        if found.status is Status.FAILED:
            raise Refused(found.result)
        if found.status is Status.PENDING:
            return f"{found.id} waits for an operator's approval: {found.shown}"
        return f"{found.id} {found.status.value}: {found.result}"

    async def perform_waiting(self) -> None:
        """Perform for ever what is approved and has no result."""
        while True:
            try:
                waiting = await self.listed(Wanted(Status.APPROVED))
                for each in (each for each in waiting if each.id not in self._under_way):
                    await self._perform(each, Whence(each.proposer if each.approver is None else each.approver))
            except Exception:
                _log.exception("approved actions not performed; tried again")
            await asyncio.sleep(RETRIED_EVERY_S)

    async def _perform(self, proposal: Proposal, whence: Whence) -> Proposal:
        """Perform what is approved, once at a time, to its end even if who waits for it goes away."""
        task = self._under_way.get(proposal.id)
        if task is None:
            task = self._under_way[proposal.id] = asyncio.create_task(self._performing(proposal, whence))
            task.add_done_callback(lambda _task: self._under_way.pop(proposal.id))
        return await asyncio.shield(task)

    async def _performing(self, proposal: Proposal, whence: Whence) -> Proposal:
        action = ACTIONS[proposal.action]
        proposer = name_of(proposal.proposer)
        approver = proposer if proposal.approver is None else name_of(proposal.approver)
        doing = Doing(proposal.id, proposer, approver, self._services.now_us())
        try:
            given = msgspec.json.decode(proposal.parameters, type=action.parameters)
            status, result = Status.DONE, await action.perform(self._services, doing, given)
        except CommandRefused as refused:
            status, result = Status.FAILED, f"refused by the core: {refused.rejection!r}"
        except EXPECTED as refused:
            status, result = Status.FAILED, str(refused) or type(refused).__name__
        except PASSING as failure:
            _log.warning("action not performed; tried again", action=action.name, failure=type(failure).__name__)
            return proposal
        except Exception:
            # It stays approved: whether it happened is not known, and doing it again does nothing twice.
            _log.exception("action not performed; tried again", action=action.name, proposal=proposal.id)
            return proposal
        _log.warning("operator's action", action=action.name, proposal=proposal.id, status=status.value)
        now_us, note = self._services.now_us(), self._note(whence, status.value)
        return await self._services.clerks.run(lambda: self._proposals.end(proposal.id, status, result, now_us, note))

    async def _find(self, id_: str) -> Proposal:
        now_us = self._services.now_us()
        return await self._services.clerks.run(lambda: self._proposals.find(id_, now_us))

    async def _decide(self, id_: str, status: Status, reason: str, whence: Whence) -> Proposal:
        now_us, note = self._services.now_us(), self._note(whence, status.value)
        return await self._services.clerks.run(
            lambda: self._proposals.decide(id_, whence.operator, status, reason, now_us, note)
        )

    def _check_role(self, action: AnyAction, operator: int, agreement: Agreement = Agreement.ONE) -> None:
        roles = action.roles | OFFICERS if agreement is Agreement.OFFICER else action.roles
        if operator != MACHINE and not roles & self._services.operators.roles_of(operator):
            raise WrongRole(roles)

    def _has_officer(self, *operators: int) -> bool:
        return any(OFFICERS & self._services.operators.roles_of(each) for each in operators)

    def _note(self, whence: Whence, result: str) -> Note:
        """Return what writes the line of the log: about the person it concerns, if they are one, else the operator."""

        def write(connection: Connection, proposal: Proposal) -> None:
            subject = _concerned(proposal.parameters) or whence.operator or None
            detail = f"{proposal.id} {proposal.shown}" + (f": {proposal.result}" if proposal.result else "")
            self._services.behaviour.note(
                subject,
                name_of(whence.operator),
                f"{BY_OPERATORS}{proposal.action}",
                whence.address,
                whence.client,
                result,
                detail,
                self._services.now_us(),
                connection,
            )

        return write


def _concerned(parameters: str) -> int | None:
    """Return whom a proposal concerns, if it is a person."""
    owner: int | None = msgspec.json.decode(parameters).get("owner")
    return owner
