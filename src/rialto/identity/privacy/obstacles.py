"""What keeps an account from being closed: a word for programs and one for its person. Pure."""

from enum import Enum


class Obstacle(Enum):
    """One of them; the value is what is said of it in English."""

    MONEY = "there is money in your accounts"
    OPEN_ORDERS = "orders are open"
    SUB_ACCOUNTS = "a sub-account of yours holds money, has something open or is frozen: empty it first"
    OPERATOR = "you are an operator"
    DEPOSIT_ON_ITS_WAY = "a deposit is on its way"
    DEPOSIT_WAITS = "a deposit waits"
    DEPOSIT_OWED = "something is owed of a deposit that is gone"
    RECOVERY = "a recovery waits"
    WITHDRAWAL = "a withdrawal is under way"
    FIAT_ORDER = "an order of fiat money is under way"
    CARD_ORDER = "an order paid by card is under way"
    CARD_REFUND = "a refund to a card is under way"
    CARD_CLAIM = "a payment by card was claimed back and is owed"
    PLANNED_TRANSFER = "a transfer waits for its day"
