"""The whole of it in real browsers, on a real chain: a stranger becomes a customer, an operator looks after them."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rialto.identity.operators import Role
from tests.contract.test_withdrawals_people import code_in, mailed
from tests.ethereum_exchange import OnEthereum, ethereum_exchange, eventually, listed_token
from tests.nodes.anvil import ETHER, Anvil
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import Someone, someone

OPERATOR = "olga@example.com"
RULES = "one_approval_from = 100\ntwo_approvals_from = 1000000\n"


async def make_a_market(exchange: OnEthereum) -> None:
    """Let there be offers to buy and to sell, and a price."""
    maker = await exchange.whole.trader("maker", ETH="100", USDT="1000000")
    taker = await exchange.whole.trader("taker", USDT="10000")
    for price in ("2900.00", "3100.00", "3000.00"):
        await maker.place("SELL", price, "1", symbol="ETHUSDT")
        await taker.place("BUY", price, "1", symbol="ETHUSDT")
    for step in range(1, 11):
        await maker.place("SELL", f"{3000 + 10 * step}.00", "0.5", symbol="ETHUSDT")
        await maker.place("BUY", f"{3000 - 10 * step}.00", "0.5", symbol="ETHUSDT")


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_a_stranger_becomes_a_customer_from_the_first_page_to_the_last(anvil: Anvil, tmp_path: Path) -> None:
    needs_the_page()
    async with (
        AsyncExitStack() as stack,
        ethereum_exchange(tmp_path / "data", anvil, listed_token(anvil), rules=RULES, page_directory=None) as exchange,
    ):
        await make_a_market(exchange)
        olga: Someone = await stack.enter_async_context(someone(exchange.whole, OPERATOR))
        secret, _ = await olga.with_app()
        exchange.whole.exchange.parts.identity.operators.name(olga.owner, [Role.SUPPORT, Role.RISK], 1)

        async def code(_email: str) -> str:
            return await olga.next_code(secret)

        async def pay(address: str) -> str:
            exchange.pay_coins(address, 3 * ETHER)
            anvil.mine(5)
            return "done"

        async def mail(_what: str) -> str:
            return code_in(mailed(exchange.whole, "confirm-withdrawal")[0])

        async def paid(address: str) -> str:
            async def arrived() -> bool:
                anvil.mine()
                return anvil.balance(address) > 0

            await eventually(arrived, True)
            anvil.mine(4)
            return "done"

        url = f"http://127.0.0.1:{exchange.whole.exchange.port}"
        await walk("whole-path", url, {"code": code, "pay": pay, "mail": mail, "paid": paid}, OPERATOR)
        assert not any((await exchange.unexplained()).values())
