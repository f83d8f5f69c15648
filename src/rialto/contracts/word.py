"""What the words of the contracts are made of."""

from enum import Enum
from typing import Final

NOTHING: Final = "0.00000000"
"""No amount, as the core writes it."""


class Word(Enum):
    """A word of the field. Hashed by identity, in C: it is a key wherever spellings are looked up."""

    __hash__ = object.__hash__
