"""Proofs of reserves with what a real chain holds: every address shown, and signed for by its own key."""

from pathlib import Path

import msgspec

from rialto.custody.reserves import verifier
from rialto.custody.reserves.documents import statement
from rialto.custody.reserves.statements import is_signed
from rialto.identity.restrictions import Permission
from tests.litecoin_exchange import eventually, litecoin_exchange
from tests.nodes.litecoind import COIN, Litecoind


async def test_addresses_are_shown_with_what_they_hold_and_signed(litecoind: Litecoind, tmp_path: Path) -> None:
    async with litecoin_exchange(tmp_path, litecoind) as exchange:
        alice = await exchange.whole.trader("alice", (Permission.READ, Permission.TRADE))
        litecoind.pay((await exchange.address(alice), 2 * COIN))
        litecoind.mine(4)
        await eventually(lambda: exchange.deposits(alice), [("2", 1)])
        families = exchange.whole.exchange.families
        published = await families.reserves.publisher.publish(1_793_491_200_000_000)
        (held,) = published.addresses
        assert (held.network, held.purpose, held.balances) == ("LTC", "deposit", {"LTC": "2.00000000"})
        assert held.address == await exchange.address(alice)
        assert held.statement == statement(published.publication, published.root, published.sequence)
        assert is_signed(held)
        assert not is_signed(msgspec.structs.replace(held, statement=held.statement + "!"))
        assert published.ratios["LTC"] == "100.00"
        assert published.custody["LTC"] == {"LTC": "2.00000000"}
        proof = await alice.do("GET", "/account/v1/reserves/proof", publication=published.publication)
        assert verifier.check(proof, msgspec.to_builtins(published)).balances["LTC"] == 2 * COIN
