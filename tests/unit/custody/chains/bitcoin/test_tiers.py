"""Tiers of this family on a real node: what is built, whose signatures are taken, and what nobody gets through."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from rialto.custody.chains.adapter import InsufficientHoldings, Rejected, TransactionState, Unsigned
from rialto.custody.chains.bitcoin.tiers import OneKey, TwoOfThree, open_tier
from rialto.custody.chains.tiers import TierKeys
from tests.nodes.bitcoin_account import RATE, Account, Wallet, payment
from tests.nodes.litecoind import COIN, Litecoind

KEEPERS = [Account(f"keeper {number}") for number in range(3)]
Tier = OneKey | TwoOfThree


@pytest.fixture
async def wallet(litecoind: Litecoind) -> AsyncIterator[Wallet]:
    wallet = Wallet(litecoind, Account())
    yield wallet
    await wallet.adapter.close()


def tier_of(wallet: Wallet, kind: str) -> Tier:
    keys = tuple(each.xpub for each in (KEEPERS if kind == "warm" else KEEPERS[:1]))
    return open_tier(wallet.adapter, TierKeys(kind, keys))


def signed_by(keeper: int, wallet: Wallet, tier: Tier, unsigned: Unsigned) -> list[bytes]:
    reader = wallet.adapter.reader
    return [KEEPERS[keeper].sign(tier.home.path, digest) for digest in reader.read(unsigned).digests]


@pytest.mark.parametrize("kind", ["cold", "warm"])
async def test_what_a_tier_holds_moves_with_enough_signatures(wallet: Wallet, kind: str) -> None:
    tier = tier_of(wallet, kind)
    with pytest.raises(InsufficientHoldings):
        await tier.build(payment(wallet.hot().address, COIN), RATE, [])
    for _ in range(3):
        wallet.node.pay((tier.home.address, COIN))
    wallet.node.mine()
    # Blocks are looked at first of all: what a tier pays is known to come from us, whenever the node was asked.
    unsigned = await tier.build(payment(wallet.hot().address, 2 * COIN), RATE, [])
    keepers = range(tier.signatures_needed)
    given = {each: signed_by(each, wallet, tier, unsigned) for each in keepers}
    assert [tier.keeper_of(unsigned, given[each]) for each in keepers] == list(keepers)
    signed = tier.combine(unsigned, given)
    await wallet.adapter.broadcast(signed)
    wallet.node.mine()
    status = await wallet.adapter.status(signed.transaction)
    assert (status.state, status.fee) == (TransactionState.CONFIRMED, unsigned.fee_max)
    scanned = await wallet.adapter.scan(wallet.node.height(), {wallet.hot().address, tier.home.address})
    assert {each.senders for each in scanned.deposits} == {(tier.home.address,)}
    with pytest.raises(InsufficientHoldings):
        await tier.build(payment(wallet.hot().address, 2 * COIN), RATE, unsigned.spends)


@pytest.mark.parametrize("kind", ["cold", "warm"])
async def test_only_signatures_of_this_transaction_by_its_keys_are_taken(wallet: Wallet, kind: str) -> None:
    tier = tier_of(wallet, kind)
    wallet.node.pay((tier.home.address, COIN))
    wallet.node.mine()
    unsigned = await tier.build(payment(wallet.hot().address, COIN // 2), RATE, [])
    other = await tier.build(payment(wallet.hot().address, COIN // 4), RATE, [])
    good = signed_by(0, wallet, tier, unsigned)
    stranger = [Account("stranger").sign("1/0", each) for each in wallet.adapter.reader.read(unsigned).digests]
    for wrong in ((), (b"",), (bytes(64),), stranger, signed_by(0, wallet, tier, other), (*good, *good)):
        with pytest.raises(Rejected):
            tier.keeper_of(unsigned, wrong)
    lying = msgspec.structs.replace(unsigned, payments=other.payments)
    dearer = msgspec.structs.replace(unsigned, fee_max=unsigned.fee_max - 1)
    for each in (lying, dearer, msgspec.structs.replace(unsigned, body=b"psbt\xff")):
        with pytest.raises(Rejected):
            tier.keeper_of(each, good)
        with pytest.raises(Rejected):
            tier.combine(each, {0: good, 1: good})
