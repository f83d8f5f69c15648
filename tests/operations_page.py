"""What docs/OPERATIONS.md says of who may look at what."""

import re

from rialto.identity.operators import Role
from tests.tidy import sources

PAGE = "docs/OPERATIONS.md"
HEAD = "| call of `GET /admin/v1/…` | what it shows | who |"


def looks_by_role() -> dict[str, frozenset[Role]]:
    """The roles for each call, by the end of its path."""
    lines = iter(sources.read(PAGE).splitlines())
    assert HEAD in lines
    found: dict[str, frozenset[Role]] = {}
    for line in list(lines)[1:]:
        if not line.startswith("|"):
            break
        calls, _, who = (cell.strip() for cell in line.strip("|").split("|"))
        named, _, but = who.partition(" but ")
        words = {role.value for role in Role} if named == "everyone" else set(named.split(", "))
        for call in re.findall(r"`([^`]+)`", calls):
            found[call] = frozenset(Role(word) for word in words - {but})
    return found
