"""The travel rule, wired: what is said is kept before withdrawals are, which it may hold back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rialto.bootstrap.families.custody import Custody
from rialto.bootstrap.families.withdrawals import Withdrawals
from rialto.bootstrap.parts import Parts
from rialto.core.prices import Prices
from rialto.custody.limits import Limits
from rialto.custody.travel_rule.calls import TravelRuleCalls, Untold
from rialto.custody.travel_rule.exporting import Exports
from rialto.custody.travel_rule.parties import PartyScreening
from rialto.custody.travel_rule.records import Records
from rialto.custody.travel_rule.thresholds import Thresholds
from rialto.gateway.router import Route
from rialto.identity.screening.cases import ScreeningCases
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.vault import Vault


@dataclass(frozen=True)
class TravelRule:
    """What was said, and what must not leave before something is."""

    records: Records
    untold: Untold
    thresholds: Thresholds

    async def asks_to_whom(self, owner: int, moved: Sequence[tuple[str, int]]) -> bool:
        """Tell whether it is asked to whom something goes that goes to one destination, be it in pieces."""
        return await asyncio.to_thread(self.thresholds.of_owner_together, owner, moved)


def open_travel_rule(parts: Parts, custody: Custody) -> TravelRule:
    """Open the records."""
    records = Records(parts.people, Vault(parts.master_key))
    people = parts.identity.people

    def country_of(owner: int) -> str | None:
        person = people.find(owner)
        if person is not None and person.parent is not None:
            person = people.find(person.parent)
        return None if person is None else person.country

    limits = Limits(parts.runtime, Prices(parts.runtime), parts.settings.withdrawals)
    thresholds = Thresholds(parts.settings.verification, parts.runtime.catalog, limits.value, country_of)
    return TravelRule(records, Untold(records, custody.deposit_history, thresholds), thresholds)


def travel_rule_routes(
    parts: Parts, rule: TravelRule, custody: Custody, withdrawals: Withdrawals, screening: ScreeningCases
) -> list[Route[Any]]:
    """Wire the calls."""
    calls = TravelRuleCalls(
        rule.records,
        withdrawals.served,
        withdrawals.reading,
        custody.deposit_calls,
        custody.deposit_history,
        parts.identity.people,
        parts.settings.verification,
        PartyScreening(parts.identity.lists, screening),
        rule.thresholds,
        parts.wall_clock_us,
    )
    return calls.routes()


def open_exports(parts: Parts, rule: TravelRule, custody: Custody, withdrawals: Withdrawals, cases: Cases) -> Exports:
    """Wire what counterparts are told."""
    people, settings = parts.identity.people, parts.settings.verification
    reading, deposits = withdrawals.reading, custody.deposit_history
    return Exports(rule.records, reading, deposits, cases, people, settings, parts.wall_clock_us)
