"""Whether someone may be one of those on the lists: how alike their names are, weighed with birth date and country.

Pure. Names are compared in Latin letters without accents, whatever script they were written in and in whatever order
their parts come. A score says how alike; what it was made of is told with it. It decides nothing: people look at hits.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from anyascii import anyascii
from rapidfuzz import fuzz, process

from rialto.identity.screening.entries import Listed

THRESHOLD: Final = 86
"""From which score on, of 100, someone is a hit."""

HITS_MAX: Final = 20
AT_ONCE: Final = 2_000
"""How many names are compared before other threads have a turn."""

SAME_DATE: Final = 6
OTHER_DATE: Final = -12
SAME_COUNTRY: Final = 3
WEAK: Final = -15
"""A name that many have is a hit only together with a birth date or a country."""

CANDIDATES_FROM: Final = THRESHOLD - SAME_DATE - SAME_COUNTRY


class Hit(msgspec.Struct, frozen=True):
    """Someone on a list who may be meant, and why."""

    score: int
    name: str
    reference: str
    why: str
    entry: str = ""
    """The key of the entry."""


class Screen:
    """Compares with the lists there are. Built once; to be asked from any thread."""

    def __init__(self, entries: Iterable[Listed], threshold: int = THRESHOLD) -> None:
        self._threshold = threshold
        named = [
            (name, entry, is_weak)
            for entry in entries
            for names, is_weak in ((entry.names, False), (entry.weak_names, True))
            for name in names
        ]
        self._named: Sequence[tuple[str, Listed, bool]] = named
        self._plain = [plain(name) for name, _, _ in named]
        self._joined = [name.replace(" ", "") for name in self._plain]

    def hits(self, name: str, birth_date: str = "", country: str = "") -> list[Hit]:
        """Return who may be meant, the likeliest first, each person once."""
        found: dict[int, Hit] = {}
        for index, likeness in self._alike(plain(name)).items():
            listed_as, entry, is_weak = self._named[index]
            hit = _weighed(likeness, listed_as, entry, birth_date, country, is_weak=is_weak)
            known = found.get(id(entry))
            if hit.score >= self._threshold and (known is None or known.score < hit.score):
                found[id(entry)] = hit
        return sorted(found.values(), key=lambda hit: -hit.score)[:HITS_MAX]

    def _alike(self, name: str) -> dict[int, int]:
        """Say how alike a name is to those that are: in whatever order its parts come, and however they are parted."""
        found: dict[int, int] = {}
        ways = ((fuzz.token_sort_ratio, name, self._plain), (fuzz.ratio, name.replace(" ", ""), self._joined))
        for scorer, asked, names in ways:
            for first in range(0, len(names), AT_ONCE):
                some = names[first : first + AT_ONCE]
                for _, likeness, index in process.extract(
                    asked, some, scorer=scorer, score_cutoff=CANDIDATES_FROM, limit=None
                ):
                    found[first + index] = max(found.get(first + index, 0), round(likeness))
        return found


def plain(name: str) -> str:
    """Return a name as it is compared: small Latin letters, digits and single spaces."""
    letters = "".join(each if each.isalnum() else " " for each in anyascii(name).lower().replace("'", ""))
    return " ".join(letters.split())


def _weighed(likeness: int, listed_as: str, entry: Listed, birth_date: str, country: str, *, is_weak: bool) -> Hit:
    score, reasons = likeness, [f"names alike {likeness}"]
    if is_weak:
        score += WEAK
        reasons.append("a weak alias")
    if birth_date and entry.birth_dates:
        is_same = any(_is_same(birth_date, each) for each in entry.birth_dates)
        score += SAME_DATE if is_same else OTHER_DATE
        reasons.append("same birth date" if is_same else "other birth date")
    if country and country in entry.countries:
        score += SAME_COUNTRY
        reasons.append("same country")
    return Hit(max(0, min(score, 100)), listed_as, entry.reference, ", ".join(reasons), entry.key)


def _is_same(one: str, other: str) -> bool:
    """Compare two dates as far as both are known."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]
