"""The parameters that several calls about sub-accounts share, and how numbers stand in their answers."""

from typing import Annotated, Final

import msgspec

from rialto.products.transfers.parameters import Email, PageNumber
from rialto.wire.decimals import plain_of
from rialto.wire.kinds import Integer
from rialto.wire.parameters import Parameters

FuturesType = Annotated[int, Integer(1, 2)]
"""1: margined in dollars. 2: margined in coins."""

USD_MARGINED: Final = 1
COIN_MARGINED: Final = 2


class EmailParameters(Parameters, frozen=True):
    """Which sub-account."""

    email: Email


class FuturesParameters(Parameters, frozen=True):
    """Which sub-account, and which of its futures accounts."""

    email: Email
    futures_type: FuturesType


class PageParameters(Parameters, frozen=True):
    """Which page."""

    page: PageNumber = 1
    limit: Annotated[int, Integer(1, 20, clamp=True)] = 10


def figure(units: int) -> msgspec.Raw:
    """Write units of 1e-8 as a JSON number, exact."""
    return msgspec.Raw(plain_of(units).encode())
