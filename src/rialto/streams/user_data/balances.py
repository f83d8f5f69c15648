"""What one command did to the balances of an account: reports from postings."""

from collections.abc import Iterable

from rialto.contracts.amounts import ZERO, sum_of
from rialto.contracts.events import Event, Posted, Recorded
from rialto.streams.user_data.reports import BalanceReport, LockReport, PositionReport, Report


def balance_reports(account: int, events: Iterable[Event]) -> list[Report]:
    """Tell what came, went, was locked and unlocked otherwise than by trading, and then what the balances are.

    Amounts are summed up per asset: what a command moves to and fro is not told of. A command with other events than
    postings and records trades, and its orders' reports say what it moved. Assets stand in the order in which they were
    touched.
    """
    balances: dict[int, tuple[str, str]] = {}
    changes: dict[int, str] = {}
    locked_changes: dict[int, str] = {}
    is_of_trading = False
    for event in events:
        if type(event) is not Posted:
            is_of_trading = is_of_trading or type(event) is not Recorded
        elif event.account == account:
            asset = event.asset
            balances[asset] = (event.free, event.locked)
            changes[asset] = sum_of(changes.get(asset, ZERO), sum_of(event.free_change, event.locked_change))
            locked_changes[asset] = sum_of(locked_changes.get(asset, ZERO), event.locked_change)
    reports: list[Report] = []
    if not is_of_trading:
        reports += [BalanceReport(asset, change) for asset, change in changes.items() if change != ZERO]
        reports += [LockReport(asset, change) for asset, change in locked_changes.items() if change != ZERO]
    if balances:
        reports.append(PositionReport(tuple((asset, *balance) for asset, balance in balances.items())))
    return reports
