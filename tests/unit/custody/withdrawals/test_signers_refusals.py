"""What the signer refuses is tried again when its limits leave room, or waits for operators; never again and again."""

from pathlib import Path

import pytest

from rialto.custody.chains.network import Family
from rialto.custody.signing.requests import Refusal, SigningRefused
from rialto.custody.withdrawals import rules
from rialto.custody.withdrawals.model import State
from rialto.custody.withdrawals.paying import LEFT_ALONE_US_MAX, LEFT_ALONE_US_MIN
from tests.custody_bench import BUMP_AFTER_US, bench, paid
from tests.unit.custody.withdrawals.test_paying import end


def refused(refusal: Refusal, again_at_us: int = 0, approvals: int = 0) -> SigningRefused:
    """What a signer answers."""
    return SigningRefused(refusal, "the policy of the test", again_at_us=again_at_us, approvals=approvals)


async def test_what_the_signer_declines_waits_for_operators_or_for_time(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        await books.request("a", 70_000)
        process = books.process()
        again_at_us = books.now_us + 1_800_000_000
        books.signer.refusals = [refused(Refusal.VELOCITY, again_at_us=again_at_us)]
        await process.run()
        found = await books.withdrawal("a")
        assert (found.state, found.refusal, found.waits_until_us) == (State.APPROVED, "velocity", again_at_us)
        books.now_us = again_at_us - 1
        for waiting in (process, books.process()):
            await waiting.run()
        assert len(books.signer.requests) == 1
        (held,) = await process.reading.held_back(books.now_us)
        assert (held.network, held.count, held.again_at_us) == ("LTC", 1, again_at_us)
        books.now_us = again_at_us
        assert await process.reading.held_back(books.now_us) == []
        books.signer.refusals = [refused(Refusal.AMOUNT)]
        process = books.process()
        for _ in range(3):
            await process.run()
        found = await books.withdrawal("a")
        assert (found.state, found.info, found.approvals_needed) == (State.REVIEW, "the policy of the test", 1)
        assert len(books.signer.requests) == 2
        assert books.chain.pool == {}


async def test_a_signer_whose_clock_is_behind_is_not_asked_all_the_time(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        await books.request("a", 70_000)
        process = books.process()
        for again_at_us, waits_us in ((1, LEFT_ALONE_US_MIN), (1 << 60, LEFT_ALONE_US_MAX)):
            books.signer.refusals = [refused(Refusal.VELOCITY, again_at_us=again_at_us)]
            await process.run()
            assert (await books.withdrawal("a")).waits_until_us == books.now_us + waits_us
            books.now_us += waits_us
        await end(books)
        assert paid(books.chain) == 70_000


async def test_one_that_the_signer_refuses_does_not_hold_up_those_it_went_with(tmp_path: Path) -> None:
    async with bench(tmp_path, family=Family.BITCOIN) as books:
        for name in ("a", "b"):
            await books.request(name, 70_000, to=f"ltc:{name}")
        books.signer.refusals = [refused(Refusal.DESTINATION), refused(Refusal.DESTINATION)]
        await end(books)
        assert [(await books.withdrawal(name)).state for name in ("a", "b")] == [State.REVIEW, State.COMPLETED]
        assert (paid(books.chain, "ltc:a"), paid(books.chain, "ltc:b")) == (0, 70_000)
        await books.check_books()


async def test_operators_sign_as_often_as_the_signer_wants(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        await books.request("a", 70_000)
        process = books.process()
        books.signer.refusals = [refused(Refusal.APPROVAL, approvals=2)]
        await process.run()
        found = await books.withdrawal("a")
        assert (found.state, found.approvals_needed, found.needs_signatures) == (State.REVIEW, 2, True)
        with pytest.raises(rules.SignatureMissing):
            await books.decide("a", rules.approve("olga", b"", books.now_us))
        for operator in ("olga", "otto"):
            assert (await books.withdrawal("a")).state is State.REVIEW
            await books.decide("a", rules.approve(operator, bytes(64), books.now_us))
        await process.run()
        assert [each.operator for each in books.signer.requests[-1].approvals] == ["olga", "otto"]
        await end(books)
        assert paid(books.chain) == 70_000


async def test_what_the_signer_signed_before_is_not_given_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        before, _ = await books.balance(books.account)
        await books.request("a", 70_000)
        process = books.process()
        books.signer.refusals = [refused(Refusal.REUSED)]
        await process.run()
        for rule in (rules.refuse("olga", "no", books.now_us), rules.cancel(1, books.now_us)):
            with pytest.raises(rules.NotPossible, match="may be paid yet"):
                await books.decide("a", rule)
        assert await books.balance(books.account) == (before - 70_500, 70_500)
        await books.decide("a", rules.approve("olga", b"", books.now_us))
        await end(books)
        assert paid(books.chain) == 70_000


async def test_a_replacement_that_the_signer_refuses_is_asked_for_less_and_less_often(tmp_path: Path) -> None:
    async with bench(tmp_path) as books:
        await books.request("a", 70_000)
        process = books.process()
        await process.run()
        books.signer.refusals = [refused(Refusal.FEE) for _ in range(100)]
        for _ in range(100):
            books.now_us += BUMP_AFTER_US
            await process.run()
        assert len(books.signer.requests) == 1 + 6
        books.signer.refusals = []
        await end(books)
        assert paid(books.chain) == 70_000
