"""One session: logging on, numbering, heartbeats, limits, and the end. What is asked in it is an application's matter.

State: the numbers of both sides, when each was last heard of, what is waiting to be handled. Messages are handled in
their order; the next one is taken when the application is ready for it. Invariants: a number is used once and in order;
whatever a client sends, it is answered, or the session ends with a word why; nothing is sent after the end. Messages
are not sent again, as the API has it: a session begins with 1 on both sides.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import structlog

from rialto.fix import times, validation
from rialto.fix.dictionary import Values
from rialto.fix.framing import framed
from rialto.fix.limits import Accounts, Attempts, CompIds, FixCounters, FixLimits
from rialto.fix.logon import FOREVER_US, LOGON, TARGET, Logon, check_time, read_logon
from rialto.fix.refusals import Garbled, Reason, Rejected, incorrect, malformed, required
from rialto.fix.service import Service
from rialto.fix.validation import Message
from rialto.gateway.authentication import Authenticator
from rialto.gateway.limits import FixedWindow
from rialto.gateway.performer import error_of
from rialto.wire.errors import ApiError, ErrorCode

HEARTBEAT: Final = "0"
TEST_REQUEST: Final = "1"
REJECT: Final = "3"
LOGOUT: Final = "5"
NEWS: Final = "B"
LIMIT_QUERY: Final = "XLQ"

LOGOUT_ACKNOWLEDGED: Final = "Logout acknowledgment."
_SEQUENCE_NUMBERS: Final = 1 << 32
"""Numbers start over after this many."""
_MSG_TYPE: Final = 35
_UNKNOWN_CLIENT: Final = "UNKNOWN"
"""What a client is called that did not say it."""

_is_comp_id: Final = re.compile("[A-Za-z0-9_-]{1,8}", re.ASCII).fullmatch
_of_every_session: Final = frozenset((HEARTBEAT, TEST_REQUEST, REJECT, LOGOUT, LOGON))

_log = structlog.stdlib.get_logger(__name__)


class Wire(Protocol):
    """What carries a session."""

    def write(self, message: bytes) -> None:
        """Send a message, in order with all others."""

    def close(self) -> None:
        """Disconnect once everything is sent."""

    def pause_reading(self) -> None:
        """Take in nothing for now."""

    def resume_reading(self) -> None:
        """Take in again what comes."""


class Application(Protocol):
    """What a session is for."""

    async def take(self, message: Message) -> None:
        """Take a message; return when the next one may come. Raises `Rejected`."""

    async def limits(self) -> list[Values]:
        """Return the entries of `NoLimitIndicators` beyond the limit of messages."""

    async def finish(self) -> None:
        """Return when everything taken is answered."""

    def end(self) -> None:
        """Let go of everything: the session is over."""


class Surroundings(NamedTuple):
    """What the sessions of a service share."""

    service: Service
    limits: FixLimits
    authenticator: Authenticator
    now_us: Callable[[], int]
    uuid: UUID
    """What the server calls itself."""
    attempts: Attempts
    accounts: Accounts
    comp_ids: CompIds
    counters: FixCounters
    open_application: "Callable[[Session], Application]"


class _Received(NamedTuple):
    """A message that is to be handled, and when it came."""

    at_s: float
    body: bytes


class Session:
    """One client's session."""

    def __init__(self, wire: Wire, address: str, surroundings: Surroundings) -> None:
        self.address: Final = address
        self.service: Final = surroundings.service
        self._wire = wire
        self._surroundings = surroundings
        self._loop = asyncio.get_running_loop()
        self._agreed: Logon | None = None
        self._application: Application | None = None
        self._client = _UNKNOWN_CLIENT
        self._sent = 0
        self._expected = 1
        self._began_at_s = self._received_at_s = self._sent_at_s = self._loop.time()
        self._tested: str | None = None
        self._tested_at_s = 0.0
        self._messages = FixedWindow(self.service.limits.messages, 1)
        self._waiting: deque[_Received] = deque()
        self._has_waiting = asyncio.Event()
        self._is_paused = False
        self._farewell: str | None = None
        self.is_over = False
        self.handled_since_s = self._began_at_s
        """When the message came that is being handled, by the loop's clock."""
        self._worker = self._loop.create_task(self._work())

    @property
    def logon(self) -> Logon:
        """What was agreed on. Precondition: logged on."""
        assert self._agreed is not None
        return self._agreed

    @property
    def is_logged_on(self) -> bool:
        """Whether the client has logged on, and the session goes on."""
        return self._agreed is not None and not self.is_over

    # --- what comes in -----------------------------------------------------------------------------------------

    def receive(self, body: bytes) -> None:
        """Take a message from the wire; drop it when the session is about to end."""
        if self.is_over or self._farewell is not None:
            return
        self._received_at_s = self._loop.time()
        limit = self._messages.limit
        if self._messages.add(None, 1, self._surroundings.now_us()) > limit.limit:
            self._surroundings.counters.excessive_senders += 1
            excess = ErrorCode.TOO_MANY_MESSAGES.error(limit.limit, limit.per)
            self._reject(Rejected(excess), validation.message_type(body), validation.sequence_number(body))
            self.log_out(excess.message)
            return
        self._waiting.append(_Received(self._received_at_s, body))
        self._has_waiting.set()
        if len(self._waiting) >= self._surroundings.limits.unread_messages_max and not self._is_paused:
            self._is_paused = True
            self._wire.pause_reading()

    def receive_garbled(self, garbled: Garbled) -> None:
        """Learn that what comes can no longer be told apart into messages. It ends the session."""
        if not self.is_over:
            self._surroundings.counters.garbled += 1
            self._reject(Rejected(garbled.error), None, None)
            self.log_out(garbled.error.message)

    def lost(self) -> None:
        """Learn that the connection is gone, without a logout."""
        self._end(2 * self._agreed.heartbeat_s if self._agreed is not None else 0)

    def refuse(self, error: ApiError) -> None:
        """Turn a client away that has just connected."""
        self._reject(Rejected(error), None, None)
        self._end(0)
        self._wire.close()

    async def _work(self) -> None:
        while not self.is_over:
            while self._waiting and not self.is_over:
                self.handled_since_s, body = self._waiting.popleft()
                await self._handle(body)
                if self._is_paused and len(self._waiting) < self._surroundings.limits.unread_messages_max // 2:
                    self._is_paused = False
                    self._wire.resume_reading()
            if self._farewell is not None:
                if self._application is not None:
                    await self._application.finish()
                self.log_out(self._farewell)
            self._has_waiting.clear()
            await self._has_waiting.wait()

    async def _handle(self, body: bytes) -> None:
        message_type, number = validation.message_type(body), validation.sequence_number(body)
        try:
            message = self._read(body, message_type, number)
            await self._answer(message)
        except Rejected as rejected:
            # A Reject<3> is never answered by another.
            if message_type != REJECT:
                self._reject(rejected, message_type, number)
            if self._agreed is None:
                self._end(0)
                self._wire.close()
        except Exception:
            _log.exception("message not handled", type=message_type[:8], service=self.service.kind.value)
            self.log_out(ErrorCode.UNKNOWN.error().message)

    def _read(self, body: bytes, message_type: str, number: int | None) -> Message:
        """Read and check a message. Its number counts as used once it is the expected one, whatever else is wrong."""
        service = self.service
        if self._agreed is None and message_type != LOGON:
            raise Rejected(ErrorCode.EXPECTED_LOGON.error(), Reason.OTHER, _MSG_TYPE)
        tag = service.tag("MsgSeqNum")
        if number is None:
            raise malformed(tag) if b"\x01%d=" % tag in body else required(tag)
        if number != self._expected:
            raise Rejected(ErrorCode.BAD_SEQ_NUM.error(self._expected), Reason.VALUE_IS_INCORRECT, tag)
        self._expected = (self._expected + 1) % _SEQUENCE_NUMBERS
        if message_type not in _of_every_session and message_type not in service.taken:
            raise service.refuse(message_type)
        message = validation.read_message(body, service.dictionary)
        self._check_header(message)
        return message

    def _check_header(self, message: Message) -> None:
        service, sender = self.service, message.header["SenderCompID"]
        if _is_comp_id(sender) is None:
            raise malformed(service.tag("SenderCompID"))
        if message.header["TargetCompID"] != TARGET:
            raise incorrect(service.tag("TargetCompID"))
        if self._agreed is None:
            self._client = sender
            return
        if sender != self._client:
            raise Rejected(ErrorCode.BAD_SENDER_COMPID.error(), Reason.VALUE_IS_INCORRECT, service.tag("SenderCompID"))
        if message.type != LOGON:
            check_time(message, service, self._surroundings.authenticator, FOREVER_US)

    async def _answer(self, message: Message) -> None:
        match message.type:
            case "A":
                self._log_on(message)
            case "0":
                if message.get("TestReqID") == self._tested:
                    self._tested = None
            case "1":
                self.send(HEARTBEAT, {"TestReqID": message.get("TestReqID")})
            case "3":
                pass
            case "5":
                assert self._application is not None
                await self._application.finish()
                self.log_out(LOGOUT_ACKNOWLEDGED)
            case "XLQ":
                await self._tell_limits(message)
            case _:
                assert self._application is not None
                await self._application.take(message)

    def _log_on(self, message: Message) -> None:
        if self._agreed is not None:
            raise Rejected(ErrorCode.ALREADY_LOGGED_IN.error(), Reason.OTHER, _MSG_TYPE)
        around = self._surroundings
        agreed = read_logon(message, self.service, around.authenticator, around.limits, self.address)
        owner = agreed.key.owner
        try:
            around.attempts.admit_owner(owner)
            around.accounts.join(owner)
            try:
                around.comp_ids.claim(owner, agreed.sender)
            except ApiError:
                around.accounts.leave(owner)
                raise
        except ApiError as error:
            raise Rejected(error) from None
        self._agreed = agreed
        try:
            self._application = around.open_application(self)
        except Exception as failure:
            self.reject(Rejected(error_of(failure, "fix logon", is_read=True)), message)
            self._end(0)
            self._wire.close()
            return
        self.send(
            LOGON,
            {
                "EncryptMethod": message.get("EncryptMethod"),
                "HeartBtInt": message.get("HeartBtInt"),
                "UUID": around.uuid,
            },
        )

    async def _tell_limits(self, message: Message) -> None:
        limit, service = self._messages.limit, self.service
        assert self._application is not None
        indicators = [
            {
                "LimitType": service.dictionary.code("LimitType", "MESSAGE_LIMIT"),
                "LimitCount": self._messages.count(None, self._surroundings.now_us()),
                "LimitMax": limit.limit,
                "LimitResetInterval": limit.interval_num,
                "LimitResetIntervalResolution": service.dictionary.code("LimitResetIntervalResolution", limit.interval),
            },
            *await self._application.limits(),
        ]
        self.send("XLR", {"ReqID": message.get("ReqID"), "NoLimitIndicators": indicators})

    # --- what goes out -----------------------------------------------------------------------------------------

    def send(self, message_type: str, values: Values) -> None:
        """Send a message."""
        self.send_body(message_type, self.service.dictionary.write(message_type, values))

    def send_body(self, message_type: str, body: bytes) -> None:
        """Send a message whose body is written already."""
        if self.is_over:
            return
        self._sent = (self._sent + 1) % _SEQUENCE_NUMBERS
        self._sent_at_s = self._loop.time()
        head = (
            f"35={message_type}\x0134={self._sent}\x0149={TARGET}\x01"
            f"52={times.to_text(self._surroundings.now_us())}\x0156={self._client}\x01"
        )
        self._wire.write(framed(head.encode() + body))

    def reject(self, rejected: Rejected, message: Message) -> None:
        """Say what is wrong with a message that was taken."""
        self._reject(rejected, message.type, int(message.header["MsgSeqNum"]))

    def log_out(self, text: str) -> None:
        """End the session with a word why. Again is no harm."""
        if not self.is_over:
            self.send(LOGOUT, {"Text": text})
            self._end(0)
            self._wire.close()

    def leave(self, text: str) -> None:
        """Take nothing further, and end the session with a word why once everything taken is answered."""
        self._farewell = text
        self._has_waiting.set()

    def beat(self) -> None:
        """Do what is due: say that we are there, ask whether the client is, and end what has no right to go on."""
        if self.is_over:
            return
        now_s, around, agreed = self._loop.time(), self._surroundings, self._agreed
        if agreed is None:
            if now_s - self._began_at_s >= around.limits.logon_timeout_s:
                around.counters.logons_too_late += 1
                self.refuse(ErrorCode.EXPECTED_LOGON.error())
            return
        key = around.authenticator.current(agreed.key, self.address)
        if key is None or not key.permissions & self.service.permissions:
            self.log_out(ErrorCode.REJECTED_MBX_KEY.error().message)
            return
        interval_s = agreed.heartbeat_s
        if self._tested is not None:
            # What it said may still wait to be handled.
            if now_s - self._tested_at_s >= interval_s and not self._waiting:
                self.log_out(f"No Heartbeat<0> with TestReqID (112) '{self._tested}' within {interval_s} seconds.")
                return
        elif now_s - self._received_at_s >= interval_s:
            self._tested = f"{around.now_us()}"
            self._tested_at_s = now_s
            self.send(TEST_REQUEST, {"TestReqID": self._tested})
        if now_s - self._sent_at_s >= interval_s:
            self.send(HEARTBEAT, {})

    def _reject(self, rejected: Rejected, message_type: str | None, number: int | None) -> None:
        is_shown = message_type is not None and message_type.isascii() and message_type.isprintable()
        self.send(
            REJECT,
            {
                "RefSeqNum": number,
                "RefTagID": rejected.tag,
                "RefMsgType": message_type if is_shown else None,
                "SessionRejectReason": rejected.reason.value,
                "ErrorCode": rejected.error.code,
                "Text": rejected.error.message,
            },
        )

    def _end(self, comp_id_delay_s: int) -> None:
        if self.is_over:
            return
        self.is_over = True
        self._waiting.clear()
        self._has_waiting.set()
        if self._application is not None:
            self._application.end()
        if self._agreed is not None:
            owner = self._agreed.key.owner
            self._surroundings.accounts.leave(owner)
            self._surroundings.comp_ids.release(owner, self._agreed.sender, comp_id_delay_s)
