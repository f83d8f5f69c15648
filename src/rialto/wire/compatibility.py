"""The compatibility matrix: which documented calls of the API are served.

The documented calls are a list of facts kept beside this module, one file per family: `GET /api/v3/ping` for a call
over HTTP, `ws order.place` for a method of the WebSocket API.
"""

from collections.abc import Iterable
from importlib import resources
from typing import Any, NamedTuple

from rialto.wire.endpoints import Endpoint


class DocumentedCall(NamedTuple):
    """A call the API documents, and whether a declared endpoint serves it."""

    family: str
    method: str
    path: str
    is_served: bool


def families() -> tuple[str, ...]:
    """Name the families whose documented calls are known."""
    files = resources.files("rialto.wire").joinpath("documented").iterdir()
    return tuple(sorted(each.name.removesuffix(".txt") for each in files if each.name.endswith(".txt")))


def documented_calls(family: str) -> list[tuple[str, str]]:
    """List method and path (`ws` and method name, for the WebSocket API) of every documented call of a family."""
    text = resources.files("rialto.wire").joinpath("documented", f"{family}.txt").read_text("utf-8")
    calls = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            method, _, path = line.partition(" ")
            calls.append((method, path))
    return calls


def matrix(endpoints: Iterable[Endpoint[Any]]) -> list[DocumentedCall]:
    """Compare declared endpoints with everything documented, family by family, in the documents' order."""
    served: set[tuple[str, str]] = set()
    for endpoint in endpoints:
        served.add((endpoint.method, endpoint.path))
        if endpoint.websocket_method is not None:
            served.add(("ws", endpoint.websocket_method))
    return [
        DocumentedCall(family, method, path, (method, path) in served)
        for family in families()
        for method, path in documented_calls(family)
    ]


def undocumented(endpoints: Iterable[Endpoint[Any]]) -> list[tuple[str, str]]:
    """List declared endpoints that no document of the API knows: a misspelled path shows here."""
    known = {call for family in families() for call in documented_calls(family)}
    return [(each.method, each.path) for each in endpoints if (each.method, each.path) not in known]


def as_markdown(calls: Iterable[DocumentedCall]) -> str:
    """Write the matrix as a table, one row a call."""
    rows = [f"| {call.family} | `{call.method} {call.path}` | {'yes' if call.is_served else ''} |" for call in calls]
    return "\n".join(["| family | call | served |", "| --- | --- | --- |", *rows, ""])
