"""Whether an address on a chain is one of those on the lists.

Pure. The chain does not matter: what is on a list as an address of one network is not paid on another either.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from rialto.identity.screening.entries import Listed

_ANY_CASE: Final = re.compile(r"0x[0-9a-f]{40}|[a-z]{1,20}1[02-9ac-hj-np-z]{6,90}", re.ASCII | re.IGNORECASE)
"""Addresses that mean the same in capitals: hexadecimal, and bech32."""


class AddressHit(msgspec.Struct, frozen=True):
    """Whose an address is."""

    address: str
    name: str
    reference: str


class AddressScreen:
    """Looks addresses up. Built once; to be asked from any thread."""

    def __init__(self, entries: Iterable[Listed]) -> None:
        self._found = {
            _folded(address.text): AddressHit(
                address.text, next(iter((*entry.names, *entry.weak_names)), ""), entry.reference
            )
            for entry in entries
            for address in entry.addresses
        }

    def __len__(self) -> int:
        return len(self._found)

    def hit(self, address: str) -> AddressHit | None:
        """Tell whose an address is; None for one that is on no list."""
        return self._found.get(_folded(address))


def _folded(address: str) -> str:
    text = address.strip()
    return text.lower() if _ANY_CASE.fullmatch(text) else text
