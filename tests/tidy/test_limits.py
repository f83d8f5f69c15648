"""docs/LIMITS.md says what the code says, and leaves no bound out."""

import importlib
import re
from typing import Any

import msgspec

from rialto.fix.limits import FixLimits
from rialto.foundation.configuration import Settings
from rialto.gateway.admission import AdmissionRules
from rialto.gateway.bounds import Bounds
from rialto.gateway.websocket.session import SessionLimits
from rialto.streams.limits import StreamLimits
from tests.tidy import sources

PAGE = "docs/LIMITS.md"
ROW = re.compile(r"^\|[^|]*\| ([^|]+) \| `(rialto\.[\w.]+)` \|(?: `(\w+)`)? ?\|")
LIMITS: tuple[type[msgspec.Struct], ...] = (AdmissionRules, Bounds, FixLimits, SessionLimits, StreamLimits)
NOT_ON_THE_PAGE = {
    "FixLimits.drop_copy": "a struct, told in words",
    "FixLimits.drop_copy_delay_s": "a delay and no bound",
    "FixLimits.heartbeat_seconds_min": "a lower bound",
    "FixLimits.market_data": "a struct, told in words",
    "FixLimits.news_every_seconds": "an interval and no bound",
    "FixLimits.order_entry": "a struct, told in words",
    "StreamLimits.attempts_window_s": "told with the attempts",
    "StreamLimits.ping_interval_s": "an interval and no bound",
}


def rows() -> list[tuple[str, str, str | None]]:
    """The bound, where it stands and its setting, of every line of the page's tables."""
    found = (ROW.match(line) for line in sources.read(PAGE).splitlines())
    return [(row[1], row[2], row[3]) for row in found if row is not None]


def value_of(dotted: str) -> Any:
    """The constant, or the default of the field, of a dotted name."""
    holder, name = dotted.rsplit(".", 1)
    try:
        return getattr(importlib.import_module(holder), name)
    except ModuleNotFoundError:
        module, struct = holder.rsplit(".", 1)
        fields = msgspec.structs.fields(getattr(importlib.import_module(module), struct))
        return next(field.default for field in fields if field.name == name)


def number_of(spelled: str) -> str:
    """The number of a bound as it is told: `1,024`, `10 s`, `1 in 16`."""
    return spelled.replace(",", "").removeprefix("1 in ").split(" ")[0]


def test_every_bound_is_as_it_is_told() -> None:
    assert len(rows()) > 60
    wrong = {where: bound for bound, where, _ in rows() if f"{value_of(where):g}" != f"{_number(number_of(bound)):g}"}
    assert wrong == {}


def _number(text: str) -> Any:
    return msgspec.json.decode(text)


def test_every_setting_that_is_told_is_one() -> None:
    known = {field.name for field in msgspec.structs.fields(Settings)}
    assert [setting for _, _, setting in rows() if setting is not None and setting not in known] == []


def test_every_figure_that_is_told_is_shown() -> None:
    watching = "".join(
        sources.read(path) for path in sources.with_suffix(".py") if path.startswith("src/rialto/watch/")
    )
    told = set(re.findall(r"`(rialto_\w+)`", sources.read(PAGE)))
    assert len(told) > 10
    assert [name for name in sorted(told) if f'"{name}"' not in watching] == []


def test_no_bound_is_left_out() -> None:
    told = {where.split(".", 1)[1].rsplit(".", 2)[-2] + "." + where.rsplit(".", 1)[1] for _, where, _ in rows()}
    held = {f"{struct.__name__}.{field.name}" for struct in LIMITS for field in msgspec.structs.fields(struct)}
    assert held - told - NOT_ON_THE_PAGE.keys() == set()
    assert NOT_ON_THE_PAGE.keys() - held == set()
