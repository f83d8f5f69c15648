"""Withdrawals in SQL: what their owners and operators look at, and what is still to be paid."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert

from rialto.contracts.amounts import text_of
from rialto.custody.withdrawals.model import (
    KIND,
    Canceled,
    Completed,
    Event,
    Failed,
    PaidInside,
    Refused,
    Requested,
    Withdrawal,
    apply,
    read,
)
from rialto.custody.withdrawals.tables import withdrawals
from rialto.projections.records import StreamRecord
from rialto.projections.streams import payloads_of

_LAST = PaidInside | Completed | Failed | Refused | Canceled
"""What ends a withdrawal."""


class WithdrawalProjection:
    """Writes the table of withdrawals. Each row is made of all the events of its withdrawal: they are few."""

    kinds = frozenset({KIND})

    def apply(self, connection: Connection, records: Sequence[StreamRecord]) -> None:
        """Write the withdrawals that something happened to."""
        ids = sorted({record.id for record in records})
        events = payloads_of(connection, KIND, ids)
        rows = [_row(id_, [read(payload) for payload in events[id_]]) for id_ in ids]
        connection.execute(delete(withdrawals).where(withdrawals.c.id.in_(ids)))
        connection.execute(insert(withdrawals), rows)

    def empty(self, connection: Connection) -> None:
        """Take every row out."""
        connection.execute(delete(withdrawals))


def _row(id_: str, events: Sequence[Event]) -> dict[str, Any]:
    found: Withdrawal | None = None
    for event in events:
        found = apply(found, event)
    assert found is not None, "a stream that was written to has events"
    request, last = found.request, events[-1]
    return {
        "id": id_,
        "owner": request.owner,
        "account": request.account,
        "asset": request.asset,
        "coin": request.coin,
        "network": request.network,
        "address": request.address,
        "tag": request.tag,
        "amount": text_of(request.units),
        "value": None if request.value_units is None else text_of(request.value_units),
        "client_id": request.client_id,
        "wallet": request.wallet,
        "state": found.state.value,
        "info": found.info,
        "approvals_needed": found.approvals_needed,
        "operators": " ".join(sorted(found.operators)),
        "is_to_go_alone": found.is_to_go_alone,
        "payout": found.payout,
        "transaction_id": found.transaction,
        "confirmations": last.confirmations if isinstance(last, Completed) else 0,
        "requested_at_us": request.at_us,
        "ended_at_us": last.at_us if isinstance(last, _LAST) else None,
        "refusal": found.refusal,
        "waits_until_us": found.waits_until_us,
        "risk": msgspec.json.encode([msgspec.structs.asdict(part) for part in found.risk]).decode(),
        **_of_kind(request),
    }


def _of_kind(request: Requested | PaidInside) -> dict[str, Any]:
    if isinstance(request, PaidInside):
        return {
            "contract": None,
            "fee": text_of(0),
            "chain_amount": "0",
            "recipient": request.recipient,
            "is_return": False,
        }
    return {
        "contract": request.contract,
        "fee": text_of(request.fee_units),
        "chain_amount": request.chain_amount,
        "recipient": None,
        "is_return": request.is_return,
    }
