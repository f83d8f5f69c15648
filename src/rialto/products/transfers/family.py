"""Who belongs to which family: asked off the loop, remembered, because it never changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

REMEMBERED_MAX: Final = 100_000


class Families:
    """Finds the master of an owner; one who is no sub-account is the master of a family of their own."""

    def __init__(self, parent_of: Callable[[int], int | None]) -> None:
        """`parent_of` names the master of a sub-account, None for everyone else; it may block."""
        self._parent_of = parent_of
        self._known: OrderedDict[int, int] = OrderedDict()

    async def of(self, owner: int) -> int:
        """Return the master of an owner's family. Errors: SQLAlchemy's own."""
        known = self._known.get(owner)
        if known is not None:
            return known
        parent = await asyncio.to_thread(self._parent_of, owner)
        family = owner if parent is None else parent
        self._known[owner] = family
        if len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return family
