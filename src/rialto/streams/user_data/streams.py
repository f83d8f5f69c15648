"""Who listens to which account, and telling them.

Stands between the runtime and whatever sends messages to clients. Listens to the outcomes of every command, finds the
accounts that somebody listens to, lets `account` and its siblings report what happened to them, encodes each report
once per time unit and hands it to every subscription.

State: the subscriptions by owner; the followed account of each owner that has one. What an account had open when the
first subscription to it began is asked of the core; outcomes that come before the answer wait for it and are told
behind it. Invariants: a subscription is told of every command submitted after it began, in order, before the replies
to them; nobody is told of anything after `cancel`; who cannot be told the truth is told that the stream ends. Events of
accounts nobody listens to are looked at and left.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Protocol

import structlog

from rialto.contracts.commands import Command
from rialto.contracts.events import (
    AccountOpened,
    AllocationMade,
    MatchPrevented,
    OrderActivated,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderListEnded,
    OrderListPlaced,
    OrderPlaced,
    OrderTriggered,
    Outcome,
    Posted,
    TradeExecuted,
    TrailingStarted,
)
from rialto.contracts.queries import Open, OpenAnswer
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.catalog import Catalog
from rialto.core.runtime import Runtime
from rialto.streams.framing import TimeUnit
from rialto.streams.user_data.account import FollowedAccount
from rialto.streams.user_data.balances import balance_reports
from rialto.streams.user_data.payloads import encode_report, encode_terminated
from rialto.streams.user_data.refusals import refusal_reports, refused_account
from rialto.streams.user_data.reports import Report

Receive = Callable[[bytes], None]
"""Takes one message: the JSON of an event. Must not raise; if it does, the others are told all the same."""


class ReportReceiver(Protocol):
    """Takes reports as they are, and spells them itself."""

    def take_reports(self, outcome: Outcome, reports: Sequence[Report], origin: object) -> None:
        """Take what one command did to the account, and who submitted it: see `rialto.core.runtime.origin`.

        Every receiver gets the same `reports`, so that they can share what they make of them. One that raises is told
        that the stream ends.
        """

    def end_reports(self) -> None:
        """Learn that no more is told, because it would not be the truth. Must not raise."""


SPOT: Final = AccountKind(AccountClass.SPOT)

_log = structlog.stdlib.get_logger(__name__)


class _Encoded:
    """What was made last of the reports of one command, by time unit."""

    __slots__ = ("_by_unit", "_reports")

    def __init__(self) -> None:
        self._reports: Sequence[Report] | None = None
        self._by_unit: dict[TimeUnit, list[bytes]] = {}

    def messages(self, reports: Sequence[Report], time_us: int, unit: TimeUnit, catalog: Catalog) -> Sequence[bytes]:
        if self._reports is not reports:
            self._reports = reports
            self._by_unit = {}
        messages = self._by_unit.get(unit)
        if messages is None:
            messages = self._by_unit[unit] = [encode_report(report, catalog, time_us, unit) for report in reports]
        return messages


class _JsonReceiver:
    """Hands reports on as JSON, each encoded once per time unit for all who listen to an account."""

    __slots__ = ("_encoded", "_receive", "_runtime", "_unit", "is_active")

    def __init__(self, receive: Receive, unit: TimeUnit, runtime: Runtime, encoded: _Encoded) -> None:
        self._receive = receive
        self._unit = unit
        self._runtime = runtime
        self._encoded = encoded
        self.is_active = True
        """Whether it is still to be told; it may leave while it is being told."""

    def take_reports(self, outcome: Outcome, reports: Sequence[Report], _origin: object) -> None:
        for message in self._encoded.messages(reports, outcome.time_us, self._unit, self._runtime.catalog):
            self._hand_on(message)

    def end_reports(self) -> None:
        self._hand_on(encode_terminated(self._runtime.now_us(), self._unit))

    def _hand_on(self, message: bytes) -> None:
        if not self.is_active:
            return
        try:
            self._receive(message)
        except Exception:
            _log.exception("user data receiver failed")


class Subscription:
    """One listener to one owner's account."""

    __slots__ = ("_end", "_receiver", "owner")

    def __init__(self, owner: int, receiver: ReportReceiver, end: Callable[["Subscription"], None]) -> None:
        self.owner: Final = owner
        self._receiver: ReportReceiver | None = receiver
        self._end = end

    @property
    def is_active(self) -> bool:
        """Whether it still listens."""
        return self._receiver is not None

    def cancel(self) -> None:
        """Listen no longer; nothing is received any more. Again is no harm."""
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            if isinstance(receiver, _JsonReceiver):
                receiver.is_active = False
            self._end(self)

    def tell(self, outcome: Outcome, reports: Sequence[Report], origin: object) -> None:
        """Hand reports on, unless the subscription has ended meanwhile."""
        if self._receiver is None:
            return
        try:
            self._receiver.take_reports(outcome, reports, origin)
        except Exception:
            _log.exception("account could not be told of", owner=self.owner, sequence=outcome.sequence)
            self.terminate()

    def terminate(self) -> None:
        """End, and say so."""
        if self._receiver is not None:
            self._receiver.end_reports()
            self.cancel()


class _Audience:
    """The listeners of one owner, and what is known of the owner's account."""

    __slots__ = ("account", "encoded", "owner", "subscriptions", "waiting")

    def __init__(self, owner: int) -> None:
        self.owner: Final = owner
        self.subscriptions: list[Subscription] = []
        self.account: FollowedAccount | None = None
        """None while the owner has none."""
        self.encoded: Final = _Encoded()
        self.waiting: list[tuple[Outcome, Command | None, object]] | None = []
        """Outcomes that came while the core is asked; None once it has answered."""


class UserDataStreams:
    """The user data streams of an exchange. Made, used and told on the event loop of its runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._audiences: dict[int, _Audience] = {}
        self._followed: dict[int, _Audience] = {}
        """The same by account, where there is one and the core has answered."""
        runtime.subscribe(self._accept)

    def subscribe(self, owner: int, receive: Receive, *, in_microseconds: bool) -> Subscription:
        """Let `receive` be told what happens to an owner's spot account from now on, which may not be open yet.

        Times in the messages are in microseconds if asked for, else in milliseconds. Errors: `RuntimeBusy`,
        `RuntimeStopped`; nobody was subscribed then.
        """
        audience = self._audience(owner)
        unit = TimeUnit.MICROSECOND if in_microseconds else TimeUnit.MILLISECOND
        return self._add(audience, _JsonReceiver(receive, unit, self._runtime, audience.encoded))

    def subscribe_reports(self, owner: int, receiver: ReportReceiver) -> Subscription:
        """Let `receiver` be told the same as reports, which it spells itself. Errors: those of `subscribe`."""
        return self._add(self._audience(owner), receiver)

    @property
    def subscriptions(self) -> int:
        """How many there are, of all owners."""
        return sum(len(audience.subscriptions) for audience in self._audiences.values())

    def _audience(self, owner: int) -> _Audience:
        audience = self._audiences.get(owner)
        if audience is None:
            audience = _Audience(owner)
            self._runtime.inquire(Open(owner, SPOT)).add_done_callback(partial(self._begin, audience))
            self._audiences[owner] = audience
        return audience

    def _add(self, audience: _Audience, receiver: ReportReceiver) -> Subscription:
        subscription = Subscription(audience.owner, receiver, self._end)
        audience.subscriptions.append(subscription)
        return subscription

    def _begin(self, audience: _Audience, answered: Any) -> None:
        """Take what the core answered, and tell what came behind it. Called before anybody who submitted that."""
        if answered.cancelled() or answered.exception() is not None:
            return  # The runtime has stopped; nothing will come any more.
        if self._audiences.get(audience.owner) is not audience:
            return  # Everybody has left meanwhile.
        sequence, answer = answered.result()
        assert isinstance(answer, OpenAnswer)
        if answer.account is not None:
            self._follow(audience, FollowedAccount(answer.account, answer.orders, answer.lists))
        waiting, audience.waiting = audience.waiting, None
        for outcome, command, origin in waiting or ():
            if outcome.sequence > sequence and audience in self._concerned(outcome, command):
                self._tell(audience, outcome, command, origin)

    def _end(self, subscription: Subscription) -> None:
        audience = self._audiences[subscription.owner]
        audience.subscriptions.remove(subscription)
        if not audience.subscriptions:
            del self._audiences[audience.owner]
            if audience.account is not None:
                del self._followed[audience.account.account]

    def _follow(self, audience: _Audience, account: FollowedAccount) -> None:
        audience.account = account
        self._followed[account.account] = audience

    # --- telling -----------------------------------------------------------------------------------------------

    def _accept(self, outcomes: Iterable[Outcome]) -> None:
        if not self._audiences:
            return
        beginning = [audience for audience in self._audiences.values() if audience.waiting is not None]
        for outcome in outcomes:
            command, origin = self._runtime.command_of(outcome), self._runtime.origin_of(outcome)
            for audience in beginning:
                if audience.waiting is not None:
                    audience.waiting.append((outcome, command, origin))
            for audience in self._concerned(outcome, command):
                self._tell(audience, outcome, command, origin)

    def _concerned(self, outcome: Outcome, command: Command | None) -> Collection[_Audience]:
        """Return whom an outcome is told to. An account that it opens is followed from then on."""
        followed, concerned = self._followed, dict[int, _Audience]()
        for event in outcome.events:
            if type(event) is Posted:  # Most events are, and most are of others.
                if event.account in followed:
                    concerned[event.account] = followed[event.account]
            elif type(event) in ACCOUNTS_OF:
                for account in ACCOUNTS_OF[type(event)](event):
                    if account in followed:
                        concerned[account] = followed[account]
            elif type(event) is AccountOpened and event.kind == SPOT:
                audience = self._audiences.get(event.owner)
                if audience is not None and audience.waiting is None:
                    self._follow(audience, FollowedAccount(event.account))
        account_refused = refused_account(outcome, command)
        if account_refused in followed:
            concerned[account_refused] = followed[account_refused]
        return concerned.values()

    def _tell(self, audience: _Audience, outcome: Outcome, command: Command | None, origin: object) -> None:
        followed = audience.account
        if followed is None:
            return
        subscriptions = tuple(audience.subscriptions)
        try:
            reports = self._reports(followed, outcome, command)
        except Exception:
            _log.exception("account could not be followed", owner=audience.owner, sequence=outcome.sequence)
            for subscription in subscriptions:
                subscription.terminate()
            return
        for subscription in subscriptions:
            subscription.tell(outcome, reports, origin)

    def _reports(self, followed: FollowedAccount, outcome: Outcome, command: Command | None) -> list[Report]:
        """Report what happened to orders and lists, and then to balances."""
        reports = followed.follow(outcome)
        if refused_account(outcome, command) == followed.account:
            reports += refusal_reports(self._runtime.catalog, outcome, command)
        return reports + balance_reports(followed.account, outcome.events)


def _of_match(event: TradeExecuted | MatchPrevented) -> tuple[int, ...]:
    return event.maker.account, event.taker.account


def _of_order(event: OrderPlaced | OrderCanceled | OrderExpired | OrderEvent) -> tuple[int, ...]:
    return (event.order.account,)


def _of_list(event: OrderListPlaced | OrderListEnded) -> tuple[int, ...]:
    return (event.list.account,)


ACCOUNTS_OF: Final[Mapping[type, Callable[[Any], tuple[int, ...]]]] = MappingProxyType(
    {
        Posted: lambda event: (event.account,),
        TradeExecuted: _of_match,
        MatchPrevented: _of_match,
        OrderPlaced: _of_order,
        OrderCanceled: _of_order,
        OrderExpired: _of_order,
        OrderActivated: _of_order,
        OrderTriggered: _of_order,
        TrailingStarted: _of_order,
        OrderAmended: _of_order,
        OrderListPlaced: _of_list,
        OrderListEnded: _of_list,
        AllocationMade: lambda event: (event.fill.account,),
    }
)
"""The accounts that an event is about, as far as their owners are told of it."""
