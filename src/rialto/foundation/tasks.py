"""Tasks that go on until someone ends them."""

import asyncio
from typing import Any


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it has ended, however it ends; nothing where there is none."""
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
