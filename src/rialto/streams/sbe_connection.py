"""A connection that reads market streams in SBE: requests and their replies are texts, market data is binary.

State, beside that of every market stream connection: where in this turn's messages the newest best bid and ask of a
symbol stands, and those held back while the client reads too slowly. Invariant: of the best bids and asks of a symbol
at most one waits here.
"""

from collections.abc import Iterable

from rialto.streams.framing import TimeUnit
from rialto.streams.hub import Audience, Hub, shutdown_frame
from rialto.streams.market_connection import MarketStreamConnection
from rialto.streams.names import Topic


class SbeStreamConnection(MarketStreamConnection):
    """A client of market streams in SBE."""

    def __init__(self, hub: Hub, streams: Iterable[tuple[str, Topic]], *, combined: bool) -> None:
        super().__init__(hub, Audience(combined, TimeUnit.MICROSECOND), streams)
        self._places: dict[Topic, int] = {}
        self._held: dict[Topic, bytes] = {}
        self._is_congested = False

    def offer(self, topic: Topic, frame: bytes) -> None:
        """Put a message in the place of an older one of its topic, as long as that has not been written."""
        if self._is_congested:
            self._note_culled(topic in self._held)
            self._held[topic] = frame
            return
        place = self._places.get(topic)
        self._note_culled(place is not None)
        if place is not None:
            self.pending[place] = frame
        else:
            self._places[topic] = len(self.pending)
            super().offer(topic, frame)

    def flush(self) -> None:
        """Write what gathered."""
        self._places = {}
        super().flush()

    def pause_writing(self) -> None:
        """Hold back what may be outdated before the client reads on."""
        self._is_congested = True

    def resume_writing(self) -> None:
        """Let go what was held back: it is the newest there is."""
        self._is_congested = False
        held, self._held = self._held, {}
        for topic, frame in held.items():
            if self.reads(topic):
                self.offer(topic, frame)

    def shutdown_notice(self, now_us: int) -> bytes:
        """Return the event as JSON in milliseconds, as the API has it on these streams."""
        return shutdown_frame(Audience(combined=False, unit=TimeUnit.MILLISECOND), now_us)

    def find_topic(self, name: str) -> Topic:
        """Return what a stream name stands for. Raises UnknownStream."""
        return self._hub.sbe_topic(name)

    def _note_culled(self, is_culled: bool) -> None:
        self._connections.counters.culled += is_culled
