"""What a key may be used for, from where, and on which symbols."""

from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

import msgspec

from rialto.foundation.failures import ExpectedFailure

ADDRESSES_MAX: Final = 30
SYMBOLS_MAX: Final = 100
SYMBOL_LENGTH_MAX: Final = 20
_PREFIX_MIN: Final = {4: 8, 6: 16}
"""Wider networks restrict nothing worth the name."""


class InvalidRestriction(ExpectedFailure):
    """An address or a symbol that a key cannot be restricted to."""


class Permission(Enum):
    """What a key may be used for."""

    READ = "read"
    TRADE = "trade"
    MARGIN = "margin"
    FUTURES = "futures"
    OPTIONS = "options"
    TRANSFER = "transfer"
    """Between the owner's own accounts, and between a master's and its sub-accounts'."""
    INTERNAL_TRANSFER = "internal-transfer"
    """To other people of the exchange."""
    WITHDRAW = "withdraw"
    FIX = "fix"
    """Every session of the FIX API, trading included."""
    FIX_READ_ONLY = "fix-read-only"
    """Drop copies and market data over FIX."""


LAPSING: Final = frozenset(
    (Permission.TRADE, Permission.MARGIN, Permission.FUTURES, Permission.OPTIONS, Permission.FIX)
)
"""What a key that may be used from anywhere may do for a while only."""


class Restrictions(msgspec.Struct, frozen=True):
    """Where a key may be used from, and on which symbols it may trade. Empty means anywhere, and any."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    symbols: frozenset[str] = frozenset()

    @classmethod
    def read(cls, addresses: "list[str] | tuple[str, ...]", symbols: "list[str] | tuple[str, ...]") -> "Restrictions":
        """Read addresses (`192.0.2.7`, `2001:db8::/32`) and symbol names. Errors: `InvalidRestriction`."""
        if len(addresses) > ADDRESSES_MAX:
            raise InvalidRestriction(f"{len(addresses)} addresses; a key may be restricted to at most {ADDRESSES_MAX}")
        if len(symbols) > SYMBOLS_MAX:
            raise InvalidRestriction(f"{len(symbols)} symbols; a key may be restricted to at most {SYMBOLS_MAX}")
        for symbol in symbols:
            if not 1 <= len(symbol) <= SYMBOL_LENGTH_MAX or not symbol.isprintable() or " " in symbol:
                raise InvalidRestriction(f"{symbol[:40]!r} is no name of a symbol")
        return cls(tuple(_network(address) for address in addresses), frozenset(symbols))

    def admits_address(self, address: str) -> bool:
        """Tell whether the key may be used from an address as the socket names it."""
        if not self.networks:
            return True
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        # A listener for both families names its IPv4 peers as ::ffff:192.0.2.7.
        plain: IPv4Address | IPv6Address = getattr(peer, "ipv4_mapped", None) or peer
        return any(plain in network for network in self.networks if network.version == plain.version)

    @property
    def is_by_address(self) -> bool:
        """Whether the key may be used from some addresses only; half the internet is not some."""
        return bool(self.networks) and all(
            network.prefixlen >= _PREFIX_MIN[network.version] for network in self.networks
        )

    def admits_symbol(self, symbol: str) -> bool:
        """Tell whether the key may trade a symbol."""
        return not self.symbols or symbol in self.symbols


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidRestriction(
            f"{text[:60]!r} is no address: give one as 192.0.2.7 or 2001:db8::7, or a network as 192.0.2.0/24"
        ) from error
