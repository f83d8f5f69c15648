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

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final, Protocol

import structlog

from rialto.contracts.commands import Command
from rialto.contracts.events import (
    AccountOpened,
    AllocationMade,
    Event,
    MatchPrevented,
    OrderActivated,
    OrderAmended,
    OrderCanceled,
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
    """Takes reports as they are, and spells them itself. Must not raise, as `Receive`."""

    def take_reports(self, outcome: Outcome, reports: Sequence[Report], origin: object) -> None:
        """Take what one command did to the account, and who submitted it: see `rialto.core.runtime.origin`.

        Every receiver gets the same `reports`, so that they can share what they make of them.
        """

    def end_reports(self) -> None:
        """Learn that no more is told, because it would not be the truth."""


SPOT: Final = AccountKind(AccountClass.SPOT)

_log = structlog.stdlib.get_logger(__name__)


class _JsonReceiver:
    """Hands reports on as JSON, each encoded once per time unit for all who listen to an account."""

    __slots__ = ("_catalog", "_encoded", "_now_us", "_receive", "_unit", "is_active")

    def __init__(
        self, receive: Receive, unit: TimeUnit, catalog: Catalog, now_us: Callable[[], int], encoded: "_Encoded"
    ) -> None:
        self._receive = receive
        self._unit = unit
        self._catalog = catalog
        self._now_us = now_us
        self._encoded = encoded
        self.is_active: Callable[[], bool] = lambda: True

    def take_reports(self, outcome: Outcome, reports: Sequence[Report], _origin: object) -> None:
        for message in self._encoded.messages(outcome, reports, self._unit, self._catalog):
            if not self.is_active():
                return
            try:
                self._receive(message)
            except Exception:
                _log.exception("user data receiver failed")

    def end_reports(self) -> None:
        self._receive(encode_terminated(self._now_us(), self._unit))


class _Encoded:
    """What was made last of the reports of one command."""

    __slots__ = ("_by_unit", "_reports")

    def __init__(self) -> None:
        self._reports: Sequence[Report] | None = None
        self._by_unit: dict[TimeUnit, list[bytes]] = {}

    def messages(
        self, outcome: Outcome, reports: Sequence[Report], unit: TimeUnit, catalog: Catalog
    ) -> Sequence[bytes]:
        if self._reports is not reports:
            self._reports = reports
            self._by_unit = {}
        messages = self._by_unit.get(unit)
        if messages is None:
            messages = [encode_report(report, catalog, outcome.time_us, unit) for report in reports]
            self._by_unit[unit] = messages
        return messages


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
        if self._receiver is not None:
            self._receiver = None
            self._end(self)

    def tell(self, outcome: Outcome, reports: Sequence[Report], origin: object) -> None:
        """Hand reports on, unless the subscription has ended meanwhile."""
        if self._receiver is None:
            return
        try:
            self._receiver.take_reports(outcome, reports, origin)
        except Exception:
            _log.exception("user data receiver failed", owner=self.owner)

    def terminate(self) -> None:
        """End, and say so."""
        if self._receiver is None:
            return
        try:
            self._receiver.end_reports()
        except Exception:
            _log.exception("user data receiver failed", owner=self.owner)
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
        receiver = _JsonReceiver(receive, unit, self._runtime.catalog, self._runtime.now_us, audience.encoded)
        subscription = self._add(audience, receiver)
        receiver.is_active = lambda: subscription.is_active
        return subscription

    def subscribe_reports(self, owner: int, receiver: ReportReceiver) -> Subscription:
        """Let `receiver` be told the same as reports, which it spells itself. Errors: those of `subscribe`."""
        return self._add(self._audience(owner), receiver)

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
            if outcome.sequence > sequence:
                self._open_account(audience, outcome)
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

    def _concerned(self, outcome: Outcome, command: Command | None) -> Iterable[_Audience]:
        """Return whom an outcome is told to. An account that it opens is followed from then on."""
        followed, concerned = self._followed, dict[int, _Audience]()
        for event in outcome.events:
            for account in accounts_of(event):
                if account in followed:
                    concerned[account] = followed[account]
            if type(event) is AccountOpened:
                audience = self._audiences.get(event.owner)
                if audience is not None and audience.waiting is None:
                    self._open_account(audience, outcome)
        account_refused = refused_account(outcome, command)
        if account_refused in followed:
            concerned[account_refused] = followed[account_refused]
        return concerned.values()

    def _open_account(self, audience: _Audience, outcome: Outcome) -> None:
        for event in outcome.events:
            if isinstance(event, AccountOpened) and (event.owner, event.kind) == (audience.owner, SPOT):
                self._follow(audience, FollowedAccount(event.account))

    def _tell(self, audience: _Audience, outcome: Outcome, command: Command | None, origin: object) -> None:
        followed = audience.account
        if followed is None:
            return
        try:
            reports = self._reports(followed, outcome, command)
        except Exception:
            _log.exception("account could not be followed", owner=audience.owner, sequence=outcome.sequence)
            for subscription in tuple(audience.subscriptions):
                subscription.terminate()
            return
        for subscription in tuple(audience.subscriptions):
            subscription.tell(outcome, reports, origin)

    def _reports(self, followed: FollowedAccount, outcome: Outcome, command: Command | None) -> list[Report]:
        """Report what happened to orders and lists, and then to balances."""
        reports = followed.follow(outcome)
        if refused_account(outcome, command) == followed.account:
            reports += refusal_reports(self._runtime.catalog, outcome, command)
        return reports + balance_reports(followed.account, outcome.events)


def accounts_of(event: Event) -> tuple[int, ...]:
    """Return the accounts that an event is about, as far as their owners are told of it."""
    match event:  # The commonest first.
        case Posted():
            return (event.account,)
        case TradeExecuted() | MatchPrevented():
            return event.maker.account, event.taker.account
        case (
            OrderPlaced()
            | OrderCanceled()
            | OrderExpired()
            | OrderActivated()
            | OrderTriggered()
            | TrailingStarted()
            | OrderAmended()
        ):
            return (event.order.account,)
        case OrderListPlaced() | OrderListEnded():
            return (event.list.account,)
        case AllocationMade():
            return (event.fill.account,)
        case _:
            return ()
