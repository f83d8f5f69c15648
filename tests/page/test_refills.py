"""The hot wallet is emptied and filled from the back office, in a real browser: an EVM node, a keeper's machine."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rialto.identity.operators import Role
from tests.contract.test_path_evm import ALL, FRIEND
from tests.contract.test_refills_evm import COLD, cold_machine
from tests.ethereum_exchange import APPLY, ethereum_exchange, listed_token
from tests.nodes.anvil import ETHER, Anvil
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import Someone, someone
from tests.refills import told

OPERATORS = ("ada@example.com", "ben@example.com")


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_two_operators_and_a_keeper_move_money_between_tiers(anvil: Anvil, tmp_path: Path) -> None:
    needs_the_page()
    token = listed_token(anvil)
    async with (
        ethereum_exchange(tmp_path / "data", anvil, token, cold=COLD, page_directory=None) as exchange,
        AsyncExitStack() as stack,
    ):
        whole = exchange.whole
        operators: dict[str, Someone] = {}
        secrets: dict[str, str] = {}
        for email in OPERATORS:
            operators[email] = await stack.enter_async_context(someone(whole, email))
            secrets[email], _ = await operators[email].with_app()
            whole.exchange.parts.identity.operators.name(operators[email].owner, [Role.FINANCE], 1)
        ada = operators[OPERATORS[0]]
        hot = whole.exchange.families.custody.addresses.hot("ETH")[0].address
        machine = await asyncio.to_thread(cold_machine, tmp_path / "cold", anvil, token, hot)
        trader = await whole.trader("trader", ALL)
        exchange.pay_coins(await exchange.address(trader, "ETH"), 10 * ETHER)
        await told(anvil.mine, ada, "ETH-ETH-1", "proposed")
        withdrawals = []
        before = anvil.balance(FRIEND)

        async def code(email: str) -> str:
            return await operators[email].next_code(secrets[email])

        async def mined(what: str) -> str:
            refill, state = what.split()
            return str((await told(anvil.mine, ada, refill, state))["state"])

        async def withdraws(amount: str) -> str:
            asked = await trader.do("POST", APPLY, coin="ETH", network="ETH", address=FRIEND, amount=amount)
            withdrawals.append(asked["id"])
            return await mined("ETH-ETH-2 proposed")

        async def signs(path: str) -> str:
            answer = tmp_path / "answer.json"
            answer.write_text(await asyncio.to_thread(machine.sign, Path(path).read_text()))
            return str(answer)

        answering = {"code": code, "mined": mined, "withdraws": withdraws, "signs": signs}
        await walk("refills", f"http://127.0.0.1:{whole.exchange.port}", answering, *OPERATORS)
        await exchange.paid_out(trader, withdrawals[0])
        assert anvil.balance(FRIEND) - before == 4_995 * ETHER // 1_000
