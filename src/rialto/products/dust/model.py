"""What happened with dust: one event for each request."""

import msgspec

STREAM_KIND = "dust"


class Exchanged(msgspec.Struct, frozen=True, array_like=True):
    """One asset of a request, in units of 1e-8: what was given, what it was worth, what of that the fee took."""

    asset: int
    amount: int
    worth: int
    fee: int

    @property
    def received(self) -> int:
        """What its owner got for it."""
        return self.worth - self.fee


class DustExchanged(msgspec.Struct, frozen=True, tag="dust_exchanged.1"):
    """A request: whose, from which account, into which asset, and what each asset came to."""

    owner: int
    account: int
    account_class: str
    target: int
    exchanged: tuple[Exchanged, ...]
    at_us: int
    client_id: str = ""


def encode(event: DustExchanged) -> bytes:
    """Spell an event for the journal."""
    return msgspec.msgpack.encode(event)


def decode(payload: bytes) -> DustExchanged:
    """Read an event from the journal."""
    return msgspec.msgpack.decode(payload, type=DustExchanged)
