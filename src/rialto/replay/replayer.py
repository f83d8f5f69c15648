"""The replayer: reads a recording and submits what it says to a runtime, in order and with many commands under way.

Works on an exchange of its own, which runs on the recording's time: each command carries the time of the newest trade,
so that candles come out as recorded. Works as well on an exchange that others use, on the wall's clock: there it makes
a market that moves as recorded, others may trade with it, and what they took is restored by the next message about it.

Owns what is under way and the mirrors of the books. Opens and closes nothing: `session` does, or bootstrap.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final

import msgspec

from rialto.contracts.commands import Command
from rialto.contracts.events import CommandRejected, OrderPlaced, Outcome, TradeExecuted
from rialto.contracts.rejections import UnknownOrder
from rialto.contracts.vocabulary import Side
from rialto.core.errors import RuntimeBusy
from rialto.core.runtime import Runtime
from rialto.foundation.clock import SettableClock
from rialto.replay.comparison import Comparison
from rialto.replay.instruments import Content
from rialto.replay.listing import Owners, Venue, prepare
from rialto.replay.recording import DamagedLine, Line, Message, OnDamage, RecordedTrade, Recording
from rialto.replay.shaping import ShapedBook
from rialto.wire.decimals import to_units

UNDER_WAY_MAX: Final = 8_192
"""How many commands wait for their outcomes at most; then half of them are waited for."""

DAMAGE_KEPT_MAX: Final = 100
BUSY_DELAY_S: Final = 0.05
BUSY_TIMEOUT_S: Final = 60
PROGRESS_PERIOD_S: Final = 0.5
YIELD_MESSAGES: Final = 256
"""After how many messages others get their turn on the event loop, if not before."""

NANOSECONDS: Final = 1_000_000_000


class Progress(msgspec.Struct, frozen=True):
    """How far a replay is."""

    messages: int
    messages_total: int
    commands: int
    elapsed_s: float

    @property
    def messages_per_second(self) -> int:
        """Tell the rate since the start."""
        return self.messages * 1_000 // max(1, round(self.elapsed_s * 1_000))


OnProgress = Callable[[Progress], object]


class Counts(msgspec.Struct):
    """What a replay did."""

    messages: int = 0
    trades: int = 0
    passed_over: int = 0
    """Messages of streams that shape no book, or of a snapshot that could be any symbol's."""
    stale: int = 0
    """Messages passed over because a newer one was there before them."""
    levels_passed_over: int = 0
    """Levels passed over because their side of the book was full."""
    times_back: int = 0
    """Trades timed before the one before them, replayed at that one's time."""
    commands: int = 0
    refused: int = 0
    first_refused: str | None = None
    damaged_lines: int = 0
    damage: list[str] = []
    """The first damaged lines, in words."""
    elapsed_s: float = 0.0


class Replayer:
    """One replay of one recording into one runtime."""

    def __init__(
        self,
        recording: Recording,
        content: Content,
        runtime: Runtime,
        *,
        clock: SettableClock | None,
        owners: Owners,
        on_damage: OnDamage = OnDamage.SKIP,
        speed: Fraction | None = None,
        comparison: Comparison | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Prepare a replay; `content` is what `infer` found in the recording.

        With a `clock`, it is the runtime's own and nobody else uses the exchange; without one, the runtime is on the
        wall's clock. `speed` follows the local times of the recording, so many times as fast; without it, the replay
        runs as fast as it can.
        """
        assert clock is not None or comparison is None, "an exchange that others use does not trade as recorded"
        assert speed is None or speed > 0, "a speed is above zero"
        self.counts = Counts()
        self._recording = recording
        self._content = content
        self._runtime = runtime
        self._clock = clock
        self._owners = owners
        self._on_damage = on_damage
        self._speed = speed
        self._comparison = comparison
        self._on_progress = on_progress
        self._venue = Venue({}, 0, 0)
        self._books: dict[int, ShapedBook] = {}
        self._under_way: deque[tuple[int, asyncio.Future[Outcome]]] = deque()
        self._is_running = False
        self._started_ns = self._first_received_at_ns = self._told_ns = 0

    async def run(self) -> Counts:
        """Replay the recording to its end and wait until all of it is durable.

        Errors: `DamagedLine` unless damage is skipped, `SymbolTooCoarse`, `RuntimeBusy` when the runtime stays so,
        `RuntimeStopped`. A replay that is canceled leaves the book as it stands.
        """
        time_us = self._clock.now_us() if self._clock else None
        self._venue = await prepare(self._runtime, self._content.instruments, self._owners, time_us)
        maker, taker = self._venue.maker, self._venue.taker
        self._books = {symbol: ShapedBook(symbol, maker, taker) for symbol in self._venue.symbols.values()}
        if self._clock is None:
            self._runtime.subscribe(self._watch_others)
        self._is_running = True
        self._started_ns = self._told_ns = time.monotonic_ns()
        try:
            for item in self._recording.read():
                if isinstance(item, DamagedLine):
                    self._note_damage(item)
                else:
                    await self._replay_line(item)
            await self._settle(0)
        finally:
            self._is_running = False
            self._count_up()
        self._tell_progress()
        return self.counts

    @property
    def symbols(self) -> dict[str, int]:
        """Symbol ids by name, once running."""
        return self._venue.symbols

    async def _replay_line(self, line: Line) -> None:
        counts = self.counts
        counts.messages += 1
        if self._speed is not None:
            await self._wait_until_due(line.received_at_ns, self._speed)
        if counts.messages % YIELD_MESSAGES == 0:
            await asyncio.sleep(0)
            self._tell_progress(PROGRESS_PERIOD_S)
        symbol = self._symbol_of(line.message)
        if line.message is None or symbol is None:
            counts.passed_over += 1
            return
        if isinstance(line.message, RecordedTrade):
            self._note_trade(line.number, symbol, line.message)
        await self._submit(line.number, self._books[symbol].shape(line.message))

    def _symbol_of(self, message: Message | None) -> int | None:
        if message is None:
            return None
        if not message.symbol and len(self._venue.symbols) == 1:
            return next(iter(self._venue.symbols.values()))
        return self._venue.symbols.get(message.symbol)

    def _note_trade(self, line: int, symbol: int, trade: RecordedTrade) -> None:
        self.counts.trades += 1
        if self._clock is None:
            return
        if trade.traded_at_us < self._clock.now_us():
            self.counts.times_back += 1
        else:
            self._clock.move_to(trade.traded_at_us)
        if self._comparison is not None:
            self._comparison.expect(line, symbol, trade, self._clock.now_us())

    def _note_damage(self, damage: DamagedLine) -> None:
        if self._on_damage is OnDamage.REFUSE:
            raise damage
        self.counts.damaged_lines += 1
        if len(self.counts.damage) < DAMAGE_KEPT_MAX:
            self.counts.damage.append(str(damage))

    async def _submit(self, line: int, commands: Iterable[Command]) -> None:
        time_us = self._clock.now_us() if self._clock else None
        under_way, enqueue = self._under_way, self._runtime.enqueue
        for command in commands:
            if len(under_way) >= UNDER_WAY_MAX:
                await self._settle(UNDER_WAY_MAX // 2)
            try:
                future = enqueue(command, time_us)
            except RuntimeBusy:
                future = await self._insist(command, time_us)
            under_way.append((line, future))
            self.counts.commands += 1

    async def _insist(self, command: Command, time_us: int | None) -> asyncio.Future[Outcome]:
        """Submit a command once the runtime is no longer busy. Errors: `RuntimeBusy`, if it stays so."""
        give_up_ns = time.monotonic_ns() + BUSY_TIMEOUT_S * NANOSECONDS
        while True:
            await self._settle(0)
            await asyncio.sleep(BUSY_DELAY_S)
            try:
                return self._runtime.enqueue(command, time_us)
            except RuntimeBusy:
                if time.monotonic_ns() > give_up_ns:
                    raise

    async def _settle(self, left: int) -> None:
        """Wait until so many commands are left under way. Outcomes come in order: waiting for the last is enough."""
        if len(self._under_way) <= left:
            return
        await self._under_way[len(self._under_way) - left - 1][1]
        while self._under_way and self._under_way[0][1].done():
            line, future = self._under_way.popleft()
            events = future.result().events
            if events and isinstance(events[0], CommandRejected):
                self._note_refusal(line, events[0])

    def _note_refusal(self, line: int, rejected: CommandRejected) -> None:
        if self._clock is None and isinstance(rejected.rejection, UnknownOrder):
            return  # Somebody else took the order before its recorded end.
        self.counts.refused += 1
        self.counts.first_refused = self.counts.first_refused or f"line {line}: {rejected.rejection}"

    def _watch_others(self, outcomes: Sequence[Outcome]) -> None:
        """Note where somebody else traded with the maker. A listener on an exchange that others use."""
        if not self._is_running:
            return
        maker, taker = self._venue.maker, self._venue.taker
        for outcome in outcomes:
            placed = None
            for event in outcome.events:
                if isinstance(event, OrderPlaced):
                    placed = event.order
                elif isinstance(event, TradeExecuted) and event.symbol in self._books:
                    book = self._books[event.symbol]
                    if event.maker.account == maker and event.taker.account != taker:
                        book.disturb(_opposite(event.taker_side), to_units(event.price))
                    elif event.taker.account == maker and placed is not None:
                        book.disturb(placed.side, to_units(placed.price))

    async def _wait_until_due(self, received_at_ns: int, speed: Fraction) -> None:
        self._first_received_at_ns = self._first_received_at_ns or received_at_ns
        after_ns = (received_at_ns - self._first_received_at_ns) * speed.denominator // speed.numerator
        remaining_ns = self._started_ns + after_ns - time.monotonic_ns()
        if remaining_ns > 0:
            self._tell_progress(PROGRESS_PERIOD_S)
            await asyncio.sleep(remaining_ns / NANOSECONDS)

    def _count_up(self) -> None:
        self.counts.elapsed_s = (time.monotonic_ns() - self._started_ns) / NANOSECONDS
        self.counts.stale = sum(book.stale_messages for book in self._books.values())
        self.counts.levels_passed_over = sum(book.levels_passed_over for book in self._books.values())

    def _tell_progress(self, period_s: float = 0) -> None:
        """Tell how far the replay is, unless it was told less than a period ago."""
        now_ns = time.monotonic_ns()
        if self._on_progress is None or now_ns - self._told_ns < period_s * NANOSECONDS:
            return
        self._told_ns = now_ns
        elapsed_s = (now_ns - self._started_ns) / NANOSECONDS
        self._on_progress(Progress(self.counts.messages, self._content.messages, self.counts.commands, elapsed_s))


def _opposite(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY
