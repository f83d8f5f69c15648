"""Dates of birth as lists spell them: exact, of a month or year, about a year, or between two years.

Pure. What cannot be read tells nothing and is left out: the name alone then decides.
"""

import re
from typing import Final

ABOUT_YEARS: Final = 1
"""How far off a date may be that a list calls approximate."""

SPAN_YEARS_MAX: Final = 20
"""A longer span of years tells nothing."""

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_SPELLED: Final = re.compile(r"(?:(?:(\d{1,2}) )?([A-Za-z]{3,9}) )?(\d{4})", re.ASCII)
_ISO: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_SLASHED: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


def iso(text: str) -> tuple[str, ...]:
    """Read 1960-01-31, 1960-01 or 1960; a time behind it does not matter."""
    found = _ISO.match(text.strip())
    return () if found is None else (found[0],)


def spelled(text: str) -> tuple[str, ...]:
    """Read `31 Jan 1960`, `Jan 1960`, `1960`, each with `circa` before it or `to` between two."""
    plain = " ".join(text.split())
    is_about = plain.lower().startswith("circa ")
    ends = [_spelled(part) for part in (plain[6:] if is_about else plain).split(" to ")]
    if not all(ends) or len(ends) > 2:
        return ()
    if len(ends) == 2:
        return between(ends[0][:4], ends[1][:4])
    return about(ends[0][:4]) if is_about else (ends[0],)


def slashed(text: str) -> tuple[str, ...]:
    """Read 31/01/1960, in which 00 stands for a day or month nobody knows; also a bare year."""
    found = _SLASHED.fullmatch(text.strip())
    if found is None:
        return iso(text)
    day, month, year = found.groups()
    if month == "00":
        return (year,)
    return (f"{year}-{month}",) if day == "00" else (f"{year}-{month}-{day}",)


def about(year: str) -> tuple[str, ...]:
    """Return the years around one."""
    return tuple(str(int(year) + more) for more in range(-ABOUT_YEARS, ABOUT_YEARS + 1)) if _is_year(year) else ()


def between(first: str, last: str) -> tuple[str, ...]:
    """Return the years from one to another."""
    if not (_is_year(first) and _is_year(last)) or not 0 <= int(last) - int(first) <= SPAN_YEARS_MAX:
        return ()
    return tuple(str(year) for year in range(int(first), int(last) + 1))


def _spelled(text: str) -> str:
    found = _SPELLED.fullmatch(text)
    if found is None:
        return ""
    day, month, year = found.groups()
    if month is None:
        return str(year)
    number = _MONTHS.get(month[:3].lower())
    if number is None:
        return ""
    return f"{year}-{number:02}" if day is None else f"{year}-{number:02}-{int(day):02}"


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit()
