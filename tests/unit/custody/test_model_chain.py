"""The model of a chain behaves as chains do: what is tested against it stands on this."""

import pytest

from rialto.custody.chains.adapter import (
    HotAddress,
    InsufficientHoldings,
    InvalidAddress,
    NodeUnavailable,
    Payment,
    Rejected,
    TransactionState,
)
from rialto.custody.chains.network import ChainAsset, Family, Network
from tests.model_chain import ModelChain, sign

TOKEN = ChainAsset("USDT", 6, "token")
NETWORK = Network("TST", 9, Family.EVM, "Test", (ChainAsset("TST", 18), TOKEN), 2, 4)


async def test_payments_are_found_and_confirm() -> None:
    chain = ModelChain(NETWORK)
    ours = chain.derive("0/0")
    made = chain.pay(ours, 500)
    assert (await chain.status(made)).state is TransactionState.PENDING
    chain.mine(2)
    (found,) = (await chain.scan(1, [ours])).deposits
    assert (found.transaction, found.index, found.amount, found.senders) == (made, "0", 500, ("outside",))
    assert (await chain.status(made)).confirmations == 2
    assert await chain.balances([ours], NETWORK.assets) == {(ours, "TST"): 500}


async def test_a_fork_takes_back_and_the_same_may_confirm_again_or_another_in_its_place() -> None:
    chain = ModelChain(NETWORK)
    ours = chain.derive("0/0")
    made = chain.pay(ours, 500)
    chain.mine(3)
    before = await chain.block(1)
    chain.reorganise(3, empty=True, blocks=3)
    assert await chain.block(1) != before
    assert (await chain.status(made)).state is TransactionState.PENDING
    assert chain.held() == 0
    chain.mine()
    assert chain.held() == 500
    chain.reorganise(1, drop=[made])
    assert (await chain.status(made)).state is TransactionState.UNKNOWN
    chain.send("outside", [Payment("elsewhere", None, None, 1)], nonce=0)
    chain.mine()
    assert (await chain.status(made)).state is TransactionState.CONFLICTED


async def test_what_is_built_signed_and_sent_pays_once_whichever_variant_confirms() -> None:
    chain = ModelChain(NETWORK)
    hot = HotAddress(chain.derive("1/0"), "1/0")
    chain.pay(hot.address, 100_000)
    chain.mine()
    rate = 10
    unsigned = await chain.build([Payment("tst:else", None, None, 1_000)], [hot], rate, [])
    other = await chain.build([Payment("tst:else", None, None, 1_000)], [hot], rate, unsigned.spends)
    assert set(unsigned.spends).isdisjoint(other.spends)
    with pytest.raises(Rejected):
        chain.combine(unsigned, [b"forged"])
    first = chain.combine(unsigned, sign(unsigned))
    bumped = await chain.bump(unsigned, rate)
    assert bumped.replaces == first.transaction
    second = chain.combine(bumped, sign(bumped))
    await chain.broadcast(first)
    await chain.broadcast(first)
    await chain.broadcast(second)
    chain.mine()
    assert (await chain.status(second.transaction)).state is TransactionState.CONFIRMED
    assert (await chain.status(first.transaction)).state is TransactionState.CONFLICTED
    assert chain.balance("tst:else") == 1_000
    assert chain.balance(hot.address) == 100_000 - 1_000 - 1_100
    with pytest.raises(Rejected):
        await chain.broadcast(first)
    with pytest.raises(InsufficientHoldings):
        await chain.build([Payment("tst:else", None, None, 1_000_000)], [hot], rate, [])


async def test_tokens_are_swept_once_their_address_has_coins() -> None:
    chain = ModelChain(NETWORK)
    hot, deposit = (HotAddress(chain.derive(path), path) for path in ("1/0", "0/0"))
    chain.pay(hot.address, 100_000)
    chain.pay(deposit.address, 7_000, contract="token")
    chain.mine()
    steps = await chain.sweep([deposit], NETWORK.assets, hot.address, hot, 10, [])
    assert [step.payments[0].contract for step in steps] == [None]
    while steps:
        for step in steps:
            await chain.broadcast(chain.combine(step, sign(step)))
        chain.mine()
        steps = await chain.sweep([deposit], NETWORK.assets, hot.address, hot, 10, [])
    assert chain.balance(hot.address, "token") == 7_000
    assert chain.balance(deposit.address) == 0


async def test_addresses_of_other_networks_and_a_node_that_is_down() -> None:
    chain = ModelChain(NETWORK)
    with pytest.raises(InvalidAddress, match="one of LTC"):
        chain.canonical("ltc:someone", None)
    assert chain.canonical("TST:someone", None) == "tst:someone"
    chain.is_down = True
    with pytest.raises(NodeUnavailable):
        await chain.tip()
