"""What history is made of where no event or state has that shape already.

Amounts are decimal text with eight places, times are microseconds since the Unix epoch, as in the contracts.
"""

import msgspec

from rialto.contracts.vocabulary import PostingReason


class FillRecord(msgspec.Struct, frozen=True, array_like=True):
    """One side of a trade. The other side's order and account are not part of it: they are someone else's."""

    trade_id: int
    order_id: int
    symbol: int
    account: int
    price: str
    quantity: str
    quote_quantity: str
    fee: str
    fee_asset: int
    traded_at_us: int
    is_buyer: bool
    is_maker: bool


class LedgerEntry(msgspec.Struct, frozen=True, array_like=True):
    """A change of what an account holds of an asset, free and locked together, and what it held afterwards.

    `position` is where the posting stood among the events of its command. Holds and releases move nothing in or out of
    an account and have no entry.
    """

    sequence: int
    position: int
    account: int
    asset: int
    amount: str
    balance: str
    reason: PostingReason
    posted_at_us: int


class StreamRecord(msgspec.Struct, frozen=True, array_like=True):
    """A product's event: the stream's version with it, and where in the journal it stands."""

    kind: str
    id: str
    version: int
    payload: bytes
    sequence: int
    recorded_at_us: int
