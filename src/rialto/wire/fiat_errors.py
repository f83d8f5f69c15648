"""The error codes about fiat money: those of `/sapi`, -16xxx, and of cards, -44xxx. Beside `errors.ErrorCode`."""

from rialto.wire.errors import Catalogue


class FiatError(Catalogue):
    """The documented codes of fiat money; the second form of each states the reason."""

    NOT_ENOUGH_LIMIT = (-16007, 400, "Not enough limit", "Not enough limit: {}")
    NOT_SUPPORTED = (
        -16010,
        400,
        "Not supported currency or payment method",
        "Not supported currency or payment method: {}",
    )
    NO_SUCH_ORDER = (-16011, 400, "Order not exist")


class CardError(Catalogue):
    """What calls about cards are refused with beside that."""

    BAD_EVENT = (-44001, 401, "The event is not signed by the provider, or not from now.")
    UNREADABLE_EVENT = (-44002, 400, "The event cannot be read.")
    TOO_OFTEN = (-44003, 400, "Cards were used too often: {}.")
    CLAIM_OPEN = (-44004, 400, "A payment that was taken back is to be made good first.")
    NO_SUCH_CARD = (-44005, 400, "There is no such card of yours.")
    PROVIDER_UNAVAILABLE = (-44006, 503, "The card provider does not answer; try again.")
    PROVIDER_REFUSED = (-44007, 400, "The card provider refuses this.")
