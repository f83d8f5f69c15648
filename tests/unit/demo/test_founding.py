"""Founding: whole after the first time, nothing after that, and whole again after a crash at any step."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import (
    TREASURY_ACCOUNT,
    USUAL_PREVENTION_MODES,
    AccountClass,
    PostingReason,
    SelfTradePrevention,
)
from rialto.core import journal
from rialto.core.runtime import Runtime
from rialto.demo.definition import read_definition
from rialto.demo.founding import DEMO_LABEL, FoundingRefused, found, symbol_spec
from rialto.foundation.clock import SettableClock
from rialto.identity.restrictions import Permission
from tests.exchange import running
from tests.unit.demo.founded import NOW_US, balances, founded_exchange, identity, journal_of, pooled, small

COMMANDS = 2 + 1 + 4 + 4
"""Of the small definition: assets, symbols, accounts, deposits."""

POOLED_COMMANDS = 3 + 2 + 4 + 4 + 1 + 2
"""Of the pooled one: the pool and the treasury's funds besides."""


class Crash(Exception):
    """The process dies here."""


async def test_a_definition_becomes_an_exchange(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()) as exchange:
        runtime = exchange.runtime
        assert [asset.name for asset in runtime.catalog.assets] == ["BTC", "USDT"]
        assert [symbol.name for symbol in runtime.catalog.symbols] == ["BTCUSDT"]
        listed = runtime.catalog.symbols[0].spec
        assert (listed.tick, listed.commission.standard.maker, listed.notional_max) == (
            "0.01000000",
            "0.00100000",
            "900000000.00000000",
        )
        alice, bob = exchange.founded.users
        assert await balances(runtime, alice.account) == {
            "USDT": ("50000000.00000000", "0.00000000"),
            "BTC": ("1000.00000000", "0.00000000"),
        }
        assert await balances(runtime, bob.account) == {"USDT": ("0.50000000", "0.00000000")}
        assert await balances(runtime, exchange.founded.house.maker) == {
            "BTC": ("1562.50000000", "0.00000000"),
            "USDT": ("100000000.00000000", "0.00000000"),
        }
        assert await runtime.account_of(alice.owner, AccountClass.SPOT) == alice.account
        key = exchange.identity.api_keys.find(alice.api_key)
        assert key is not None
        assert (key.owner, key.label, key.demo, key.created_at_us) == (alice.owner, DEMO_LABEL, True, NOW_US)
        assert key.permissions == {Permission.READ, Permission.TRADE, Permission.TRANSFER}
        assert runtime.last_sequence == COMMANDS
    assert journal.verify(journal_of(tmp_path)).refused == 0


async def test_the_definition_that_ships_is_accepted_whole(tmp_path: Path) -> None:
    definition = read_definition()
    async with founded_exchange(tmp_path, definition) as exchange:
        assert [symbol.name for symbol in exchange.runtime.catalog.symbols] == list(definition.symbols)
        assert [user.name for user in exchange.founded.users] == list(definition.users)
    assert journal.verify(journal_of(tmp_path)).refused == 0


async def test_founding_again_changes_nothing(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()) as first:
        keys = first.identity.api_keys
        again = await found(first.runtime, small(), first.identity.owners, keys, SettableClock(NOW_US))
        assert again == first.founded
        assert len(keys.of_owner(first.founded.users[0].owner)) == 1
    async with founded_exchange(tmp_path, small()) as later:
        assert later.founded == first.founded
        assert later.runtime.last_sequence == COMMANDS


@pytest.mark.parametrize("commands_before", range(POOLED_COMMANDS))
async def test_a_crash_between_any_two_steps_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commands_before: int
) -> None:
    with identity(tmp_path) as people:
        async with running(journal_of(tmp_path)) as runtime:
            submit, left = Runtime.submit, commands_before

            async def submit_or_die(runtime: Runtime, command: Any) -> Any:
                nonlocal left
                if left == 0:
                    raise Crash
                left -= 1
                return await submit(runtime, command)

            with monkeypatch.context() as patch, pytest.raises(Crash):
                patch.setattr(Runtime, "submit", submit_or_die)
                await found(runtime, pooled(), people.owners, people.api_keys, SettableClock(NOW_US))
            assert runtime.last_sequence == commands_before
    async with founded_exchange(tmp_path, pooled()) as exchange:
        assert exchange.runtime.last_sequence == POOLED_COMMANDS
        assert await balances(exchange.runtime, exchange.account("alice")) == {
            "USDT": ("50000000.00000000", "0.00000000"),
            "BTC": ("1000.00000000", "0.00000000"),
        }
        assert len(exchange.identity.api_keys.of_owner(exchange.founded.users[0].owner)) == 1
    assert journal.verify(journal_of(tmp_path)).refused == 0


async def test_symbols_are_pooled_with_a_treasury_that_can_pay(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, pooled()) as exchange:
        runtime = exchange.runtime
        ((base, symbols),) = runtime.catalog.pools
        assert (base.name, [symbol.name for symbol in symbols]) == ("BTC", ["BTCUSDT", "BTCEUR"])
        funds = {"USDT": ("100000000.00000000", "0.00000000"), "EUR": ("100000000.00000000", "0.00000000")}
        assert await balances(runtime, TREASURY_ACCOUNT) == funds
        founded = runtime.last_sequence
    async with founded_exchange(tmp_path, pooled()) as exchange:
        assert exchange.runtime.last_sequence == founded


async def test_what_was_spent_is_not_given_again(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()) as exchange:
        await exchange.runtime.submit(Post(exchange.account("bob"), 1, "-0.5", PostingReason.WITHDRAWAL))
    async with founded_exchange(tmp_path, small(('USDT = "0.5"', 'USDT = "7"\nBTC = "7"'))) as exchange:
        assert await balances(exchange.runtime, exchange.account("bob")) == {"USDT": ("0.00000000", "0.00000000")}


async def test_a_definition_that_grew_adds_only_what_is_new(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()) as before:
        pass
    grown = small(("[users.bob]", '[users.carol]\nBTC = "3"\n\n[users.bob]'))
    async with founded_exchange(tmp_path, grown) as exchange:
        assert exchange.runtime.last_sequence == COMMANDS + 2
        assert exchange.account("bob") == before.account("bob")
        assert await balances(exchange.runtime, exchange.account("carol")) == {"BTC": ("3.00000000", "0.00000000")}


async def test_a_symbol_that_is_listed_otherwise_stays_and_is_said(tmp_path: Path) -> None:
    async with founded_exchange(tmp_path, small()) as exchange:
        pass
    with capture_logs() as lines:
        changed = small(('tick = "0.01"', 'tick = "0.1"'), ('price_min = "0.01"', 'price_min = "0.1"'))
        async with founded_exchange(tmp_path, changed) as exchange:
            assert exchange.runtime.catalog.symbols[0].spec.tick == "0.01000000"
    assert [(line["log_level"], line["symbol"], line["fields"]) for line in lines if "symbol" in line] == [
        ("warning", "BTCUSDT", ["tick", "price_min"])
    ]


async def test_a_symbol_the_core_refuses_is_named(tmp_path: Path) -> None:
    definition = small(('price_max = "1000000"', 'price_max = "1000000.005"'))
    with identity(tmp_path) as people:
        async with running(journal_of(tmp_path)) as runtime:
            with pytest.raises(FoundingRefused, match="symbol BTCUSDT was refused: .*price_max"):
                await found(runtime, definition, people.owners, people.api_keys, SettableClock(NOW_US))


async def test_self_trade_prevention_is_as_defined_and_else_ends_what_rests(tmp_path: Path) -> None:
    usual_path, own_path = tmp_path / "usual", tmp_path / "own"
    usual_path.mkdir()
    own_path.mkdir()
    async with founded_exchange(usual_path, small()) as exchange:
        listed = exchange.runtime.catalog.symbols[0].spec
        assert (listed.prevention_default, listed.prevention_allowed) == (
            SelfTradePrevention.EXPIRE_MAKER,
            USUAL_PREVENTION_MODES,
        )
    own = 'prevention_default = "none"\nprevention_allowed = ["none", "transfer"]'
    definition = small(('first_level_value = "10000"', f'first_level_value = "10000"\n{own}'))
    async with founded_exchange(own_path, definition) as exchange:
        listed = exchange.runtime.catalog.symbols[0].spec
        assert listed.prevention_default is SelfTradePrevention.NONE
        assert listed.preventions == [SelfTradePrevention.NONE, SelfTradePrevention.TRANSFER]


async def test_fees_and_filters_are_spelled_as_the_core_does(tmp_path: Path) -> None:
    definition = small(
        ('first_level_value = "10000"', 'first_level_value = "10000"\nmaker_fee_bps = 0\ntaker_fee_bps = 25')
    )
    async with founded_exchange(tmp_path, definition) as exchange:
        listed = exchange.runtime.catalog.symbols[0].spec
        assert (listed.commission.standard.maker, listed.commission.standard.taker) == ("0.00000000", "0.00250000")
        assert listed == symbol_spec(exchange.runtime.catalog, "BTCUSDT", definition.symbols["BTCUSDT"])
