"""A node is believed only while it is in step with its network; reorganisations are told from a node that lags."""

from typing import Any

import pytest

from rialto.custody.chains.adapter import FeeLevel, NodeUnavailable, Payment, TransactionState
from rialto.custody.chains.evm import open_adapter
from rialto.custody.chains.evm.addresses import checksum
from rialto.custody.chains.evm.options import GWEI
from rialto.custody.chains.network import ChainAsset
from rialto.custody.networks.configuration import Node
from rialto.foundation.configuration import InvalidConfiguration
from tests.nodes import contracts
from tests.nodes.anvil import ETHER, Anvil
from tests.nodes.evm import CHAIN_ID, HOT, XPUB, adapter_of, address, network, signed
from tests.nodes.proxy import Proxy, Refused, missing, proxy_of

ALICE = address("0/0")


def through(proxy: Proxy, chain_id: int = CHAIN_ID, **options: str | int | bool) -> Node:
    return Node(proxy.url, XPUB, {"chain_id": chain_id, "timeout_seconds": 2, **options})


async def test_blocks_are_of_one_chain(anvil: Anvil) -> None:
    anvil.mine(3)
    async with adapter_of(anvil) as adapter:
        tip = await adapter.tip()
        assert tip.height == 3
        assert await adapter.block(3) == tip
        assert await adapter.block(4) is None
        before = await adapter.block(2)
        assert before is not None
        assert tip.parent == before.hash
        assert (await adapter.scan(3, {ALICE})).block == tip


async def test_a_shallow_reorganisation_takes_a_deposit_back(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    anvil.mine(3)
    async with adapter_of(anvil) as adapter:
        kept = anvil.snapshot()
        transaction = anvil.send(sender, ALICE, 5)
        anvil.mine(2)
        old = await adapter.tip()
        scanned = await adapter.scan(4, {ALICE})
        assert [each.transaction for each in scanned.deposits] == [transaction]

        anvil.revert(kept)
        replacing = anvil.send(sender, anvil.accounts[1], 5)  # the same nonce for something else
        anvil.ask("evm_setNextBlockTimestamp", old.time_us // 1_000_000 + 100)
        anvil.mine(3)
        new = await adapter.tip()
        assert new.height == old.height + 1
        again = await adapter.scan(4, {ALICE})
        assert again.block.hash != scanned.block.hash
        assert again.block.parent == scanned.block.parent
        assert again.deposits == ()
        spends = (f"{checksum(sender)}:0",)
        status = await adapter.status(transaction, spends)
        assert (status.state, status.confirmations) == (TransactionState.CONFLICTED, 3)
        assert (await adapter.status(replacing)).confirmations == 3


async def test_a_deep_reorganisation_to_a_shorter_chain_is_followed(anvil: Anvil) -> None:
    async with adapter_of(anvil) as adapter:
        kept = anvil.snapshot()
        anvil.mine(8)
        for height in range(1, 9):
            await adapter.scan(height, {ALICE})
        old = await adapter.tip()
        anvil.revert(kept)
        anvil.ask("evm_setNextBlockTimestamp", old.time_us // 1_000_000 + 100)
        anvil.mine(6)
        new = await adapter.tip()
        assert (old.height, new.height) == (8, 6)


async def test_a_tip_that_goes_back_without_a_change_is_a_node_that_lags(anvil: Anvil) -> None:
    async with adapter_of(anvil) as adapter:
        anvil.mine(2)
        await adapter.tip()
        kept = anvil.snapshot()
        anvil.mine(2)
        await adapter.tip()
        anvil.revert(kept)
        with pytest.raises(NodeUnavailable, match="went back from block 4 to 2"):
            await adapter.tip()
        anvil.mine(3)
        assert (await adapter.tip()).height == 5


async def test_another_chain_is_refused(anvil: Anvil) -> None:
    adapter = open_adapter(network(), Node(anvil.url, XPUB, {"chain_id": 1}))
    for _ in range(2):
        with pytest.raises(NodeUnavailable, match="is on chain 31337, not on 1"):
            await adapter.tip()
        with pytest.raises(NodeUnavailable, match="is on chain"):
            await adapter.scan(0, {ALICE})
    await adapter.close()


async def test_the_chain_is_asked_for_again_after_an_outage(anvil: Anvil) -> None:
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(), through(proxy))
        await adapter.tip()
        await adapter.tip()
        assert proxy.asked.count("eth_chainId") == 1
        proxy.spoilt = b"<html>Bad gateway</html>"
        with pytest.raises(NodeUnavailable):
            await adapter.tip()
        proxy.spoilt, proxy.otherwise = None, {"eth_chainId": lambda _: "0x5"}
        with pytest.raises(NodeUnavailable, match="is on chain 5"):
            await adapter.tip()
        await adapter.close()


async def test_a_node_that_synchronises_is_not_asked(anvil: Anvil) -> None:
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(), through(proxy))
        proxy.otherwise = {"eth_syncing": lambda _: {"currentBlock": "0x1", "highestBlock": "0x2"}}
        with pytest.raises(NodeUnavailable, match="synchronising"):
            await adapter.tip()
        await adapter.close()


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        (b"", 200),
        (b"<html>", 502),
        (b"{}", 500),
        (b"[]", 200),
        (b'[{"id": 99, "result": "0x1"}]', 200),
        (b'{"id": null, "error": {"code": -32600, "message": "too many at once"}}', 200),
        (b'{"jsonrpc": "2.0", "id": 1, "result": "what?"}', 200),
    ],
)
async def test_answers_that_make_no_sense(anvil: Anvil, spoilt: bytes, status: int) -> None:
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(), through(proxy))
        proxy.spoilt, proxy.status = spoilt, status
        for asked in (
            adapter.tip(),
            adapter.block(0),
            adapter.scan(0, {ALICE}),
            adapter.status("0x" + "11" * 32),
            adapter.fee_rate(FeeLevel.NORMAL),
            adapter.balances([ALICE], network().assets),
            adapter.build([Payment(ALICE, None, None, 1)], [HOT], GWEI, ()),
        ):
            with pytest.raises(NodeUnavailable):
                await asked
        await adapter.close()


@pytest.mark.parametrize(
    "method", ["eth_getBlockByNumber", "eth_getBalance", "eth_getTransactionCount", "eth_feeHistory"]
)
@pytest.mark.parametrize("answer", ["zebra", 7, [], {"number": "0x1"}])
async def test_single_answers_that_make_no_sense(anvil: Anvil, method: str, answer: object) -> None:
    anvil.set_balance(HOT.address, ETHER)
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(), through(proxy))
        proxy.otherwise = {method: lambda _: answer}
        with pytest.raises(NodeUnavailable):
            await adapter.tip()
            await adapter.fee_rate(FeeLevel.NORMAL)
            await adapter.build([Payment(ALICE, None, None, 1)], [HOT], 3 * GWEI, ())
        await adapter.close()


async def test_a_node_that_is_gone_says_nothing_of_its_address(anvil: Anvil) -> None:
    url = anvil.url.replace("http://", "http://someone:hunter2@") + "/v3/very-secret"
    node = Node(url, XPUB, {"chain_id": CHAIN_ID})
    adapter = open_adapter(network(), node)
    anvil.stop()
    with pytest.raises(NodeUnavailable) as raised:
        await adapter.tip()
    shown = f"{raised.value!r} {raised.value.__cause__!r} {node!r}"
    assert "hunter2" not in shown
    assert "secret" not in shown
    await adapter.close()


async def test_a_full_pool_is_no_final_answer(anvil: Anvil) -> None:
    anvil.set_balance(HOT.address, ETHER)
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(), through(proxy))
        unsigned = await adapter.build([Payment(ALICE, None, None, 1)], [HOT], 3 * GWEI, ())

        def full(_: list[object]) -> object:
            raise Refused(-32000, "txpool is full")

        proxy.otherwise = {"eth_sendRawTransaction": full}
        with pytest.raises(NodeUnavailable, match="not take the transaction now"):
            await adapter.broadcast(signed(adapter, unsigned))
        proxy.otherwise = {}
        await adapter.broadcast(signed(adapter, unsigned))
        proxy.otherwise = {"eth_sendRawTransaction": full}
        await adapter.broadcast(signed(adapter, unsigned))  # it is known: that is what counts
        await adapter.close()


async def test_only_final_blocks_count_where_that_is_wanted(anvil: Anvil) -> None:
    with pytest.raises(InvalidConfiguration, match="chain_id"):
        open_adapter(network(), Node(anvil.url, XPUB, {}))
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(), through(proxy, head="finalized"))

        def finalized(parameters: list[object]) -> object:
            height = hex(2) if parameters[0] == "finalized" else parameters[0]
            return anvil.ask("eth_getBlockByNumber", height, parameters[1])

        proxy.otherwise = {"eth_getBlockByNumber": finalized}
        anvil.mine(2)
        early = anvil.send(anvil.accounts[0], ALICE, 1)
        anvil.mine(2)
        assert (await adapter.tip()).height == 2
        assert (await adapter.status(early)).state is TransactionState.PENDING
        assert await adapter.balances([ALICE], network().assets) == {}
        proxy.otherwise = {"eth_getBlockByNumber": lambda _: None}
        with pytest.raises(NodeUnavailable, match="no finalized block yet"):
            await adapter.tip()
        await adapter.close()


async def test_prices_follow_the_blocks(anvil: Anvil) -> None:
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(), through(proxy, fee_cap=40 * GWEI))
        history = {
            "baseFeePerGas": [hex(8 * GWEI)] * 5,
            "gasUsedRatio": [1, 0, 1, 1],
            "reward": [[hex(GWEI)], ["0x0"], [hex(9 * GWEI)], [hex(2 * GWEI)]],
        }
        proxy.otherwise = {"eth_feeHistory": lambda _: history}
        assert await adapter.fee_rate(FeeLevel.NORMAL) == 10 * GWEI
        assert await adapter.fee_rate(FeeLevel.FAST) == 11 * GWEI
        history["baseFeePerGas"] = [hex(100 * GWEI)]
        assert await adapter.fee_rate(FeeLevel.SLOW) == 40 * GWEI
        # Empty blocks tell nothing of tips: the node is asked, in its own words or in older ones.
        history |= {"baseFeePerGas": [hex(8 * GWEI)], "gasUsedRatio": [0, 0], "reward": [["0x0"], ["0x0"]]}
        proxy.otherwise["eth_maxPriorityFeePerGas"] = lambda _: hex(3 * GWEI)
        assert await adapter.fee_rate(FeeLevel.NORMAL) == 11 * GWEI
        proxy.otherwise |= {"eth_maxPriorityFeePerGas": missing, "eth_gasPrice": lambda _: hex(12 * GWEI)}
        assert await adapter.fee_rate(FeeLevel.NORMAL) == 12 * GWEI
        await adapter.close()


async def test_balances_of_many_are_asked_in_few_questions(anvil: Anvil) -> None:
    sender = anvil.accounts[0]
    token = contracts.token(anvil, sender, 6)
    usdt, nothing = ChainAsset("USDT", 6, token), ChainAsset("GONE", 6, address("9/9"))
    holders = [checksum(f"0x{number:040x}") for number in range(2**100, 2**100 + 650)]
    for place, amount in ((0, 7), (299, 2**200), (300, 1), (649, 5)):
        anvil.set_balance(holders[place], amount)
        anvil.send(sender, token, 0, contracts.transfer(holders[place], 10 + place))
    anvil.mine()
    coins = {(holders[place], "ETH"): amount for place, amount in ((0, 7), (299, 2**200), (300, 1), (649, 5))}
    held = {(holders[place], "USDT"): 10 + place for place in (0, 299, 300, 649)}
    async with proxy_of(anvil.url) as proxy:
        adapter = open_adapter(network(usdt), through(proxy))
        assets = [*network(usdt).assets, nothing]
        assert await adapter.balances(holders, [network().coin, usdt]) == coins | held
        assert proxy.asked.count("eth_call") == 6
        assert "eth_getBalance" not in proxy.asked
        assert await adapter.balances([], assets) == {}
        # A contract that does not answer is asked for each address; so is a node that runs no such programs.
        assert await adapter.balances(holders[:3], assets) == {
            key: v for key, v in (coins | held).items() if v in (7, 10)
        }

        def refused(parameters: list[Any]) -> object:
            if "to" not in parameters[0]:
                raise Refused(-32602, "missing field: to")
            return anvil.ask("eth_call", *parameters)

        proxy.otherwise = {"eth_call": refused}
        assert await adapter.balances(holders, [network().coin, usdt]) == coins | held
        await adapter.close()


async def test_a_network_that_is_configured_wrongly_is_refused(anvil: Anvil) -> None:
    token = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    options: dict[str, str | int | bool] = {"chain_id": 1}
    with pytest.raises(InvalidConfiguration, match=f"spell it {token}"):
        open_adapter(network(ChainAsset("USDT", 6, token.lower())), Node(anvil.url, XPUB, options))
    with pytest.raises(InvalidConfiguration, match="not an extended public key"):
        open_adapter(network(), Node(anvil.url, "xpub", options))
    with pytest.raises(InvalidConfiguration, match="unknown field `colour`"):
        open_adapter(network(), Node(anvil.url, XPUB, options | {"colour": "blue"}))
