"""Managed sub-accounts as their investors and those who trade them see them: which there are, snapshots, transfers."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import EndTime, StartTime
from rialto.gateway.wallet.snapshots import SnapshotParameters
from rialto.identity.sub_accounts import SubAccount
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.pages import Part, Span
from rialto.products.transfers.parameters import Email, LongPageSize, PageNumber
from rialto.products.transfers.plans.log import Wanted, log_of
from rialto.products.transfers.plans.model import PlanState
from rialto.products.transfers.sub_accounts.histories import DAY_US, account_type, emails_of
from rialto.products.transfers.sub_accounts.members import Members, no_relation
from rialto.products.transfers.sub_accounts.move_declarations import AccountType
from rialto.projections.history import History
from rialto.wire import errors
from rialto.wire.decimals import plain
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Choice, Integer
from rialto.wire.parameters import Parameters

HALF_YEAR_US: Final = 184 * DAY_US
HOUR_US: Final = 3_600_000_000

Snapshots = Callable[[int, SnapshotParameters], Awaitable[msgspec.Raw | msgspec.Struct]]
"""Shows what an owner held at the end of days."""


class Direction(Enum):
    """Seen from the managed sub-account."""

    FROM = "from"
    TO = "to"


_DIRECTIONS: Final = {
    "from": Direction.FROM,
    "FROM": Direction.FROM,
    "to": Direction.TO,
    "TO": Direction.TO,
}


STATUSES: Final = {PlanState.WAITING: "PROCESS", PlanState.CARRIED_OUT: "SUCCESS", PlanState.FAILED: "FAILURE"}


class ManagedListParameters(Parameters, frozen=True):
    """Which managed sub-accounts."""

    email: Email | None = None
    page: PageNumber = 1
    limit: Annotated[int, Integer(1, 20, clamp=True)] = 20


class ManagedSnapshotParameters(SnapshotParameters, frozen=True, kw_only=True):
    """Which managed sub-account, and which days."""

    email: Email


class OwnLogParameters(Parameters, frozen=True):
    """Which transfers, when."""

    start_time: StartTime
    end_time: EndTime
    page: PageNumber
    limit: LongPageSize
    transfers: Annotated[Direction, Choice(_DIRECTIONS)] | None = None
    transfer_function_account_type: AccountType | None = None

    def check(self) -> None:
        """Refuse ranges that end before they start or are longer than half a year."""
        if self.end_time < self.start_time:
            raise errors.bad_combination()
        if self.end_time - self.start_time > HALF_YEAR_US:
            raise ErrorCode.MORE_THAN_XX_HOURS.error(HALF_YEAR_US // HOUR_US, form=1)


class LogParameters(OwnLogParameters, frozen=True, kw_only=True):
    """Whose transfers, when."""

    email: Email


class ManagedListed(msgspec.Struct, frozen=True, rename="camel"):
    """A managed sub-account: whose money it holds, who trades it."""

    root_user_id: int
    managersub_user_id: int
    bind_parent_user_id: int
    email: str
    insert_time_stamp: int
    bind_parent_email: str
    is_sub_user_enabled: bool
    is_user_active: bool
    is_margin_enabled: bool
    is_future_enabled: bool
    is_signed_lvt_risk_agreement: bool = msgspec.field(name="isSignedLVTRiskAgreement", default=False)


class ManagedList(msgspec.Struct, frozen=True, rename="camel"):
    """A page of managed sub-accounts, and how many there are."""

    total: int
    manager_sub_user_info_vo_list: list[ManagedListed]


class LoggedTransfer(msgspec.Struct, frozen=True, rename="camel"):
    """What was put in or taken out."""

    from_email: str
    from_account_type: str
    to_email: str
    to_account_type: str
    asset: str
    amount: str
    scheduled_data: int
    create_time: int
    status: str
    tran_id: int


class TransferLog(msgspec.Struct, frozen=True, rename="camel"):
    """A page of what was put in and taken out, and how much there is."""

    manager_sub_transfer_history_vos: list[LoggedTransfer]
    count: int


def _read(path: str, summary: str, parameters: type[Any], response: Any, weight: int, budget: Budget) -> Endpoint[Any]:
    return Endpoint(
        "GET",
        f"/sapi/v1/managed-subaccount/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=weight,
        budget=budget,
        security=Security.USER_DATA,
    )


MANAGED_LIST: Final = _read(
    "info", "List managed sub-accounts that hold one's money.", ManagedListParameters, ManagedList, 60, Budget.OWNER
)
MANAGED_SNAPSHOT: Final = _read(
    "accountSnapshot",
    "Show what a managed sub-account held at the end of days.",
    ManagedSnapshotParameters,
    msgspec.Raw,
    2_400,
    Budget.ADDRESS,
)
INVESTOR_LOG: Final = _read(
    "queryTransLogForInvestor",
    "List what was put into a managed sub-account and taken out, for its investor.",
    LogParameters,
    TransferLog,
    1,
    Budget.ADDRESS,
)
PARENT_LOG: Final = _read(
    "queryTransLogForTradeParent",
    "List what was put into a managed sub-account and taken out, for who trades it.",
    LogParameters,
    TransferLog,
    60,
    Budget.OWNER,
)
OWN_LOG: Final = _read(
    "query-trans-log",
    "List what was put into a managed sub-account and taken out, for itself.",
    OwnLogParameters,
    TransferLog,
    60,
    Budget.OWNER,
)

MANAGED_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    MANAGED_LIST,
    MANAGED_SNAPSHOT,
    INVESTOR_LOG,
    PARENT_LOG,
    OWN_LOG,
)


class Managed:
    """Shows managed sub-accounts. All raise `ApiError` -4006 and -5021 for who may not ask."""

    def __init__(
        self, runtime: Runtime, history: History, members: Members, accounts: Accounts, snapshots: Snapshots
    ) -> None:
        self._runtime = runtime
        self._history = history
        self._members = members
        self._accounts = accounts
        self._snapshots = snapshots

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(MANAGED_LIST, self.list),
            Route(MANAGED_SNAPSHOT, self.snapshot),
            Route(INVESTOR_LOG, self.investor_log),
            Route(PARENT_LOG, self.parent_log),
            Route(OWN_LOG, self.own_log),
        ]

    async def list(self, call: Call, parameters: ManagedListParameters) -> ManagedList:
        """List managed sub-accounts, oldest first."""
        investor = await self._members.master(call)
        sub_accounts, skip = self._members.sub_accounts, (parameters.page - 1) * parameters.limit
        found = await self._members.read(
            lambda: sub_accounts.of_investor(investor, email=parameters.email, skip=skip, limit=parameters.limit)
        )
        total = await self._members.read(lambda: sub_accounts.count_of_investor(investor))
        if parameters.email is not None:
            total = len(found)
        emails = await self._members.emails_of(member.parent for member in found)
        return ManagedList(total, [await self._listed(call, member, emails[member.parent]) for member in found])

    async def snapshot(self, call: Call, parameters: ManagedSnapshotParameters) -> msgspec.Raw | msgspec.Struct:
        """Show what a managed sub-account held at the end of days."""
        member = await self._members.invested(call, parameters.email)
        return await self._snapshots(member.owner, parameters)

    async def investor_log(self, call: Call, parameters: LogParameters) -> TransferLog:
        """List what was put in and taken out, newest first."""
        return await self._log(call, await self._members.invested(call, parameters.email), parameters)

    async def parent_log(self, call: Call, parameters: LogParameters) -> TransferLog:
        """List what was put in and taken out, newest first."""
        member = await self._members.member(call, parameters.email)
        if not member.is_managed:
            raise no_relation()
        return await self._log(call, member, parameters)

    async def own_log(self, call: Call, parameters: OwnLogParameters) -> TransferLog:
        """List what was put in and taken out, newest first."""
        member = await self._members.caller(call)
        if not member.is_managed:
            raise no_relation()
        return await self._log(call, member, parameters)

    async def _log(self, call: Call, member: SubAccount, parameters: OwnLogParameters) -> TransferLog:
        wanted = Wanted(
            owner=member.owner,
            gives=parameters.transfers is not Direction.TO,
            takes=parameters.transfers is not Direction.FROM,
            account_class=parameters.transfer_function_account_type,
            span=Span(parameters.start_time, parameters.end_time),
            part=Part(parameters.page, parameters.limit),
        )
        found = await log_of(self._history, wanted)
        emails = await emails_of(self._members, found.rows)
        logged = [
            LoggedTransfer(
                from_email=emails[row.from_owner],
                from_account_type=account_type(row.from_class),
                to_email=emails[row.to_owner],
                to_account_type=account_type(row.to_class),
                asset=self._runtime.catalog.asset(row.asset).name,
                amount=plain(row.amount),
                scheduled_data=call.time(row.due_us),
                create_time=call.time(row.asked_at_us),
                status=STATUSES[row.state],
                tran_id=row.number,
            )
            for row in found.rows
        ]
        return TransferLog(logged, found.total)

    async def _listed(self, call: Call, member: SubAccount, parent_email: str) -> ManagedListed:
        margin = await self._accounts.find(member.owner, AccountKind(AccountClass.CROSS_MARGIN))
        assert member.investor is not None, "a managed sub-account has an investor"
        return ManagedListed(
            root_user_id=member.investor,
            managersub_user_id=member.owner,
            bind_parent_user_id=member.parent,
            email=member.email,
            insert_time_stamp=call.time(member.created_at_us),
            bind_parent_email=parent_email,
            is_sub_user_enabled=member.is_active,
            is_user_active=member.is_active,
            is_margin_enabled=margin is not None,
            is_future_enabled=member.has_futures,
        )
