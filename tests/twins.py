"""Two exchanges that are told the same things, one asked in JSON and one in SBE: their answers must say the same.

Numbers of orders, trades and lists are the same in both, since both count what the same commands did. Times are not:
those of one exchange are held against the other's to a minute or two, which tells microseconds from anything else.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from rialto.contracts.commands import Command
from tests.gateway import Live, live
from tests.sbe import Decoded, decode

SBE = {"Accept": "application/sbe", "X-MBX-SBE": "3:5"}
JSON = {"X-MBX-TIME-UNIT": "MICROSECOND"}
APART_US = 120_000_000
FIRST_TIME_US = 10**15
DRAWN = re.compile(r"[A-Za-z0-9]{22}")

AS_USUAL = {
    "orderCapacity": "PRINCIPAL",
    "workingFloor": "EXCHANGE",
    "matchType": "AUTO_MATCH",
    "usedSor": False,
    "preventedQuantity": 0,
    "preventedQty": 0,
}
"""What SBE states of every order and JSON only of unusual ones."""

NONE_IN_JSON = {None, -1, 0, "0.00000000", "0.000", "", "NONE"}

ITSELF = {
    ("CancelOpenOrdersResponse", "response"),
    ("WebSocketSessionSubscriptionsResponse", "subscriptions"),
}
"""What is the JSON itself, though the schema does not say so."""

OMITTED = {
    "ExchangeInfoResponse": {
        *("timezone", "serverTime", "quotePrecision", "opoAllowed", "permissions"),
    },
    "AccountResponse": {"makerCommission", "takerCommission", "buyerCommission", "sellerCommission"},
    "OrderAmendKeepPriorityResponse": {"amendedOrder.quoteOrderQty"},
    "KlinesResponse": {"11"},
}
"""What JSON has and the messages do not."""


class Twins:
    """The exchange asked in JSON, the one asked in SBE, and which messages and calls there were."""

    def __init__(self, plain: Live, binary: Live) -> None:
        self.plain = plain
        self.binary = binary
        self.messages: set[str] = set()
        self.calls: set[tuple[str, str]] = set()

    async def submit(self, *commands: Command) -> None:
        """Tell both the same."""
        for command in commands:
            for exchange in (self.plain, self.binary):
                await exchange.runtime.submit(command)

    async def same(self, who: str, method: str, path: str, **parameters: object) -> Any:
        """Ask both the same, compare what they answer, and return it as JSON."""
        answers = [
            await send(exchange, who, method, path, parameters, headers)
            for exchange, headers in ((self.plain, JSON), (self.binary, SBE))
        ]
        plain, binary = answers
        assert plain.status_code == binary.status_code, f"{plain.text} and {binary.content!r}"
        assert binary.headers["content-type"] == "application/sbe"
        self.calls.add((method, path))
        decoded = decode(binary.content)
        self.messages.add(decoded.message)
        expected = plain.json()
        check(decoded, expected, decoded.message)
        return expected


async def send(
    exchange: Live, who: str, method: str, path: str, parameters: Mapping[str, object], headers: Mapping[str, str]
) -> httpx.Response:
    if who:
        trader = exchange.alice if who == "alice" else exchange.bob
        return await trader.send(method, path, parameters, headers)
    return await exchange.client.request(method, path, params=dict(parameters), headers=headers)  # type: ignore[arg-type]


@asynccontextmanager
async def twins(directory: Path, **symbol: Any) -> AsyncIterator[Twins]:
    """Run both."""
    for name in ("plain", "binary"):
        (directory / name).mkdir(parents=True)
    async with live(directory / "plain", **symbol) as plain, live(directory / "binary", **symbol) as binary:
        yield Twins(plain, binary)


def check(decoded: Decoded, expected: Any, where: str) -> None:
    """Compare one entry of a message with its JSON: every field, and nothing of JSON left out but what is named."""
    seen: set[str] = set()
    place = 0
    for name, value in decoded.items():
        path = decoded.paths[name]
        if path == "[]":
            found, place = expected[place], place + 1
            seen.add(str(place - 1))
        elif path == ".." or (decoded.message, name) in ITSELF:
            found = expected
            seen |= set(expected) if isinstance(expected, dict) else set()
        else:
            if decoded.message == "OrderAmendKeepPriorityResponse" and path in expected.get("amendedOrder", {}):
                path = f"amendedOrder.{path}"
            found = expected
            for part in path.split("."):
                found = None if found is None else found.get(part)
            seen.add(path)
        same(name, value, found, f"{where}.{name}")
    is_row = "[]" in decoded.paths.values()
    told = set() if isinstance(expected, list) and not is_row else leaves(expected)
    assert told - seen - OMITTED.get(decoded.message, set()) == set(), where


def leaves(expected: Any) -> set[str]:
    if isinstance(expected, list):
        return {str(at) for at in range(len(expected))}
    if not isinstance(expected, dict):
        return set()
    found = set()
    for name, value in expected.items():
        found |= {f"{name}.{inner}" for inner in value} if isinstance(value, dict) and inline(name) else {name}
    return found


def inline(name: str) -> bool:
    """Tell whether an object's values stand in the message around it."""
    return name.endswith(("Commission", "ForOrder", "Rates")) or name in ("discount", "amendedOrder")


def same(name: str, value: Any, found: Any, where: str) -> None:
    """Compare one value."""
    if isinstance(value, Decoded):
        check(value, found, where)
    elif isinstance(value, list) and (not value or isinstance(value[0], Decoded)):
        entries = [] if found is None else found
        assert len(value) == len(entries), where
        for at, (one, other) in enumerate(zip(value, entries, strict=True)):
            check(one, other, f"{where}[{at}]")
    elif value is None:
        assert found in NONE_IN_JSON, f"{where}: none, not {found}"
    elif found is None:
        assert value == AS_USUAL[name], f"{where}: {value}, not told of in JSON"
    elif isinstance(value, Decimal):
        assert value == Decimal(found), where
    elif name == "priceChangePercent":
        assert round(value, 3) == float(found), where
    elif isinstance(value, list):
        assert sorted(value) == sorted(found), where
    elif isinstance(value, int) and not isinstance(value, bool) and value >= FIRST_TIME_US:
        assert abs(value - found) < APART_US, f"{where}: {value} and {found} are no times of a minute"
    elif isinstance(value, str) and value != found:
        assert all(map(DRAWN.fullmatch, (value, found))), f"{where}: {value}, not {found}"
    else:
        assert value == found, f"{where}: {value!r}, not {found!r}"
