"""What a block credits, on a real node: coins by calls, tokens by balances, and never what did not arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.custody.chains.adapter import Deposit, NodeUnavailable
from rialto.custody.chains.evm.addresses import checksum
from rialto.custody.chains.evm.scanning import apportioned
from rialto.custody.chains.network import ChainAsset
from tests.nodes import contracts
from tests.nodes.anvil import ETHER, Anvil
from tests.nodes.evm import adapter_of, address, ours, signed
from tests.nodes.proxy import missing, proxy_of

ALICE, BOB = address("0/0"), address("0/1")
OURS = frozenset({ALICE, BOB})
TRACED = pytest.mark.parametrize("traces", ["debug", "parity"])


async def deposits(node: Anvil, height: int, *tokens: str, **options: str | int | bool) -> list[Deposit]:
    """What is credited by the block at a height, where some tokens are listed."""
    listed = [ChainAsset(f"T{number}", 6, token) for number, token in enumerate(tokens)]
    async with adapter_of(node, *listed, **options) as adapter:
        return list((await adapter.scan(height, OURS)).deposits)


def summary(found: list[Deposit]) -> list[tuple[str, str, int]]:
    return [(each.index, each.address, each.amount) for each in found]


@TRACED
async def test_coins_are_found_in_plain_transfers_and_inside_calls(anvil: Anvil, traces: str) -> None:
    sender = anvil.accounts[0]
    splitter = contracts.deploy(anvil, sender, "splitter")
    plain = anvil.send(sender, ALICE, 5)
    split = anvil.send(sender, splitter, 101, contracts.call("split(address,address)", ALICE, BOB))
    both = anvil.send(sender, splitter, 6, contracts.call("split(address,address)", BOB, BOB))
    height = anvil.mine()
    found = await deposits(anvil, height, traces=traces)
    assert [(each.transaction, *row) for each, row in zip(found, summary(found), strict=True)] == [
        (plain, "call", ALICE, 5),
        (split, "call:0", ALICE, 50),
        (split, "call:1", BOB, 51),
        (both, "call:0", BOB, 3),
        (both, "call:1", BOB, 3),
    ]
    assert found[0].senders == (checksum(sender),)
    assert found[1].senders == (splitter,)
    assert all(each.contract is None and each.tag is None for each in found)
    assert await deposits(anvil, height - 1, traces=traces) == []


@TRACED
async def test_what_a_call_undid_is_not_found(anvil: Anvil, traces: str) -> None:
    sender = anvil.accounts[0]
    splitter = contracts.deploy(anvil, sender, "splitter")
    anvil.send(sender, splitter, 7, contracts.call("pay_in_vain(address)", ALICE))
    failed = anvil.send(sender, splitter, 7, contracts.call("pay_and_fail(address)", ALICE), gas=hex(200_000))
    anvil.send(sender, ALICE, 0)
    height = anvil.mine()
    receipt = anvil.receipt(failed)
    assert receipt is not None
    assert receipt["status"] == "0x0"
    assert await deposits(anvil, height, traces=traces) == []
    assert await deposits(anvil, height, traces="none") == []
    assert anvil.balance(ALICE) == 0


@TRACED
async def test_a_contract_that_ends_leaves_its_coins(anvil: Anvil, traces: str) -> None:
    sender = anvil.accounts[0]
    splitter = contracts.deploy(anvil, sender, "splitter")
    anvil.send(sender, splitter, 9, contracts.call("vanish(address)", ALICE))
    found = await deposits(anvil, anvil.mine(), traces=traces)
    assert summary(found) == [("call:0", ALICE, 9)]


@TRACED
async def test_no_depth_of_calls_keeps_a_block_from_being_read(anvil: Anvil, traces: str) -> None:
    sender = anvil.accounts[0]
    deep = contracts.deploy(anvil, sender, "deep")
    transaction = anvil.send(sender, deep, 5, contracts.call("dive(uint256,address)", 300, ALICE), gas=hex(16_000_000))
    height = anvil.mine()
    receipt = anvil.receipt(transaction)
    assert receipt is not None
    assert receipt["status"] == "0x1"
    [found] = await deposits(anvil, height, traces=traces)
    assert (found.address, found.amount) == (ALICE, 5)
    assert found.index == "call:" + ".".join("0" * 301)


async def test_without_traces_what_an_address_has_more_is_found(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    splitter = contracts.deploy(anvil, sender, "splitter")
    plain = anvil.send(sender, ALICE, 5)
    anvil.send(sender, splitter, 100, contracts.call("split(address,address)", ALICE, BOB))
    height = anvil.mine()
    async with proxy_of(anvil.url) as proxy:
        proxy.otherwise = {"debug_traceBlockByHash": missing, "trace_block": missing}
        anvil_url, anvil.url = anvil.url, proxy.url
        async with adapter_of(anvil) as adapter:
            scanned = await adapter.scan(height, OURS)
            rest = scanned.deposits[1:]
            assert scanned.deposits[0].transaction == plain
            assert summary(list(scanned.deposits)) == [
                ("call", ALICE, 5),
                *((f"balance:{each.address}", each.address, 50) for each in rest),
            ]
            assert {each.address for each in rest} == OURS
            # What has no transaction of its own has its block's hash, which the node can be asked about.
            assert {each.transaction for each in rest} == {scanned.block.hash}
            status = await adapter.status(scanned.block.hash)
            assert (status.state.value, status.confirmations, status.block) == ("confirmed", 1, scanned.block)
        anvil.url = anvil_url


async def test_without_traces_what_an_address_spends_is_no_loss(anvil: Anvil) -> None:
    source = ours("0/0")
    anvil.set_balance(ALICE, ETHER)
    anvil.mine()
    async with adapter_of(anvil, traces="none") as adapter:
        [sweep] = await adapter.sweep([source], [adapter.network.coin], BOB, ours("1/0"), 10**10, ())
        await adapter.broadcast(signed(adapter, sweep))
        anvil.send(anvil.accounts[0], ALICE, 77)
        found = (await adapter.scan(anvil.mine(), OURS)).deposits
    assert sorted(summary(list(found))) == sorted([("call", ALICE, 77), ("call", BOB, sweep.payments[0].amount)])


async def test_a_node_that_fails_to_trace_is_not_asked_less(anvil: Anvil) -> None:
    anvil.send(anvil.accounts[0], ALICE, 5)
    height = anvil.mine()
    async with proxy_of(anvil.url) as proxy:
        anvil_url, anvil.url = anvil.url, proxy.url
        async with adapter_of(anvil) as adapter:
            proxy.otherwise = {"debug_traceBlockByHash": lambda _: []}
            with pytest.raises(NodeUnavailable, match="another number"):
                await adapter.scan(height, OURS)
            proxy.otherwise = {"debug_traceBlockByHash": lambda _: None}
            with pytest.raises(NodeUnavailable, match="with nothing"):
                await adapter.scan(height, OURS)
            proxy.otherwise = {"debug_traceBlockByHash": lambda _: [{"error": "execution timeout"}]}
            with pytest.raises(NodeUnavailable, match="cannot trace"):
                await adapter.scan(height, OURS)
            proxy.otherwise = {}
            assert len((await adapter.scan(height, OURS)).deposits) == 1
        anvil.url = anvil_url


async def test_tokens_are_credited_what_arrived(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    plain, taking = contracts.token(anvil, sender), contracts.token(anvil, sender, 6, 10)
    silent = contracts.deploy(anvil, sender, "silent_token", 10**30)
    for token in (plain, taking, silent):
        anvil.send(sender, token, 0, contracts.transfer(ALICE, 1_000))
    anvil.send(sender, taking, 0, contracts.transfer(ALICE, 500))
    anvil.send(sender, taking, 0, contracts.transfer(BOB, 7))
    found = await deposits(anvil, anvil.mine(), plain, taking, silent)
    assert [(each.contract, *row) for each, row in zip(found, summary(found), strict=True)] == [
        (plain, "log:0", ALICE, 1_000),
        (taking, "log:0", ALICE, 900),
        (silent, "log:0", ALICE, 1_000),
        (taking, "log:0", ALICE, 450),
        (taking, "log:0", BOB, 7),
    ]


async def test_a_token_that_lies_is_credited_nothing(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    lying = contracts.deploy(anvil, sender, "lying_token")
    anvil.send(sender, lying, 0, contracts.transfer(ALICE, 10**24))
    assert await deposits(anvil, anvil.mine(), lying) == []
    anvil.send(sender, lying, 0, contracts.call("partly(address,uint256,uint256)", ALICE, 30, 60))
    found = await deposits(anvil, anvil.mine(), lying)
    assert summary(found) == [("log:0", ALICE, 10), ("log:1", ALICE, 20)]


async def test_a_failed_transfer_is_not_credited(anvil: Anvil) -> None:
    sender, poor = anvil.accounts[:2]
    token = contracts.token(anvil, sender)
    anvil.send(poor, token, 0, contracts.transfer(ALICE, 5), gas=hex(100_000))
    assert await deposits(anvil, anvil.mine(), token) == []


async def test_a_deposit_in_the_block_of_a_sweep_is_whole(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    token = contracts.token(anvil, sender)
    listed = ChainAsset("USDT", 18, token)
    anvil.send(sender, token, 0, contracts.transfer(ALICE, 1_000))
    anvil.set_balance(ALICE, ETHER)
    anvil.mine()
    async with adapter_of(anvil, listed) as adapter:
        [sweep] = await adapter.sweep([ours("0/0")], [listed], BOB, ours("1/0"), 10**10, ())
        await adapter.broadcast(signed(adapter, sweep))
        anvil.send(sender, token, 0, contracts.transfer(ALICE, 70), gas=hex(100_000))
        found = (await adapter.scan(anvil.mine(), OURS)).deposits
    assert sorted(each[1:] for each in summary(list(found))) == sorted([(ALICE, 70), (BOB, 1_000)])


async def test_unlisted_tokens_are_reported_within_bounds(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    token, listed = contracts.token(anvil, sender), contracts.token(anvil, sender)
    lying = contracts.deploy(anvil, sender, "lying_token")
    anvil.send(sender, lying, 0, contracts.transfer(ALICE, 5))
    for amount in (1, 2, 3, 4):
        anvil.send(sender, token, 0, contracts.transfer(BOB, amount))
    anvil.send(sender, listed, 0, contracts.transfer(BOB, 9))
    height = anvil.mine()
    found = await deposits(anvil, height, listed)
    assert [(each.contract, each.amount) for each in found] == [*((token, n) for n in (1, 2, 3, 4)), (listed, 9)]
    found = await deposits(anvil, height, listed, unlisted_per_block_max=3)
    assert [(each.contract, each.amount) for each in found] == [(token, 1), (token, 2), (listed, 9)]


async def test_a_deposit_keeps_its_index_in_another_block(anvil: Anvil) -> None:
    sender, other = anvil.accounts[:2]
    token = contracts.token(anvil, sender)
    splitter = contracts.deploy(anvil, sender, "splitter")
    before = anvil.snapshot()

    def send() -> None:
        prices = {"maxFeePerGas": hex(10**10), "maxPriorityFeePerGas": hex(1), "gas": hex(200_000)}
        anvil.send(sender, token, 0, contracts.transfer(ALICE, 10), **prices)
        anvil.send(sender, splitter, 8, contracts.call("split(address,address)", ALICE, BOB), **prices)

    send()
    first = await deposits(anvil, anvil.mine(), token)
    anvil.revert(before)
    # Now others come first in the block, with logs of their own.
    anvil.send(
        other, token, 0, contracts.transfer(ALICE, 0), maxFeePerGas=hex(10**11), maxPriorityFeePerGas=hex(10**11)
    )
    send()
    second = await deposits(anvil, anvil.mine(), token)
    assert len(first) == 3
    assert [(each.transaction, each.index) for each in first] == [(each.transaction, each.index) for each in second]


async def test_receipts_of_another_block_are_not_believed(anvil: Anvil) -> None:
    anvil.send(anvil.accounts[0], ALICE, 5)
    height = anvil.mine()
    async with proxy_of(anvil.url) as proxy:
        anvil_url, anvil.url = anvil.url, proxy.url
        async with adapter_of(anvil) as adapter:
            proxy.otherwise = {"eth_getBlockReceipts": missing}
            assert len((await adapter.scan(height, OURS)).deposits) == 1, "one by one where not all at once"
            proxy.otherwise = {"eth_getBlockReceipts": lambda _: []}
            with pytest.raises(NodeUnavailable, match="chain is changing"):
                await adapter.scan(height, OURS)
            with pytest.raises(NodeUnavailable, match="no block"):
                await adapter.scan(height + 1, OURS)
        anvil.url = anvil_url


@given(st.integers(0, 2**256), st.lists(st.integers(1, 2**256), min_size=1, max_size=8))
def test_shares_add_up_and_are_never_more_than_claimed(received: int, claims: list[int]) -> None:
    shares = apportioned(received, claims)
    assert sum(shares) == min(received, sum(claims))
    assert all(0 <= share <= claim for share, claim in zip(shares, claims, strict=True))
