"""Withdrawals are paid once, whatever happens in between; what cannot be paid is given back once."""

from pathlib import Path

import pytest

from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT
from rialto.custody.chains.adapter import Payment, Unsigned
from rialto.custody.chains.network import Family
from rialto.custody.withdrawals.model import State
from tests.custody_bench import BUMP_AFTER_US, HOT, Bench, Fate, Killed, MortalChain, bench, paid

DEEP = 3


async def end(books: Bench, rounds: int = 12) -> None:
    """Let a process run and the chain grow until nothing is left to be done."""
    process = books.process()
    for _ in range(rounds):
        await process.run()
        books.chain.mine()
    assert await process.carrying.carry_all() == []


async def test_a_withdrawal_arrives_and_the_books_follow_when_it_is_deep(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        before, _ = await books.balance(books.account)
        fees, _ = await books.balance(FEES_ACCOUNT)
        await books.request("a", 70_000)
        assert await books.balance(books.account) == (before - 70_500, 70_500)
        process = books.process()
        await process.run()
        assert (await books.withdrawal("a")).state is State.ASSIGNED
        for _ in range(DEEP - 1):
            books.chain.mine()
            await process.run()
            assert (await books.withdrawal("a")).state is State.ASSIGNED
        books.chain.mine()
        await process.run()
        assert (await books.withdrawal("a")).state is State.COMPLETED
        assert paid(books.chain) == 70_000
        assert await books.balance(books.account) == (before - 70_500, 0)
        assert (await books.balance(FEES_ACCOUNT))[0] == fees + 500 - 2_000
        await books.check_books()


async def steps_of_a_life(tmp_path: Path) -> int:
    """How many steps a process takes from a request to its end."""
    async with bench(tmp_path / "counted") as books:
        await books.request("a", 70_000)
        fate = Fate()
        process = books.process(fate)
        for _ in range(8):
            await process.run()
            books.chain.mine()
        return fate.steps


async def test_it_is_paid_once_wherever_the_process_dies(tmp_path: Path) -> None:
    (tmp_path / "counted").mkdir()
    steps = await steps_of_a_life(tmp_path)
    assert steps > 15
    async with bench(tmp_path) as books:
        before, _ = await books.balance(books.account)
        for dies_at in range(1, steps + 1):
            await books.request(f"w{dies_at}", 10_000, to=f"ltc:to-{dies_at}")
            with pytest.raises(Killed):
                process = books.process(Fate(dies_at))
                for _ in range(8):
                    await process.run()
                    books.chain.mine()
            await end(books, rounds=6)
            assert (await books.withdrawal(f"w{dies_at}")).state is State.COMPLETED
            assert paid(books.chain, f"ltc:to-{dies_at}") == 10_000, f"died at step {dies_at}"
        assert await books.balance(books.account) == (before - steps * 10_500, 0)
        await books.check_books()


async def test_dying_twice_changes_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        for first in (3, 6, 9, 11):
            for second in (1, 2, 4, 5):
                name = f"{first}-{second}"
                await books.request(name, 10_000, to=f"ltc:{name}")
                for dies_at in (first, second):
                    with pytest.raises(Killed):
                        process = books.process(Fate(dies_at))
                        for _ in range(8):
                            await process.run()
                            books.chain.mine()
                await end(books, rounds=6)
                assert paid(books.chain, f"ltc:{name}") == 10_000
        await books.check_books()


async def test_what_the_node_forgets_is_shown_to_it_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        await books.request("a", 70_000)
        process = books.process()
        await process.run()
        (first,) = books.chain.pool
        books.chain.forget(first)
        await process.run()
        assert list(books.chain.pool) == [first]
        await end(books)
        assert paid(books.chain) == 70_000


async def test_what_is_stuck_is_replaced_and_either_may_win(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        for number, wins in enumerate(("old", "new")):
            await books.request(wins, 70_000, to=f"ltc:{wins}")
            process = books.process()
            await process.run()
            (old,) = books.chain.pool.values()
            books.now_us += BUMP_AFTER_US
            await process.run()
            (new,) = books.chain.pool.values()
            assert (new.nonce, new.payments) == (old.nonce, old.payments)
            assert new.fee_rate > old.fee_rate
            assert process.carrying.figures["bumped"] == 1
            if wins == "old":
                books.chain.pool = {old.id: old}
            await end(books)
            assert paid(books.chain, f"ltc:{wins}") == 70_000
            found = await books.withdrawal(wins)
            assert (found.state, found.transaction) == (State.COMPLETED, (old if wins == "old" else new).id)
            assert number < 2
        await books.check_books()


async def test_a_conflict_gives_it_back_only_when_it_is_deep(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        before, _ = await books.balance(books.account)
        await books.request("a", 70_000)
        process = books.process()
        await process.run()
        (ours,) = books.chain.pool.values()
        books.chain.send(HOT.address, [Payment("ltc:ours-1-1", None, None, 5)], fee_rate=100, nonce=ours.nonce)
        books.chain.mine()
        await process.run()
        books.chain.mine()
        await process.run()
        assert (await books.withdrawal("a")).state is State.ASSIGNED
        # The conflict is undone, and what was paid may confirm after all: nothing was given back.
        books.chain.reorganise(2, drop=list(books.chain._best[-2].state.confirmed)[-1:], empty=True)
        await process.run()
        assert (await books.withdrawal("a")).state is State.ASSIGNED
        other = books.chain.send(HOT.address, [Payment("ltc:ours-1-1", None, None, 5)], fee_rate=300, nonce=ours.nonce)
        books.chain.mine()
        assert other in books.chain._best[-1].state.confirmed
        for _ in range(4):
            await process.run()
            books.chain.mine()
        found = await books.withdrawal("a")
        assert found.state is State.FAILED
        assert await books.balance(books.account) == (before, 0)
        await process.run()
        assert await books.balance(books.account) == (before, 0)
        assert paid(books.chain) == 0


async def test_what_the_node_never_takes_is_tried_at_a_higher_price_and_given_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        before, _ = await books.balance(books.account)
        await books.request("a", 70_000)
        process = books.process()
        books.chain.takes_from_rate = 10_000
        await process.run()
        assert books.chain.pool == {}
        found = await books.withdrawal("a")
        assert found.state is State.FAILED
        assert await books.balance(books.account) == (before, 0)
        await books.request("b", 60_000)
        books.chain.takes_from_rate = 40
        await process.run()
        assert [made.fee_rate for made in books.chain.pool.values()] == [40]
        books.chain.takes_from_rate = 0
        await end(books)
        assert paid(books.chain) == 60_000
        await books.check_books()


async def test_what_is_too_large_for_now_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    async with bench(tmp_path, held=1_000_000) as books:
        books.chain.send(HOT.address, [Payment("ltc:ours-0-9", None, None, 800_000)])
        books.chain.mine()
        await books.request("large", 500_000, to="ltc:large")
        await books.request("small", 50_000, to="ltc:small")
        process = books.process()
        await process.run()
        assert process.paying.wanted() == {"LTC": 500_000}
        assert (await books.withdrawal("large")).state is State.APPROVED
        assert (await books.withdrawal("small")).state is State.ASSIGNED
        books.chain.send("ltc:ours-0-9", [Payment(HOT.address, None, None, 700_000)])
        books.chain.mine()
        await end(books)
        assert process.paying.wanted() == {"LTC": 500_000}
        assert [paid(books.chain, f"ltc:{name}") for name in ("large", "small")] == [500_000, 50_000]


async def test_an_asset_that_is_stopped_is_not_paid(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        await books.request("a", 70_000)
        books.gates.stopped.add("LTC")
        await books.process().run()
        assert (await books.withdrawal("a")).state is State.APPROVED
        books.gates.stopped.clear()
        await end(books)
        assert paid(books.chain) == 70_000


async def test_nothing_of_who_owes_something_is_paid(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        await books.request("a", 70_000)
        books.gates.debtors.add(1)
        await books.process().run()
        assert (await books.withdrawal("a")).state is State.APPROVED
        books.gates.debtors.clear()
        await end(books)
        assert paid(books.chain) == 70_000


async def test_several_go_in_one_transaction_where_the_chain_can(tmp_path: Path) -> None:
    async with bench(tmp_path, family=Family.BITCOIN) as books:
        for number in range(5):
            await books.request(f"w{number}", 10_000 + number, to=f"ltc:to-{number}")
        await books.process().run()
        (made,) = books.chain.pool.values()
        assert [each.amount for each in made.payments] == [10_000, 10_001, 10_002, 10_003, 10_004]
        await end(books)
        assert [paid(books.chain, f"ltc:to-{number}") for number in range(5)] == [10_000 + n for n in range(5)]
        await books.check_books()


async def test_what_it_costs_is_owed_until_the_house_has_it(tmp_path: Path) -> None:
    async with bench(tmp_path, houses=()) as books:
        await books.request("a", 70_000)
        process = books.process()
        for _ in range(6):
            await process.run()
            books.chain.mine()
        assert (await books.withdrawal("a")).state is State.COMPLETED
        (left,) = await process.carrying.carry_all()
        assert left.payout.decided is not None
        assert left.payout.cost is None
        await books.fund(TREASURY_ACCOUNT, 100_000)
        await end(books, rounds=1)
        assert (await books.balance(TREASURY_ACCOUNT))[0] == 98_000
        await books.check_books()


async def test_what_the_chain_carries_out_in_vain_is_given_back_and_its_cost_booked(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        before, _ = await books.balance(books.account)
        fees, _ = await books.balance(FEES_ACCOUNT)
        await books.request("a", 70_000)
        process = books.process()
        await process.run()
        # Somebody else with the key has taken all but what the network takes.
        books.chain._best[-1].state.balances[HOT.address, None] = 2_000
        for _ in range(DEEP):
            books.chain.mine()
            assert (await books.withdrawal("a")).state is State.ASSIGNED
            await process.run()
        found = await books.withdrawal("a")
        assert (found.state, found.info) == (State.FAILED, "the network carried it out without effect")
        assert await books.balance(books.account) == (before, 0)
        assert (await books.balance(FEES_ACCOUNT))[0] == fees - 2_000
        assert paid(books.chain) == 0


class Parenting(MortalChain):
    """A chain that replaces nothing: what is stuck is paid for by another transaction that spends of it."""

    async def bump(self, unsigned: Unsigned, fee_rate: int) -> Unsigned:
        """Build a child: a transaction of the next number, to ourselves."""
        change = Payment(self.derive("2/0"), None, None, 1_000)
        return await self.build([change], unsigned.sources, fee_rate, unsigned.spends)


async def test_a_child_pays_for_its_parent_and_is_booked_with_it(tmp_path: Path) -> None:
    async with bench(tmp_path, chain=Parenting) as books:
        await books.request("a", 70_000)
        process = books.process()
        await process.run()
        books.now_us += BUMP_AFTER_US
        await process.run()
        parent, child = sorted(books.chain.pool.values(), key=lambda made: made.nonce)
        assert (parent.payments[0].amount, child.payments[0].amount) == (70_000, 1_000)
        # The child confirms later: the withdrawal does not wait for it, what it cost does.
        del books.chain.pool[child.id]
        for _ in range(DEEP):
            books.chain.mine()
        await process.run()
        assert (await books.withdrawal("a")).transaction == parent.id
        fees, _ = await books.balance(FEES_ACCOUNT)
        (left,) = await process.carrying.carry_all()
        assert left.payout.cost is None
        books.chain.pool[child.id] = child
        for _ in range(DEEP):
            books.chain.mine()
        await process.run()
        assert await process.carrying.carry_all() == []
        assert (await books.balance(FEES_ACCOUNT))[0] == fees - parent.fee - child.fee
        await books.check_books()
