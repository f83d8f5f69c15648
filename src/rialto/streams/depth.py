"""Depth streams: what changed in the books, and their best levels, in JSON and SBE, each at its own pace.

The core gathers changes for two takers, a fast and a slow one. The SBE stream is faster than the fast one of JSON:
while anybody reads it, changes are taken at its pace and gathered here for JSON, so that both state every change once.

State: changes taken and not yet stated in JSON, who waits for a first look at a book that may be quiet, and the update
that SBE snapshots last showed. It belongs to the event loop's thread.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from rialto.contracts.market import DepthUpdate, Level
from rialto.core.market import MarketViews
from rialto.streams import payloads, sbe_payloads
from rialto.streams.framing import TimeUnit
from rialto.streams.hub import Hub
from rialto.streams.names import PARTIAL_LEVELS, Kind, Topic
from rialto.streams.schedule import Schedule
from rialto.wire.decimals import to_units

SBE_US: Final = 20_000
SBE_PARTIAL_US: Final = 50_000
FAST_US: Final = 100_000
SLOW_US: Final = 1_000_000


class DepthStreams:
    """Publishes depth to a hub."""

    def __init__(self, hub: Hub, market: MarketViews, symbol_name: Callable[[int], str]) -> None:
        self._hub = hub
        self._market = market
        self._symbol_name = symbol_name
        self._gathered: dict[int, DepthUpdate] = {}
        self._new_partials: set[Topic] = set()
        self._shown_in_sbe: dict[Topic, int] = {}
        self._watchers: list[Callable[[Sequence[DepthUpdate]], None]] = []

    def schedule(self, schedule: Schedule) -> None:
        """Add what is to be done regularly."""
        schedule.every(SBE_US, self.state_for_sbe)
        schedule.every(SBE_PARTIAL_US, self.state_sbe_snapshots)
        schedule.every(FAST_US, partial(self.state, slow=False))
        schedule.every(SLOW_US, partial(self.state, slow=True))

    def watch(self, watcher: Callable[[Sequence[DepthUpdate]], None]) -> None:
        """Call `watcher` with what changed in the books, ten times a second, whoever reads it here."""
        self._watchers.append(watcher)

    def note_subscription(self, topic: Topic) -> None:
        """Remember who waits for a first look."""
        if topic.kind is Kind.PARTIAL_DEPTH:
            self._new_partials.add(topic)
        elif topic.kind is Kind.SBE_PARTIAL_DEPTH:
            self._shown_in_sbe.pop(topic, None)

    async def state(self, now_us: int, *, slow: bool) -> None:
        """State in JSON what changed since the last time."""
        partials = {topic for topic in self._new_partials if topic.fast is not slow}
        self._new_partials -= partials
        updates = self._market.take_depth_updates(slow=True) if slow else list(self._take_gathered())
        if not slow:
            for watcher in self._watchers:
                watcher(updates)
        for update in updates:
            symbol = update.symbol
            topic = Topic(Kind.DEPTH, symbol, fast=not slow)
            if self._hub.reads(topic):
                self._hub.publish(topic, partial(payloads.depth, update, self._symbol_name(symbol), now_us))
            partials.update(Topic(Kind.PARTIAL_DEPTH, symbol, not slow, levels) for levels in PARTIAL_LEVELS)
        for topic in partials:
            self._hub.publish(topic, partial(self._partial_depth, topic))

    async def state_for_sbe(self, now_us: int) -> None:
        """State in SBE what changed since the last time, and keep it for JSON."""
        if not self._hub.topics(Kind.SBE_DEPTH):
            return
        for update in self._market.take_depth_updates(slow=False):
            symbol = update.symbol
            self._gather(update)
            topic = Topic(Kind.SBE_DEPTH, symbol)
            if self._hub.reads(topic):
                build = partial(sbe_payloads.depth_update, update, self._symbol_name(symbol), now_us)
                self._hub.publish_binary(topic, build)

    async def state_sbe_snapshots(self, now_us: int) -> None:
        """State the best levels of the books that changed since they were last shown."""
        shown = {}
        for topic in self._hub.topics(Kind.SBE_PARTIAL_DEPTH):
            snapshot = self._market.depth(topic.symbol, topic.levels)
            shown[topic] = snapshot.last_update_id
            if self._shown_in_sbe.get(topic) != snapshot.last_update_id:
                name = self._symbol_name(topic.symbol)
                self._hub.publish_binary(topic, partial(sbe_payloads.depth_snapshot, snapshot, name, now_us))
        self._shown_in_sbe = shown

    def _take_gathered(self) -> Iterable[DepthUpdate]:
        """Take what was gathered for JSON, by symbol, and what was not taken for SBE."""
        if not self._hub.topics(Kind.SBE_DEPTH):
            for update in self._market.take_depth_updates(slow=False):
                self._gather(update)
        gathered, self._gathered = self._gathered, {}
        return gathered.values()

    def _gather(self, update: DepthUpdate) -> None:
        before = self._gathered.get(update.symbol)
        self._gathered[update.symbol] = update if before is None else joined(before, update)

    def _partial_depth(self, topic: Topic, _unit: TimeUnit) -> bytes:
        return payloads.partial_depth(self._market.depth(topic.symbol, topic.levels))


def joined(earlier: DepthUpdate, later: DepthUpdate) -> DepthUpdate:
    """Return two updates of one book as one, best levels first. Where both changed a level, the later one counts.

    If the later does not follow the earlier at once, something between was never stated: it stands alone, so that the
    gap shows.
    """
    if later.first_update_id != earlier.last_update_id + 1:
        return later
    return DepthUpdate(
        earlier.symbol,
        earlier.first_update_id,
        later.last_update_id,
        _joined_side(earlier.bids, later.bids, best_is_highest=True),
        _joined_side(earlier.asks, later.asks, best_is_highest=False),
    )


def _joined_side(earlier: Iterable[Level], later: Iterable[Level], *, best_is_highest: bool) -> tuple[Level, ...]:
    levels = {level.price: level for side in (earlier, later) for level in side}
    return tuple(sorted(levels.values(), key=lambda level: to_units(level.price), reverse=best_is_highest))
