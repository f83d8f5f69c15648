"""Why payments come back, in words: the common ones of ISO 20022's external codes for return reasons.

A code that is not here is told as it is, with the bank's own text. Pages have their own words for the same codes.
"""

import re
from typing import Final

WORDS: Final = {
    "AC01": "the account number is wrong",
    "AC03": "the account number is wrong",
    "AC04": "the account is closed",
    "AC06": "the account is blocked",
    "AG01": "the account takes no such payments",
    "AG02": "the account takes no such payments",
    "AM04": "there is too little money in the account",
    "AM05": "it was sent twice",
    "AM09": "the amount is wrong",
    "BE01": "the name does not match the account",
    "BE04": "details of the sender or the receiver are missing",
    "CUST": "the sender asked for it",
    "DUPL": "it was sent twice",
    "FOCR": "the sender asked for it",
    "FR01": "fraud is suspected",
    "FRAD": "fraud is suspected",
    "LEGL": "the law forbids it",
    "MD07": "the account's holder has died",
    "MS02": "the receiver does not take it",
    "MS03": "no reason is given",
    "NARR": "no reason is given",
    "RC01": "the bank's code is wrong",
    "RR01": "details of the sender or the receiver are missing",
    "RR02": "details of the sender or the receiver are missing",
    "RR03": "details of the sender or the receiver are missing",
    "RR04": "the law forbids it",
    "TECH": "the banks had a technical problem",
}

RETURNABLE: Final = ("AC01", "AM05", "BE01", "FOCR", "MS02", "MS03", "RR04")
"""Why we may send back what came to us."""

TEXT_MAX: Final = 140
"""How much of a bank's own text is kept."""

_CODE: Final = re.compile(r"^[A-Z]{2}[A-Z0-9]{2}(?=$|: )")


def stated(code: str, text: str) -> str:
    """Return what is kept of a reason: the code, and the bank's text where the code alone tells nothing."""
    kept = text[:TEXT_MAX]
    return f"{code}: {kept}" if kept and (code not in WORDS or WORDS[code] == WORDS["NARR"]) else code


def code_of(reason: str) -> str:
    """Return the code of what is kept; empty where it is none of ISO 20022's."""
    found = _CODE.match(reason)
    return "" if found is None else found.group()


def in_words(reason: str) -> str:
    """Say what is kept, for people: the words with the code beside, or the code with the bank's own text."""
    code = code_of(reason)
    if reason != code or code not in WORDS:
        return reason
    return f"{WORDS[code]} ({code})"
