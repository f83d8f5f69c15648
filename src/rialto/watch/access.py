"""Who may see the figures: who sits on this machine, in a network that was named, or has the token.

A request that passed a proxy says so in its headers; where it comes from is then the proxy's word, so only the token
counts. Everyone else is answered as if there were nothing.
"""

import hmac
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from rialto.foundation.configuration import InvalidConfiguration

FORWARDED: Final = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via"))
_BEARER: Final = b"bearer "


class Access:
    """Decides who is an operator."""

    def __init__(self, networks: str, token: str) -> None:
        """Read `networks`, separated by commas or spaces; an empty token lets nobody in.

        Errors: `InvalidConfiguration`.
        """
        self._networks = [_network(text) for text in networks.replace(",", " ").split()]
        self._token = token.encode()

    def permits(self, address: str, headers: Mapping[bytes, bytes]) -> bool:
        """Tell whether a request is an operator's."""
        given = headers.get(b"authorization", b"")
        if self._token and given[: len(_BEARER)].lower() == _BEARER:
            return hmac.compare_digest(given[len(_BEARER) :].strip(), self._token)
        if not FORWARDED.isdisjoint(headers):
            return False
        try:
            client = _plain(ip_address(address))
        except ValueError:
            return False
        return client.is_loopback or any(client in network for network in self._networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidConfiguration(f"metrics_networks names {text!r}: {error}; give networks as 10.0.0.0/8") from error


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return an IPv4 address that came mapped into an IPv6 one as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
