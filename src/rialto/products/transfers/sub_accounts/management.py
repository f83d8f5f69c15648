"""Sub-accounts: made, listed, allowed to trade futures and options."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.sub_accounts import (
    NAME,
    SUB_ACCOUNTS_PER_MASTER_MAX,
    InvalidSubAccountName,
    SubAccount,
    TooManySubAccounts,
)
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.parameters import Email, PageNumber
from rialto.products.transfers.sub_accounts.declaring import changes, reads
from rialto.products.transfers.sub_accounts.members import Members
from rialto.products.transfers.sub_accounts.parameters import EmailParameters
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean, Integer, Text
from rialto.wire.parameters import Parameters
from rialto.wire.wallet_errors import WalletError


class CreateParameters(Parameters, frozen=True):
    """What its address is made of."""

    sub_account_string: Annotated[str, Text(NAME)]


class StatusParameters(Parameters, frozen=True):
    """Which sub-account; all without one."""

    email: Email | None = None


class ListParameters(Parameters, frozen=True):
    """Which sub-accounts."""

    email: Email | None = None
    is_freeze: Annotated[bool, Boolean()] | None = None
    page: PageNumber = 1
    limit: Annotated[int, Integer(1, 200, clamp=True)] = 1


class Created(msgspec.Struct, frozen=True, rename="camel"):
    """The address of a new sub-account."""

    email: str


class FuturesAllowed(msgspec.Struct, frozen=True, rename="camel"):
    """A sub-account may trade futures."""

    email: str
    is_futures_enabled: bool


class OptionsAllowed(msgspec.Struct, frozen=True, rename="camel"):
    """A sub-account may trade options."""

    email: str
    is_e_options_enabled: bool


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """What a sub-account may do. There are no telephone numbers: `mobile` is 0."""

    email: str
    is_sub_user_enabled: bool
    is_user_active: bool
    insert_time: int
    is_margin_enabled: bool
    is_future_enabled: bool
    mobile: int


class Listed(msgspec.Struct, frozen=True, rename="camel"):
    """A sub-account in the list."""

    sub_user_id: int
    email: str
    remark: str
    is_freeze: bool
    create_time: int
    is_managed_sub_account: bool
    is_asset_management_sub_account: bool


class ListedPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of the list."""

    sub_accounts: list[Listed]


CREATE: Final = changes("/sapi/v1/sub-account/virtualSubAccount", "Make a sub-account.", CreateParameters, Created)
ALLOW_FUTURES: Final = changes(
    "/sapi/v1/sub-account/futures/enable", "Let a sub-account trade futures.", EmailParameters, FuturesAllowed
)
ALLOW_OPTIONS: Final = changes(
    "/sapi/v1/sub-account/eoptions/enable", "Let a sub-account trade options.", EmailParameters, OptionsAllowed
)
STATUS: Final = reads(
    "/sapi/v1/sub-account/status", "Show what sub-accounts may do.", StatusParameters, list[Status], 10
)
LIST: Final = reads("/sapi/v1/sub-account/list", "List sub-accounts.", ListParameters, ListedPage)

MANAGEMENT_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (CREATE, ALLOW_FUTURES, ALLOW_OPTIONS, STATUS, LIST)


class Management:
    """Makes and shows sub-accounts."""

    def __init__(self, members: Members, accounts: Accounts) -> None:
        self._members = members
        self._sub_accounts = members.sub_accounts
        self._accounts = accounts

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(CREATE, self.create),
            Route(ALLOW_FUTURES, self.allow_futures),
            Route(ALLOW_OPTIONS, self.allow_options),
            Route(STATUS, self.status),
            Route(LIST, self.list),
        ]

    async def create(self, call: Call, parameters: CreateParameters) -> Created:
        """Make a sub-account. Raises `ApiError`: -4006 for a sub-account, -4001 when there are too many."""
        parent = await self._members.master(call)
        try:
            made = await self._members.create(call, parent, parameters.sub_account_string, self._members.now_us())
        except TooManySubAccounts as error:
            raise too_many() from error
        except InvalidSubAccountName as error:
            raise ErrorCode.INVALID_PARAMETER.error("subAccountString", form=1) from error
        return Created(made.email)

    async def allow_futures(self, call: Call, parameters: EmailParameters) -> FuturesAllowed:
        """Let a sub-account trade futures, for good. Raises `ApiError`: -4006, -5021."""
        classes = (AccountClass.USD_MARGINED_FUTURES, AccountClass.COIN_MARGINED_FUTURES)
        return FuturesAllowed(await self._allow(call, parameters, classes, self._sub_accounts.allow_futures), True)

    async def allow_options(self, call: Call, parameters: EmailParameters) -> OptionsAllowed:
        """Let a sub-account trade options, for good. Raises `ApiError`: -4006, -5021."""
        classes = (AccountClass.OPTIONS,)
        return OptionsAllowed(await self._allow(call, parameters, classes, self._sub_accounts.allow_options), True)

    async def status(self, call: Call, parameters: StatusParameters) -> list[Status]:
        """Show what one sub-account may do, or each. Raises `ApiError`: -4006, -5021."""
        if parameters.email is not None:
            found = [await self._members.member(call, parameters.email)]
        else:
            parent = await self._members.master(call)
            found = await self._members.read(
                lambda: self._sub_accounts.of_parent(parent, limit=SUB_ACCOUNTS_PER_MASTER_MAX)
            )
        return [await self._status(call, member) for member in found]

    async def list(self, call: Call, parameters: ListParameters) -> ListedPage:
        """List sub-accounts, oldest first. Raises `ApiError`: -4006."""
        parent = await self._members.master(call)
        found = await self._members.read(
            lambda: self._sub_accounts.of_parent(
                parent,
                email=parameters.email,
                is_frozen=parameters.is_freeze,
                skip=(parameters.page - 1) * parameters.limit,
                limit=parameters.limit,
            )
        )
        return ListedPage([listed(call, member) for member in found])

    async def _allow(
        self,
        call: Call,
        parameters: EmailParameters,
        classes: Sequence[AccountClass],
        allow: Callable[[int, int], object],
    ) -> str:
        """Open accounts for a sub-account and write down what it may; return its address."""
        member = await self._members.member(call, parameters.email)
        call.check_window()
        for account_class in classes:
            await self._accounts.opened(member.owner, AccountKind(account_class))
        now_us = self._members.now_us()
        await self._members.read(lambda: allow(member.owner, now_us))
        return member.email

    async def _status(self, call: Call, member: SubAccount) -> Status:
        margin = await self._accounts.find(member.owner, AccountKind(AccountClass.CROSS_MARGIN))
        return Status(
            email=member.email,
            is_sub_user_enabled=member.is_active,
            is_user_active=member.is_active,
            insert_time=call.time(member.created_at_us),
            is_margin_enabled=margin is not None,
            is_future_enabled=member.has_futures,
            mobile=0,
        )


def listed(call: Call, member: SubAccount) -> Listed:
    """Show a sub-account in the list."""
    return Listed(
        sub_user_id=member.owner,
        email=member.email,
        remark=member.remark,
        is_freeze=not member.is_active,
        create_time=call.time(member.created_at_us),
        is_managed_sub_account=member.is_managed,
        is_asset_management_sub_account=False,
    )


def too_many() -> Exception:
    """State that a master has as many sub-accounts as one may have."""
    return WalletError.INVALID_OPERATION.error(
        f"There are {SUB_ACCOUNTS_PER_MASTER_MAX} sub-accounts, the most there can be.", form=1
    )
