"""What the chain holds is what the ledger says, or it is not paid out."""

from pathlib import Path

from tests.contract.test_deposits import ETHER, address, eventually, followed, free
from tests.custody_exchange import Funded, custody_exchange
from tests.gateway import until


async def checked(funded: Funded, network: str) -> dict[str, int]:
    """Compare a network now, and return what cannot be explained."""
    await followed(funded, funded.chains[network])
    reconciliation = funded.whole.exchange.families.custody.reconciliation
    assert await reconciliation.check(network)
    return {asset: each for (name, asset), each in reconciliation.differences.items() if name == network and each}


async def test_deposits_reconcile_at_every_depth_and_through_forks(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(where, ETHER + 7)
        funded.eth.pay(where, 3)
        funded.eth.pay(where, 500_000, contract="token")
        funded.eth.pay(funded.eth.derive("1/0"), ETHER + 9)
        for _ in range(4):
            funded.eth.mine()
            assert await checked(funded, "ETH") == {}
        await eventually(lambda: free(alice, "ETH"), "1.00000000")
        for _ in range(2):
            funded.eth.reorganise(3, empty=True, blocks=4)
            assert await checked(funded, "ETH") == {}
            funded.eth.mine(3)
            assert await checked(funded, "ETH") == {}
        await eventually(lambda: free(alice, "ETH"), "1.00000000")


async def test_a_difference_stops_payouts_of_the_asset_alone_until_it_is_gone(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice")
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(where, ETHER)
        funded.eth.pay(where, 10**6, contract="token")
        funded.eth.mine(2)
        assert await checked(funded, "ETH") == {}
        stolen = funded.eth.send(where, [], fee_rate=10**9)
        funded.eth.mine(2)
        assert await checked(funded, "ETH") == {"ETH": -(10**11)}
        reconciliation = funded.whole.exchange.families.custody.reconciliation
        assert reconciliation.is_stopped("ETH", "ETH")
        assert not reconciliation.is_stopped("ETH", "USDT")
        metrics = (await funded.whole.client.get("/metrics")).text
        assert 'rialto_custody_unreconciled{asset="ETH",network="ETH"} 1.0' in metrics
        funded.eth.reorganise(2, drop=[stolen])
        assert await checked(funded, "ETH") == {}
        assert not reconciliation.is_stopped("ETH", "ETH")


async def test_it_goes_on_by_itself(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        reconciliation = funded.whole.exchange.families.custody.reconciliation
        funded.eth.mine()
        await until(lambda: ("ETH", "USDT") in reconciliation.newest)
