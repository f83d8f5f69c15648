"""The file of networks: what it says, and what is refused."""

from pathlib import Path

import pytest

from rialto.custody.chains.network import Family
from rialto.custody.networks.configuration import FILE_NAME, parse_networks, read_networks
from rialto.foundation.configuration import InvalidConfiguration

SOUND = """
[names]
USDT = "TetherUS"

[networks.ETH]
scope = 1
family = "evm"
title = "Ethereum (ERC20)"
node = "http://someone:secret@127.0.0.1:8545"
xpub = "xpub6D"
confirmations = 6
unlock_confirmations = 64
options = { chain_id = 1 }

[[networks.ETH.assets]]
asset = "ETH"
decimals = 18
deposit_min = "0.01"

[[networks.ETH.assets]]
asset = "USDT"
decimals = 6
contract = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
withdrawal_fee = "1.5"

[networks.BSC]
scope = 2
family = "evm"
title = "BNB Smart Chain (BEP20)"
node = "http://127.0.0.1:8546"
xpub = "xpub6D"
confirmations = 15

[[networks.BSC.assets]]
asset = "BNB"
decimals = 18

[[networks.BSC.assets]]
asset = "USDT"
decimals = 18
contract = "0x55d398326f99059fF775485246999027B3197955"
"""


def test_amounts_are_whole_numbers_of_the_chains_unit(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(SOUND)
    networks = read_networks(tmp_path)
    ethereum = networks.by_name["ETH"]
    assert ethereum.network.family is Family.EVM
    assert ethereum.network.coin.deposit_min == 10**16
    tether = ethereum.network.asset_named("USDT")
    assert tether is not None
    assert tether.withdrawal_fee == 1_500_000
    assert ethereum.network.unlock_confirmations == 64
    assert networks.by_name["BSC"].network.unlock_confirmations == 15
    assert networks.titles["USDT"] == "TetherUS"
    assert ethereum.node.options == {"chain_id": 1}


def test_the_first_network_of_an_asset_is_its_default() -> None:
    networks = parse_networks(SOUND, "it")
    assert [each.network.name for each in networks.of_asset("USDT")] == ["ETH", "BSC"]
    assert networks.of_asset("XRP") == []


def test_without_a_file_there_are_no_networks(tmp_path: Path) -> None:
    assert read_networks(tmp_path).by_name == {}


def test_passwords_of_nodes_are_not_shown() -> None:
    assert "secret" not in repr(parse_networks(SOUND, "it"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scope = 2", "scope = 1", "ETH and BSC both have scope 1"),
        ("unlock_confirmations = 64", "unlock_confirmations = 5", "unlocks deposits at 5 confirmations"),
        ('deposit_min = "0.01"', 'deposit_min = "0.0000000000000000001"', "at most 18 decimal places"),
        ('deposit_min = "0.01"', 'deposit_min = "-1"', "deposit_min '-1'"),
        ('family = "evm"', 'family = "ripple"', "Invalid enum value 'ripple'"),
        ("confirmations = 6\n", "confirmation = 6\n", "confirmation"),
        ('asset = "USDT"\ndecimals = 6', 'asset = "ETH"\ndecimals = 6', "lists the asset 'ETH' twice"),
        ('asset = "ETH"\n', 'asset = "ETH"\ncontract = "0x1"\n', "coin first"),
        ("[networks.BSC]", "[networks.BSC", "is not TOML"),
        ("scope = 2", 'scope = 2\naddress_pattern = "["', "has the pattern '['"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, said: str) -> None:
    assert old in SOUND
    with pytest.raises(InvalidConfiguration, match=said.replace("[", r"\[")):
        parse_networks(SOUND.replace(old, new, 1), "it")
