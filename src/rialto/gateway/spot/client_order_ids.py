"""Client order ids for orders that come without one: 22 letters and digits nobody can guess.

Randomness is drawn from the system in blocks, because asking for a little costs as much as asking for much.
"""

import secrets
import string
from typing import Final

LENGTH: Final = 22

_ALPHABET: Final = (string.ascii_letters + string.digits).encode()
_TABLE: Final = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
# Bytes past the last whole alphabet are left out, so that every letter is equally likely.
_LEFT_OUT: Final = bytes(range(256 - 256 % len(_ALPHABET), 256))
_BLOCK: Final = 4_096


class ClientOrderIds:
    """Draws ids."""

    def __init__(self) -> None:
        self._letters = ""
        self._position = 0

    def draw(self) -> str:
        """Return an id never drawn before, as far as chance allows."""
        start = self._position
        if start + LENGTH > len(self._letters):
            self._letters = secrets.token_bytes(_BLOCK).translate(_TABLE, _LEFT_OUT).decode("ascii")
            start = 0
        self._position = start + LENGTH
        return self._letters[start : self._position]
