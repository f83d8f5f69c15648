"""What goes out, on a real node: paid, bumped in both ways, swept, excluded, forgotten and handed in again."""

from collections.abc import AsyncIterator
from decimal import Decimal

import msgspec
import pytest

from rialto.custody.chains.adapter import (
    FeeLevel,
    InsufficientHoldings,
    InvalidAddress,
    NodeUnavailable,
    Rejected,
    Signed,
    TransactionState,
    Unsigned,
)
from rialto.custody.payouts.model import BODY_BYTES_MAX
from tests.nodes.bitcoin_account import NETWORK, RATE, Account, Wallet, payment
from tests.nodes.litecoind import COIN, Litecoind


@pytest.fixture
async def wallet(litecoind: Litecoind) -> AsyncIterator[Wallet]:
    wallet = Wallet(litecoind, Account())
    await wallet.adapter.scan(litecoind.height(), [])
    yield wallet
    await wallet.adapter.close()


@pytest.fixture
async def replacing(replacing_litecoind: Litecoind) -> AsyncIterator[Wallet]:
    wallet = Wallet(replacing_litecoind, Account(), replaceable=True)
    await wallet.adapter.scan(replacing_litecoind.height(), [])
    yield wallet
    await wallet.adapter.close()


async def state(wallet: Wallet, signed: Signed) -> TransactionState:
    return (await wallet.adapter.status(signed.transaction)).state


def received(wallet: Wallet, unsigned: Unsigned) -> list[int]:
    paid = [wallet.node.miner("getreceivedbyaddress", each.destination, 1) for each in unsigned.payments]
    return [int(Decimal(str(each)) * COIN) for each in paid]


def rate_of(wallet: Wallet, signed: Signed) -> Decimal:
    entry = wallet.node.ask("getmempoolentry", signed.transaction)
    return Decimal(str(entry["fees"]["base"])) * COIN * 1_000 / int(entry["vsize"])


async def test_many_payments_go_out_in_one_transaction(wallet: Wallet) -> None:
    await wallet.fund(3 * COIN, 2 * COIN, COIN)
    unsigned = await wallet.build(2 * COIN, COIN // 2, 700_000, 900_000)
    signed = await wallet.send(unsigned)
    assert await state(wallet, signed) is TransactionState.PENDING
    assert RATE <= rate_of(wallet, signed) < RATE * 11 // 10
    assert await wallet.balance(wallet.hot()) == 6 * COIN, "a waiting transaction does not change what blocks say"
    wallet.node.mine()
    status = await wallet.adapter.status(signed.transaction)
    assert (status.state, status.confirmations, status.fee) == (TransactionState.CONFIRMED, 1, unsigned.fee_max)
    assert received(wallet, unsigned) == [each.amount for each in unsigned.payments]
    paid = sum(each.amount for each in unsigned.payments)
    assert await wallet.balance(wallet.hot()) == 6 * COIN - paid - unsigned.fee_max


async def test_what_we_pay_ourselves_is_told_as_sent_by_us(wallet: Wallet) -> None:
    await wallet.fund(2 * COIN, 2 * COIN)
    watched = {wallet.hot().address, wallet.deposit(0).address}
    scanned = await wallet.adapter.scan(wallet.node.height(), watched)
    assert [set(each.senders) & watched for each in scanned.deposits] == [set(), set()]
    payments = [payment(wallet.node.new_address(), COIN), payment(wallet.deposit(0).address, COIN)]
    unsigned = await wallet.adapter.build(payments, [wallet.hot()], RATE, [])
    await wallet.send(unsigned)
    wallet.node.mine()
    scanned = await wallet.adapter.scan(wallet.node.height(), watched)
    change = 2 * COIN * len(unsigned.sources) - 2 * COIN - unsigned.fee_max
    assert {(each.address, each.amount, each.senders) for each in scanned.deposits} == {
        (wallet.hot().address, change, (wallet.hot().address,)),
        (wallet.deposit(0).address, COIN, (wallet.hot().address,)),
    }


@pytest.mark.parametrize("kind", ["legacy", "p2sh-segwit", "bech32"])
async def test_every_kind_of_address_is_paid(wallet: Wallet, kind: str) -> None:
    await wallet.fund(COIN)
    address = wallet.node.new_address(kind)
    unsigned = await wallet.adapter.build([payment(address, 300_000)], [wallet.hot()], RATE, [])
    await wallet.send(unsigned)
    wallet.node.mine()
    assert received(wallet, unsigned) == [300_000]


async def test_what_is_to_be_avoided_is_not_spent(wallet: Wallet) -> None:
    await wallet.fund(2 * COIN, 2 * COIN)
    first = await wallet.build(COIN)
    second = await wallet.build(COIN, avoid=first.spends)
    assert set(first.spends).isdisjoint(second.spends)
    with pytest.raises(InsufficientHoldings, match="can spend 0"):
        await wallet.build(COIN, avoid=[*first.spends, *second.spends])
    await wallet.send(first)
    await wallet.send(second)
    wallet.node.mine()
    assert await wallet.balance(wallet.hot()) == 2 * COIN - first.fee_max - second.fee_max


async def test_payments_that_nodes_would_not_relay_are_refused(wallet: Wallet) -> None:
    await wallet.fund(COIN)
    with pytest.raises(InvalidAddress, match="too little to be relayed"):
        await wallet.build(2_000)
    with pytest.raises(InvalidAddress, match="Bitcoin"):
        await wallet.adapter.build(
            [payment("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", COIN)], [wallet.hot()], RATE, []
        )
    with pytest.raises(Rejected, match="between 1 and 2000000"):
        await wallet.build(COIN // 2, rate=3_000_000)
    with pytest.raises(InsufficientHoldings):
        await wallet.build(COIN)


async def test_a_dearer_transaction_takes_the_place_of_the_first(replacing: Wallet) -> None:
    await replacing.fund(3 * COIN)
    unsigned = await replacing.build(COIN, COIN)
    first = await replacing.send(unsigned)
    bumped = await replacing.adapter.bump(unsigned, 5 * RATE)
    assert bumped.replaces == first.transaction
    assert bumped.payments == unsigned.payments
    assert set(bumped.spends) == set(unsigned.spends)
    second = await replacing.send(bumped)
    assert replacing.node.pool() == [second.transaction]
    assert rate_of(replacing, second) >= 5 * RATE
    assert await state(replacing, first) is TransactionState.UNKNOWN
    replacing.node.mine()
    status = await replacing.adapter.status(first.transaction)
    assert (status.state, status.confirmations) == (TransactionState.CONFLICTED, 1)
    assert await state(replacing, second) is TransactionState.CONFIRMED
    assert received(replacing, bumped) == [COIN, COIN]
    with pytest.raises(Rejected):
        await replacing.adapter.broadcast(first)


async def test_a_replacement_pays_for_what_depends_on_the_first(replacing: Wallet) -> None:
    await replacing.fund(3 * COIN)
    unsigned = await replacing.build(COIN)
    first = await replacing.send(unsigned)
    number = next(
        each["n"]
        for each in replacing.node.ask("getrawtransaction", first.transaction, True)["vout"]
        if each["scriptPubKey"]["addresses"] == [unsigned.payments[0].destination]
    )
    spent = replacing.node.paying((first.transaction, number), (replacing.node.new_address(), COIN - 100_000))
    replacing.node.ask("sendrawtransaction", spent, 0)
    bumped = await replacing.adapter.bump(unsigned, 2 * RATE)
    assert bumped.fee_max > unsigned.fee_max + 100_000
    second = await replacing.send(bumped)
    assert replacing.node.pool() == [second.transaction]


async def test_a_bump_needs_a_higher_price_and_something_to_pay_it(replacing: Wallet) -> None:
    await replacing.fund(COIN)
    unsigned = await replacing.build(COIN // 2)
    with pytest.raises(Rejected, match="already"):
        await replacing.adapter.bump(unsigned, RATE)
    tight = await replacing.build(COIN - 5_000)
    with pytest.raises(InsufficientHoldings):
        await replacing.adapter.bump(tight, 50 * RATE)


async def test_a_child_pays_for_a_transaction_that_cannot_be_replaced(wallet: Wallet) -> None:
    await wallet.fund(3 * COIN)
    unsigned = await wallet.build(COIN, rate=1_000)
    parent = await wallet.send(unsigned)
    bumped = await wallet.adapter.bump(unsigned, 40_000)
    assert bumped.replaces is None
    assert bumped.payments == ()
    assert bumped.spends[0].startswith(parent.transaction)
    child = await wallet.send(bumped)
    entry = wallet.node.ask("getmempoolentry", child.transaction)
    assert Decimal(str(entry["fees"]["ancestor"])) * COIN * 1_000 / entry["ancestorsize"] >= 40_000
    again = await wallet.send(await wallet.adapter.bump(bumped, 80_000))
    entry = wallet.node.ask("getmempoolentry", again.transaction)
    assert Decimal(str(entry["fees"]["ancestor"])) * COIN * 1_000 / entry["ancestorsize"] >= 80_000
    wallet.node.mine()
    assert {await state(wallet, each) for each in (parent, child, again)} == {TransactionState.CONFIRMED}
    fees = unsigned.fee_max + sum([(await wallet.adapter.status(each.transaction)).fee or 0 for each in (child, again)])
    assert await wallet.balance(wallet.hot()) == 2 * COIN - fees


async def test_deposits_are_swept_and_the_sweep_is_bumped(wallet: Wallet) -> None:
    sources = [wallet.deposit(index) for index in range(5)]
    wallet.node.pay(*[(each.address, COIN) for each in sources])
    wallet.node.pay((sources[0].address, 3_000))
    wallet.node.mine()
    rate = 50_000
    built = await wallet.adapter.sweep(sources, NETWORK.assets, wallet.hot().address, wallet.hot(), rate, [])
    assert len(built) == 1
    assert len(built[0].sources) == 5, "what costs more than it brings stays"
    await wallet.send(built[0])
    child = await wallet.send(await wallet.adapter.bump(built[0], 3 * rate))
    assert len(wallet.node.pool()) == 2
    wallet.node.mine()
    child_fee = (await wallet.adapter.status(child.transaction)).fee or 0
    assert await wallet.balance(wallet.hot()) == 5 * COIN - built[0].fee_max - child_fee
    assert await wallet.balance(*sources) == 3_000
    assert await wallet.adapter.sweep(sources, NETWORK.assets, wallet.hot().address, wallet.hot(), rate, []) == []


async def test_what_a_node_forgot_is_handed_in_again(wallet: Wallet) -> None:
    await wallet.fund(2 * COIN)
    signed = await wallet.send(await wallet.build(COIN))
    await wallet.adapter.broadcast(signed)
    wallet.node.mine()
    await wallet.adapter.broadcast(signed)
    assert await state(wallet, signed) is TransactionState.CONFIRMED
    mined = wallet.node.hash_at(wallet.node.height())
    wallet.node.invalidate(mined)
    await wallet.adapter.broadcast(signed)
    wallet.node.mine(3)
    # Its change is spent, so the node no longer finds it among what is unspent.
    await wallet.send(await wallet.build(COIN // 2))
    wallet.node.mine()
    await wallet.adapter.broadcast(signed)


async def test_one_of_two_that_exclude_each_other_is_told_from_what_the_chain_spent(wallet: Wallet) -> None:
    await wallet.fund(2 * COIN)
    never, other = wallet.sign(await wallet.build(COIN)), await wallet.build(COIN // 2)
    assert await state(wallet, never) is TransactionState.UNKNOWN
    await wallet.send(other)
    wallet.node.mine(2)
    status = await wallet.adapter.status(never.transaction)
    assert (status.state, status.confirmations) == (TransactionState.CONFLICTED, 2)
    with pytest.raises(Rejected):
        await wallet.adapter.broadcast(never)


async def test_a_payment_excluded_after_it_was_in_a_block(wallet: Wallet) -> None:
    await wallet.fund(2 * COIN)
    first, second = wallet.sign(await wallet.build(COIN)), wallet.sign(await wallet.build(COIN // 2))
    mined = wallet.node.mine_with(first.raw.hex())
    assert await state(wallet, first) is TransactionState.CONFIRMED
    wallet.node.invalidate(mined)
    wallet.node.mine_with(second.raw.hex())
    wallet.node.mine(3)
    status = await wallet.adapter.status(first.transaction)
    assert (status.state, status.confirmations) == (TransactionState.CONFLICTED, 4)
    assert await state(wallet, second) is TransactionState.CONFIRMED


async def test_a_coin_whose_origin_is_too_large_to_go_along_is_spent_alone_or_not_at_all(wallet: Wallet) -> None:
    hot = wallet.hot().address
    crowd = [(wallet.node.new_address(), 20_000) for _ in range(1_100)]
    wallet.node.pay((hot, 2 * COIN), *crowd)
    wallet.node.mine()
    await wallet.fund(COIN, COIN)
    alone = await wallet.build(2 * COIN - 100_000)
    assert len(alone.sources) == 1
    assert len(alone.body) < BODY_BYTES_MAX
    await wallet.send(alone)
    small = await wallet.build(COIN + COIN // 2, avoid=alone.spends)
    assert len(small.sources) == 2
    with pytest.raises(InsufficientHoldings):
        await wallet.build(3 * COIN)
    assert wallet.node.pool() == [wallet.sign(alone).transaction]


async def test_a_crowd_of_coins_is_swept_in_portions_that_can_be_recorded(wallet: Wallet) -> None:
    sources = [wallet.deposit(index) for index in range(30)]
    for _ in range(6):
        wallet.node.pay(*[(each.address, COIN // 100) for each in sources])
    wallet.node.mine()
    built = await wallet.adapter.sweep(sources, NETWORK.assets, wallet.hot().address, wallet.hot(), RATE, [])
    assert len(built) > 1
    assert sum(len(each.sources) for each in built) == 180
    assert len({spent for each in built for spent in each.spends}) == 180
    assert max(len(each.body) for each in built) < BODY_BYTES_MAX
    for each in built:
        await wallet.send(each)
    wallet.node.mine()
    assert await wallet.balance(wallet.hot()) == 180 * COIN // 100 - sum(each.fee_max for each in built)


async def test_too_cheap_now_may_be_taken_later(wallet: Wallet) -> None:
    await wallet.fund(COIN)
    signed = wallet.sign(await wallet.build(COIN // 2, rate=200))
    with pytest.raises((Rejected, NodeUnavailable), match="min relay fee not met"):
        await wallet.adapter.broadcast(signed)


async def test_a_signature_of_another_transaction_is_refused(wallet: Wallet) -> None:
    await wallet.fund(COIN)
    unsigned = await wallet.build(COIN // 2)
    digest = wallet.adapter.reader.read(unsigned).digests[0]
    good = wallet.account.sign("1/0", digest)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = good[:32] + (order - int.from_bytes(good[32:])).to_bytes(32)
    for wrong in (
        [],
        [good, good],
        [wallet.account.sign("1/1", digest)],
        [wallet.account.sign("1/0", bytes(32))],
        [high],
    ):
        with pytest.raises(Rejected):
            wallet.adapter.combine(unsigned, wrong)
    elsewhere = msgspec.structs.replace(unsigned, sources=(wallet.hot(1),))
    with pytest.raises(Rejected, match="not what the sources hold"):
        wallet.adapter.combine(elsewhere, [good])
    assert wallet.adapter.combine(unsigned, [good]).raw


async def test_the_price_of_space_has_a_floor_and_a_cap(litecoind: Litecoind) -> None:
    for options, expected in (
        ({}, 20_000),
        ({"fee_rate_fallback": 1_000}, 1_000),
        ({"fee_rate_max": 5_000, "fee_rate_fallback": 5_000}, 5_000),
    ):
        wallet = Wallet(litecoind, Account(), **options)
        assert await wallet.rate() == expected
        slow, fast = [await wallet.adapter.fee_rate(level) for level in (FeeLevel.SLOW, FeeLevel.FAST)]
        assert slow <= expected <= fast <= options.get("fee_rate_max", 40_000)
        await wallet.adapter.close()
