"""Following an exchange from outside: scraped again and again, through its ends and new beginnings.

State: the last few scrapes. What was seen last stays, and is marked, while nobody answers.
"""

from typing import Final

import msgspec

from rialto.watch.reading import Reading, read
from rialto.watch.scrape import Interval, Scrape, Unreadable, take

WINDOW: Final = 5
"""Rates and latencies are those of the time since so many scrapes ago."""


class Seen(msgspec.Struct, frozen=True):
    """An exchange, and what was read of it last; or why nothing could be."""

    url: str
    reading: Reading | None
    trouble: str = ""


class Followed:
    """One exchange."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url
        self._token = token
        self._scrapes: list[Scrape] = []
        self._trouble = ""

    def look(self) -> None:
        """Scrape once more; takes as long as the exchange does to answer, within the timeout."""
        try:
            scrape = take(self._url, self._token)
        except Unreadable as error:
            self._trouble = str(error)
            return
        self._trouble = ""
        self._scrapes = [*self._scrapes[-WINDOW:], scrape]

    @property
    def seen(self) -> Seen:
        """What is known of it; figures need two scrapes."""
        if len(self._scrapes) < 2:
            return Seen(self._url, None, self._trouble)
        return Seen(self._url, read(Interval(self._scrapes[0], self._scrapes[-1])), self._trouble)
