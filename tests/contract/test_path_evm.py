"""From a deposit on an EVM network to a withdrawal on it, through the whole exchange, a real node and a real signer."""

from pathlib import Path

from rialto.identity.restrictions import Permission
from tests.ethereum_exchange import APPLY, ethereum_exchange, eventually, listed_token
from tests.gateway import refusal
from tests.nodes import contracts
from tests.nodes.anvil import ETHER, Anvil

ALL = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)
FRIEND = "0x52908400098527886E0F7030069857D2E4169EE7"
EXPLAINED = {("ETH", "ETH"): 0, ("ETH", "USDT"): 0}


async def test_from_deposits_over_a_trade_to_withdrawals_of_coin_and_token(anvil: Anvil, tmp_path: Path) -> None:
    token = listed_token(anvil)
    splitter = contracts.deploy(anvil, anvil.accounts[0], "splitter")
    async with ethereum_exchange(tmp_path / "data", anvil, token) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        bob = await exchange.whole.trader("bob", ALL)
        hers, his = await exchange.address(alice, "ETH"), await exchange.address(bob, "USDT")
        assert his == await exchange.address(bob, "ETH"), "one address an owner and network"

        # A stranger pays: coins plainly and from inside a contract, tokens.
        exchange.pay_coins(hers, 3 * ETHER)
        anvil.send(anvil.accounts[0], splitter, 2 * ETHER, contracts.call("split(address,address)", hers, FRIEND))
        exchange.pay_tokens(his, 9_000_000_000)
        anvil.mine()
        await eventually(lambda: exchange.deposits(bob), [("USDT", "9000", 0)])
        assert await exchange.free(bob, "USDT") == "0.00000000"
        anvil.mine()
        await eventually(lambda: exchange.deposits(bob), [("USDT", "9000", 6)])
        assert await exchange.free(bob, "USDT") == "9000.00000000"
        await eventually(lambda: exchange.free(alice, "ETH"), "4.00000000")
        locked = await alice.send("POST", APPLY, {"coin": "ETH", "address": FRIEND, "amount": "1"})
        assert refusal(locked)[1] == -4060
        anvil.mine(2)
        await eventually(lambda: exchange.deposits(bob), [("USDT", "9000", 1)])

        await bob.place("BUY", "2000", "2", symbol="ETHUSDT")
        await alice.place("SELL", "2000", "2", symbol="ETHUSDT")
        assert await exchange.free(alice, "USDT") == "3996.00000000"
        assert await exchange.free(bob, "ETH") == "1.99800000"

        for wrong, why in (
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "belongs to Bitcoin"),
            ("LQTpS3VaYTjCr4s9Y1t5zbeY26zevf7Fb3", "belongs to Litecoin"),
            ("0x52908400098527886E0F7030069857D2E4169Ee7", "typing error"),
            (token, "contract of a token"),
        ):
            refused = await bob.send("POST", APPLY, {"coin": "ETH", "address": wrong, "amount": "1"})
            assert refusal(refused)[1] == -4007
            assert why in refusal(refused)[2]

        before = anvil.balance(FRIEND)
        coins = await bob.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="1.5")
        paid = await exchange.paid_out(bob, coins["id"])
        assert anvil.balance(FRIEND) - before == 1_495 * ETHER // 1_000
        receipt = anvil.receipt(paid["txId"])
        assert receipt is not None
        assert receipt["status"] == "0x1"
        assert await exchange.free(bob, "ETH") == "0.49800000"

        tokens = await alice.do("POST", APPLY, coin="USDT", network="ETH", address=FRIEND, amount="1000")
        paid = await exchange.paid_out(alice, tokens["id"])
        assert exchange.tokens_of(FRIEND) == 997_000_000
        assert await exchange.free(alice, "USDT") == "2996.00000000"
        assert (paid["amount"], paid["transactionFee"], paid["network"]) == ("997.00000000", "3", "ETH")
        assert await exchange.unexplained() == EXPLAINED


async def test_what_was_under_way_goes_on_after_a_restart(anvil: Anvil, tmp_path: Path) -> None:
    token = listed_token(anvil)
    data = tmp_path / "data"
    async with ethereum_exchange(data, anvil, token) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        exchange.pay_coins(await exchange.address(alice, "ETH"), 3 * ETHER)
        anvil.mine(4)
        await eventually(lambda: exchange.deposits(alice), [("ETH", "3", 1)])
        answer = await alice.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="1")
    anvil.mine()
    async with ethereum_exchange(data, anvil, token) as exchange:
        alice.client = exchange.whole.client
        await exchange.paid_out(alice, answer["id"])
        assert anvil.balance(FRIEND) == 995 * ETHER // 1_000
        assert await exchange.free(alice, "ETH") == "2.00000000"
        exchange.pay_coins(await exchange.address(alice, "ETH"), ETHER)
        anvil.mine(2)
        await eventually(lambda: exchange.free(alice, "ETH"), "3.00000000")
        assert await exchange.unexplained() == EXPLAINED


async def test_a_deposit_that_a_reorganisation_removes_is_taken_back(anvil: Anvil, tmp_path: Path) -> None:
    token = listed_token(anvil)
    async with ethereum_exchange(tmp_path / "data", anvil, token) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        address = await exchange.address(alice, "USDT")
        kept = anvil.snapshot()
        exchange.pay_tokens(address, 50_000_000)
        anvil.mine(2)
        await eventually(lambda: exchange.free(alice, "USDT"), "50.00000000")
        latest = int(anvil.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        anvil.revert(kept)
        anvil.ask("evm_setNextBlockTimestamp", latest + 100)
        anvil.mine(4)
        await eventually(lambda: exchange.free(alice, "USDT"), "0.00000000")
        exchange.pay_tokens(address, 20_000_000)
        anvil.mine(2)
        await eventually(lambda: exchange.free(alice, "USDT"), "20.00000000")
        assert await exchange.unexplained() == EXPLAINED


async def test_a_stuck_withdrawal_is_replaced_and_paid_once(anvil: Anvil, tmp_path: Path) -> None:
    token = listed_token(anvil)
    async with ethereum_exchange(tmp_path / "data", anvil, token) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        exchange.pay_coins(await exchange.address(alice, "ETH"), 3 * ETHER)
        anvil.mine(4)
        await eventually(lambda: exchange.deposits(alice), [("ETH", "3", 1)])
        first = await alice.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="1")
        await exchange.paid_out(alice, first["id"])
        second = await alice.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="1")

        async def replaced() -> bool:
            seen.update(exchange.waiting())
            return len(seen) > 1

        seen: set[str] = set()
        await eventually(replaced, True)
        assert len(exchange.waiting()) == 1
        paid = await exchange.paid_out(alice, second["id"])
        assert paid["txId"] in seen
        assert anvil.balance(FRIEND) == 2 * 995 * ETHER // 1_000
        assert [anvil.receipt(each) is not None for each in seen].count(True) == 1
        assert await exchange.free(alice, "ETH") == "1.00000000"
        assert await exchange.unexplained() == EXPLAINED
