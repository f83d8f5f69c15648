"""Deposit addresses are collected on a real node: tokens first, with gas sent where there is none, then coins."""

import pytest

from rialto.custody.chains.adapter import InsufficientHoldings, TransactionState, Unsigned
from rialto.custody.chains.evm.adapter import EvmAdapter
from rialto.custody.chains.evm.options import GWEI
from rialto.custody.chains.network import ChainAsset
from tests.nodes import contracts
from tests.nodes.anvil import ETHER, Anvil
from tests.nodes.evm import HOT, adapter_of, ours, signed

RATE = 3 * GWEI
SOURCES = [ours("0/0"), ours("0/1"), ours("0/2")]


async def swept(adapter: EvmAdapter, avoid: tuple[str, ...] = ()) -> list[Unsigned]:
    return await adapter.sweep(SOURCES, adapter.network.assets, HOT.address, HOT, RATE, avoid)


async def send(adapter: EvmAdapter, built: list[Unsigned]) -> list[str]:
    sent = [signed(adapter, each) for each in built]
    for each in sent:
        await adapter.broadcast(each)
    return [each.transaction for each in sent]


async def test_coins_are_collected_but_for_the_fee(anvil: Anvil) -> None:
    anvil.set_balance(SOURCES[0].address, ETHER)
    anvil.set_balance(SOURCES[1].address, 10 * GWEI)  # less than it costs
    async with adapter_of(anvil) as adapter:
        [sweep] = await swept(adapter)
        assert sweep.sources == (SOURCES[0],)
        assert sweep.payments[0].amount == ETHER - 2 * sweep.fee_max
        [transaction] = await send(adapter, [sweep])
        assert await swept(adapter, sweep.spends) == [], "what is under way is left alone"
        anvil.mine()
        status = await adapter.status(transaction)
        assert status.state is TransactionState.CONFIRMED
        assert status.fee is not None
        assert anvil.balance(HOT.address) == sweep.payments[0].amount
        assert anvil.balance(SOURCES[0].address) == 2 * sweep.fee_max - status.fee
        assert await swept(adapter) == []


async def test_a_sweep_of_coins_can_be_replaced(anvil: Anvil) -> None:
    anvil.set_balance(SOURCES[0].address, ETHER)
    async with adapter_of(anvil) as adapter:
        [sweep] = await swept(adapter)
        await send(adapter, [sweep])
        for _ in range(3):
            sweep = await adapter.bump(sweep, RATE)
            await send(adapter, [sweep])
        anvil.mine()
        assert anvil.balance(HOT.address) == sweep.payments[0].amount


async def test_tokens_are_collected_with_gas_that_is_sent_first(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    plain, taking = contracts.token(anvil, sender, 6), contracts.token(anvil, sender, 18, 10)
    for source in SOURCES[:2]:
        anvil.send(sender, plain, 0, contracts.transfer(source.address, 700))
    anvil.send(sender, taking, 0, contracts.transfer(SOURCES[0].address, 1_000))
    anvil.set_balance(SOURCES[1].address, ETHER)
    anvil.set_balance(HOT.address, ETHER)
    anvil.mine()
    listed = ChainAsset("USDT", 6, plain), ChainAsset("FEE", 18, taking)
    async with adapter_of(anvil, *listed) as adapter:
        funding, rich = await swept(adapter)
        assert (funding.sources, funding.payments[0].destination) == ((HOT,), SOURCES[0].address)
        assert (rich.sources, rich.payments[0].contract, rich.payments[0].amount) == ((SOURCES[1],), plain, 700)
        await send(adapter, [funding, rich])
        assert await swept(adapter, (*funding.spends, *rich.spends)) == [], "not funded twice"
        anvil.mine()
        both = await swept(adapter, ())
        assert [(each.sources, each.payments[0].contract) for each in both[:2]] == [
            ((SOURCES[0],), plain),
            ((SOURCES[0],), taking),
        ]
        assert [each.spends for each in both[:2]] == [(f"{SOURCES[0].address}:{n}",) for n in (0, 1)]
        await send(adapter, both)
        anvil.mine()
        left = await adapter.balances([each.address for each in SOURCES], listed)
        assert left == {}
        assert await adapter.balances([HOT.address], listed) == {
            (HOT.address, "USDT"): 1_400,
            (HOT.address, "FEE"): 810,
        }


async def test_gas_for_many_addresses_comes_from_one_in_order(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    token = contracts.token(anvil, sender, 6)
    for source in SOURCES:
        anvil.send(sender, token, 0, contracts.transfer(source.address, 700))
    anvil.mine()
    async with adapter_of(anvil, ChainAsset("USDT", 6, token)) as adapter:
        with pytest.raises(InsufficientHoldings, match="to fund the gas"):
            await swept(adapter)
        anvil.set_balance(HOT.address, ETHER)
        built = await swept(adapter, (f"{HOT.address}:1",))
        assert [each.spends for each in built] == [(f"{HOT.address}:{n}",) for n in (0, 2, 3)]
        one = built[0].payments[0].amount + built[0].fee_max
        anvil.set_balance(HOT.address, 2 * one + one // 2)
        assert len(await swept(adapter)) == 2, "no more than the source can pay for"


async def test_a_token_that_cannot_move_keeps_no_other_back(anvil: Anvil) -> None:
    sender, source = anvil.accounts[0], SOURCES[0]
    good = contracts.token(anvil, sender, 6)
    stuck = contracts.deploy(anvil, sender, "stuck_token", source.address)
    anvil.send(sender, good, 0, contracts.transfer(source.address, 5))
    anvil.set_balance(source.address, ETHER)
    anvil.mine()
    async with adapter_of(anvil, ChainAsset("STUCK", 18, stuck), ChainAsset("USDT", 6, good)) as adapter:
        [sweep] = await swept(adapter)
        assert sweep.payments[0].contract == good
