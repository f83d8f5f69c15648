"""What a refused transfer is told as."""

from rialto.contracts.rejections import InsufficientBalance
from rialto.core.errors import CommandRefused
from rialto.products.transfers.rules import NothingToMove, RouteClosed, SamePlace
from rialto.products.transfers.service import ClientIdTaken, NoFunds
from rialto.wire import errors
from rialto.wire.errors import ApiError
from rialto.wire.wallet_errors import WalletError

REFUSED = (NothingToMove, SamePlace, RouteClosed, NoFunds, ClientIdTaken, CommandRefused)
"""What `of_transfer` explains."""


def of_transfer(refusal: Exception) -> Exception:
    """Return the error for a refused transfer; what the core refuses for other reasons than the balance, itself."""
    if isinstance(refusal, NoFunds):
        return WalletError.TRANSFER_INSUFFICIENT.error()
    if isinstance(refusal, CommandRefused):
        insufficient = isinstance(refusal.rejection, InsufficientBalance)
        return WalletError.TRANSFER_INSUFFICIENT.error() if insufficient else refusal
    return _of_rule(refusal)


def _of_rule(refusal: Exception) -> ApiError:
    if isinstance(refusal, NothingToMove):
        return WalletError.AMOUNT_NOT_POSITIVE.error()
    if isinstance(refusal, ClientIdTaken):
        return errors.invalid_value("clientTranId")
    return WalletError.TRANSFER_FAILED.error()
