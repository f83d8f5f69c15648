"""What an operator's action is: declared once, and everything about it follows from the declaration.

Action ─▶ POST /admin/v1/actions/<name> · the approvals · rialto operator propose <name> · the log · the documents
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from rialto.admin.services import Services
from rialto.identity.operators import Role
from rialto.wire.parameters import Parameters

MACHINE: Final = 0
"""Who asks on the command line of the machine the exchange runs on: whoever may do that owns its data."""

P = TypeVar("P", bound=Parameters)


class Sum(NamedTuple):
    """So much of an asset, in units of 1e-8."""

    asset: int
    units: int


class Refused(Exception):
    """An action that cannot be performed; the message says why, for operators."""


@dataclass(frozen=True)
class Doing:
    """Which proposal is performed, for whom. Names are as other parts record them."""

    id: str
    proposer: str
    approver: str
    """Who agreed; who proposed it where nobody else must."""
    now_us: int


@dataclass(frozen=True)
class Action(Generic[P]):
    """An action.

    `perform` returns what came of it, or raises `Refused` or an error that `desk.EXPECTED` names. It is called again
    after a crash with the same `Doing.id`: what it did already, it must not do twice.
    """

    name: str
    summary: str
    roles: frozenset[Role]
    parameters: type[P]
    perform: Callable[[Services, Doing, P], Awaitable[str]]
    takes_two: bool
    """Whether another operator with one of the roles must agree first, whatever it is worth."""
    shows: Callable[[P], str]
    """What is read before it is approved, and in the log."""

    moves: Callable[[Services, P], Awaitable[Sum | None]] | None = None
    """How much money it moves, which decides who must agree; the sum is None where it cannot be told. Raises `Refused`
    for what cannot be performed. Without it no money is moved."""

    @property
    def agreed_by(self) -> str:
        """Say in a word how many must agree."""
        if self.takes_two:
            return "two"
        return "one" if self.moves is None else "by worth"

    @property
    def path(self) -> str:
        """Where it is proposed."""
        return f"/admin/v1/actions/{self.name}"


def name_of(owner: int) -> str:
    """Name an operator as other parts record them."""
    return "machine" if owner == MACHINE else f"operator-{owner}"


AnyAction = Action[Any]
