"""To whom withdrawals are paid: personal data, sealed, and erasable once the order is done. Blocking: off the loop."""

from typing import Final

import msgspec
from sqlalchemy import Engine, delete, insert, select

from rialto.foundation.resealing import SealedColumn
from rialto.foundation.secrets import MasterKey
from rialto.products.fiat.iso20022.payments import Account
from rialto.products.fiat.tables import fiat_beneficiaries

_USE: Final = b"fiat beneficiary "
SEALED_BENEFICIARIES: Final = SealedColumn(fiat_beneficiaries, "sealed", "order_no", lambda name: _USE + name.encode())


class Beneficiaries:
    """Keeps where orders are to be paid to."""

    def __init__(self, engine: Engine, master_key: MasterKey) -> None:
        self._engine = engine
        self._master_key = master_key

    def keep(self, order: str, owner: int, account: Account) -> None:
        """Write down where an order is to be paid to, before it is ordered."""
        with self._master_key.sealing(), self._engine.begin() as connection:
            connection.execute(delete(fiat_beneficiaries).where(fiat_beneficiaries.c.order_no == order))
            sealed = self._master_key.seal(msgspec.json.encode(account), _USE + order.encode())
            connection.execute(insert(fiat_beneficiaries).values(order_no=order, owner=owner, sealed=sealed))

    def of(self, order: str) -> Account | None:
        """Return where an order is to be paid to; None where that is not known any more."""
        table = fiat_beneficiaries.c
        with self._engine.connect() as connection:
            sealed = connection.scalar(select(table.sealed).where(table.order_no == order))
        if sealed is None:
            return None
        return msgspec.json.decode(self._master_key.unseal(sealed, _USE + order.encode()), type=Account)
