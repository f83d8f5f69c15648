"""What a person can read of what was done: their behaviour log, their logins; and the local mailbox.

The mailbox shows every mail there is, whoever it is to: it stands in for a mail server while someone tries the exchange
out, and is there only without a mail server and only on an address that nobody but this machine reaches.
"""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.people.desk import Desk
from rialto.gateway.router import Route
from rialto.identity.behaviour import BehaviourLog, Entry
from rialto.identity.mail import Mailer
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Integer, Text, Timestamp
from rialto.wire.parameters import Parameters
from rialto.wire.people_errors import PeopleError

ENTRIES_MAX: Final = 500
MAILS_MAX: Final = 100


class EntryLine(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of the behaviour log."""

    id: int
    time: int
    actor: str
    action: str
    address: str
    client: str
    result: str
    detail: str


class MailLine(msgspec.Struct, frozen=True, rename="camel"):
    """One mail of the local mailbox."""

    id: int
    to: str
    subject: str
    body: str
    time: int


class EntriesParameters(Parameters, frozen=True):
    """How many, of when and with which result, and before which entry, newest first."""

    start_time: Annotated[int | None, Timestamp()] = None
    end_time: Annotated[int | None, Timestamp(is_end=True)] = None
    result: Annotated[str | None, Text("^[a-z-]{1,32}$")] = None
    before_id: Annotated[int | None, Integer(1)] = None
    limit: Annotated[int, Integer(1, ENTRIES_MAX, clamp=True)] = 100


class BehaviourParameters(EntriesParameters, frozen=True):
    """The same, and of which kind."""

    action: Annotated[str | None, Text("^[a-z-]{1,64}$")] = None


class MailboxParameters(Parameters, frozen=True):
    """Mail to which address; without, all."""

    to: Annotated[str | None, Text(r"^[^\s\x00-\x1f\x7f]{3,254}$")] = None
    limit: Annotated[int, Integer(1, MAILS_MAX, clamp=True)] = MAILS_MAX


BEHAVIOUR: Final = Endpoint(
    "GET",
    "/account/v1/behaviour",
    summary="List what was done with one's account, newest first.",
    parameters=BehaviourParameters,
    response=list[EntryLine],
    weight=5,
    security=Security.SESSION,
    refused_with=(503,),
)
LOGINS: Final = Endpoint(
    "GET",
    "/account/v1/logins",
    summary="List the logins to one's account and those that were refused, newest first.",
    parameters=EntriesParameters,
    response=list[EntryLine],
    weight=5,
    security=Security.SESSION,
    refused_with=(503,),
)
MAILBOX: Final = Endpoint(
    "GET",
    "/account/v1/mailbox",
    summary="List the mail that was not sent for want of a mail server.",
    parameters=MailboxParameters,
    response=list[MailLine],
    weight=5,
    refused_with=(404, 503),
)

RECORD_ENDPOINTS: Final = (BEHAVIOUR, LOGINS, MAILBOX)


class RecordCalls:
    """Serves them."""

    def __init__(self, desk: Desk, behaviour: BehaviourLog, mailer: Mailer, *, shows_mailbox: bool) -> None:
        self._desk = desk
        self._behaviour = behaviour
        self._mailer = mailer
        self._shows_mailbox = shows_mailbox

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(BEHAVIOUR, self.behaviour), Route(LOGINS, self.logins), Route(MAILBOX, self.mailbox)]

    async def behaviour(self, call: Call, parameters: BehaviourParameters) -> list[EntryLine]:
        """List the entries."""
        return await self._entries(call, parameters, () if parameters.action is None else (parameters.action,))

    async def logins(self, call: Call, parameters: EntriesParameters) -> list[EntryLine]:
        """List those of logins."""
        return await self._entries(call, parameters, ("login",))

    async def mailbox(self, call: Call, parameters: MailboxParameters) -> list[MailLine]:
        """List the mail."""
        if not self._shows_mailbox:
            raise PeopleError.NO_MAILBOX.error()
        # A page that made its own name mean this machine would read along.
        self._desk.browsers.check_host(call.request)
        mails = await self._desk.run(lambda: self._mailer.local_mailbox(parameters.limit, parameters.to))
        return [
            MailLine(mail.id, mail.to_address, mail.subject, mail.body, call.time(mail.queued_at_us)) for mail in mails
        ]

    async def _entries(self, call: Call, parameters: EntriesParameters, actions: tuple[str, ...]) -> list[EntryLine]:
        owner, log = call.owner, self._behaviour
        found = await self._desk.run(
            lambda: log.of_owner(
                owner,
                before=parameters.before_id,
                actions=actions,
                result=parameters.result,
                start_us=parameters.start_time,
                end_us=parameters.end_time,
                limit=parameters.limit,
            )
        )
        return [_line_of(entry, call) for entry in found]


def _line_of(entry: Entry, call: Call) -> EntryLine:
    return EntryLine(
        entry.number,
        call.time(entry.at_us),
        entry.actor,
        entry.action,
        entry.address,
        entry.client,
        entry.result,
        entry.detail,
    )
