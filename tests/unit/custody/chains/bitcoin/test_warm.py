"""The warm tier on a real node: any two of three keepers spend; one does not, and no keeper alters anything."""

from collections.abc import AsyncIterator, Sequence
from itertools import combinations

import pytest
from embit.psbt import PSBT

from rialto.custody.chains.adapter import HotAddress, Rejected, TransactionState, Unsigned
from rialto.custody.chains.bitcoin.parameters import BITCOIN, LITECOIN_REGTEST
from rialto.custody.chains.bitcoin.selection import Coin
from rialto.custody.chains.bitcoin.warm import WarmTier, open_warm_reader
from rialto.custody.signing.effects import Unreadable
from rialto.foundation.configuration import InvalidConfiguration
from tests.nodes.bitcoin_account import NETWORK, RATE, Account, Wallet, payment
from tests.nodes.litecoind import COIN, Litecoind

KEEPERS = [Account(f"keeper {number}") for number in range(3)]


@pytest.fixture
def tier() -> WarmTier:
    return WarmTier("LTC", LITECOIN_REGTEST, [each.xpub for each in KEEPERS])


@pytest.fixture
async def wallet(litecoind: Litecoind) -> AsyncIterator[Wallet]:
    wallet = Wallet(litecoind, Account())
    await wallet.adapter.scan(litecoind.height(), [])
    yield wallet
    await wallet.adapter.close()


async def refill(wallet: Wallet, tier: WarmTier, sources: Sequence[HotAddress], amount: int) -> Unsigned:
    coins = await wallet.adapter.coins(sources, [])
    parents = await wallet.adapter.parents(coins)
    return tier.spend([payment(wallet.hot().address, amount)], coins, parents, tier.address("0/0"), RATE)


def signed_by(keeper: int, tier: WarmTier, unsigned: Unsigned) -> list[bytes]:
    digests = tier.reader.read(unsigned).digests
    return [KEEPERS[keeper].sign(each.path, digest) for each, digest in zip(unsigned.sources, digests, strict=True)]


async def test_any_two_of_three_keepers_refill_the_hot_tier(wallet: Wallet, tier: WarmTier) -> None:
    sources = [tier.address("0/0"), tier.address("0/1")]
    for each in sources:
        wallet.node.pay((each.address, 2 * COIN))
    wallet.node.mine()
    assert await wallet.balance(*sources) == 4 * COIN
    fees = 0
    for pair in combinations(range(3), 2):
        unsigned = await refill(wallet, tier, sources, COIN)
        fees += unsigned.fee_max
        signed = tier.combine(unsigned, {keeper: signed_by(keeper, tier, unsigned) for keeper in pair})
        await wallet.adapter.broadcast(signed)
        wallet.node.mine()
        assert (await wallet.adapter.status(signed.transaction)).state is TransactionState.CONFIRMED
    assert await wallet.balance(wallet.hot()) == 3 * COIN
    assert await wallet.balance(*sources) == COIN - fees


async def test_a_keepers_own_wallet_signs_the_exported_psbt(wallet: Wallet, tier: WarmTier) -> None:
    source = tier.address("0/7")
    wallet.node.pay((source.address, COIN))
    wallet.node.mine()
    unsigned = await refill(wallet, tier, [source], COIN // 2)
    returned = []
    for keeper in (2, 0):
        packet = PSBT.parse(tier.exported(unsigned))
        packet.sign_with(KEEPERS[keeper].account)
        returned.append(bytes(packet.serialize()))
    signatures = {**tier.signatures_in(unsigned, returned[0]), **tier.signatures_in(unsigned, returned[1])}
    assert sorted(signatures) == [0, 2]
    signed = tier.combine(unsigned, signatures)
    await wallet.adapter.broadcast(signed)
    wallet.node.mine()
    assert (await wallet.adapter.status(signed.transaction)).state is TransactionState.CONFIRMED


def unsigned_of(tier: WarmTier, amount: int) -> Unsigned:
    source = tier.address("0/0")
    coin = Coin(COIN, f"{'ab' * 32}:0", source.address, source.path)
    return tier.spend([payment(tier.address("0/9").address, amount)], [coin], {"ab" * 32: b""}, source, RATE)


@pytest.fixture
def drafted(tier: WarmTier, monkeypatch: pytest.MonkeyPatch) -> Unsigned:
    """One coin, whose origin is left out as if it were too large."""
    monkeypatch.setattr("rialto.custody.chains.bitcoin.building.PARENT_BYTES_MAX", -1)
    return unsigned_of(tier, COIN // 2)


def test_fewer_than_two_keepers_or_false_signatures_do_not_spend(tier: WarmTier, drafted: Unsigned) -> None:
    good = {keeper: signed_by(keeper, tier, drafted) for keeper in range(3)}
    assert tier.combine(drafted, good).raw
    for wrong in (
        {},
        {0: good[0]},
        {0: good[0], 1: good[0]},
        {0: good[0], 1: [bytes(64)]},
        {0: good[0], 1: []},
        {0: good[0], 3: good[1]},
    ):
        with pytest.raises(Rejected):
            tier.combine(drafted, wrong)


def test_what_a_keeper_returns_is_the_transaction_that_was_asked_for(tier: WarmTier, drafted: Unsigned) -> None:
    other = PSBT.parse(tier.exported(unsigned_of(tier, COIN // 4)))
    other.sign_with(KEEPERS[0].account)
    for returned, reason in (
        (bytes(other.serialize()), "another transaction"),
        (b"psbt\xff", "does not read"),
        (b"", "does not read"),
        (bytes(5_000_000), "larger"),
    ):
        with pytest.raises(Rejected, match=reason):
            tier.signatures_in(drafted, returned)
    assert tier.signatures_in(drafted, tier.exported(drafted)) == {}


def test_a_keeper_knows_the_address_its_key_is_one_of(tier: WarmTier) -> None:
    for keeper in KEEPERS:
        assert tier.reader.address("0/4", keeper.public_key("0/4")) == tier.address("0/4").address
    opened = open_warm_reader("LTC", "litecoin-regtest", [each.xpub for each in KEEPERS])
    assert opened.address("0/4", KEEPERS[1].public_key("0/4")) == tier.address("0/4").address
    with pytest.raises(ValueError, match="not known"):
        open_warm_reader("LTC", "dogecoin", [each.xpub for each in KEEPERS])
    with pytest.raises(Unreadable, match="none of the three"):
        tier.reader.address("0/4", Account("stranger").public_key("0/4"))


def test_the_order_of_the_keys_makes_no_difference(tier: WarmTier) -> None:
    turned = WarmTier("LTC", LITECOIN_REGTEST, [each.xpub for each in reversed(KEEPERS)])
    assert turned.address("0/3") == tier.address("0/3")
    for keys in ([KEEPERS[0].xpub] * 3, [each.xpub for each in KEEPERS[:2]]):
        with pytest.raises(InvalidConfiguration, match="give three that differ"):
            WarmTier("LTC", LITECOIN_REGTEST, keys)
    with pytest.raises(InvalidConfiguration, match="not for Bitcoin"):
        WarmTier("BTC", BITCOIN, [each.xpub for each in KEEPERS])


def test_keys_stand_sorted_in_the_script(tier: WarmTier) -> None:
    inner = tier.inner("0/0")
    keys = [inner[2 + 34 * place : 35 + 34 * place] for place in range(3)]
    assert keys == sorted(keeper.public_key("0/0") for keeper in KEEPERS)
    assert (inner[0], inner[-2:]) == (0x52, b"\x53\xae")
    assert NETWORK.name == tier.network
