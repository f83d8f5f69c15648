"""What authorities asked for: whose data, about what, of which period, on which ground; and the export that answers it.

Owns the table `lawful_requests`. A request is written down, together with its export, when two operators have agreed to
it. Calls block: off the event loop.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Engine, Row, insert, select

from rialto.foundation.failures import ExpectedFailure
from rialto.identity.privacy.archive import Scope
from rialto.identity.privacy.declaration import Topic
from rialto.identity.privacy.exports import Exports
from rialto.identity.privacy.tables import lawful_requests
from rialto.identity.tables import owners

OWNERS_MAX: Final = 100
"""Of how many accounts one request may be."""

REQUESTS_LISTED_MAX: Final = 50

c: Final = lawful_requests.c


class LawfulRequest(msgspec.Struct, frozen=True, array_like=True):
    """A request. `owners` and `topics` are separated by spaces; no topics are all of them."""

    id: str
    authority: str
    reference: str
    legal_basis: str
    owners: str
    topics: str
    from_us: int | None
    until_us: int | None
    registered_by: str
    approved_by: str
    approved_at_us: int


class RequestRefused(ExpectedFailure):
    """A request cannot be answered: the message says why, for operators."""


class LawfulRequests:
    """The requests there are."""

    def __init__(self, engine: Engine, exports: Exports) -> None:
        self._engine = engine
        self._exports = exports

    def register(self, request: LawfulRequest) -> None:
        """Write a request down and ask for its export, once. Errors: `RequestRefused`."""
        scope = scope_of(request)
        with self._engine.begin() as connection:
            if connection.scalar(select(c.id).where(c.id == request.id)) is not None:
                return
            known = set(connection.scalars(select(owners.c.id).where(owners.c.id.in_(scope.owners))))
            missing = [str(owner) for owner in scope.owners if owner not in known]
            if missing:
                raise RequestRefused(f"there is no account {', '.join(missing)}")
            connection.execute(insert(lawful_requests).values(msgspec.structs.asdict(request)))
            self._exports.ask_for(connection, request.id, scope, request.approved_at_us)

    def listed(self) -> list[LawfulRequest]:
        """List them, newest first."""
        statement = select(lawful_requests).order_by(c.approved_at_us.desc(), c.id).limit(REQUESTS_LISTED_MAX)
        with self._engine.connect() as connection:
            return [_request(row) for row in connection.execute(statement)]


def scope_of(request: LawfulRequest) -> Scope:
    """Read what is asked for. Errors: `RequestRefused`."""
    held = tuple(dict.fromkeys(int(each) for each in request.owners.split()))
    if not 1 <= len(held) <= OWNERS_MAX:
        raise RequestRefused(f"it names {len(held)} accounts; name 1 to {OWNERS_MAX}")
    try:
        topics = frozenset(Topic(word) for word in request.topics.split())
    except ValueError as error:
        raise RequestRefused(f"{error}; there are {', '.join(topic.value for topic in Topic)}") from error
    if request.from_us is not None and request.until_us is not None and request.from_us >= request.until_us:
        raise RequestRefused("the period ends before it begins")
    return Scope(held, topics, request.from_us, request.until_us)


def _request(row: Row[Any]) -> LawfulRequest:
    return msgspec.convert(tuple(row), LawfulRequest)
