"""Reading somebody's `/metrics`: one scrape as whole numbers, and what lies between two.

Knows no exchange, only Prometheus' text. Figures in seconds become microseconds, so that everything is counted in whole
numbers. A name that is not there reads as None: what is not known is not zero.
"""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from rialto.foundation.metrics import MICROSECONDS

TIMEOUT_S: Final = 3.0
BYTES_MAX: Final = 8_000_000

Labels = tuple[tuple[str, str], ...]


class Unreadable(Exception):
    """There is nobody, or no metrics to be had. The message says which."""


class Scrape:
    """The figures of one moment."""

    def __init__(self, text: str, taken_us: int) -> None:
        """Parse Prometheus' text; `taken_us` is when, on a clock that never goes back. Errors: `Unreadable`."""
        self.taken_us: Final = taken_us
        self._values: dict[str, dict[Labels, int]] = {}
        try:
            for family in text_string_to_metric_families(text):
                scale = MICROSECONDS if family.name.endswith("_seconds") else 1
                for sample in family.samples:
                    unit = 1 if sample.name.endswith(("_bucket", "_count")) else scale
                    labels = tuple(sorted(sample.labels.items()))
                    self._values.setdefault(sample.name, {})[labels] = int(Decimal(repr(sample.value)) * unit)
        except (ValueError, KeyError, InvalidOperation, OverflowError) as error:
            raise Unreadable(f"what came are no metrics: {error}") from error

    def value(self, name: str, **labels: str) -> int | None:
        """Return one figure."""
        return self._values.get(name, {}).get(tuple(sorted(labels.items())))

    def by(self, name: str, label: str) -> dict[str, int]:
        """Return the figures of a name by one of its labels, summed over the others."""
        found: dict[str, int] = {}
        for labels, value in self._values.get(name, {}).items():
            held = dict(labels).get(label)
            if held is not None:
                found[held] = found.get(held, 0) + value
        return found

    def buckets(self, name: str, **labels: str) -> dict[int | None, int]:
        """Return a histogram's counts by their upper bounds, in microseconds where it is of time; None is no bound."""
        scale = MICROSECONDS if name.endswith("_seconds") else 1
        found: dict[int | None, int] = {}
        for held, value in self._values.get(f"{name}_bucket", {}).items():
            pairs = dict(held)
            bound = pairs.pop("le", "")
            if pairs == labels:
                found[None if bound == "+Inf" else int(Decimal(bound) * scale)] = value
        return found


class Interval:
    """What happened between two scrapes of the same process."""

    def __init__(self, before: Scrape, after: Scrape) -> None:
        self.before: Final = before
        self.after: Final = after
        self.micros: Final = max(1, after.taken_us - before.taken_us)
        """How long it was, in microseconds."""

    @property
    def is_continuous(self) -> bool:
        """Whether it is the same process at both ends."""
        name = "rialto_started_timestamp_seconds"
        return self.before.value(name) == self.after.value(name)

    def growth(self, name: str, **labels: str) -> int | None:
        """Return by how much a figure grew."""
        after = self.after.value(name, **labels)
        return None if after is None else max(0, after - (self.before.value(name, **labels) or 0))

    def tenths_per_second(self, name: str, **labels: str) -> int | None:
        """Return how fast a figure grows, in tenths a second."""
        grown = self.growth(name, **labels)
        return None if grown is None else self._tenths(grown)

    def tenths_per_second_by(self, name: str, label: str) -> dict[str, int]:
        """Return the same by a label, without those that do not grow."""
        before = self.before.by(name, label)
        grown = {held: value - before.get(held, 0) for held, value in self.after.by(name, label).items()}
        return {held: self._tenths(value) for held, value in grown.items() if value > 0}

    def quantile(self, percent: int, name: str, **labels: str) -> int | None:
        """Return the value that so many percent of those observed between the scrapes do not exceed.

        Read off the histogram's buckets, straight within one; None where nothing was observed.
        """
        before, after = self.before.buckets(name, **labels), self.after.buckets(name, **labels)
        counts = sorted(_grown(before, after), key=lambda pair: (pair[0] is None, pair[0] or 0))
        total = counts[-1][1] if counts else 0
        if total <= 0:
            return None
        wanted, lower, below = -(-total * percent // 100), 0, 0
        for bound, reached in counts:
            if reached >= wanted:
                if bound is None:
                    return lower
                return lower + (bound - lower) * (wanted - below) // max(1, reached - below)
            lower, below = bound or lower, reached
        return lower

    def _tenths(self, grown: int) -> int:
        return grown * 10 * MICROSECONDS // self.micros


def _grown(before: Mapping[int | None, int], after: Mapping[int | None, int]) -> Iterator[tuple[int | None, int]]:
    for bound, count in after.items():
        yield bound, count - before.get(bound, 0)


def take(url: str, token: str = "") -> Scrape:
    """Scrape an exchange by its address. Errors: `Unreadable`."""
    if not url.startswith(("http://", "https://")):
        raise Unreadable(f"{url} is no address; give http://host:port")
    request = urllib.request.Request(f"{url.rstrip('/')}/metrics", headers=_headers(token))  # noqa: S310 - checked
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310 - checked above
            text = response.read(BYTES_MAX).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        hint = "; from elsewhere it wants metrics_networks or a token" if error.code == 404 else ""
        raise Unreadable(f"answers {error.code} to /metrics{hint}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Unreadable(f"not reachable: {getattr(reason, 'strerror', None) or reason}") from error
    return Scrape(text, time.monotonic_ns() // 1_000)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
