"""From a deposit by memo on Solana to a withdrawal with one, through the whole exchange and the signer's process."""

import asyncio
from pathlib import Path

from solders.keypair import Keypair

from rialto.identity.restrictions import Permission
from tests.gateway import refusal
from tests.nodes.solana import solana_node
from tests.solana_chain import SOL, STRANGER
from tests.solana_exchange import APPLY, DEPOSIT, eventually, solana_exchange

THEIRS = str(Keypair.from_seed(b"another wallet".ljust(32)).pubkey())
MAY = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)


async def test_by_memo_in_and_by_memo_out(tmp_path: Path) -> None:
    async with solana_node() as node, solana_exchange(tmp_path, node) as exchange:
        alice, bob = await exchange.whole.trader("alice", MAY), await exchange.whole.trader("bob", MAY)
        (address, hers), (same, his) = await exchange.place(alice, "SOL"), await exchange.place(bob, "SOL")
        assert address == same == DEPOSIT
        assert hers != his
        node.pay(STRANGER, DEPOSIT, 5 * SOL, hers)
        node.pay(STRANGER, DEPOSIT, 7 * SOL)
        node.pay(STRANGER, DEPOSIT, 9 * SOL, "not a tag of anybody")
        await eventually(lambda: exchange.free(alice), "5.00000000")
        assert await exchange.free(bob) == "0.00000000"
        await eventually(lambda: exchange.deposits(alice), [("SOL", "5", 1)])
        asked = {"coin": "SOL", "address": THEIRS, "addressTag": "77", "amount": "2.5"}
        answer = await alice.do("POST", APPLY, **asked)
        await exchange.becomes(alice, answer["id"], 6)
        assert node.balance(THEIRS) == 2_499_000_000
        assert await exchange.free(alice) == "2.50000000"
        refused = await alice.send("POST", APPLY, {**asked, "address": "0x52908400098527886E0F7030069857D2E4169EE7"})
        assert "EVM" in refusal(refused)[2]

        async def left() -> int:
            return node.balance(DEPOSIT)

        await eventually(left, 890_880)  # Swept, but for what an address must hold.

        # The signer's own limit of an hour holds the next one back, whatever the application thinks.
        more = await alice.do("POST", APPLY, **{**asked, "amount": "2"})
        await asyncio.sleep(2)
        assert (await exchange.withdrawal(alice, more["id"]))["status"] != 6
        assert node.balance(THEIRS) == 2_499_000_000
