"""What operators act on of cards."""

from typing import NamedTuple

from rialto.products.fiat.cards.books import CardBooks
from rialto.products.fiat.cards.following import Following
from rialto.products.fiat.cards.reading import CardReading
from rialto.products.fiat.cards.service import CardService


class CardDesk(NamedTuple):
    """The parts."""

    service: CardService
    following: Following
    reading: CardReading
    books: CardBooks
