"""What operators do for the security of people's accounts: lost factors, locks of what leaves, sessions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.identity.operators import Role
from rialto.identity.people import LockReason
from tests.contract.test_operators import agreed, operators
from tests.person import someone
from tests.whole_exchange import Whole, whole_exchange


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path) as whole:
        yield whole


async def test_who_lost_a_factor_is_let_in_without_it_and_withdraws_nothing_for_a_day(whole: Whole) -> None:
    async with (
        operators(whole, Role.SECURITY) as (alice, bob),
        someone(whole, "zoe@example.com") as zoe,
    ):
        await zoe.with_app()
        identity = whole.exchange.parts.identity
        about = {"owner": zoe.owner, "reason": "she showed her passport"}
        await agreed(alice, bob, "reset-factors", **about)
        assert identity.factors.required_for(zoe.owner) == frozenset()
        assert zoe.session.is_over
        person = identity.people.find(zoe.owner)
        assert person is not None
        assert person.lock_reason is LockReason.FACTOR_CHANGED
        assert person.withdrawals_locked_until_us > whole.exchange.parts.wall_clock_us()
        mails = identity.mailer.local_mailbox(to="zoe@example.com")
        assert any("taken away by the exchange" in each.body for each in mails)


async def test_an_operators_lock_outlasts_a_shorter_one_and_ends_no_session(whole: Whole) -> None:
    async with operators(whole, Role.SUPPORT) as (alice, bob), someone(whole, "zoe@example.com") as zoe:
        lock = {"owner": zoe.owner, "reason": "an odd request"}
        for who, hours in ((alice, 48), (bob, 1)):
            done = await who.do("POST", "/admin/v1/actions/lock-withdrawals", **lock, hours=hours)
            assert done["status"] == "done"
        person = whole.exchange.parts.identity.people.find(zoe.owner)
        assert person is not None
        assert person.lock_reason is LockReason.OPERATOR
        assert person.withdrawals_locked_until_us > whole.exchange.parts.wall_clock_us() + 47 * 3_600_000_000
        assert not zoe.session.is_over
        ended = await alice.do("POST", "/admin/v1/actions/end-sessions", **lock)
        assert (ended["result"], zoe.session.is_over) == (f"1 sessions of person {zoe.owner} ended", True)
