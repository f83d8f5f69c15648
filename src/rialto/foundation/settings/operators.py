"""From which worth on operators must agree to move money: the table `[operators]` of the file."""

from typing import Annotated

import msgspec
from msgspec import Meta

Amount = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class OperatorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set about it. Amounts are whole units of the valuation asset, at the newest prices."""

    valuation_asset: Annotated[str, Meta(pattern="^[A-Z0-9]{1,16}$")] = "USDT"
    """What the thresholds are told in."""

    alone_below: Amount = 0
    """What one operator may move alone in 24 hours, all together; from there on two must agree. What cannot be valued
    always takes two."""

    officer_from: Amount | None = None
    """From which worth on one of the two must have the role `security`. Without it, never."""
