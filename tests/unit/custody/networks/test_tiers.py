"""Tiers behind the hot addresses: what a file may say of them, and what is refused before anything runs."""

import pytest
from solders.keypair import Keypair

from rialto.custody.networks.configuration import parse_networks
from rialto.custody.networks.registry import Holdings
from rialto.foundation.configuration import InvalidConfiguration
from tests.keepers import xpub_of

NAMES = ("one", "two", "three")
LTC = [xpub_of(name, "LTC", "m/48'/1'/0'") for name in NAMES]
ETH = [xpub_of(name, "ETH", "m/44'/60'/0'") for name in NAMES]
SOL = " ".join(f"{path}={Keypair.from_seed(bytes(31) + path[:1].encode()).pubkey()}" for path in ("0/0", "1/0"))
BITCOIN = 'family = "bitcoin"\noptions = { chain = "litecoin-regtest" }\n'
EVM = 'family = "evm"\noptions = { chain_id = 1 }\n'
SOLANA = 'family = "solana"\n'


def opened(family: str, xpub: str, tiers: str) -> Holdings:
    text = (
        f'[networks.X]\nscope = 1\ntitle = "X"\nconfirmations = 1\nnode = "http://a:b@127.0.0.1:1"\nxpub = "{xpub}"\n'
    )
    decimals = 18 if "evm" in family else 8
    asset = f'[[networks.X.assets]]\nasset = "X"\ndecimals = {decimals}\n'
    return Holdings.open(parse_networks(f"{text}{family}{asset}{tiers}", "the file"))


def tier(*keys: str, name: str = "warm") -> str:
    return f'[[networks.X.tiers]]\nname = "{name}"\nkeys = {list(keys)}\n'


def test_tiers_stand_in_the_order_of_the_file() -> None:
    holdings = opened(BITCOIN, LTC[0], tier(*LTC) + tier(LTC[1], name="cold"))
    warm, cold = holdings.tiers("X")
    assert (warm.name, warm.signatures_needed, cold.name, cold.signatures_needed) == ("warm", 2, "cold", 1)
    assert len({warm.home.address, cold.home.address, holdings.adapter("X").derive("1/0")}) == 3
    assert opened(EVM, ETH[0], "").tiers("X") == ()


@pytest.mark.parametrize(
    ("family", "xpub", "tiers", "said"),
    [
        (BITCOIN, LTC[0], tier(*LTC[:2]), "give three that differ"),
        (BITCOIN, LTC[0], tier(LTC[1], LTC[1], LTC[2]), "give three that differ"),
        (BITCOIN, LTC[0], tier(LTC[0]), "has the hot addresses' key"),
        (BITCOIN, LTC[0], tier(LTC[1]) + tier(LTC[2]), "two tiers of one name"),
        (BITCOIN, LTC[0], tier(), "tiers"),
        (BITCOIN, LTC[0], tier(LTC[1], name="tepid"), "tepid"),
        (BITCOIN, LTC[0], tier("nonsense"), "extended public key"),
        (EVM, ETH[0], tier(*ETH), "an address here has one"),
        (EVM, ETH[0], tier(ETH[0]), "has the hot addresses' key"),
        (EVM, ETH[0], tier("nonsense"), "warm tier"),
        (SOLANA, SOL, tier(ETH[0]), "all is held hot"),
    ],
)
def test_what_cannot_be_a_tier_is_refused(family: str, xpub: str, tiers: str, said: str) -> None:
    with pytest.raises(InvalidConfiguration, match=said):
        opened(family, xpub, tiers)
