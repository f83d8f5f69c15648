"""Looks from the command line of the machine: the calls that operators' sessions make, without a session.

Whoever may ask over the channel owns the data, so no role, factor or network is asked for. Every look of a person is
written down like anyone's, by `machine`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from rialto.admin.action import MACHINE, Refused
from rialto.gateway.attachment import Attachment
from rialto.gateway.call import Call
from rialto.gateway.request import Request
from rialto.gateway.router import Route
from rialto.wire.errors import ApiError

PREFIX: Final = "/admin/v1/"


class MachineCall(Call):
    """A call of who sits at the machine."""

    __slots__ = ()

    def __init__(self, path: str) -> None:
        super().__init__(None, request=Request("GET", path, b"", b"", {}, ""))

    @property
    def owner(self) -> int:
        """Who calls."""
        return MACHINE


class MachineLooks:
    """Serves every look there is."""

    def __init__(self, routes: Iterable[Route[Any]]) -> None:
        """Serve those of these routes that change nothing."""
        self._routes = {
            route.endpoint.path.removeprefix(PREFIX): route for route in routes if route.endpoint.method == "GET"
        }

    async def look(self, name: str, pairs: Mapping[str, str]) -> str:
        """Return what is seen, as JSON. Raises `Refused`."""
        route = self._routes.get(name)
        if route is None:
            raise Refused(f"there is nothing to look at named {name!r}; there are {', '.join(sorted(self._routes))}")
        try:
            given = route.endpoint.reader.read(dict(pairs))
            answer = await route.serve(MachineCall(route.endpoint.path), given)
        except ApiError as error:
            raise Refused(error.message) from error
        if isinstance(answer, Attachment):
            raise Refused("files are not shown here; see rialto verification document")
        return msgspec.json.encode(answer).decode()
