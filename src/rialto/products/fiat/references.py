"""What people write on their transfers, so that we know whose they are: structured creditor references, ISO 11649.

Two check digits make sure that a slip of the pen is nobody else's order.
"""

import hashlib
import re
from typing import Final

from stdnum import iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

_ANY: Final = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
CANDIDATES_MAX: Final = 20


def reference_of(order: str) -> str:
    """Return the reference of an order, as banks take it in the structured field."""
    checks = mod_97_10.calc_check_digits(f"{order}RF")
    return f"RF{checks}{order}"


def order_in(structured: str, text: str) -> str | None:
    """Find the order that a transfer names: in the structured field, or anywhere in the text, spaces or not."""
    compact = re.sub(r"[^0-9A-Z]", "", text.upper())
    for candidate in (structured.upper(), *_candidates(compact)):
        try:
            return str(iso11649.validate(candidate))[4:]
        except ValidationError:
            continue
    return None


def unordered_id(bank: str, reference: str) -> str:
    """Name the order that stands for an entry without one."""
    return "E" + hashlib.sha256(f"{bank}\n{reference}".encode()).hexdigest()[:15].upper()


def _candidates(compact: str) -> list[str]:
    """List what could be a reference of one of our orders; these have 16 characters."""
    starts = [match.start() for match in re.finditer(r"RF[0-9]{2}", compact)][:CANDIDATES_MAX]
    return [compact[start : start + 20] for start in starts if _ANY.match(compact, start)]
