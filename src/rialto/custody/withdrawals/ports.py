"""What withdrawals ask of others, as they need it: who someone is, what is open, whose an address is."""

from collections.abc import Awaitable, Callable, Collection
from typing import Final, Protocol

import msgspec

from rialto.custody.chains.adapter import ChainAdapter
from rialto.custody.chains.network import Network
from rialto.custody.withdrawals.model import RiskPart
from rialto.identity.people import Person


class OpenNetwork(msgspec.Struct, frozen=True):
    """A network withdrawals may go to."""

    network: Network
    adapter: ChainAdapter
    is_tagged: bool = False


class Chains(Protocol):
    """The networks there are."""

    def of_asset(self, asset: str) -> list[OpenNetwork]:
        """List the networks that have an asset, its default first."""

    def adapter(self, network: str) -> ChainAdapter | None:
        """Return a network's adapter; None for one that there is not."""

    def withdrawals_open(self, network: str, asset: str) -> bool:
        """Tell whether an asset may be taken out on a network: operators may shut it, and so may a difference between
        the chain and the books.
        """


class OurAddresses(Protocol):
    """Whose our deposit addresses are. Blocks: off the event loop."""

    def owner_of(self, network: str, address: str, tag: str | None) -> int | None:
        """Return who deposits come to at an address; None where it is not ours, or nobody's."""

    def holding(self, network: str) -> Collection[str]:
        """Return every address of ours on a network, whoever it is for: hot ones, and those for change, included."""


class Known(Protocol):
    """Who there is. Blocks: off the event loop."""

    def find(self, owner: int) -> Person | None:
        """Find a person; None for an owner who is none."""

    def find_by_email(self, email: str) -> Person | None:
        """Find a person by their address."""

    def owner_exists(self, owner: int) -> bool:
        """Tell whether there is such an owner, a person or not."""


Concern = Callable[[str], RiskPart | None]
"""What is held against paying an address: that it is on a list. Whatever it is, two operators must agree."""


APPROVALS_OF_CONCERNS: Final = 2
"""How many operators must agree to pay who may be on a list."""


class Owing(Protocol):
    """Who owes the exchange something of a deposit that is gone: nothing of theirs leaves. Errors: of `History`."""

    async def owed(self, owner: int) -> str:
        """Say in words what an owner owes; empty for nothing."""

    async def owing(self) -> frozenset[int]:
        """List the owners who owe something."""


Locked = Callable[[int, str], Awaitable[int]]
"""What of an asset an owner may not take out yet because its deposit is not deep enough, in units of 1e-8."""
