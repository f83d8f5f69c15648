"""A data directory with a small exchange in it: people with keys, accounts, some trading, closed segments."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from rialto import bootstrap
from rialto.contracts.vocabulary import AccountClass, Side
from rialto.foundation.configuration import Settings, read_settings
from rialto.foundation.secrets import MasterKey
from rialto.identity.restrictions import Permission
from tests import exchange

KEYS_MADE_AT_US = 1_700_000_000_000_000


@dataclass(frozen=True)
class Founded:
    """An exchange that is not running."""

    settings: Settings
    key: str
    secret: str

    @property
    def data(self) -> Path:
        """Where it lies."""
        return self.settings.data_directory

    @property
    def journal(self) -> Path:
        """Where its journal lies."""
        return bootstrap.journal_directory(self.data)


def settings_in(data: Path, **arguments: object) -> Settings:
    """The settings of an exchange in a directory, whose keys may have been made long ago."""
    return read_settings({}, {"data_directory": data, "unrestricted_key_trade_days": 0, **arguments})


def found(data: Path, *, orders: int = 60, **arguments: object) -> Founded:
    """Make an exchange, trade on it and stop it."""
    settings = settings_in(data, **arguments)
    asyncio.run(trade(settings, orders, is_new=True))
    with bootstrap.identity(settings) as (owners, api_keys):
        owner = owners.create("alice", KEYS_MADE_AT_US)
        made, secret = api_keys.create(owner.id, "bot", [Permission.READ, Permission.TRADE], KEYS_MADE_AT_US)
    return Founded(settings, made.key, secret)


async def trade(settings: Settings, orders: int, *, is_new: bool = False) -> None:
    """Place so many pairs of orders that meet."""
    if is_new:
        bootstrap.prepare_data_directory(settings)
        MasterKey.load_or_create(bootstrap.master_key_path(settings))
    async with bootstrap.running_core(settings) as (runtime, _):
        if is_new:
            await exchange.found(runtime)
        first, second = [await runtime.account_of(owner, AccountClass.SPOT) for owner in (1, 2)]
        begun = runtime.last_sequence
        for number in range(orders):
            name = f"{begun}-{number}"
            await runtime.submit(exchange.limit(first, Side.SELL, "20000", "0.001", name))
            await runtime.submit(exchange.limit(second, Side.BUY, "20000", "0.001", name))
