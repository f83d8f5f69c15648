"""Who takes cards, as the house needs it: payments on hosted pages, refunds, payouts to cards, and its books.

The shape is what providers have in common: a payment is made under a name of ours, which is its idempotency key too;
its page takes the card and has its holder authenticated; an authorisation is captured or canceled by us; and signed
events say that something happened to it. Amounts are whole numbers of the currency's cents. A card is known by the
provider's name of it alone.
"""

from enum import Enum
from typing import Protocol

import msgspec


class ProviderUnavailable(Exception):
    """The provider does not answer, or says that it cannot now. The message holds no secret."""


class ProviderRefused(Exception):
    """The provider refuses what was asked of it; asking again is of no use."""


class PaymentState(Enum):
    """Where a payment is."""

    OPEN = "open"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    CANCELED = "canceled"
    EXPIRED = "expired"
    FAILED = "failed"


class ActionState(Enum):
    """Where a refund or a payout is."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


class DisputeState(Enum):
    """Where a dispute is."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Card(msgspec.Struct, frozen=True):
    """A card, as its holder knows it again."""

    id: str
    brand: str
    last4: str


class Decline(msgspec.Struct, frozen=True):
    """A card was tried and declined."""

    reason: str


class ProviderRefund(msgspec.Struct, frozen=True):
    """A refund of a payment; `reference` is our name of it."""

    id: str
    reference: str
    amount: int
    state: ActionState
    reason: str = ""


class ProviderDispute(msgspec.Struct, frozen=True):
    """A chargeback of a payment. Its amount is taken when it is opened, and given back when it is won."""

    id: str
    amount: int
    reason: str
    state: DisputeState


class Payment(msgspec.Struct, frozen=True):
    """A payment and everything that happened to it; `reference` is our name of it."""

    id: str
    reference: str
    amount: int
    currency: str
    state: PaymentState
    url: str
    reason: str = ""
    card: Card | None = None
    declines: tuple[Decline, ...] = ()
    refunds: tuple[ProviderRefund, ...] = ()
    disputes: tuple[ProviderDispute, ...] = ()


class ProviderPayout(msgspec.Struct, frozen=True):
    """A payout to a card."""

    id: str
    reference: str
    amount: int
    currency: str
    state: ActionState
    reason: str = ""


class BookLine(msgspec.Struct, frozen=True):
    """A line of the provider's books: what it owes the house changed by `net`, which is `gross` less `fee`.

    `kind` is `payment`, `refund`, `dispute`, `dispute_won`, `payout` or `transfer`, which is what was sent to a bank.
    """

    number: int
    kind: str
    object: str
    reference: str
    currency: str
    gross: int
    fee: int

    @property
    def net(self) -> int:
        """By how much what is owed changed, in cents."""
        return self.gross - self.fee


class Books(msgspec.Struct, frozen=True):
    """Lines of the provider's books, oldest first, and what it owes of a currency after the last line there is."""

    lines: tuple[BookLine, ...]
    last: int
    balance: int


class CardProvider(Protocol):
    """A provider. Each call raises `ProviderUnavailable` or `ProviderRefused`; a `key` makes it happen once."""

    async def create(self, key: str, amount: int, currency: str, return_url: str, expires_at_s: int) -> Payment:
        """Make a payment named `key`."""

    async def payment(self, payment: str) -> Payment:
        """Look at a payment."""

    async def capture(self, payment: str) -> Payment:
        """Capture what was authorised; looks at it if that was done."""

    async def cancel(self, payment: str) -> Payment:
        """Let nothing come of a payment that is open or authorised; looks at it if it is neither."""

    async def refund(self, key: str, payment: str, amount: int) -> ProviderRefund:
        """Give back a part."""

    async def pay_out(self, key: str, card: str, amount: int, currency: str) -> ProviderPayout:
        """Pay to a card."""

    async def payout(self, payout: str) -> ProviderPayout:
        """Look at a payout."""

    async def books(self, currency: str, after: int) -> Books:
        """Read the books after a line."""

    async def close(self) -> None:
        """Let go of connections."""
