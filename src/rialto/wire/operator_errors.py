"""The error codes of `/admin`: what operators ask for and agree to (-42xxx).

A catalogue beside `errors.ErrorCode`, of the same shape. The messages are for operators: what was wrong, what to do.
"""

from rialto.wire.errors import Catalogue


class OperatorError(Catalogue):
    """What operators are refused with."""

    WRONG_ROLE = (-42001, 403, "This takes one of the roles: {}.")
    FACTOR_NEEDED = (-42002, 403, "Operators need a second factor: add a passkey or an authenticator app first.")
    WRONG_NETWORK = (-42003, 403, "Operators are not admitted from this address.")
    NO_SUCH_PROPOSAL = (-42004, 400, "There is no such proposal.")
    NOT_PENDING = (-42005, 409, "The proposal is {} already.")
    OWN_PROPOSAL = (-42006, 403, "Who proposed it cannot approve it; another operator must.")
    NOT_PROPOSED = (-42007, 400, "This cannot be proposed: {}.")
    NO_SUCH_PERSON = (-42008, 400, "There is no such person.")
    TOO_MANY_PENDING = (-42009, 429, "{} proposals wait for approval; decide on some of them first.")
    EXPORT_NOT_THERE = (-42022, 409, "The export cannot be fetched: it is {}.")
    BROKEN_LOG = (-42010, 500, "The log is not whole: {}.")
    OFFICER_NEEDED = (-42011, 403, "So much takes an operator with the role security among the two.")
    NO_CASE = (-42012, 400, "There is no such case to look at: {}.")
    OWN_AFFAIR = (-42013, 403, "It concerns yourself; another operator must approve it.")
    NOTHING_TO_RECOVER = (-42025, 400, "Nothing can be recovered by this: {}.")
    NO_SUCH_FILE = (-42023, 409, "There is nothing to be signed: {}.")
