"""What is built here and may still confirm, so that nothing is promised twice: a node shows only what has happened.

State, not needed after a restart: the newest transaction of each nonce account. What another process built is not
known; if it takes what a payment was to be made of, the chain refuses that payment.
"""

from collections.abc import Collection, Iterable

from rialto.custody.chains.solana.messages import Transfer


class UnderWay:
    """The newest transaction of each nonce account."""

    def __init__(self) -> None:
        self._newest: dict[str, Transfer] = {}

    def note(self, transfer: Transfer) -> None:
        """Remember what was built."""
        self._newest[transfer.nonce_account] = transfer

    def among(self, nonces: Iterable[tuple[str, str, str]], avoid: Collection[str]) -> "Promised":
        """Tell what is promised by those of `avoid` whose nonces are still as they were; others have happened."""
        noted = [(self._newest.get(account), nonce) for account, _, nonce in nonces]
        return Promised([each for each, nonce in noted if each and each.nonce == nonce and each.spends in avoid])


class Promised:
    """What may still leave."""

    def __init__(self, transfers: Collection[Transfer]) -> None:
        self._transfers = transfers

    def coins(self, address: str) -> int:
        """Tell what an address may still lose of the coin, at most."""
        fees = sum(each.fee_max for each in self._transfers if each.payer == address)
        return fees + sum(each.amount for each in self._transfers if each.source == address and each.token is None)

    def tokens(self, account: str) -> int:
        """Tell what an account of a token may still lose."""
        return sum(each.amount for each in self._transfers if each.token is not None and each.token.account == account)
