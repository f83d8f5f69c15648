"""What may be asked over the operator's channel, and how it is answered: one line of JSON each way.

Every request names its kind in `ask`. To add one, add a struct here and a branch where they are performed.
"""

from typing import Final

import msgspec

from rialto.contracts.symbol_rules import SymbolStatus

SOCKET_NAME: Final = "control.sock"
LINE_BYTES_MAX: Final = 65_536


class SetMarketStatus(
    msgspec.Struct, frozen=True, tag_field="ask", tag="set_market_status", forbid_unknown_fields=True
):
    """Set what may be done on a symbol."""

    symbol: str
    status: SymbolStatus


class ListMarkets(msgspec.Struct, frozen=True, tag_field="ask", tag="list_markets", forbid_unknown_fields=True):
    """Tell every symbol and its status."""


class Propose(msgspec.Struct, frozen=True, tag_field="ask", tag="propose", forbid_unknown_fields=True):
    """Propose an action, with its parameters as they are named on the wire."""

    action: str
    parameters: dict[str, str]


class Look(msgspec.Struct, frozen=True, tag_field="ask", tag="look", forbid_unknown_fields=True):
    """Look at something, by the end of its call's path, with its parameters as they are named on the wire."""

    at: str
    parameters: dict[str, str]


ControlRequest = SetMarketStatus | ListMarkets | Propose | Look


class Market(msgspec.Struct, frozen=True):
    """A symbol and its status."""

    symbol: str
    status: SymbolStatus


class ControlAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a request: what is so now, as of a sequence number; or why it was refused."""

    sequence: int = 0
    markets: tuple[Market, ...] = ()
    refusal: str = ""
    said: str = ""
    """What became of a proposal; of a look, what is seen, as JSON."""
