"""What comes in, on a real node: outputs, blocks, reorganisations, double spends, miners' coins, MWEB."""

from collections.abc import AsyncIterator

import pytest

from rialto.custody.chains.adapter import NodeUnavailable, TransactionState
from rialto.custody.chains.bitcoin.parameters import COINBASE_MATURITY
from tests.nodes.bitcoin_account import Account, Wallet
from tests.nodes.litecoind import COIN, Litecoind


@pytest.fixture
async def wallet(litecoind: Litecoind) -> AsyncIterator[Wallet]:
    wallet = Wallet(litecoind, Account())
    yield wallet
    await wallet.adapter.close()


async def state(wallet: Wallet, transaction: str) -> tuple[TransactionState, int]:
    status = await wallet.adapter.status(transaction)
    return status.state, status.confirmations


async def test_each_output_of_a_transaction_is_a_deposit_of_its_own(wallet: Wallet) -> None:
    first, second, other = (wallet.deposit(index).address for index in (0, 1, 2))
    transaction = wallet.node.pay((first, COIN), (second, 2 * COIN + 1))
    again = wallet.node.pay((first, 3 * COIN))
    height = wallet.node.height() + 1
    wallet.node.mine()
    scanned = await wallet.adapter.scan(height, {first, second})
    assert scanned.block.hash == wallet.node.hash_at(height)
    assert scanned.block.parent == wallet.node.hash_at(height - 1)
    found = {(each.transaction, each.address, each.amount) for each in scanned.deposits}
    assert found == {(transaction, first, COIN), (transaction, second, 2 * COIN + 1), (again, first, 3 * COIN)}
    assert len({(each.transaction, each.index) for each in scanned.deposits}) == 3
    assert {each.contract for each in scanned.deposits} == {None}
    assert (await wallet.adapter.scan(height, [other])).deposits == ()
    assert (await wallet.adapter.scan(height - 1, [first])).deposits == ()


async def test_the_tip_moves_and_nothing_is_above_it(wallet: Wallet) -> None:
    before = await wallet.adapter.tip()
    wallet.node.mine(2)
    after = await wallet.adapter.tip()
    assert after.height == before.height + 2
    below = await wallet.adapter.block(after.height - 1)
    assert below is not None
    assert (below.hash, below.parent) == (after.parent, before.hash)
    assert await wallet.adapter.block(after.height + 1) is None


async def test_a_shallow_reorganisation_takes_a_deposit_back_and_may_bring_it_again(wallet: Wallet) -> None:
    address = wallet.deposit(0).address
    transaction = wallet.node.pay((address, COIN))
    assert await state(wallet, transaction) == (TransactionState.PENDING, 0)
    mined = wallet.node.mine()[0]
    assert await state(wallet, transaction) == (TransactionState.CONFIRMED, 1)
    wallet.node.invalidate(mined)
    assert await state(wallet, transaction) == (TransactionState.PENDING, 0)
    assert await wallet.balance(wallet.deposit(0)) == 0
    wallet.node.mine(2)
    assert await state(wallet, transaction) == (TransactionState.CONFIRMED, 2)
    assert (await wallet.adapter.tip()).hash != mined
    assert await wallet.balance(wallet.deposit(0)) == COIN


async def test_a_deep_reorganisation_with_a_double_spend_excludes_the_deposit(wallet: Wallet) -> None:
    await wallet.adapter.tip()
    address = wallet.deposit(0).address
    coin, number, amount = wallet.node.unspent()
    honest = wallet.node.paying((coin, number), (address, amount - 10_000))
    theft = wallet.node.paying((coin, number), (wallet.node.new_address(), amount - 20_000))
    await wallet.adapter.scan(wallet.node.height(), [address])
    mined = wallet.node.mine_with(honest)
    height = wallet.node.height()
    wallet.node.mine(6)
    transaction = (await wallet.adapter.scan(height, [address])).deposits[0].transaction
    assert await state(wallet, transaction) == (TransactionState.CONFIRMED, 7)
    wallet.node.invalidate(mined)
    wallet.node.mine_with(theft)
    assert (await wallet.adapter.scan(height, [address])).deposits == ()
    assert await state(wallet, transaction) == (TransactionState.CONFLICTED, 1)
    wallet.node.mine(8)
    assert await state(wallet, transaction) == (TransactionState.CONFLICTED, 9)
    assert await wallet.balance(wallet.deposit(0)) == 0


async def test_a_double_spend_before_the_first_block_excludes_what_waited(wallet: Wallet) -> None:
    address = wallet.deposit(0).address
    await wallet.adapter.scan(wallet.node.height(), [address])
    coin, number, amount = wallet.node.unspent()
    waiting = wallet.node.ask("sendrawtransaction", wallet.node.paying((coin, number), (address, amount - 10_000)))
    assert await state(wallet, waiting) == (TransactionState.PENDING, 0)
    wallet.node.mine_with(wallet.node.paying((coin, number), (wallet.node.new_address(), amount - 20_000)))
    assert await state(wallet, waiting) == (TransactionState.CONFLICTED, 1)


async def test_what_nobody_knows_is_unknown(wallet: Wallet) -> None:
    assert await state(wallet, "ab" * 32) == (TransactionState.UNKNOWN, 0)


async def test_a_miners_coins_count_when_they_can_be_spent(wallet: Wallet) -> None:
    deposit = wallet.deposit(0)
    wallet.node.mine(1, deposit.address)
    made = wallet.node.height()
    assert (await wallet.adapter.scan(made, [deposit.address])).deposits == ()
    wallet.node.mine(COINBASE_MATURITY - 1)
    assert (await wallet.adapter.scan(wallet.node.height(), [deposit.address])).deposits == ()
    assert await wallet.balance(deposit) == 0
    wallet.node.mine()
    found = (await wallet.adapter.scan(made + COINBASE_MATURITY, [deposit.address])).deposits
    assert [(each.address, each.index) for each in found] == [(deposit.address, "0")]
    assert await wallet.balance(deposit) == found[0].amount


async def test_what_comes_out_of_mweb_is_never_credited_nor_held(wallet: Wallet) -> None:
    node, deposit = wallet.node, wallet.deposit(0)
    node.reach_mweb()
    node.ask("createwallet", "veiled")
    veiled = node.ask("getnewaddress", "", "mweb", wallet="veiled")
    node.miner("sendtoaddress", veiled, "5")
    node.mine()
    await wallet.adapter.scan(node.height(), [deposit.address])
    node.ask("sendtoaddress", deposit.address, "2", wallet="veiled")
    plain = node.pay((deposit.address, COIN))
    node.mine()
    block = node.ask("getblock", node.hash_at(node.height()), 2)
    paid = [each["scriptPubKey"].get("addresses") for each in block["tx"][-1]["vout"]]
    assert [deposit.address] in paid, "the test pays out of MWEB in the HogEx"
    found = (await wallet.adapter.scan(node.height(), [deposit.address])).deposits
    assert [(each.transaction, each.amount) for each in found] == [(plain, COIN)]
    node.mine(10)
    assert await wallet.balance(deposit) == COIN
    assert await wallet.adapter.sweep(
        [deposit], wallet.adapter.network.assets, wallet.hot().address, wallet.hot(), 20_000, []
    )


async def test_a_payment_into_mweb_is_an_ordinary_coin_before_it(wallet: Wallet) -> None:
    wallet.node.reach_mweb()
    await wallet.fund(5 * COIN)
    scanned = await wallet.adapter.scan(wallet.node.height(), [wallet.hot().address])
    assert [each.amount for each in scanned.deposits] == [5 * COIN]
    signed = await wallet.send(await wallet.build(COIN))
    wallet.node.mine()
    assert (await wallet.adapter.status(signed.transaction)).state is TransactionState.CONFIRMED


async def test_addresses_far_beyond_the_first_are_watched_in_time(wallet: Wallet) -> None:
    await wallet.adapter.scan(wallet.node.height(), [])
    far = wallet.deposit(240)
    await wallet.adapter.scan(wallet.node.height(), [far.address])
    wallet.node.pay((far.address, COIN))
    wallet.node.mine()
    assert await wallet.balance(far) == COIN
    again = Wallet(wallet.node, wallet.account)
    assert await again.balance(far, again.deposit(1)) == COIN
    await again.adapter.close()


async def test_what_was_paid_before_the_node_watched_is_found(wallet: Wallet) -> None:
    wallet.node.pay((wallet.deposit(3).address, COIN))
    wallet.node.mine(3)
    assert await wallet.balance(wallet.deposit(3)) == COIN
    wallet.node.ask("unloadwallet", f"rialto-{wallet.adapter.key.fingerprint}")
    with pytest.raises(NodeUnavailable, match="made again"):
        await wallet.balance(wallet.deposit(3))
    assert await wallet.balance(wallet.deposit(3)) == COIN


async def test_a_new_node_watches_all_that_was_given_out_and_looks_back(wallet: Wallet) -> None:
    given = [wallet.deposit(index) for index in range(0, 330, 3)]
    wallet.node.pay((given[-1].address, COIN), (given[60].address, COIN))
    wallet.node.mine()
    fresh = Wallet(wallet.node, wallet.account)
    addresses = [wallet.account.address(f"0/{index}") for index in range(330)]
    await fresh.adapter.scan(wallet.node.height(), addresses)
    watched = wallet.node.ask("getaddressinfo", addresses[-1], wallet=f"rialto-{fresh.adapter.key.fingerprint}")
    assert watched["iswatchonly"]
    assert watched["solvable"], "it is watched as one of a range, not by itself"
    assert await fresh.balance(*given) == 2 * COIN
    await fresh.adapter.close()


async def test_while_a_node_looks_back_it_is_unavailable_and_nothing_hangs(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet.node.pay((wallet.deposit(0).address, COIN))
    wallet.node.mine()
    monkeypatch.setattr("rialto.custody.chains.bitcoin.watching.PATIENCE_S", 0)
    with pytest.raises(NodeUnavailable, match="is looking for what was paid"):
        await wallet.balance(wallet.deposit(0))
    monkeypatch.undo()
    assert await wallet.balance(wallet.deposit(0)) == COIN


async def test_a_node_of_another_chain_is_refused(litecoind: Litecoind) -> None:
    wallet = Wallet(litecoind, Account(chain="bitcoin-regtest"))
    with pytest.raises(NodeUnavailable, match="its first block is 530827f3"):
        await wallet.adapter.tip()
    await wallet.adapter.close()


async def test_a_node_that_is_gone_is_unavailable(wallet: Wallet) -> None:
    await wallet.adapter.tip()
    wallet.node.stop()
    with pytest.raises(NodeUnavailable, match="does not answer"):
        await wallet.adapter.tip()
