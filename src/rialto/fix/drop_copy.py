"""Drop copies: everything that happens to an account's orders and lists, a second later, for who only watches."""

from rialto.fix.account_feed import AccountFeed, AccountReports
from rialto.fix.dictionary import Values
from rialto.fix.session import Session
from rialto.fix.validation import Message


class DropCopy:
    """One drop copy session."""

    def __init__(self, session: Session, reports: AccountReports, delay_s: float) -> None:
        """Errors: those of `AccountFeed`."""
        self._feed = AccountFeed(session, reports, delay_s=delay_s)

    async def take(self, message: Message) -> None:
        """Take nothing: a session that only watches is asked for its limits alone."""
        raise AssertionError(f"{message.type} is not taken in drop copy sessions")

    async def limits(self) -> list[Values]:
        """Return no limits of its own."""
        return []

    async def finish(self) -> None:
        """Return at once: nothing is ever under way."""

    def end(self) -> None:
        """Listen to the account no more."""
        self._feed.end()
