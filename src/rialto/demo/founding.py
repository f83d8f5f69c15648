"""Founding: apply a definition to an exchange, as far as it is not applied yet.

Stands between a definition and the running core with its identity store. Owns no state: what is there already is found
in the core and in the database, and left as it is, even where the definition now says otherwise. So it can run at every
start, and again after a crash at any point: every step is wholly done or not at all, the starting deposit too, which is
one record for all assets together, posted only to an account whose balances were never touched.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import msgspec
import structlog

from rialto.contracts.commands import Command, Leg, ListSymbol, OpenAccount, PoolSymbols, Post, Record, RegisterAsset
from rialto.contracts.events import AccountOpened, Outcome
from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.symbol_rules import PercentPrice, SymbolRules, TrailingRange
from rialto.contracts.vocabulary import (
    EXTERNAL_ACCOUNT,
    TREASURY_ACCOUNT,
    AccountClass,
    AccountKind,
    PostingReason,
    StreamKey,
    SymbolSpec,
    commission_of,
    prevention_modes,
)
from rialto.core.catalog import Catalog
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.demo.definition import HOUSE_PREFIX, Definition, SymbolDefinition
from rialto.foundation.clock import Clock
from rialto.foundation.failures import ExpectedFailure
from rialto.identity.api_keys import ApiKeys
from rialto.identity.owners import Owners
from rialto.identity.restrictions import Permission
from rialto.wire.decimals import ONE, to_text, to_units

MAKER_NAME: Final = f"{HOUSE_PREFIX}-maker"
TAKER_NAME: Final = f"{HOUSE_PREFIX}-taker"
DEMO_LABEL: Final = "demo"
DEMO_PERMISSIONS: Final = (Permission.READ, Permission.TRADE, Permission.TRANSFER)
DEPOSIT_STREAM: Final = "demo_deposit"
UNITS_PER_BPS: Final = ONE // 10_000

_log = structlog.stdlib.get_logger(__name__)


class FoundingRefused(ExpectedFailure):
    """The core refused a part of the definition. The message names the part and the rule it breaks."""


@dataclass(frozen=True, slots=True)
class FoundedUser:
    """A user of the definition, with the account and the demo key it has now."""

    name: str
    owner: int
    account: int
    api_key: str


@dataclass(frozen=True, slots=True)
class House:
    """The accounts the house trades from."""

    maker: int
    taker: int


@dataclass(frozen=True, slots=True)
class Founded:
    """What a definition came to on this exchange."""

    users: tuple[FoundedUser, ...]
    house: House


async def found(runtime: Runtime, definition: Definition, owners: Owners, api_keys: ApiKeys, clock: Clock) -> Founded:
    """Make everything that the definition names and the exchange does not have yet.

    Errors: `FoundingRefused`, `RuntimeBusy`, `RuntimeStopped`, and those of identity.
    """
    for name in definition.assets:
        if runtime.catalog.asset_named(name) is None:
            await _submit(runtime, RegisterAsset(name), f"asset {name}")
    for name, symbol in definition.symbols.items():
        await _list_symbol(runtime, name, symbol)
    people = await asyncio.to_thread(_register_people, definition, owners, api_keys, clock)
    house_balances = _house_balances(definition)
    maker, taker = [
        await _open_account(runtime, name, people[name][0], house_balances) for name in (MAKER_NAME, TAKER_NAME)
    ]
    await _pool_symbols(runtime, definition, house_balances)
    users = []
    for name, balances in definition.users.items():
        owner, api_key = people[name]
        users.append(FoundedUser(name, owner, await _open_account(runtime, name, owner, balances), api_key))
    return Founded(tuple(users), House(maker, taker))


def symbol_spec(catalog: Catalog, name: str, symbol: SymbolDefinition) -> SymbolSpec:
    """Spell a definition as the core does. Precondition: its assets are registered."""
    base, quote = catalog.asset_named(symbol.base), catalog.asset_named(symbol.quote)
    assert base is not None, f"{symbol.base} is registered before {name} is listed"
    assert quote is not None, f"{symbol.quote} is registered before {name} is listed"

    def spelled(value: str) -> str:
        return to_text(to_units(value))

    return SymbolSpec(
        name=name,
        base=base.id,
        quote=quote.id,
        tick=spelled(symbol.tick),
        price_min=spelled(symbol.price_min),
        price_max=spelled(symbol.price_max),
        lot=spelled(symbol.lot),
        quantity_min=spelled(symbol.quantity_min),
        quantity_max=spelled(symbol.quantity_max),
        market_lot=spelled(symbol.market_lot),
        market_quantity_min=spelled(symbol.market_quantity_min),
        market_quantity_max=spelled(symbol.market_quantity_max),
        notional_min=spelled(symbol.notional_min),
        notional_min_applies_to_market=symbol.notional_min_applies_to_market,
        notional_max=spelled(symbol.notional_max),
        notional_max_applies_to_market=symbol.notional_max_applies_to_market,
        open_orders_max=symbol.open_orders_max,
        prevention_default=symbol.prevention_default,
        prevention_allowed=prevention_modes(*symbol.prevention_allowed),
        commission=commission_of(
            to_text(symbol.maker_fee_bps * UNITS_PER_BPS), to_text(symbol.taker_fee_bps * UNITS_PER_BPS)
        ),
        is_discounted=True,
        rules=RULES,
    )


RULES: Final = SymbolRules(
    average_minutes=5,
    percent_price=PercentPrice("5.00000000", "0.20000000", "5.00000000", "0.20000000", by_side=True),
    iceberg_parts_max=100,
    algo_orders_max=50,
    iceberg_orders_max=50,
    order_lists_max=50,
    amendments_max=10,
    trailing=TrailingRange(10, 2_000, 10, 2_000),
)
"""What every symbol of a demonstration allows: everything, within the limits of a large exchange."""


async def _list_symbol(runtime: Runtime, name: str, symbol: SymbolDefinition) -> None:
    spec = symbol_spec(runtime.catalog, name, symbol)
    listed = runtime.catalog.symbol_named(name)
    if listed is None:
        await _submit(runtime, ListSymbol(spec), f"symbol {name}")
    elif listed.spec != spec:
        differing = [field for field in spec.__struct_fields__ if getattr(spec, field) != getattr(listed.spec, field)]
        _log.warning("symbol is listed otherwise than defined; it stays as it is", symbol=name, fields=differing)


async def _pool_symbols(runtime: Runtime, definition: Definition, house_balances: dict[str, str]) -> None:
    """Make the pools, and give the treasury of what routed orders between their quotes need, where it has nothing."""
    catalog = runtime.catalog
    pooled = {base.name for base, _ in catalog.pools}
    quotes: dict[str, int] = {}
    for base, names in definition.pools.items():
        symbols = [symbol for symbol in map(catalog.symbol_named, names) if symbol is not None]
        quotes |= {definition.symbols[symbol.name].quote: symbol.spec.quote for symbol in symbols}
        if base not in pooled:
            ids = tuple(symbol.id for symbol in symbols)
            await _submit(runtime, PoolSymbols(symbols[0].spec.base, ids), f"the pool of {base}")
    answer = await runtime.ask(Balances(TREASURY_ACCOUNT))
    assert isinstance(answer, BalancesAnswer)
    held = {balance.asset for balance in answer.balances}
    for name, asset in quotes.items():
        if asset not in held:
            post = Post(TREASURY_ACCOUNT, asset, house_balances[name], PostingReason.ADJUSTMENT)
            await _submit(runtime, post, f"the treasury's {name}")


def _register_people(
    definition: Definition, owners: Owners, api_keys: ApiKeys, clock: Clock
) -> dict[str, tuple[int, str]]:
    """Return everyone's owner number and demo key, by name, making what is missing. The house has no keys."""
    people = {}
    for name in (MAKER_NAME, TAKER_NAME, *definition.users):
        owner = owners.find_named(name) or owners.create(name, clock.now_us())
        people[name] = (owner.id, _demo_key_of(owner.id, api_keys, clock) if name in definition.users else "")
    return people


def _demo_key_of(owner: int, api_keys: ApiKeys, clock: Clock) -> str:
    for held in api_keys.of_owner(owner):
        if held.demo:
            return held.key
    made, _secret = api_keys.create(owner, DEMO_LABEL, DEMO_PERMISSIONS, clock.now_us(), demo=True)
    return made.key


def _house_balances(definition: Definition) -> dict[str, str]:
    """Work out how much of each asset is worth what the house begins with, rounded down."""
    worth = to_units(definition.market_making.house_value)
    return {name: to_text(worth * ONE // to_units(asset.value)) for name, asset in definition.assets.items()}


async def _open_account(runtime: Runtime, name: str, owner: int, balances: dict[str, str]) -> int:
    """Return the owner's spot account, opened and given its starting balances if it is fresh."""
    try:
        account = await runtime.account_of(owner, AccountClass.SPOT)
    except CommandRefused:
        outcome = await _submit(runtime, OpenAccount(owner, AccountKind(AccountClass.SPOT)), f"the account of {name}")
        opened = outcome.events[0]
        assert isinstance(opened, AccountOpened)
        account = opened.account
    answer = await runtime.ask(Balances(account))
    assert isinstance(answer, BalancesAnswer)
    legs = _deposit_legs(runtime.catalog, account, balances)
    if legs and not answer.balances:
        payload = msgspec.json.encode({"version": 1, "name": name})
        record = Record(StreamKey(DEPOSIT_STREAM, str(account)), 0, legs, payload)
        await _submit(runtime, record, f"the starting balance of {name}")
    return account


def _deposit_legs(catalog: Catalog, account: int, balances: dict[str, str]) -> tuple[Leg, ...]:
    legs = []
    for name, amount in balances.items():
        asset = catalog.asset_named(name)
        assert asset is not None, f"{name} is registered before anyone has it"
        if to_units(amount):
            legs.append(Leg(EXTERNAL_ACCOUNT, asset.id, f"-{amount}", "0", PostingReason.DEPOSIT))
            legs.append(Leg(account, asset.id, amount, "0", PostingReason.DEPOSIT))
    return tuple(legs)


async def _submit(runtime: Runtime, command: Command, what: str) -> Outcome:
    try:
        return await runtime.submit(command)
    except CommandRefused as refused:
        raise FoundingRefused(f"{what} was refused: {refused.rejection}") from refused
