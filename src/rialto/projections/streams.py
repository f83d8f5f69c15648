"""The events of streams, as a projection reads them within its own transaction: all that were ever recorded of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select

from rialto.projections.tables import stream_records

IDS_AT_ONCE: Final = 500


def payloads_of(connection: Connection, kind: str, ids: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
    """Read the payloads of streams of a kind, oldest first, by id; nothing for a stream that has none."""
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    c = stream_records.c
    for first in range(0, len(ids), IDS_AT_ONCE):
        statement = select(c.id, c.payload).where(c.kind == kind, c.id.in_(ids[first : first + IDS_AT_ONCE]))
        for id_, payload in connection.execute(statement.order_by(c.id, c.version)):
            found[id_].append(payload)
    return found
