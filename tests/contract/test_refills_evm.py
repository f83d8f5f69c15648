"""Coins and tokens move to a cold address of one key and back, on a real EVM node."""

import asyncio
from pathlib import Path

from rialto.identity.operators import Role
from tests.contract.test_operators import operators
from tests.contract.test_path_evm import ALL, EXPLAINED, FRIEND
from tests.ethereum_exchange import APPLY, ethereum_exchange, eventually, listed_token
from tests.keepers import KeeperMachine, xpub_of
from tests.nodes.anvil import ETHER, Anvil
from tests.refills import REFILLS, approve, brought, exported, told

NAME, ACCOUNT = "the cold keeper", "m/44'/60'/0'"
COLD = xpub_of(NAME, "ETH", ACCOUNT)


def cold_machine(directory: Path, anvil: Anvil, token: str, hot: str) -> KeeperMachine:
    policy = f"""
[networks.ETH]
family = "evm"
chain = "{anvil.chain_id}"
account = "{ACCOUNT}"
own = ["{hot}"]
fee_max = 100_000_000_000_000_000
fee_day_max = 1_000_000_000_000_000_000

[[networks.ETH.assets]]
asset = "ETH"
payment_max = 0
hour_max = 0
day_max = 0

[[networks.ETH.assets]]
asset = "USDT"
contract = "{token}"
payment_max = 0
hour_max = 0
day_max = 0
"""
    return KeeperMachine(directory, NAME, policy)


async def test_coins_and_tokens_go_to_the_cold_address_and_come_back(anvil: Anvil, tmp_path: Path) -> None:
    token = listed_token(anvil)
    data = tmp_path / "data"
    async with ethereum_exchange(data, anvil, token, cold=COLD) as exchange:
        custody = exchange.whole.exchange.families.custody
        (tier,) = custody.holdings.tiers("ETH")
        hot = custody.addresses.hot("ETH")[0].address
        machine = await asyncio.to_thread(cold_machine, tmp_path / "cold", anvil, token, hot)
        alice = await exchange.whole.trader("alice", ALL)
        hers = await exchange.address(alice, "ETH")
        async with operators(exchange.whole, Role.FINANCE) as (ada, ben):
            exchange.pay_coins(hers, 10 * ETHER)
            await told(anvil.mine, ada, "ETH-ETH-1", "proposed")
            exchange.pay_tokens(hers, 9_000_000_000)
            await told(anvil.mine, ada, "ETH-USDT-1", "proposed")
            for refill in ("ETH-ETH-1", "ETH-USDT-1"):
                await approve(ada, ben, refill)
                await told(anvil.mine, ada, refill, "done")
            assert anvil.balance(tier.home.address) > 8 * ETHER
            assert exchange.tokens_of(tier.home.address) > 8_000_000_000
            assert await exchange.unexplained() == EXPLAINED

            coins = await alice.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="5")
            tokens = await alice.do("POST", APPLY, coin="USDT", network="ETH", address=FRIEND, amount="5000")
            given = {}
            for refill in ("ETH-ETH-2", "ETH-USDT-2"):
                assert (await told(anvil.mine, ada, refill, "proposed"))["direction"] == "refill"
                await approve(ada, ben, refill)
                given[refill] = await asyncio.to_thread(machine.sign, await exported(ada, refill))
            status, why = await brought(ada, "ETH-ETH-2", given["ETH-USDT-2"])
            assert (status, "no signatures of this transaction" in why) == ("failed", True)
            assert await brought(ada, "ETH-ETH-2", given["ETH-ETH-2"]) == ("done", "keeper 1 signed: 1 of 1")
    async with ethereum_exchange(data, anvil, token, cold=COLD) as exchange:
        desk = exchange.whole.exchange.families.operators.desk
        done = await desk.ask("import-refill", {"refill": "ETH-USDT-2", "answer": given["ETH-USDT-2"]})
        assert "keeper 1 signed" in done
        alice.client = exchange.whole.client
        before = exchange.tokens_of(FRIEND)
        for id_ in (coins["id"], tokens["id"]):
            await exchange.paid_out(alice, id_)
        assert exchange.tokens_of(FRIEND) - before == 4_997_000_000
        refills = exchange.whole.exchange.families.withdrawals.refills

        async def states() -> set[str]:
            anvil.mine()
            return {each.row.state.value for each in await refills.listed(20) if each.row.id.endswith("-2")}

        await eventually(states, {"done"})
        assert await exchange.unexplained() == EXPLAINED


async def test_what_is_taken_back_is_not_signed_and_is_proposed_again(anvil: Anvil, tmp_path: Path) -> None:
    token = listed_token(anvil)
    async with ethereum_exchange(tmp_path / "data", anvil, token, cold=COLD) as exchange:
        custody = exchange.whole.exchange.families.custody
        (tier,) = custody.holdings.tiers("ETH")
        machine = await asyncio.to_thread(
            cold_machine, tmp_path / "cold", anvil, token, custody.addresses.hot("ETH")[0].address
        )
        async with operators(exchange.whole, Role.RISK) as (ada, ben):
            # What others send to a tier is the house's; and all that is held lies cold.
            exchange.pay_coins(tier.home.address, 10 * ETHER)
            await told(anvil.mine, ada, "ETH-ETH-1", "proposed")
            await approve(ada, ben, "ETH-ETH-1")
            given = await asyncio.to_thread(machine.sign, await exported(ada, "ETH-ETH-1"))
            cancel = {"refill": "ETH-ETH-1", "reason": "not tonight"}
            assert (await ada.do("POST", "/admin/v1/actions/cancel-refill", **cancel))["status"] == "done"
            assert (await brought(ada, "ETH-ETH-1", given))[0] == "failed"
            assert (await ada.send("GET", f"{REFILLS}/file", refill="ETH-ETH-1")).status_code == 409
            canceled = await told(anvil.mine, ada, "ETH-ETH-1", "canceled")
            assert canceled["result"] == f"operator-{ada.owner}: not tonight"
            await told(anvil.mine, ada, "ETH-ETH-2", "proposed")
            # At another price it is another transaction.
            anvil.ask("anvil_setNextBlockBaseFeePerGas", hex(3_000_000_000))
            await approve(ben, ada, "ETH-ETH-2")
            again = await asyncio.to_thread(machine.sign, await exported(ada, "ETH-ETH-2"))
            assert (await brought(ben, "ETH-ETH-2", given))[0] == "failed"
            assert (await brought(ben, "ETH-ETH-2", again))[0] == "done"
            await told(anvil.mine, ada, "ETH-ETH-2", "done")
            late = await ada.do("POST", "/admin/v1/actions/cancel-refill", **{**cancel, "refill": "ETH-ETH-2"})
            assert late["status"] == "failed"
            assert await exchange.unexplained() == EXPLAINED
