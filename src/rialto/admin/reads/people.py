"""Looks at people: who they are, what they hold, from where they came in, what moved on their accounts.

Every look is a line in the log. Addresses of e-mail are shown whole to who acts on people for their security, and
masked to others; sessions and devices are told without what opens them.
"""

from typing import Annotated, Any, Final

import msgspec
from sqlalchemy import select, tuple_

from rialto.admin.action import MACHINE, name_of
from rialto.admin.cursors import Cursor, cursor_of, read_cursor
from rialto.admin.gate import EVERYONE
from rialto.admin.reads.shared import (
    SEES_ADDRESSES,
    SEES_MONEY,
    Limit,
    Looking,
    OwnerParameters,
    masked,
)
from rialto.admin.routes import declare
from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import AccountClass, PostingReason
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.behaviour import BY_OPERATORS
from rialto.identity.operators import Role
from rialto.identity.people import Person
from rialto.projections.pages import Page
from rialto.projections.tables import accounts, assets, ledger_entries
from rialto.wire import errors
from rialto.wire.kinds import Integer, Text
from rialto.wire.operator_errors import OperatorError
from rialto.wire.parameters import Parameters

POSITION_DIGITS_MAX: Final = 9
SEES_PEOPLE: Final = EVERYONE - {Role.LISTING}
SEES_DEVICES: Final = frozenset((Role.SUPPORT, Role.RISK, Role.SECURITY))


class PersonParameters(Parameters, frozen=True):
    """Who: by number, or by the address they have."""

    owner: Annotated[int | None, Integer(1)] = None
    email: Annotated[str | None, Text("^[^\\x00-\\x20\\x7f]{3,254}$")] = None

    def check(self) -> None:
        """Make sure that one of both is given."""
        if (self.owner is None) is (self.email is None):
            raise OperatorError.NOT_PROPOSED.error("give owner or email")


class LedgerParameters(OwnerParameters, frozen=True):
    """Whose entries, beyond which."""

    before: Cursor | None = None
    limit: Limit = 100


class BalanceShown(msgspec.Struct, frozen=True, rename="camel"):
    """What is held of an asset in the spot account."""

    asset: str
    free: str
    locked: str


class PersonShown(msgspec.Struct, frozen=True, rename="camel"):
    """A person, for operators."""

    owner: int
    email: str
    status: str
    country: str | None
    level: int
    parent: int | None
    withdrawals_locked_until: int
    created_at: int
    factors: list[str]
    keys: int
    roles: list[str]
    balances: list[BalanceShown]


class SessionShown(msgspec.Struct, frozen=True, rename="camel"):
    """A session of a person's that is in use."""

    client: str
    address: str
    created_at: int
    seen_at: int


class DeviceShown(msgspec.Struct, frozen=True, rename="camel"):
    """A device a person logged in from."""

    client: str
    address: str
    place: str
    first_seen_at: int
    last_seen_at: int


class Access(msgspec.Struct, frozen=True, rename="camel"):
    """From where a person comes in."""

    sessions: list[SessionShown]
    devices: list[DeviceShown]


class EntryOfLedger(msgspec.Struct, frozen=True, rename="camel"):
    """A change of what an account of a person's holds, and what it held afterwards."""

    cursor: str
    time: int
    account: str
    asset: str
    amount: str
    balance: str
    reason: PostingReason


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    sequence: int
    position: int
    account_class: str
    asset: str
    amount: str
    balance: str
    reason: PostingReason
    posted_at_us: int


PERSON: Final = declare("GET", "/admin/v1/people", "Look at a person.", PersonParameters, PersonShown)
ACCESS: Final = declare(
    "GET", "/admin/v1/people/access", "Look at a person's sessions and devices.", OwnerParameters, Access
)
LEDGER: Final = declare(
    "GET", "/admin/v1/people/ledger", "Look at a person's ledger, the newest first.", LedgerParameters,
    list[EntryOfLedger],
)  # fmt: skip

PEOPLE_READS: Final = (PERSON, ACCESS, LEDGER)


class PeopleLooks(Looking):
    """Serves them."""

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(PERSON, self.person), Route(ACCESS, self.access), Route(LEDGER, self.ledger)]

    async def person(self, call: Call, parameters: PersonParameters) -> PersonShown:
        """Show a person. Looking is written down."""
        await self._gate.admit(call, SEES_PEOPLE)

        def look() -> tuple[Person | None, list[str]]:
            people = self._on.people
            found = (
                people.find(parameters.owner)
                if parameters.owner is not None
                else people.find_by_email(parameters.email or "")
            )
            if found is None:
                return None, []
            about = (found.owner, name_of(call.owner), f"{BY_OPERATORS}look", call.address, call.client, "done", "")
            self._on.behaviour.note(*about, self._on.now_us())
            return found, sorted(kind.value for kind in self._on.factors.required_for(found.owner))

        found, factors = await self._read(look)
        if found is None:
            raise OperatorError.NO_SUCH_PERSON.error()
        held = await self._on.holdings.of(found.owner, AccountClass.SPOT) or []
        sees = call.owner == MACHINE or bool(SEES_ADDRESSES & self._on.operators.roles_of(call.owner))
        return PersonShown(
            found.owner,
            found.email if sees else masked(found.email),
            found.status.value,
            found.country,
            found.level,
            found.parent,
            call.time(found.withdrawals_locked_until_us),
            call.time(found.created_at_us),
            factors,
            len(self._on.api_keys.of_owner(found.owner)),
            sorted(role.value for role in self._on.operators.roles_of(found.owner)),
            [BalanceShown(each.name, text_of(each.free), text_of(each.locked)) for each in held],
        )

    async def access(self, call: Call, parameters: OwnerParameters) -> Access:
        """Show from where a person comes in."""
        await self._gate.admit(call, SEES_DEVICES)
        await self._found(call, parameters, "look-access")
        owner, now_us = parameters.owner, self._on.now_us()
        devices = await self._read(lambda: self._on.devices.of_owner(owner))
        return Access(
            [
                SessionShown(each.client, each.address, call.time(each.created_at_us), call.time(each.seen_at_us))
                for each in self._on.sessions.of_owner(owner, now_us)
            ],
            [
                DeviceShown(
                    *(each.client, each.address, each.place),
                    call.time(each.first_seen_at_us),
                    call.time(each.last_seen_at_us),
                )
                for each in devices
            ],
        )

    async def ledger(self, call: Call, parameters: LedgerParameters) -> list[EntryOfLedger]:
        """List entries of all of a person's accounts."""
        await self._gate.admit(call, SEES_MONEY)
        before = read_cursor(parameters.before)
        if before is not None and not (before[1].isdecimal() and len(before[1]) <= POSITION_DIGITS_MAX):
            raise errors.invalid_value("before")
        await self._note_look(call, parameters.owner, "look-ledger", parameters.reason)
        e, a = ledger_entries.c, accounts.c
        statement = (
            select(
                e.sequence, e.position, a.account_class, assets.c.name, e.amount, e.balance, e.reason, e.posted_at_us
            )
            .join(accounts, a.account == e.account)
            .join(assets, assets.c.asset == e.asset)
            .where(a.owner == parameters.owner)
            .order_by(e.sequence.desc(), e.position.desc())
            .limit(parameters.limit)
        )
        if before is not None:
            statement = statement.where(tuple_(e.sequence, e.position) < tuple_(before[0], int(before[1])))
        return [
            EntryOfLedger(
                cursor_of(each.sequence, each.position),
                call.time(each.posted_at_us),
                *(each.account_class, each.asset, each.amount, each.balance, each.reason),
            )
            for each in await self._on.history.read(_Entry, Page(statement, newest_first=False))
        ]

    async def _found(self, call: Call, parameters: OwnerParameters, what: str) -> None:
        """Write the look down. Raises `ApiError` -42008 where there is nobody to look at."""
        await self._note_look(call, parameters.owner, what, parameters.reason)
        if await self._read(lambda: self._on.people.find(parameters.owner)) is None:
            raise OperatorError.NO_SUCH_PERSON.error()
