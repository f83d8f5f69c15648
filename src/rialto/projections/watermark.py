"""The watermark, as readers of history need it: something that can be waited for.

The sequence number up to which projections are written stands in SQL, and whoever writes them knows it first.
"""

from typing import Protocol


class Watermark(Protocol):
    """Tells when projections have reached a sequence number."""

    async def wait_for(self, sequence: int, timeout: float) -> None:
        """Wait until everything up to a sequence number is written, `timeout` seconds at most.

        Errors: `ProjectionsBehind`, `ProjectionsStopped`.
        """
