"""A signer whose record was put back, behind a whole exchange: nothing is paid until two operators have looked."""

import asyncio
import shutil
from pathlib import Path

import httpx

from rialto.custody.signing.asking import SignerProcess
from rialto.custody.signing.book import FILE_NAME
from rialto.identity.operators import Role
from tests.contract.test_operators import operators
from tests.contract.test_path_evm import ALL, FRIEND
from tests.ethereum_exchange import APPLY, ethereum_exchange, eventually, listed_token
from tests.nodes.anvil import ETHER, Anvil
from tests.served_metrics import WITH_NETWORKS, served

ACCEPT = "/admin/v1/actions/accept-signer-record"


def keep(signer: Path, kept: Path) -> None:
    """Copy a signer's record, or put it back, which takes what is newer away."""
    kept.mkdir(exist_ok=True)
    for each in kept.glob(f"{FILE_NAME}*"):
        each.unlink()
    for each in signer.glob(f"{FILE_NAME}*"):
        shutil.copy(each, kept)


async def test_nothing_is_paid_by_a_record_that_was_put_back(anvil: Anvil, tmp_path: Path) -> None:
    token = listed_token(anvil)
    data, kept = tmp_path / "data", tmp_path / "kept"
    async with ethereum_exchange(data, anvil, token) as exchange:
        alice = await exchange.whole.trader("alice", ALL)
        exchange.pay_coins(await exchange.address(alice, "ETH"), 5 * ETHER)
        anvil.mine(4)
        await eventually(lambda: exchange.deposits(alice), [("ETH", "5", 1)])
        first = await alice.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="1")
        await exchange.paid_out(alice, first["id"])
    keep(data / "signer", kept)
    async with ethereum_exchange(data, anvil, token) as exchange:
        alice.client = exchange.whole.client
        second = await alice.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="1")
        await exchange.paid_out(alice, second["id"])
    keep(kept, data / "signer")
    async with ethereum_exchange(data, anvil, token) as exchange:
        alice.client = exchange.whole.client
        before = anvil.balance(FRIEND)
        third = await alice.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount="1")
        url = f"http://127.0.0.1:{exchange.whole.exchange.port}"

        async def metrics() -> str:
            return (await exchange.whole.client.get("/metrics")).text

        async def is_told() -> bool:
            anvil.mine()
            return "rialto_signer_put_back 1.0" in await metrics()

        await eventually(is_told, True)
        process = exchange.whole.exchange.families.withdrawals.processes["ETH"]

        async def has_failed() -> bool:
            return process.failures > 1

        await eventually(has_failed, True)
        assert anvil.balance(FRIEND) == before
        assert "rialto_signer_up 0.0" in await metrics()
        bare = SignerProcess(data / "signer" / "signer.sock", data / "signer" / "access.key")
        stands = await bare.status()
        await bare.close()
        async with operators(exchange.whole, Role.SECURITY) as (ada, ben):
            for head, status in (("00" * 32, "failed"), (stands.head, "done")):
                given = {"entry": stands.entry, "head": head, "reason": "the backup of this morning"}
                proposed = await ada.do("POST", ACCEPT, **given)
                approved = await ben.do("POST", "/admin/v1/approvals/approve", id=proposed["id"])
                assert approved["status"] == status, approved
        await exchange.paid_out(alice, third["id"])
        assert anvil.balance(FRIEND) > before

        async def all_told() -> set[str]:
            return (WITH_NETWORKS - {"rialto_refills_open"}) - await asyncio.to_thread(served, url)

        await eventually(all_told, set())
        text = await metrics()
        assert "rialto_signer_put_back 0.0" in text
        assert 'rialto_signer_limit_used_percent{asset="ETH",limit="day",network="ETH"}' in text
        assert (await exchange.whole.client.get("/health")).status_code == httpx.codes.OK
