"""A demonstration exchange to test against: a real core, a real database, and a definition small enough to grasp."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rialto.contracts.queries import Balances, BalancesAnswer, OpenOrders, OrdersAnswer
from rialto.contracts.vocabulary import OrderState
from rialto.core.runtime import Runtime
from rialto.demo.definition import Definition, parse_definition
from rialto.demo.founding import Founded, found
from rialto.foundation.clock import SettableClock
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.foundation.secrets import MasterKey
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners
from tests.exchange import running

NOW_US: Final = 1_700_000_000_000_000

SMALL: Final = """
[market_making]
reference = "USDT"
house_value = "100000000"
inventory_band_value = "1000000"
skew_ppm_max = 2000
spacing_ppm = 50
turn_ms = 1
trade_percent = 50

[users.alice]
USDT = "50000000"
BTC = "1000"

[users.bob]
USDT = "0.5"

[assets.BTC]
value = "64000"
step_ppm_max = 60

[assets.USDT]
value = "1"

[symbols.BTCUSDT]
base = "BTC"
quote = "USDT"
tick = "0.01"
price_min = "0.01"
price_max = "1000000"
lot = "0.00001"
quantity_min = "0.00001"
quantity_max = "9000"
market_quantity_max = "1000"
notional_min = "5"
notional_max = "900000000"
first_level_value = "10000"
"""


def small(*replacements: tuple[str, str]) -> Definition:
    """The small definition with some of its text replaced."""
    text = SMALL
    for old, new in replacements:
        assert old in text, f"{old!r} is not in the definition"
        text = text.replace(old, new)
    return parse_definition(text, "small.toml")


def pooled() -> Definition:
    """The small definition with a second symbol, pooled with the first."""
    symbol = SMALL[SMALL.index("[symbols.BTCUSDT]") :].replace("USDT", "EUR")
    pool = '[pools.BTC]\nsymbols = ["BTCUSDT", "BTCEUR"]\n'
    return parse_definition(f'{SMALL}\n[assets.EUR]\nvalue = "1"\n\n{symbol}\n{pool}', "pooled.toml")


@dataclass
class Identity:
    """The store of owners and keys, and where it lies."""

    url: str
    master_key: Path
    owners: Owners
    api_keys: ApiKeys


@contextmanager
def identity(directory: Path) -> Iterator[Identity]:
    """Open the identity store of an exchange, made if it is not there."""
    url, master_key = f"sqlite:///{directory / 'rialto.sqlite'}", directory / "master.key"
    migrate(url)
    engine = open_engine(url, Access.DURABLE)
    try:
        yield Identity(url, master_key, Owners(engine), ApiKeys(engine, MasterKey.load_or_create(master_key)))
    finally:
        engine.dispose()


@dataclass
class Exchange:
    """A running core on which a definition was founded."""

    runtime: Runtime
    identity: Identity
    founded: Founded

    def account(self, name: str) -> int:
        """The account of a user."""
        return next(user.account for user in self.founded.users if user.name == name)


@asynccontextmanager
async def founded_exchange(directory: Path, definition: Definition) -> AsyncIterator[Exchange]:
    """Open an exchange in a directory and found it."""
    with identity(directory) as people:
        async with running(journal_of(directory)) as runtime:
            founded = await found(runtime, definition, people.owners, people.api_keys, SettableClock(NOW_US))
            yield Exchange(runtime, people, founded)


def journal_of(directory: Path) -> Path:
    """Where the journal lies; made if it is not there."""
    journal = directory / "journal"
    journal.mkdir(exist_ok=True)
    return journal


async def balances(runtime: Runtime, account: int) -> dict[str, tuple[str, str]]:
    """What is free and what is locked, by asset."""
    answer = await runtime.ask(Balances(account))
    assert isinstance(answer, BalancesAnswer)
    return {runtime.catalog.asset(held.asset).name: (held.free, held.locked) for held in answer.balances}


async def open_orders(runtime: Runtime, account: int) -> tuple[OrderState, ...]:
    """The open orders of an account."""
    answer = await runtime.ask(OpenOrders(account))
    assert isinstance(answer, OrdersAnswer)
    return answer.orders
