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
from typing import Any, Final

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
from rialto.core.runtime import Runtime
from rialto.streams.framing import TimeUnit
from rialto.streams.user_data.account import FollowedAccount
from rialto.streams.user_data.balances import balance_reports
from rialto.streams.user_data.payloads import encode_report, encode_terminated
from rialto.streams.user_data.refusals import refusal_reports, refused_account
from rialto.streams.user_data.reports import Report

Receive = Callable[[bytes], None]
"""Takes one message: the JSON of an event. Must not raise; if it does, the others are told all the same."""

SPOT: Final = AccountKind(AccountClass.SPOT)

_log = structlog.stdlib.get_logger(__name__)


class Subscription:
    """One listener to one owner's account."""

    __slots__ = ("_end", "_receive", "owner", "unit")

    def __init__(self, owner: int, receive: Receive, unit: TimeUnit, end: Callable[["Subscription"], None]) -> None:
        self.owner: Final = owner
        self.unit: Final = unit
        self._receive: Receive | None = receive
        self._end = end

    @property
    def is_active(self) -> bool:
        """Whether it still listens."""
        return self._receive is not None

    def cancel(self) -> None:
        """Listen no longer; nothing is received any more. Again is no harm."""
        if self._receive is not None:
            self._receive = None
            self._end(self)

    def receive(self, message: bytes) -> None:
        """Hand a message on, unless the subscription has ended meanwhile."""
        if self._receive is None:
            return
        try:
            self._receive(message)
        except Exception:
            _log.exception("user data receiver failed", owner=self.owner)


class _Audience:
    """The listeners of one owner, and what is known of the owner's account."""

    __slots__ = ("account", "owner", "subscriptions", "waiting")

    def __init__(self, owner: int) -> None:
        self.owner: Final = owner
        self.subscriptions: list[Subscription] = []
        self.account: FollowedAccount | None = None
        """None while the owner has none."""
        self.waiting: list[tuple[Outcome, Command | None]] | None = []
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
        audience = self._audiences.get(owner)
        if audience is None:
            audience = _Audience(owner)
            self._runtime.inquire(Open(owner, SPOT)).add_done_callback(partial(self._begin, audience))
            self._audiences[owner] = audience
        unit = TimeUnit.MICROSECOND if in_microseconds else TimeUnit.MILLISECOND
        subscription = Subscription(owner, receive, unit, self._end)
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
        for outcome, command in waiting or ():
            if outcome.sequence > sequence and audience in self._concerned(outcome, command):
                self._tell(audience, outcome, command)

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
            command = self._runtime.command_of(outcome)
            for audience in beginning:
                if audience.waiting is not None:
                    audience.waiting.append((outcome, command))
            for audience in self._concerned(outcome, command):
                self._tell(audience, outcome, command)

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

    def _tell(self, audience: _Audience, outcome: Outcome, command: Command | None) -> None:
        followed = audience.account
        if followed is None:
            return
        subscriptions = tuple(audience.subscriptions)
        try:
            reports = self._reports(followed, outcome, command)
            messages = self._encode(reports, outcome.time_us, {each.unit for each in subscriptions})
        except Exception:
            _log.exception("account could not be followed", owner=audience.owner, sequence=outcome.sequence)
            for subscription in subscriptions:
                subscription.receive(encode_terminated(self._runtime.now_us(), subscription.unit))
                subscription.cancel()
            return
        for subscription in subscriptions:
            for message in messages[subscription.unit]:
                subscription.receive(message)

    def _reports(self, followed: FollowedAccount, outcome: Outcome, command: Command | None) -> list[Report]:
        """Report what happened to orders and lists, and then to balances."""
        reports = followed.follow(outcome)
        if refused_account(outcome, command) == followed.account:
            reports += refusal_reports(self._runtime.catalog, outcome, command)
        return reports + balance_reports(followed.account, outcome.events)

    def _encode(
        self, reports: Sequence[Report], time_us: int, units: Iterable[TimeUnit]
    ) -> Mapping[TimeUnit, Sequence[bytes]]:
        """Encode reports in each unit that somebody reads."""
        catalog = self._runtime.catalog
        return {unit: [encode_report(report, catalog, time_us, unit) for report in reports] for unit in units}


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
