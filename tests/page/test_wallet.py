"""A person's money in a real browser: in over a real chain, moved, out again; records, bank, reserves."""

import json
from pathlib import Path

import pytest

from rialto.contracts.commands import OpenAccount, RegisterAsset
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.identity.passwords import hashed
from tests.contract.test_fiat import BANKS
from tests.contract.test_withdrawals_people import code_in, mailed
from tests.ethereum_exchange import OnEthereum, ethereum_exchange, eventually, listed_token
from tests.nodes.anvil import ETHER, Anvil
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD
from tests.statements import needs_the_fonts, text_of

EMAIL = "alice@example.com"


async def become_a_person(exchange: OnEthereum) -> None:
    """Let there be a person who is verified, with a spot account."""
    parts = exchange.whole.exchange.parts
    now_us = parts.wall_clock_us()
    person = parts.identity.people.register(EMAIL, now_us, password_hash=hashed(PASSWORD))
    parts.identity.people.set_level(person.owner, 1, now_us)
    await parts.runtime.submit(OpenAccount(person.owner, AccountKind(AccountClass.SPOT)))
    await parts.runtime.submit(RegisterAsset("EUR"))
    maker = await exchange.whole.trader("maker", ETH="10")
    taker = await exchange.whole.trader("taker", USDT="10000")
    await maker.place("SELL", "3000.00", "1", symbol="ETHUSDT")
    await taker.place("BUY", "3000.00", "1", symbol="ETHUSDT")


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_money_comes_in_is_moved_and_goes_out(anvil: Anvil, tmp_path: Path) -> None:
    needs_the_page()
    needs_the_fonts()
    data = tmp_path / "data"
    data.mkdir()
    (data / "banks.toml").write_text(BANKS)
    async with ethereum_exchange(data, anvil, listed_token(anvil), page_directory=None) as exchange:
        await become_a_person(exchange)

        async def pay(address: str) -> str:
            exchange.pay_coins(address, 3 * ETHER)
            return await mine("1")

        async def mine(blocks: str) -> str:
            return str(anvil.mine(int(blocks)))

        async def code(_what: str) -> str:
            return code_in(mailed(exchange.whole, "confirm-withdrawal")[0])

        async def confirmed(address: str) -> str:
            async def arrived() -> bool:
                anvil.mine()
                return anvil.balance(address) > 0

            await eventually(arrived, True)
            anvil.mine(4)
            return "done"

        async def publish(_what: str) -> str:
            parts = exchange.whole.exchange.parts
            await exchange.whole.exchange.families.reserves.publisher.publish(parts.runtime.now_us())
            return "done"

        async def tamper(path: str) -> str:
            proof = json.loads(Path(path).read_text())
            leaf = next(each for each in proof["leaves"] if each["balances"])
            leaf["balances"] = {name: f"1{amount}" for name, amount in leaf["balances"].items()}
            (tmp_path / "tampered.json").write_text(json.dumps(proof))
            return str(tmp_path / "tampered.json")

        async def printed(path: str) -> str:
            text = text_of(Path(path).read_bytes())
            assert f"Statement of account for {EMAIL}" in text
            assert "Spot ETH Closing balance 1.5" in text
            return "done"

        url = f"http://127.0.0.1:{exchange.whole.exchange.port}"
        answering = {
            "pay": pay, "mine": mine, "code": code, "confirmed": confirmed, "publish": publish, "tamper": tamper,
            "printed": printed,
        }  # fmt: skip
        words = await walk("wallet", url, answering, EMAIL, PASSWORD)
        assert words[0] == "logsIn"
        assert words[-1] == "tamper"
