"""Sub-accounts from a browser's session: made, listed, frozen, and their keys, whose secrets are shown once.

A managed sub-account is made by who will trade it, for an investor they name by number; the investor sees it and puts
in what they like.
"""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.sub_accounts import (
    NAME,
    FrozenByOther,
    InvalidSubAccountName,
    NotAMaster,
    SubAccount,
    TooManySubAccounts,
)
from rialto.products.transfers.parameters import PageNumber, PageSize
from rialto.products.transfers.sub_accounts.key_declarations import (
    CreatedKey,
    CreateKeyParameters,
    KeyParameters,
    ListedKeys,
    ListKeysParameters,
    Nothing,
    PermitParameters,
    PermittedKey,
)
from rialto.products.transfers.sub_accounts.keys import Keys
from rialto.products.transfers.sub_accounts.management import Listed, listed, too_many
from rialto.products.transfers.sub_accounts.members import Members, no_relation
from rialto.products.transfers.sub_accounts.parameters import EmailParameters
from rialto.wire import errors
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Integer, Text
from rialto.wire.parameters import Parameters
from rialto.wire.wallet_errors import WalletError

PATH: Final = "/account/v1/sub-accounts"


class MakeParameters(Parameters, frozen=True):
    """What its address is made of; for whom, if it is to be managed."""

    name: Annotated[str, Text(NAME)]
    remark: Annotated[str, Text("^[ -~]{1,64}$")] | None = None
    investor_id: Annotated[int, Integer(1)] | None = None


class PageParameters(Parameters, frozen=True):
    """Which page."""

    page: PageNumber = 1
    size: PageSize = 20


class ListedPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of sub-accounts, and how many there are."""

    total: int
    sub_accounts: list[Listed]


def _own(method: str, path: str, summary: str, parameters: type[Any], response: Any) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"{PATH}{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=1,
        security=Security.SESSION,
    )


MAKE: Final = _own("POST", "", "Make a sub-account.", MakeParameters, Listed)
OWN_LIST: Final = _own("GET", "", "List one's sub-accounts.", PageParameters, ListedPage)
FREEZE: Final = _own("POST", "/freeze", "Let a sub-account do nothing any more.", EmailParameters, Listed)
UNFREEZE: Final = _own("POST", "/unfreeze", "Let a frozen sub-account act again.", EmailParameters, Listed)
MAKE_KEY: Final = _own("POST", "/keys", "Make a key for a sub-account.", CreateKeyParameters, CreatedKey)
OWN_KEYS: Final = _own("GET", "/keys", "List the keys of a sub-account.", ListKeysParameters, ListedKeys)
PERMIT_KEY: Final = _own(
    "POST", "/keys/permissions", "Change what a key of a sub-account may do.", PermitParameters, PermittedKey
)
END_KEY: Final = _own("DELETE", "/keys", "End a key of a sub-account.", KeyParameters, Nothing)

OWN_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    MAKE,
    OWN_LIST,
    FREEZE,
    UNFREEZE,
    MAKE_KEY,
    OWN_KEYS,
    PERMIT_KEY,
    END_KEY,
)


class OwnSubAccounts:
    """Serves sub-accounts to who is logged in. All raise `ApiError` -4006 and -5021 for who may not ask."""

    def __init__(self, members: Members, keys: Keys) -> None:
        self._members = members
        self._keys = keys

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(MAKE, self.make),
            Route(OWN_LIST, self.list),
            Route(FREEZE, self.freeze),
            Route(UNFREEZE, self.unfreeze),
            Route(MAKE_KEY, self._keys.create),
            Route(OWN_KEYS, self._keys.keys),
            Route(PERMIT_KEY, self._keys.permit),
            Route(END_KEY, self._keys.end),
        ]

    async def make(self, call: Call, parameters: MakeParameters) -> Listed:
        """Make a sub-account. Raises `ApiError` -4001 when there are too many, -5021 for an investor who is none."""
        parent = await self._members.master(call)
        investor = parameters.investor_id
        if investor is not None and (investor == parent or await self._members.email_of(investor) == ""):
            raise no_relation()
        remark = parameters.remark or ""
        try:
            made = await self._members.create(
                call, parent, parameters.name, self._members.now_us(), investor=investor, remark=remark
            )
        except TooManySubAccounts as error:
            raise too_many() from error
        except NotAMaster as error:
            raise no_relation() from error
        except InvalidSubAccountName as error:
            raise errors.invalid_value("name") from error
        return listed(call, made)

    async def list(self, call: Call, parameters: PageParameters) -> ListedPage:
        """List sub-accounts, oldest first."""
        parent = await self._members.master(call)
        sub_accounts, skip = self._members.sub_accounts, (parameters.page - 1) * parameters.size
        found = await self._members.read(lambda: sub_accounts.of_parent(parent, skip=skip, limit=parameters.size))
        total = await self._members.read(lambda: sub_accounts.count_of_parent(parent))
        return ListedPage(total, [listed(call, member) for member in found])

    async def freeze(self, call: Call, parameters: EmailParameters) -> Listed:
        """Freeze a sub-account: from now on its keys are refused."""
        member = await self._members.member(call, parameters.email)
        now_us = self._members.now_us()
        await self._members.read(lambda: self._members.sub_accounts.freeze(member.owner, now_us))
        await self._members.note(call, member, "sub-account-frozen")
        return listed(call, await self._again(member))

    async def unfreeze(self, call: Call, parameters: EmailParameters) -> Listed:
        """Let a sub-account act again. Raises `ApiError` -4001 for one that the exchange froze."""
        call.require_step_up()
        member = await self._members.member(call, parameters.email)
        now_us = self._members.now_us()
        try:
            await self._members.read(lambda: self._members.sub_accounts.unfreeze(member.owner, now_us))
        except FrozenByOther as error:
            what = "The exchange froze this sub-account: ask the support."
            raise WalletError.INVALID_OPERATION.error(what, form=1) from error
        await self._members.note(call, member, "sub-account-unfrozen")
        return listed(call, await self._again(member))

    async def _again(self, member: SubAccount) -> SubAccount:
        found = await self._members.read(lambda: self._members.sub_accounts.find(member.owner))
        assert found is not None, "sub-accounts never go away"
        return found
