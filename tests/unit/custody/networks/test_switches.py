"""Operators open and shut what an asset can do on a network."""

from pathlib import Path

import pytest

from rialto.custody.networks.configuration import parse_networks
from rialto.custody.networks.switches import NoSuchAssetOnNetwork, Switch, Switches
from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from tests.unit.custody.networks.test_configuration import SOUND


def test_what_is_shut_stays_shut_and_can_be_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'switches.sqlite'}"
    migrate(url)
    engine = open_engine(url, Access.DURABLE)
    networks = parse_networks(SOUND, "it")
    switches = Switches(engine, networks)
    switches.load()
    assert switches.deposits_open("ETH", "USDT")
    switches.set(Switch("ETH", "USDT", False, True, "olga", "upgrade of the node", 1))
    assert not switches.deposits_open("ETH", "USDT")
    assert switches.withdrawals_open("ETH", "USDT")
    assert switches.deposits_open("BSC", "USDT")

    later = Switches(engine, networks)
    later.load()
    assert later.of("ETH", "USDT").reason == "upgrade of the node"
    later.set(Switch("ETH", "USDT", True, False, "olga", "", 2))
    assert later.deposits_open("ETH", "USDT")
    assert not later.withdrawals_open("ETH", "USDT")
    with pytest.raises(NoSuchAssetOnNetwork, match="no USDC on a network ETH"):
        later.set(Switch("ETH", "USDC"))
    engine.dispose()
