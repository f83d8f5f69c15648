"""What one command did to the balances of an account: reports from postings."""

from collections.abc import Sequence

from rialto.contracts.amounts import ZERO, sum_of
from rialto.contracts.events import Event, Posted, Recorded
from rialto.streams.user_data.reports import BalanceReport, LockReport, PositionReport, Report


def balance_reports(account: int, events: Sequence[Event]) -> list[Report]:
    """Tell what came, went, was locked and unlocked otherwise than by trading, and then what the balances are.

    Amounts are summed up per asset: what a command moves to and fro is not told of. A command with other events than
    postings and records trades, and its orders' reports say what it moved. Assets stand in the order in which they were
    touched.
    """
    balances: dict[int, tuple[str, str]] = {}
    own = [event for event in events if type(event) is Posted and event.account == account]
    for posted in own:
        balances[posted.asset] = (posted.free, posted.locked)
    if not own:
        return []
    position = PositionReport(tuple((asset, *balance) for asset, balance in balances.items()))
    if any(type(event) is not Posted and type(event) is not Recorded for event in events):
        return [position]
    return [*_changes(own), position]


def _changes(postings: Sequence[Posted]) -> list[Report]:
    changes: dict[int, str] = {}
    locked_changes: dict[int, str] = {}
    for posted in postings:
        asset = posted.asset
        changes[asset] = sum_of(changes.get(asset, ZERO), sum_of(posted.free_change, posted.locked_change))
        locked_changes[asset] = sum_of(locked_changes.get(asset, ZERO), posted.locked_change)
    moved: list[Report] = [BalanceReport(asset, change) for asset, change in changes.items() if change != ZERO]
    locked: list[Report] = [LockReport(asset, change) for asset, change in locked_changes.items() if change != ZERO]
    return moved + locked
