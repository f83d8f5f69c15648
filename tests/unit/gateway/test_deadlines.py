"""Time limits shared by one timer."""

import asyncio

import pytest

from rialto.gateway.deadlines import Deadlines


async def test_what_ends_in_time_is_returned_and_what_does_not_is_canceled() -> None:
    deadlines = Deadlines(seconds=0.1, look_every_s=0.01)
    canceled = asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            canceled.set()
            raise

    assert await deadlines.run(asyncio.sleep(0.01, "done")) == "done"
    with pytest.raises(TimeoutError):
        await deadlines.run(forever())
    assert canceled.is_set()
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]
    assert await deadlines.run(asyncio.sleep(0.01, "again")) == "again"


async def test_cancellation_from_elsewhere_stays_what_it_is() -> None:
    task = asyncio.create_task(Deadlines(60).run(asyncio.sleep(60)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_errors_pass_through() -> None:
    async def failing() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await Deadlines(1).run(failing())
