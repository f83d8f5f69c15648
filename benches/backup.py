"""How long a backup takes, the first time and when little is new, and how long it takes to check and to restore one."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benches.core_program import scratch_directory
from benches.figures import Row, Settings, row_of_trials
from rialto import bootstrap
from rialto.backup.checking import check
from rialto.backup.restoring import Target, restore
from rialto.contracts.commands import PlaceOrder
from rialto.contracts.vocabulary import AccountClass, Side
from rialto.core.runtime import Runtime
from rialto.foundation import configuration
from rialto.foundation.secrets import MasterKey
from tests import exchange as parts

NAME = "backup"
WORKLOAD = "a journal of crossing limit orders: backed up, backed up again, checked, restored to its middle"
ONLY_WHEN_NAMED = True
COMMANDS = 1_000_000
NEW_COMMANDS = 10_000
SEGMENT_BYTES = 8 << 20
TRIALS_MAX = 3
UNDER_WAY = 20_000


def run(settings: Settings) -> Sequence[Row]:
    """Write a journal, then time every step on it."""
    commands = 100_000 if settings.is_quick else COMMANDS
    trials = min(settings.trials, TRIALS_MAX)
    with scratch_directory() as directory:
        exchange = configuration.read_settings({}, {"data_directory": directory / "data"})
        asyncio.run(_write(exchange, commands))
        took: dict[str, list[float]] = {}
        for trial in range(trials):
            backup = directory / f"backup-{trial}"
            _take(took, "first run", _back_up, exchange, backup)
            _take(took, "run with nothing new", _back_up, exchange, backup)
            asyncio.run(_write(exchange, NEW_COMMANDS))
            _take(took, f"run with {NEW_COMMANDS:,} new commands", _back_up, exchange, backup)
            _take(took, "check", check, backup)
            target = Target(data=directory / f"new-{trial}", to_sequence=commands // 2)
            _take(took, "restore to the middle", restore, backup, target)
        journal = bootstrap.journal_directory(exchange.data_directory)
        size = sum(path.stat().st_size for path in journal.iterdir())
        copy = sum(path.stat().st_size for path in (directory / "backup-0").rglob("*") if path.is_file())
    case = f"{commands:,} commands"
    notes = (f"{size:,} bytes of journal, {copy:,} of backup",)
    return [row_of_trials(case, what, "s", seconds, notes=notes) for what, seconds in took.items()]


def _take(took: dict[str, list[float]], what: str, act: Callable[..., object], *arguments: object) -> None:
    started = time.perf_counter()
    act(*arguments)
    took.setdefault(what, []).append(time.perf_counter() - started)


def _back_up(exchange: configuration.Settings, backup: Path) -> None:
    bootstrap.back_up_exchange(exchange, backup, with_master_key=True)


async def _write(exchange: configuration.Settings, commands: int) -> None:
    """Go on with the journal by so many commands; begin it where there is none. Nothing is projected."""
    bootstrap.prepare_data_directory(exchange)
    MasterKey.load_or_create(bootstrap.master_key_path(exchange))
    runtime = Runtime.open(
        bootstrap.journal_directory(exchange.data_directory),
        outcomes_from=1 << 62,
        on_outcomes=lambda _: None,
        segment_bytes_max=SEGMENT_BYTES,
    )
    await runtime.start()
    if runtime.last_sequence == 0:
        await parts.found(runtime)
    first, second = [await runtime.account_of(owner, AccountClass.SPOT) for owner in (1, 2)]
    begun = runtime.last_sequence
    for start in range(0, commands, UNDER_WAY):
        numbers = range(start, min(start + UNDER_WAY, commands))
        await asyncio.gather(*(runtime.enqueue(_order(first, second, number, begun)) for number in numbers))
    await runtime.close()


def _order(first: int, second: int, number: int, begun: int) -> PlaceOrder:
    """Every even order rests and the next one takes it; who sells to whom changes with every pair."""
    pair = number // 2
    seller, buyer = (first, second) if pair % 2 else (second, first)
    account, side = (buyer, Side.BUY) if number % 2 else (seller, Side.SELL)
    return parts.limit(account, side, str(20_000 + pair % 100), "0.001", f"{begun}-{number}")
