"""Holdings move to a warm tier of two of three keepers and back: agreed by two, signed where there is no network."""

import asyncio
from pathlib import Path

import msgspec

from rialto.custody.chains.bitcoin import psbt
from rialto.custody.signing.requests import SigningRequest
from rialto.identity.operators import Role
from tests.contract.test_operators import operators
from tests.contract.test_path_litecoin import ALL, agreed, funded, paid_out
from tests.keepers import KeeperMachine, xpub_of
from tests.litecoin_exchange import APPLY, litecoin_exchange
from tests.nodes.litecoind import COIN, Litecoind
from tests.refills import REFILLS, approve, brought, exported, on_the_machine, told

NAMES = ("first keeper", "second keeper", "third keeper")
ACCOUNT = "m/48'/1'/0'"
WARM = tuple(xpub_of(name, "LTC", ACCOUNT) for name in NAMES)
SETTINGS = """
[withdrawals]
sweep_seconds = 1
refill_seconds = 1
[withdrawals.valuations]
LTC = "80"
"""


def keepers(directory: Path, hot: str) -> list[KeeperMachine]:
    policy = f"""
[networks.LTC]
family = "bitcoin"
chain = "litecoin-regtest"
account = "{ACCOUNT}"
cosigners = {list(WARM)}
own = ["{hot}"]
fee_max = 1_000_000
fee_day_max = 10_000_000
assets = [{{asset = "LTC", payment_max = 0, hour_max = 0, day_max = 0}}]
"""
    return [KeeperMachine(directory / name.split()[0], name, policy) for name in NAMES]


def paying_more(request: str) -> SigningRequest:
    """The same request, to move more than was agreed."""
    asked = msgspec.json.decode(request, type=SigningRequest)
    draft = psbt.read(asked.unsigned.body)
    (payment,) = asked.unsigned.payments
    outputs = [
        msgspec.structs.replace(each, amount=each.amount + (1_000 if each.amount == payment.amount else -1_000))
        for each in draft.outputs
    ]
    body = psbt.write(msgspec.structs.replace(draft, outputs=tuple(outputs)), psbt.parents(asked.unsigned.body))
    more = msgspec.structs.replace(payment, amount=payment.amount + 1_000)
    unsigned = msgspec.structs.replace(asked.unsigned, body=body, payments=(more,))
    return msgspec.structs.replace(asked, unsigned=unsigned)


async def test_too_much_is_drained_and_what_is_short_comes_back(litecoind: Litecoind, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "rialto.toml").write_text(SETTINGS)
    hot = ""
    async with litecoin_exchange(data, litecoind, warm=WARM) as exchange:
        custody = exchange.whole.exchange.families.custody
        (tier,) = custody.holdings.tiers("LTC")
        hot = custody.addresses.hot("LTC")[0].address
        machines = await asyncio.to_thread(keepers, tmp_path, hot)
        alice = await exchange.whole.trader("alice", ALL)
        async with operators(exchange.whole, Role.FINANCE) as (ada, ben):
            await funded(exchange, alice, 10 * COIN)
            drain = await told(litecoind.mine, ada, "LTC-LTC-1", "proposed")
            assert (drain["direction"], drain["tier"], drain["signaturesNeeded"]) == ("drain", "warm", 0)
            assert (await ada.send("GET", f"{REFILLS}/file", refill="LTC-LTC-1")).json()["code"] == -42023
            await approve(ada, ben, "LTC-LTC-1")
            done = await told(litecoind.mine, ada, "LTC-LTC-1", "done")
            assert done["operators"] == [f"operator-{ada.owner}", f"operator-{ben.owner}"]
            assert litecoind.ask("gettxout", done["result"], 0) is not None
            adapter = custody.holdings.adapter("LTC")
            held = await adapter.balances([tier.home.address], adapter.network.assets)
            assert sum(held.values()) == int(drain["amount"]) > 8 * COIN
            await agreed(exchange)

            # What is asked for is more than is hot: it waits, and a refill is proposed for it.
            wanted = await alice.do("POST", APPLY, coin="LTC", address=litecoind.new_address(), amount="5")
            refill = await told(litecoind.mine, ada, "LTC-LTC-2", "proposed")
            assert (refill["direction"], refill["signaturesNeeded"]) == ("refill", 2)
            await approve(ben, ada, "LTC-LTC-2")
            asked = await exported(ben, "LTC-LTC-2")
            given = [await asyncio.to_thread(machine.sign, asked) for machine in machines[:2]]
            tampered = await asyncio.to_thread(machines[2].sign, paying_more(asked))
            for wrong, why in ((asked, "no file of signatures"), ("{", "no file"), (tampered, "of this transaction")):
                status, result = await brought(ben, "LTC-LTC-2", wrong)
                assert (status, why in result) == ("failed", True), result
            assert (await brought(ben, "LTC-LTC-9", given[0]))[0] == "failed"
            assert await brought(ben, "LTC-LTC-2", given[0]) == ("done", "keeper 1 signed: 1 of 2")
            assert await brought(ben, "LTC-LTC-2", given[0]) == ("done", "keeper 1 had signed already: 1 of 2")
            assert (await told(litecoind.mine, ada, "LTC-LTC-2", "approved"))["signed"] == 1
    async with litecoin_exchange(data, litecoind, warm=WARM) as exchange:
        answer = tmp_path / "answer.json"
        answer.write_text(given[1] + "\n")
        listed = await asyncio.to_thread(on_the_machine, data, "look", "refills")
        assert '"id":"LTC-LTC-2"' in listed.stdout
        assert '"signed":1' in listed.stdout
        again = tmp_path / "again.json"
        assert (await asyncio.to_thread(on_the_machine, data, "refill-file", "LTC-LTC-2", str(again))).returncode == 0
        assert again.read_text().strip() == asked, "what was built is not built anew"
        bring = ("propose", "import-refill", "refill=LTC-LTC-2", f"answer=@{answer}")
        assert "keeper 2 signed: 2 of 2" in (await asyncio.to_thread(on_the_machine, data, *bring)).stdout
        alice.client = exchange.whole.client
        await paid_out(exchange, alice, wanted["id"])
        await agreed(exchange)
        late = await asyncio.to_thread(on_the_machine, data, *bring)
        assert "approved is signed" in late.stderr
        custody = exchange.whole.exchange.families.custody
        assert await custody.reconciliation.check("LTC")
        assert custody.reconciliation.differences == {("LTC", "LTC"): 0}
