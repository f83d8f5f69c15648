"""The cards that the stand-in knows, and what each does. The first seven are numbers that developers know by heart."""

from enum import Enum
from typing import Final

from stdnum import luhn


class Behaviour(Enum):
    """What a card does."""

    PAYS = "pays"
    ASKS = "asks"
    """Its bank asks its holder first."""
    DECLINED = "card_declined"
    NO_FUNDS = "insufficient_funds"
    EXPIRED = "expired_card"
    DISPUTES = "disputes"
    """It pays, and its holder charges it back later."""
    REFUND_FAILS = "refund_fails"
    PAYOUT_FAILS = "payout_fails"

    @property
    def is_decline(self) -> bool:
        """Whether the card is declined; then the value is the reason."""
        return self in (Behaviour.DECLINED, Behaviour.NO_FUNDS, Behaviour.EXPIRED)


TEST_CARDS: Final = {
    "4242424242424242": Behaviour.PAYS,
    "4000000000003220": Behaviour.ASKS,
    "4000000000000002": Behaviour.DECLINED,
    "4000000000009995": Behaviour.NO_FUNDS,
    "4000000000000069": Behaviour.EXPIRED,
    "4000000000000259": Behaviour.DISPUTES,
    "4000000000005126": Behaviour.REFUND_FAILS,
    "5555555555554444": Behaviour.PAYOUT_FAILS,
}

TITLES: Final = {
    Behaviour.PAYS: "pays",
    Behaviour.ASKS: "asks for a code first (3-D Secure), then pays",
    Behaviour.DECLINED: "is declined",
    Behaviour.NO_FUNDS: "has too little on it",
    Behaviour.EXPIRED: "has expired",
    Behaviour.DISPUTES: "pays, and is charged back later",
    Behaviour.REFUND_FAILS: "pays; refunds to it fail",
    Behaviour.PAYOUT_FAILS: "pays; payouts to it fail",
}


def behaviour_of(number: str) -> Behaviour | None:
    """Tell what a card does; None for what is no card's number. Cards that are not listed are declined."""
    if not 12 <= len(number) <= 19 or not number.isascii() or not number.isdigit() or not luhn.is_valid(number):
        return None
    return TEST_CARDS.get(number, Behaviour.DECLINED)


def brand_of(number: str) -> str:
    """Name the brand of a card."""
    return {"4": "Visa", "5": "Mastercard"}.get(number[:1], "Card")
