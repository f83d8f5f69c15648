"""Payments on a real node: built, replaced, stuck, refused; and what became of them."""

import pytest
from msgspec.structs import replace

from rialto.custody.chains.adapter import (
    FeeLevel,
    InsufficientHoldings,
    InvalidAddress,
    Payment,
    Rejected,
    TransactionState,
    Unsigned,
)
from rialto.custody.chains.evm.options import GWEI
from rialto.custody.chains.evm.transactions import read_body
from rialto.custody.chains.network import ChainAsset
from tests.nodes import contracts
from tests.nodes.anvil import ETHER, Anvil
from tests.nodes.evm import HOT, SECOND_HOT, adapter_of, address, signed

FRIEND = address("5/0")
RATE = 3 * GWEI


def coins(amount: int, to: str = FRIEND) -> Payment:
    return Payment(to, None, None, amount)


async def test_a_payment_of_coins_confirms(anvil: Anvil) -> None:
    anvil.set_balance(HOT.address, ETHER)
    async with adapter_of(anvil) as adapter:
        rate = await adapter.fee_rate(FeeLevel.NORMAL)
        unsigned = await adapter.build([coins(5)], [HOT], rate, ())
        payment = signed(adapter, unsigned)
        assert (await adapter.status(payment.transaction, unsigned.spends)).state is TransactionState.UNKNOWN
        await adapter.broadcast(payment)
        await adapter.broadcast(payment)
        assert (await adapter.status(payment.transaction)).state is TransactionState.PENDING
        anvil.mine(2)
        status = await adapter.status(payment.transaction)
        assert (status.state, status.confirmations) == (TransactionState.CONFIRMED, 2)
        assert status.block == await adapter.block(anvil.height() - 1)
        assert status.fee is not None
        assert 0 < status.fee <= unsigned.fee_max
        assert anvil.balance(HOT.address) == ETHER - 5 - status.fee
        assert anvil.balance(FRIEND) == 5
        await adapter.broadcast(payment)  # known already, although it has confirmed


@pytest.mark.parametrize("contract", ["token", "silent_token"])
async def test_a_payment_of_tokens_confirms(anvil: Anvil, contract: str) -> None:
    sender = anvil.accounts[0]
    token = (
        contracts.token(anvil, sender, 6)
        if contract == "token"
        else contracts.deploy(anvil, sender, "silent_token", 10**30)
    )
    usdt = ChainAsset("USDT", 6, token)
    anvil.set_balance(HOT.address, ETHER)
    anvil.send(sender, token, 0, contracts.transfer(HOT.address, 900))
    anvil.mine()
    async with adapter_of(anvil, usdt) as adapter:
        with pytest.raises(InsufficientHoldings, match="holds 900 of 901"):
            await adapter.build([Payment(FRIEND, None, token, 901)], [HOT], RATE, ())
        unsigned = await adapter.build([Payment(FRIEND.lower(), None, token.lower(), 900)], [HOT], RATE, ())
        assert unsigned.payments == (Payment(FRIEND, None, token, 900),)
        payment = signed(adapter, unsigned)
        await adapter.broadcast(payment)
        anvil.mine()
        assert (await adapter.status(payment.transaction)).state is TransactionState.CONFIRMED
        assert await adapter.balances([FRIEND, HOT.address], [usdt]) == {(FRIEND, "USDT"): 900}


async def test_a_payment_without_effect_is_failed_and_costs_its_fee(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    token = contracts.token(anvil, sender)
    anvil.set_balance(HOT.address, ETHER)
    anvil.send(sender, token, 0, contracts.transfer(HOT.address, 900))
    anvil.mine()
    async with adapter_of(anvil, ChainAsset("USDT", 18, token)) as adapter:
        first = await adapter.build([Payment(FRIEND, None, token, 900)], [HOT], RATE, ())
        second = await adapter.build([Payment(FRIEND, None, token, 900)], [HOT], RATE, first.spends)
        assert second.spends == (f"{HOT.address}:1",)
        for each in (first, second):
            await adapter.broadcast(signed(adapter, each))
        anvil.mine()
        status = await adapter.status(signed(adapter, second).transaction)
        assert status.state is TransactionState.FAILED
        assert status.fee


async def test_nonces_leave_out_what_to_avoid_and_what_waits(anvil: Anvil) -> None:
    anvil.set_balance(HOT.address, ETHER)
    async with adapter_of(anvil) as adapter:

        async def nonce(*avoid: int) -> int:
            spends = [f"{HOT.address}:{each}" for each in avoid] + [f"{SECOND_HOT.address}:0"]
            return read_body((await adapter.build([coins(5)], [HOT], RATE, spends)).body).nonce

        assert [await nonce(), await nonce(0), await nonce(0, 1, 3), await nonce(1)] == [0, 1, 2, 0]
        waiting = await adapter.build([coins(5)], [HOT], RATE, ())
        await adapter.broadcast(signed(adapter, waiting))
        assert [await nonce(), await nonce(1)] == [1, 2], "the pool's own is not used again, though nobody told of it"
        anvil.mine()
        assert [await nonce(0), await nonce(1)] == [1, 2]


async def test_what_waits_is_not_spent_twice(anvil: Anvil) -> None:
    anvil.set_balance(HOT.address, ETHER)
    anvil.set_balance(SECOND_HOT.address, 2 * ETHER)
    async with adapter_of(anvil) as adapter:
        first = await adapter.build([coins(ETHER // 2)], [HOT, SECOND_HOT], RATE, ())
        assert first.sources == (HOT,)
        await adapter.broadcast(signed(adapter, first))
        second = await adapter.build([coins(ETHER // 2)], [HOT, SECOND_HOT], RATE, first.spends)
        assert second.sources == (SECOND_HOT,)
        with pytest.raises(InsufficientHoldings, match="holds") as raised:
            await adapter.build([coins(2 * ETHER)], [HOT, SECOND_HOT], RATE, ())
        assert HOT.address in str(raised.value)
        assert SECOND_HOT.address in str(raised.value)


async def test_the_fee_must_be_there_too(anvil: Anvil) -> None:
    token = contracts.token(anvil, anvil.accounts[0])
    anvil.send(anvil.accounts[0], token, 0, contracts.transfer(HOT.address, 900))
    anvil.set_balance(HOT.address, ETHER)
    anvil.mine()
    async with adapter_of(anvil, ChainAsset("USDT", 18, token)) as adapter:
        with pytest.raises(InsufficientHoldings, match="with the fee it takes"):
            await adapter.build([coins(ETHER)], [HOT], RATE, ())
        anvil.set_balance(HOT.address, 1_000)
        with pytest.raises(InsufficientHoldings, match="with the fee it takes"):
            await adapter.build([Payment(FRIEND, None, token, 1)], [HOT], RATE, ())
        with pytest.raises(InsufficientHoldings, match="no address"):
            await adapter.build([coins(1)], [], RATE, ())


async def test_what_cannot_be_paid_is_refused_before_it_is_built(anvil: Anvil) -> None:
    refuser, greedy = (contracts.deploy(anvil, anvil.accounts[0], name) for name in ("refuser", "greedy"))
    token = contracts.token(anvil, anvil.accounts[0])
    anvil.set_balance(HOT.address, ETHER)
    async with adapter_of(anvil, ChainAsset("USDT", 18, token)) as adapter:
        with pytest.raises(InvalidAddress, match="refuses it"):
            await adapter.build([coins(5, refuser)], [HOT], RATE, ())
        with pytest.raises(InvalidAddress, match="takes [0-9]+ gas of at most 500000"):
            await adapter.build([coins(5, greedy)], [HOT], RATE, ())
        with pytest.raises(InvalidAddress, match="contract of a token"):
            await adapter.build([coins(5, token)], [HOT], RATE, ())
        with pytest.raises(InvalidAddress, match="no tags"):
            await adapter.build([Payment(FRIEND, "7", None, 5)], [HOT], RATE, ())
        with pytest.raises(InvalidAddress, match="belongs to Litecoin"):
            await adapter.build([coins(5, "LQTpS3VaYTjCr4s9Y1t5zbeY26zevf7Fb3")], [HOT], RATE, ())
        with pytest.raises(ValueError, match="makes one payment"):
            await adapter.build([coins(5), coins(6)], [HOT], RATE, ())
        with pytest.raises(ValueError, match="pays nothing"):
            await adapter.build([coins(0)], [HOT], RATE, ())


async def test_a_stuck_payment_is_replaced_and_the_first_is_conflicted(anvil: Anvil) -> None:
    anvil.set_balance(HOT.address, ETHER)
    async with adapter_of(anvil) as adapter:
        unsigned = await adapter.build([coins(5)], [HOT], RATE, ())
        with pytest.raises(Rejected, match="less than block base fee"):
            await adapter.broadcast(signed(adapter, repriced(unsigned, 100)))
        stuck = repriced(unsigned, 3 * GWEI)
        first = signed(adapter, stuck)
        await adapter.broadcast(first)
        # One transfer a block, and others pay more.
        anvil.ask("evm_setBlockGasLimit", hex(21_000))
        prices = {"maxFeePerGas": hex(50 * GWEI), "maxPriorityFeePerGas": hex(5 * GWEI), "gas": hex(21_000)}
        for _ in range(2):
            anvil.send(anvil.accounts[0], anvil.accounts[1], 1, **prices)
            anvil.mine()
        assert (await adapter.status(first.transaction)).state is TransactionState.PENDING

        bumped = await adapter.bump(stuck, await adapter.fee_rate(FeeLevel.FAST))
        assert bumped.replaces == first.transaction
        assert (bumped.spends, bumped.payments) == (stuck.spends, stuck.payments)
        second = signed(adapter, bumped)
        await adapter.broadcast(second)
        anvil.mine()
        assert (await adapter.status(second.transaction)).state is TransactionState.CONFIRMED
        # Forgotten by the node, the first is told from what was never broadcast by what it spends.
        for depth in (1, 2, 3):
            status = await adapter.status(first.transaction, stuck.spends)
            assert (status.state, status.confirmations) == (TransactionState.CONFLICTED, depth)
            anvil.mine()
        anvil.mine(20)
        status = await adapter.status(first.transaction, stuck.spends)
        assert status.confirmations == adapter.network.unlock_confirmations
        with pytest.raises(Rejected, match="nonce"):
            await adapter.broadcast(first)


def repriced(unsigned: Unsigned, price: int) -> Unsigned:
    """The same at another price; one below the base fee has to wait."""
    call = replace(read_body(unsigned.body), tip=1, price=price)
    return replace(unsigned, body=call.body(), fee_max=call.fee_max)


async def test_a_replacement_pays_enough_more_for_the_node(anvil: Anvil) -> None:
    anvil.set_balance(HOT.address, ETHER)
    async with adapter_of(anvil) as adapter:
        unsigned = await adapter.build([coins(5)], [HOT], RATE, ())
        await adapter.broadcast(signed(adapter, unsigned))
        for _ in range(3):
            before = read_body(unsigned.body)
            unsigned = await adapter.bump(unsigned, 1)
            after = read_body(unsigned.body)
            assert after.tip * 100 >= before.tip * 110
            assert after.price * 100 >= before.price * 110
            await adapter.broadcast(signed(adapter, unsigned))
        wanted = await adapter.bump(unsigned, 500 * GWEI)
        assert read_body(wanted.body).price >= 500 * GWEI
        with pytest.raises(Rejected, match="underpriced"):
            await adapter.broadcast(signed(adapter, repriced(unsigned, RATE)))
    async with adapter_of(anvil, fee_cap=RATE) as adapter:
        with pytest.raises(Rejected, match="more than the cap"):
            await adapter.bump(unsigned, RATE)
    anvil.set_balance(HOT.address, 1_000)
    async with adapter_of(anvil) as adapter:
        with pytest.raises(InsufficientHoldings, match="at the higher price"):
            await adapter.bump(unsigned, RATE)
