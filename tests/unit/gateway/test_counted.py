"""Submitting orders that were admitted."""

from pathlib import Path

import pytest

from rialto.contracts.vocabulary import Side
from rialto.gateway.call import Call
from rialto.gateway.limits import RateLimits
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.spot.counted import submit_counted
from rialto.wire.errors import ApiError, ErrorCode
from tests.exchange import found, limit, running


async def test_an_order_that_was_prepared_for_too_long_is_not_submitted_and_counts_all_the_same(tmp_path: Path) -> None:
    def too_late() -> None:
        raise ErrorCode.INVALID_TIMESTAMP.error()

    async with running(tmp_path) as runtime:
        account, _ = await found(runtime)
        counts = OrderCounts(RateLimits().orders)
        before = runtime.last_sequence
        for check_window, sequence, count in ((too_late, before, 1), (None, before + 1, 2)):
            counts.admit(account, runtime.now_us())
            call = Call(None, check_window=check_window)
            order = limit(account, Side.SELL, "50000", "1", "a")
            if check_window is None:
                await submit_counted(call, runtime, counts, order)
            else:
                with pytest.raises(ApiError, match="outside of the recvWindow"):
                    await submit_counted(call, runtime, counts, order)
            assert runtime.last_sequence == sequence
            assert [each.count for each in counts.counts(account, runtime.now_us())] == [count, count]
