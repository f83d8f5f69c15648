"""From a deposit on Litecoin to a withdrawal on it, through a whole exchange, a real node and the signer's process."""

from decimal import Decimal
from pathlib import Path

from rialto.identity.restrictions import Permission
from tests.gateway import Trader, refusal
from tests.litecoin_exchange import APPLY, OnLitecoin, eventually, litecoin_exchange
from tests.nodes.litecoind import COIN, Litecoind

ALL = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)
SWEEPS = '[withdrawals]\nsweep_seconds = 1\nbump_after_seconds = 1_800\n[withdrawals.valuations]\nLTC = "80"\n'


async def funded(exchange: OnLitecoin, trader: Trader, *amounts: int) -> list[str]:
    """Deposit amounts, each in a transaction of its own, down to where they may be withdrawn again."""
    address = await exchange.address(trader)
    made = [exchange.node.pay((address, amount)) for amount in amounts]
    exchange.node.mine(4)
    wanted = sorted((str(Decimal(amount) / COIN), 1) for amount in amounts)

    async def told() -> list[tuple[str, int]]:
        return sorted(await exchange.deposits(trader))

    await eventually(told, wanted)
    return made


async def paid_out(exchange: OnLitecoin, trader: Trader, id_: str) -> str:
    """Mine until a withdrawal is over, and return its transaction."""

    async def status() -> int:
        exchange.node.mine()
        return int((await exchange.withdrawal(trader, id_))["status"])

    await eventually(status, 6)
    return str((await exchange.withdrawal(trader, id_))["txId"])


async def agreed(exchange: OnLitecoin) -> None:
    """Mine until what the ledger says is on the chain is there."""

    async def difference() -> int:
        exchange.node.mine()
        ledger, chain = await exchange.held()
        return ledger - chain

    await eventually(difference, 0)
    assert exchange.node.pool() == []


async def test_from_a_deposit_over_a_trade_to_a_withdrawal(litecoind: Litecoind, tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(SWEEPS)
    async with litecoin_exchange(tmp_path, litecoind) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        bob = await exchange.whole.trader("bob", ALL, USDT="1000")
        address = await exchange.address(alice)
        litecoind.pay((address, 5 * COIN), (await exchange.address(bob), COIN))
        litecoind.mine()
        await eventually(lambda: exchange.deposits(alice), [("5", 0)])
        assert await exchange.free(alice, "LTC") == "0.00000000"
        litecoind.mine()
        await eventually(lambda: exchange.deposits(alice), [("5", 6)])
        assert await exchange.free(alice, "LTC") == "5.00000000"
        locked = await alice.send("POST", APPLY, {"coin": "LTC", "address": litecoind.new_address(), "amount": "1"})
        assert refusal(locked)[1] == -4060
        litecoind.mine(2)
        await eventually(lambda: exchange.deposits(alice), [("5", 1)])

        await bob.place("BUY", "80", "2", symbol="LTCUSDT")
        await alice.place("SELL", "80", "2", symbol="LTCUSDT")
        assert await exchange.free(alice, "LTC") == "3.00000000"
        assert await exchange.free(bob, "LTC") == "2.99800000", "the commission is one in a thousand"

        for wrong, network in (
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Bitcoin"),
            ("0x52908400098527886E0F7030069857D2E4169EE7", "EVM"),
            (litecoind.new_address("mweb"), "MWEB"),
        ):
            refused = await bob.send("POST", APPLY, {"coin": "LTC", "address": wrong, "amount": "1"})
            assert refusal(refused)[1] == -4007
            assert network in refusal(refused)[2]

        destination = litecoind.new_address()
        answer = await bob.do("POST", APPLY, coin="LTC", address=destination, amount="2.5")
        transaction = await paid_out(exchange, bob, answer["id"])
        assert litecoind.miner("getreceivedbyaddress", destination) == 2.4995
        assert litecoind.miner("gettransaction", transaction)["confirmations"] >= 4
        assert await exchange.free(bob, "LTC") == "0.49800000"
        assert (await exchange.withdrawal(bob, answer["id"]))["amount"] == "2.49950000"
        await agreed(exchange)


async def test_a_deposit_that_is_double_spent_is_never_credited_and_one_that_was_is_taken_back(
    litecoind: Litecoind, tmp_path: Path
) -> None:
    async with litecoin_exchange(tmp_path, litecoind) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        address = await exchange.address(alice)
        coin, number, amount = litecoind.unspent()
        honest = litecoind.paying((coin, number), (address, COIN), (litecoind.new_address(), amount - COIN - 10_000))
        theft = litecoind.paying((coin, number), (litecoind.new_address(), amount - 20_000))
        shallow = litecoind.mine_with(honest)
        await eventually(lambda: exchange.deposits(alice), [("1", 0)])
        litecoind.invalidate(shallow)
        litecoind.mine()
        await eventually(lambda: exchange.deposits(alice), [("1", 0)])
        first = litecoind.hash_at(litecoind.height())
        litecoind.mine(2)
        await eventually(lambda: exchange.free(alice, "LTC"), "1.00000000")
        litecoind.invalidate(first)
        litecoind.mine_with(theft)
        litecoind.mine(4)
        await eventually(lambda: exchange.free(alice, "LTC"), "0.00000000")
        await agreed(exchange)


async def test_what_was_under_way_goes_on_after_a_restart(litecoind: Litecoind, tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(SWEEPS)
    async with litecoin_exchange(tmp_path, litecoind) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        await funded(exchange, alice, 2 * COIN, 3 * COIN)
    destination = litecoind.new_address()
    async with litecoin_exchange(tmp_path, litecoind) as exchange:
        alice.client = exchange.whole.client
        answer = await alice.do("POST", APPLY, coin="LTC", address=destination, amount="4")
    litecoind.mine()
    async with litecoin_exchange(tmp_path, litecoind) as exchange:
        alice.client = exchange.whole.client
        again = await exchange.address(alice)
        await paid_out(exchange, alice, answer["id"])
        assert litecoind.miner("getreceivedbyaddress", destination) == 3.9995
        assert await exchange.free(alice, "LTC") == "1.00000000"
        litecoind.pay((again, COIN))
        litecoind.mine(2)
        await eventually(lambda: exchange.free(alice, "LTC"), "2.00000000")
        await agreed(exchange)


async def test_a_withdrawal_that_is_stuck_is_paid_for_by_a_child(litecoind: Litecoind, tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(SWEEPS.replace("1_800", "1"))
    async with litecoin_exchange(tmp_path, litecoind) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        await funded(exchange, alice, 3 * COIN)
        destination = litecoind.new_address()
        answer = await alice.do("POST", APPLY, coin="LTC", address=destination, amount="1")

        async def waits(transactions: int) -> bool:
            return len(litecoind.pool()) >= transactions

        await eventually(lambda: waits(1), True)
        litecoind.mine()  # The sweep, which brings the hot address what it pays with.
        await eventually(lambda: waits(2), True)
        entries = [litecoind.ask("getmempoolentry", each) for each in litecoind.pool()]
        assert max(each["ancestorcount"] for each in entries) >= 2
        await paid_out(exchange, alice, answer["id"])
        assert litecoind.miner("getreceivedbyaddress", destination) == 0.9995
        await agreed(exchange)
