"""Statements of account over HTTP: as JSON, and as a PDF to hand to a bank or a tax office.

Both say the same, of any period of a year at most. The PDF is printed by a process of its own, and ends at the moment
it is made where the period is not over yet.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.amounts import units_of
from rialto.gateway.attachment import Attachment
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.statements.ledger import StatementLedger
from rialto.gateway.statements.paper import Order, day_of
from rialto.gateway.statements.press import Press, PressBusy, PressFailed
from rialto.gateway.statements.sums import Book, lines_of
from rialto.gateway.statements.words import read_words
from rialto.gateway.wallet.parameters import DAY_US, EndTime, StartTime
from rialto.identity.clerks import Clerks, ClerksBusy
from rialto.wire import errors
from rialto.wire.decimals import plain_of
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean, Text
from rialto.wire.parameters import Parameters

DAYS_MAX: Final = 366
PIECE_BYTES: Final = 262_144


class PeriodParameters(Parameters, frozen=True):
    """Of which period, both ends included."""

    start_time: StartTime
    end_time: EndTime

    def check(self) -> None:
        """Refuse periods that end before they begin, or are longer than a year."""
        if not 0 <= self.end_time - self.start_time <= DAYS_MAX * DAY_US:
            raise ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error()


class StatementParameters(PeriodParameters, frozen=True):
    """Also whether every movement is shown."""

    entries: Annotated[bool, Boolean()] = False


class PdfParameters(PeriodParameters, frozen=True):
    """Also in which of the page's languages, by its code: `en`, `pt-BR`."""

    language: Annotated[str, Text("^[A-Za-z0-9-]{2,10}$")] = "en"


class Movement(msgspec.Struct, frozen=True):
    """What moved for one reason: together, and how often."""

    reason: str
    amount: str
    count: int


class StatementLine(msgspec.Struct, frozen=True):
    """An asset in an account: what was held, what moved it, what was held then."""

    account: str
    asset: str
    opening: str
    closing: str
    movements: list[Movement]


class StatementEntry(msgspec.Struct, frozen=True):
    """One movement, and what was held after it."""

    time: int
    account: str
    asset: str
    amount: str
    balance: str
    reason: str


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """A statement. What was neither held nor moved is left out."""

    start_time: int
    end_time: int
    lines: list[StatementLine]
    entries: list[StatementEntry]


STATEMENT: Final = Endpoint(
    "GET",
    "/account/v1/statement",
    summary="Show what accounts held, what moved it, and what they held then.",
    parameters=StatementParameters,
    response=Statement,
    weight=600,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
)


STATEMENT_PDF: Final = Endpoint(
    "GET",
    "/account/v1/statement/pdf",
    summary="Download a statement of account as a PDF.",
    parameters=PdfParameters,
    response=bytes,
    weight=6_000,
    security=Security.USER_DATA,
    budget=Budget.OWNER,
    is_slow=True,
)


class Holder(msgspec.Struct, frozen=True):
    """Whose statement it is: their name as verified, their address, either empty without; and what to call them."""

    name: str
    email: str
    called: str


class Issuer(msgspec.Struct, frozen=True):
    """Who makes statements: a name and the lines below it; and a folder of fonts beside those of the package."""

    name: str
    address: str
    fonts: str


class Statements:
    """Shows statements."""

    def __init__(
        self,
        ledger: StatementLedger,
        issuer: Issuer,
        holder_of: Callable[[int], Holder],
        clerks: Clerks,
        now_us: Callable[[], int],
    ) -> None:
        """`holder_of` reads who an owner is: something for `clerks`."""
        self._ledger = ledger
        self._issuer = issuer
        self._holder_of = holder_of
        self._clerks = clerks
        self._now_us = now_us
        self._press = Press()
        self._words = read_words()

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(STATEMENT, self.statement), Route(STATEMENT_PDF, self.pdf)]

    async def statement(self, call: Call, parameters: StatementParameters) -> Statement:
        """Show one."""
        book = await self._ledger.read(call.owner, parameters.start_time, parameters.end_time)
        return await asyncio.to_thread(_shown, call, book, with_entries=parameters.entries)

    async def pdf(self, call: Call, parameters: PdfParameters) -> Attachment:
        """Print one."""
        words = self._words.get(parameters.language)
        if not self._words:
            raise ErrorCode.ERROR_MSG_RECEIVED.error("this exchange was built without the fonts that PDFs need")
        if words is None:
            raise errors.invalid_value("language")
        now_us = self._now_us()
        # The last whole millisecond, so that the period can be asked for again as it is printed.
        end_us = min(parameters.end_time, now_us - now_us % 1_000 - 1)
        if end_us < parameters.start_time:
            raise ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error()
        book = await self._ledger.read(call.owner, parameters.start_time, end_us)
        issuer = self._issuer
        try:
            holder = await self._clerks.run(partial(self._holder_of, call.owner))
            order = Order(
                language=parameters.language,
                words=words,
                issuer=issuer.name,
                address=issuer.address,
                fonts=issuer.fonts,
                name=holder.name,
                email=holder.email,
                called=holder.called,
                owner=call.owner,
                made_at_us=now_us,
                book=book,
            )
            made = await self._press.print(order)
        except (ClerksBusy, PressBusy):
            raise ErrorCode.SERVER_BUSY.error() from None
        except PressFailed:
            raise ErrorCode.DISCONNECTED.error() from None
        return Attachment("application/pdf", _file_name(book), len(made), _pieces(made))


def _shown(call: Call, book: Book, *, with_entries: bool) -> Statement:
    classes = book.classes()
    lines = [
        StatementLine(
            *(classes[each.place[0]], book.assets[each.place[1]], plain_of(each.opening), plain_of(each.closing)),
            [Movement(why, plain_of(units), count) for why, units, count in each.movements],
        )
        for each in lines_of(book)
    ]
    entries = [
        StatementEntry(
            *(call.time(each.posted_at_us), classes[each.account], book.assets[each.asset]),
            *(plain_of(units_of(each.amount)), plain_of(units_of(each.balance)), each.reason),
        )
        for each in (book.entries if with_entries else ())
    ]
    return Statement(call.time(book.start_us), call.time(book.end_us), lines, entries)


def _file_name(book: Book) -> str:
    begin, end = (day_of(each) for each in (book.start_us, book.end_us))
    return f"statement-{begin}-{end}.pdf"


async def _pieces(made: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(made), PIECE_BYTES):
        yield made[at : at + PIECE_BYTES]
