"""The histories of transfers within a family, newest first."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import EndTime, StartTime
from rialto.products.transfers import pages
from rialto.products.transfers.model import Channel, TransferRecord
from rialto.products.transfers.pages import Part
from rialto.products.transfers.parameters import (
    AssetName,
    ClientId,
    Email,
    LongPageSize,
    PageNumber,
    find_asset,
    span_of,
)
from rialto.products.transfers.sub_accounts.declaring import reads
from rialto.products.transfers.sub_accounts.members import Members, owner_of
from rialto.products.transfers.sub_accounts.move_declarations import ACCOUNT_TYPES, FUTURES
from rialto.products.transfers.sub_accounts.parameters import FuturesType
from rialto.projections.history import History
from rialto.wire import errors
from rialto.wire.decimals import plain
from rialto.wire.endpoints import Endpoint
from rialto.wire.kinds import Boolean, Integer
from rialto.wire.parameters import Parameters

DAY_US: Final = 86_400_000_000
WEEK_US: Final = 7 * DAY_US
MONTH_US: Final = 30 * DAY_US
INCOMING: Final = 1
OUTGOING: Final = 2

_WORDS: Final = {
    **{account_class.value: word for word, account_class in ACCOUNT_TYPES.items()},
    AccountClass.FUNDING.value: "FUNDING",
    AccountClass.OPTIONS.value: "OPTION",
}


class EndsParameters(Parameters, frozen=True):
    """From whom, or to whom."""

    from_email: Email | None = None
    to_email: Email | None = None

    def check(self) -> None:
        """Refuse both ends at once."""
        if self.from_email is not None and self.to_email is not None:
            raise errors.bad_combination()


class SpotHistoryParameters(EndsParameters, frozen=True):
    """Whose transfers, and when."""

    start_time: StartTime | None = None
    end_time: EndTime | None = None
    page: PageNumber = 1
    limit: LongPageSize = 500


class UniversalHistoryParameters(EndsParameters, frozen=True):
    """Whose transfers, and when; or the one with a client's own id."""

    client_tran_id: ClientId | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    page: PageNumber = 1
    limit: LongPageSize = 500


class FuturesHistoryParameters(Parameters, frozen=True):
    """Whose transfers between futures accounts, and when."""

    email: Email
    futures_type: FuturesType
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    page: PageNumber = 1
    limit: LongPageSize = 50


class OwnHistoryParameters(Parameters, frozen=True):
    """Which way, what, and when. A transfer happens or is refused: there are no failures to return."""

    asset: AssetName | None = None
    type: Annotated[int, Integer(INCOMING, OUTGOING)] = OUTGOING
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: LongPageSize = 500
    return_fail_history: Annotated[bool, Boolean()] = False


class SpotTransfer(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer between spot accounts."""

    from_: str = msgspec.field(name="from")
    to: str
    asset: str
    qty: str
    status: str
    tran_id: int
    time: int


class FuturesTransfer(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer between futures accounts."""

    from_: str = msgspec.field(name="from")
    to: str
    asset: str
    qty: str
    tran_id: int
    time: int


class FuturesTransfers(msgspec.Struct, frozen=True, rename="camel"):
    """A page of transfers between futures accounts."""

    success: bool
    futures_type: int
    transfers: list[FuturesTransfer]


class UniversalTransfer(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer between any accounts."""

    tran_id: int
    from_email: str
    to_email: str
    asset: str
    amount: str
    create_time_stamp: int
    from_account_type: str
    to_account_type: str
    status: str
    client_tran_id: str


class UniversalTransfers(msgspec.Struct, frozen=True, rename="camel"):
    """A page of transfers, and how many there are."""

    result: list[UniversalTransfer]
    total_count: int


class OwnTransfer(msgspec.Struct, frozen=True, rename="camel"):
    """What a sub-account gave or got."""

    counter_party: str
    email: str
    type: int
    asset: str
    qty: str
    from_account_type: str
    to_account_type: str
    status: str
    tran_id: int
    time: int


SPOT_HISTORY: Final = reads(
    "/sapi/v1/sub-account/sub/transfer/history",
    "List transfers between spot accounts of the family.",
    SpotHistoryParameters,
    list[SpotTransfer],
)
UNIVERSAL_HISTORY: Final = reads(
    "/sapi/v1/sub-account/universalTransfer",
    "List universal transfers within the family.",
    UniversalHistoryParameters,
    UniversalTransfers,
)
FUTURES_HISTORY: Final = reads(
    "/sapi/v1/sub-account/futures/internalTransfer",
    "List transfers between futures accounts of the family.",
    FuturesHistoryParameters,
    FuturesTransfers,
)
OWN_HISTORY: Final = reads(
    "/sapi/v1/sub-account/transfer/subUserHistory",
    "List what a sub-account gave to others of its family, or got from them.",
    OwnHistoryParameters,
    list[OwnTransfer],
)

HISTORIES_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    SPOT_HISTORY,
    UNIVERSAL_HISTORY,
    FUTURES_HISTORY,
    OWN_HISTORY,
)


class Histories:
    """Lists transfers within families. All raise `ApiError` -4006 and -5021 for who may not ask."""

    def __init__(self, runtime: Runtime, history: History, members: Members) -> None:
        self._runtime = runtime
        self._history = history
        self._members = members

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(SPOT_HISTORY, self.spot),
            Route(UNIVERSAL_HISTORY, self.universal),
            Route(FUTURES_HISTORY, self.futures),
            Route(OWN_HISTORY, self.own),
        ]

    async def spot(self, call: Call, parameters: SpotHistoryParameters) -> list[SpotTransfer]:
        """List transfers from a member or to one; those from the master where none is named."""
        parent = await self._members.master(call)
        conditions = await self._ends(parent, parameters.from_email, parameters.to_email, between_members=True)
        conditions.append(pages.between_classes(AccountClass.SPOT))
        span = None
        if parameters.start_time is not None or parameters.end_time is not None:
            now_us = self._runtime.now_us()
            span = span_of(parameters.start_time, parameters.end_time, now_us, default_us=MONTH_US)
        part = Part(parameters.page, parameters.limit)
        found = await pages.listed(self._history, conditions, span, part, counted=False)
        emails = await self._emails(found.rows)
        return [SpotTransfer(status="SUCCESS", **self._told(call, row, emails)) for row in found.rows]

    async def universal(self, call: Call, parameters: UniversalHistoryParameters) -> UniversalTransfers:
        """List universal transfers: of the last seven days unless told otherwise, and of seven days at most.

        Raises `ApiError` -1127 for a longer range.
        """
        parent = await self._members.master(call)
        if parameters.client_tran_id is not None:
            conditions, span = pages.of_client_id(parent, parameters.client_tran_id), None
            if parameters.from_email is not None or parameters.to_email is not None:
                conditions += await self._ends(parent, parameters.from_email, parameters.to_email)
        else:
            conditions = await self._ends(parent, parameters.from_email, parameters.to_email)
            now_us, start_us, end_us = self._runtime.now_us(), parameters.start_time, parameters.end_time
            span = span_of(start_us, end_us, now_us, default_us=WEEK_US, longest_us=WEEK_US)
        conditions.append(pages.by_channel(Channel.FAMILY))
        found = await pages.listed(self._history, conditions, span, Part(parameters.page, parameters.limit))
        emails = await self._emails(found.rows)
        result = [
            UniversalTransfer(
                tran_id=row.transfer,
                from_email=emails[row.from_owner],
                to_email=emails[row.to_owner],
                asset=self._asset(row),
                amount=plain(row.amount),
                create_time_stamp=call.time(row.moved_at_us),
                from_account_type=account_type(row.from_class),
                to_account_type=account_type(row.to_class),
                status="SUCCESS",
                client_tran_id=row.client_id or "",
            )
            for row in found.rows
        ]
        return UniversalTransfers(result, found.total)

    async def futures(self, call: Call, parameters: FuturesHistoryParameters) -> FuturesTransfers:
        """List what a member's futures accounts gave and got: of the last month."""
        parent = await self._members.master(call)
        owner = owner_of(await self._members.named(parent, parameters.email))
        account_class = FUTURES[parameters.futures_type]
        conditions = [
            *pages.touching(owner),
            pages.by_channel(Channel.FUTURES),
            pages.between_classes(account_class),
        ]
        now_us = self._runtime.now_us()
        span = span_of(parameters.start_time, parameters.end_time, now_us, default_us=MONTH_US)
        span = msgspec.structs.replace(span, start_us=max(span.start_us, now_us - MONTH_US))
        part = Part(parameters.page, parameters.limit)
        found = await pages.listed(self._history, conditions, span, part, counted=False)
        emails = await self._emails(found.rows)
        transfers = [FuturesTransfer(**self._told(call, row, emails)) for row in found.rows]
        return FuturesTransfers(True, parameters.futures_type, transfers)

    async def own(self, call: Call, parameters: OwnHistoryParameters) -> list[OwnTransfer]:
        """List what the sub-account that calls gave or got: of the last thirty days unless told otherwise."""
        member = await self._members.caller(call)
        is_outgoing = parameters.type == OUTGOING
        choose = pages.from_member if is_outgoing else pages.to_member
        conditions = choose(member.parent, member.owner)
        if parameters.asset is not None:
            conditions.append(pages.of_asset(find_asset(self._runtime.catalog, parameters.asset).id))
        span = span_of(parameters.start_time, parameters.end_time, self._runtime.now_us(), default_us=MONTH_US)
        found = await pages.listed(self._history, conditions, span, Part(1, parameters.limit), counted=False)
        emails = await self._emails(found.rows)
        listed = []
        for row in found.rows:
            other = row.to_owner if is_outgoing else row.from_owner
            listed.append(
                OwnTransfer(
                    counter_party="master" if other == member.parent else "subAccount",
                    email=emails[other],
                    type=parameters.type,
                    asset=self._asset(row),
                    qty=plain(row.amount),
                    from_account_type=account_type(row.from_class),
                    to_account_type=account_type(row.to_class),
                    status="SUCCESS",
                    tran_id=row.transfer,
                    time=call.time(row.moved_at_us),
                )
            )
        return listed

    async def _ends(
        self, parent: int, from_email: str | None, to_email: str | None, *, between_members: bool = False
    ) -> list[Any]:
        if to_email is not None:
            choose = pages.to_member if between_members else pages.received_by
            return choose(parent, owner_of(await self._members.named(parent, to_email)))
        choose = pages.from_member if between_members else pages.sent_by
        return choose(parent, owner_of(await self._members.named(parent, from_email)))

    async def _emails(self, rows: Any) -> dict[int, str]:
        return await emails_of(self._members, rows)

    def _told(self, call: Call, row: TransferRecord, emails: Mapping[int, str]) -> dict[str, Any]:
        """Return what spot and futures transfers are told by."""
        return {
            "from_": emails[row.from_owner],
            "to": emails[row.to_owner],
            "asset": self._asset(row),
            "qty": plain(row.amount),
            "tran_id": row.transfer,
            "time": call.time(row.moved_at_us),
        }

    def _asset(self, row: TransferRecord) -> str:
        return self._runtime.catalog.asset(row.asset).name


async def emails_of(members: Members, rows: Any) -> dict[int, str]:
    """Return the addresses of both ends of transfers."""
    return await members.emails_of(owner for row in rows for owner in (row.from_owner, row.to_owner))


def account_type(account_class: str) -> str:
    """Spell the class of an account as the calls about sub-accounts do."""
    return _WORDS.get(account_class, account_class.upper())
