"""What lies on deposit addresses comes together on the hot one, whatever happens in between; only fees are lost."""

from pathlib import Path

import pytest

from rialto.custody.signing.requests import Purpose
from tests.custody_bench import HOT, SWEEP_US, Bench, Fate, Killed, bench


async def run(books: Bench, rounds: int) -> None:
    """Let a process run, the chain grow and time pass."""
    process = books.process()
    for _ in range(rounds):
        await process.run()
        books.chain.mine()
        books.now_us += SWEEP_US
    assert await process.carrying.carry_all() == []


async def deposited(books: Bench, place: int, amount: int, contract: str | None = None) -> None:
    """Have a deposit on the chain and in the books."""
    books.chain.pay(books.depositing("LTC")[place].address, amount, contract=contract)
    books.chain.mine()
    if contract is None:
        await books.fund(books.account, amount)
        await books.fund(books.custody, -amount)


async def test_coins_and_tokens_are_collected_and_gas_comes_first(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        books.deposit_places = 4
        await deposited(books, 0, 500_000)
        await deposited(books, 1, 7_000, "token")
        await deposited(books, 2, 10)
        process = books.process()
        await process.run()
        assert {request.purpose for request in books.signer.requests} == {Purpose.GAS}
        assert books.signer.requests[0].own == (books.depositing("LTC")[1],)
        await run(books, 15)
        assert books.chain.balance(HOT.address, "token") == 7_000
        assert books.chain.balance(books.depositing("LTC")[0].address) == 0
        # What is not worth its fee stays, and is in the books all the same.
        assert books.chain.balance(books.depositing("LTC")[2].address) == 10
        await books.check_books()
        assert (await books.balance(books.account))[1] == 0


async def test_a_sweep_that_dies_anywhere_moves_everything_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        books.deposit_places = 30
        for dies_at in range(1, 26, 2):
            await deposited(books, dies_at, 500_000)
            with pytest.raises(Killed):
                process = books.process(Fate(dies_at))
                for _ in range(8):
                    await process.run()
                    books.chain.mine()
                    books.now_us += SWEEP_US
                raise Killed
            await run(books, 8)
            assert books.chain.balance(books.depositing("LTC")[dies_at].address) == 0, f"died at step {dies_at}"
        await books.check_books()


async def test_many_addresses_are_collected_a_few_at_a_time(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        books.deposit_places = 45
        for place in range(45):
            await deposited(books, place, 100_000)
        process = books.process()
        await process.run()
        assert len(books.chain.pool) == 20
        await run(books, 25)
        assert all(books.chain.balance(each.address) == 0 for each in books.depositing("LTC"))
        await books.check_books()
