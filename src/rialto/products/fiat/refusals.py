"""What clients are told when fiat money is refused."""

from rialto.products.fiat.cards.provider import ProviderRefused, ProviderUnavailable
from rialto.products.fiat.cards.returning import ForeignReturn
from rialto.products.fiat.cards.service import NoSuchCard, TooOften
from rialto.products.fiat.claims import ClaimOpen
from rialto.products.fiat.rules import FiatRefused
from rialto.products.fiat.service import NotEnough, OutsideLimits
from rialto.wire import errors
from rialto.wire.errors import ApiError
from rialto.wire.fiat_errors import CardError, FiatError
from rialto.wire.wallet_errors import WalletError

CARD_FAILURES = (FiatRefused, ProviderUnavailable, ProviderRefused)
"""What calls about cards are refused by."""


def refusal_of(refused: Exception) -> ApiError:
    """Return the error for a refusal of `CARD_FAILURES`."""
    match refused:
        case ForeignReturn():
            return errors.invalid_value("returnUrl")
        case OutsideLimits():
            return FiatError.NOT_ENOUGH_LIMIT.error(refused, form=1)
        case NotEnough():
            return WalletError.INSUFFICIENT_BALANCE.error()
        case TooOften():
            return CardError.TOO_OFTEN.error(refused)
        case ClaimOpen():
            return CardError.CLAIM_OPEN.error()
        case NoSuchCard():
            return CardError.NO_SUCH_CARD.error()
        case ProviderUnavailable():
            return CardError.PROVIDER_UNAVAILABLE.error()
        case ProviderRefused():
            return CardError.PROVIDER_REFUSED.error()
        case _:
            return FiatError.NOT_SUPPORTED.error(refused, form=1)
