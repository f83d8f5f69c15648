"""Which cards people paid with: the provider's names of them, sealed, so that they can be paid to. Blocking."""

import hashlib
from typing import Final

import msgspec
from sqlalchemy import Engine, delete, func, insert, select

from rialto.foundation.resealing import SealedColumn
from rialto.foundation.secrets import MasterKey
from rialto.products.fiat.cards.provider import Card
from rialto.products.fiat.cards.tables import fiat_cards

CARDS_MAX: Final = 20
"""How many cards are kept of one owner; with a further one can be paid, and it is not kept."""

_USE: Final = b"fiat card "
SEALED_CARDS: Final = SealedColumn(fiat_cards, "sealed", "card", lambda name: _USE + name.encode())


class KeptCard(msgspec.Struct, frozen=True):
    """A card that is kept, under our name of it."""

    id: str
    card: Card


class KeptCards:
    """Keeps cards."""

    def __init__(self, engine: Engine, master_key: MasterKey) -> None:
        self._engine = engine
        self._master_key = master_key

    def keep(self, owner: int, card: Card, now_us: int) -> str:
        """Write a card down, once; return our name of it, empty where too many are kept already."""
        id_, table = card_id(owner, card.id), fiat_cards.c
        with self._master_key.sealing(), self._engine.begin() as connection:
            if connection.scalar(select(func.count()).where(table.card == id_)):
                return id_
            if (connection.scalar(select(func.count()).where(table.owner == owner)) or 0) >= CARDS_MAX:
                return ""
            sealed = self._master_key.seal(msgspec.json.encode(card), _USE + id_.encode())
            connection.execute(insert(fiat_cards).values(card=id_, owner=owner, sealed=sealed, kept_at_us=now_us))
        return id_

    def of(self, owner: int) -> list[KeptCard]:
        """List an owner's cards, the newest first."""
        table = fiat_cards.c
        with self._engine.connect() as connection:
            own = select(table.card, table.sealed).where(table.owner == owner)
            rows = connection.execute(own.order_by(table.kept_at_us.desc(), table.card)).all()
        return [KeptCard(row.card, self._opened(row.card, row.sealed)) for row in rows]

    def find(self, owner: int, id_: str) -> Card | None:
        """Return a card of an owner's; None where it is not kept."""
        return next((each.card for each in self.of(owner) if each.id == id_), None)

    def forget(self, owner: int, id_: str) -> bool:
        """Take a card out; tell whether it was there."""
        table = fiat_cards.c
        with self._engine.begin() as connection:
            return connection.execute(delete(fiat_cards).where(table.owner == owner, table.card == id_)).rowcount == 1

    def _opened(self, id_: str, sealed: bytes) -> Card:
        return msgspec.json.decode(self._master_key.unseal(sealed, _USE + id_.encode()), type=Card)


def card_id(owner: int, provider_id: str) -> str:
    """Name a card of an owner's."""
    return hashlib.blake2b(f"{owner}\n{provider_id}".encode(), digest_size=12).hexdigest()
