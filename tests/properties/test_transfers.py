"""However amounts are moved about a family, none is made or lost, and the history adds up to the balances."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from rialto.contracts.amounts import text_of, units_of
from rialto.contracts.queries import Account, AccountAnswer, Balances, BalancesAnswer
from rialto.contracts.rejections import InsufficientBalance
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.foundation.database import Access, open_engine
from rialto.products.transfers import pages, tables
from rialto.products.transfers.accounts import Accounts
from rialto.products.transfers.model import Channel, Place, Transfer, TransferRecord
from rialto.products.transfers.projection import TransfersProjection
from rialto.products.transfers.rules import NothingToMove, RouteClosed, SamePlace
from rialto.products.transfers.service import ClientIdTaken, NoFunds, Transfers
from rialto.projections.records import StreamRecord
from tests.databases import contents
from tests.whole_exchange import Whole, whole_exchange

STEPS = 250
ASSETS = (0, 1)
KINDS = tuple(
    AccountKind(each)
    for each in (
        AccountClass.SPOT,
        AccountClass.FUNDING,
        AccountClass.CROSS_MARGIN,
        AccountClass.ISOLATED_MARGIN,
        AccountClass.USD_MARGINED_FUTURES,
        AccountClass.OPTIONS,
    )
)
REFUSALS = (NothingToMove, SamePlace, RouteClosed, NoFunds, ClientIdTaken, CommandRefused)

Balance = tuple[int, AccountKind, int]


def wild(chance: random.Random, family: int, owners: list[int]) -> Transfer:
    """Any transfer within a family: some move nothing, some more than there is, some repeat a client's id."""
    source, destination = (Place(chance.choice(owners), chance.choice(KINDS)) for _ in range(2))
    if chance.randrange(2):
        source = Place(source.owner, KINDS[0])
    amount = chance.choices((0, 1, 12_345_678, 100_000_000, 2_500_000_000, 10**15), (1, 6, 6, 6, 3, 1))[0]
    client_id = f"id-{chance.randrange(40)}" if chance.randrange(3) == 0 else None
    channel = chance.choice((Channel.OWN, Channel.OWN, Channel.FAMILY))
    return Transfer(family, family, source, destination, chance.choice(ASSETS), text_of(amount), channel, client_id)


def settle(model: Counter[Balance], transfer: Transfer) -> None:
    units = units_of(transfer.amount)
    model[transfer.source.owner, transfer.source.kind, transfer.asset] -= units
    model[transfer.destination.owner, transfer.destination.kind, transfer.asset] += units


async def balances(runtime: Runtime, owners: list[int]) -> Counter[Balance]:
    """What every account of some owners has, from the core."""
    found: Counter[Balance] = Counter()
    for owner in owners:
        for kind in KINDS:
            try:
                account = await runtime.ask(Account(owner, kind))
            except CommandRefused:
                continue
            assert isinstance(account, AccountAnswer)
            answer = await runtime.ask(Balances(account.account))
            assert isinstance(answer, BalancesAnswer)
            for each in answer.balances:
                assert units_of(each.locked) == 0
                found[owner, kind, each.asset] = units_of(each.free)
    return found


async def history(whole: Whole, owners: list[int]) -> list[Transfer]:
    """Every transfer that came from one of some owners, as the pages tell them, oldest first."""
    told: list[TransferRecord] = []
    for owner in owners:
        number = 1
        while True:
            page = await pages.listed(
                whole.exchange.parts.history, [pages.c.from_owner == owner], None, pages.Part(number, 37)
            )
            told += page.rows
            if len(page.rows) < 37:
                break
            number += 1
    return [
        Transfer(
            row.family,
            row.asked_by,
            Place(row.from_owner, AccountKind(AccountClass(row.from_class), row.from_scope)),
            Place(row.to_owner, AccountKind(AccountClass(row.to_class), row.to_scope)),
            row.asset,
            row.amount,
            row.channel,
            row.client_id,
        )
        for row in sorted(told, key=lambda row: row.transfer)
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_random_transfers_conserve_and_the_history_adds_up(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with whole_exchange(tmp_path) as whole:
        parts = whole.exchange.parts
        owners = [(await whole.trader(name, BTC="10", USDT="1000")).key.owner for name in ("a", "b", "c")]
        model = await balances(parts.runtime, owners)
        start = dict(model)
        # Two services on one core: as in a cluster, neither knows what the other records.
        services = [Transfers(parts.runtime, parts.history, Accounts(parts.runtime)) for _ in range(2)]
        done: dict[int, Transfer] = {}
        for _ in range(STEPS // 5):
            asked = [wild(chance, owners[0], owners) for _ in range(5)]
            moves = [chance.choice(services).move(transfer, lambda: None) for transfer in asked]
            for transfer, outcome in zip(asked, await asyncio.gather(*moves, return_exceptions=True), strict=True):
                if isinstance(outcome, BaseException):
                    assert isinstance(outcome, REFUSALS), outcome
                    if isinstance(outcome, CommandRefused):
                        assert isinstance(outcome.rejection, InsufficientBalance)
                elif outcome in done:
                    assert transfer.client_id == done[outcome].client_id is not None
                    assert transfer == done[outcome]
                else:
                    done[outcome] = transfer
                    settle(model, transfer)
        assert len(done) > STEPS // 6
        found = await balances(parts.runtime, owners)
        assert +found == +model
        assert all(units >= 0 for units in found.values())
        for asset in ASSETS:
            assert sum(units for key, units in found.items() if key[2] == asset) == sum(
                units for key, units in start.items() if key[2] == asset
            )
        told = await history(whole, owners)
        assert told == [done[number] for number in sorted(done)]
        summed = Counter(start)
        for transfer in told:
            settle(summed, transfer)
        assert +summed == +found
        check_written_anew(whole)


def check_written_anew(whole: Whole) -> None:
    """The table comes out the same when it is written anew from the records."""
    url = whole.exchange.settings.database_url
    before = contents(url, tables.metadata)
    engine = open_engine(url, Access.REBUILDABLE)
    projection = TransfersProjection()
    with engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind, id, version, payload, sequence, recorded_at_us FROM stream_records "
            "WHERE kind = 'transfers' ORDER BY sequence"
        ).all()
        projection.empty(connection)
        projection.apply(connection, [StreamRecord(*row) for row in rows])
    engine.dispose()
    assert contents(url, tables.metadata) == before
    assert before["transfers"]
