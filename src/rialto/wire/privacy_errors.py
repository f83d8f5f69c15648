"""The error codes of `/account` about privacy (-414xx): consents, exports, closing one's account.

A catalogue beside `errors.ErrorCode`, of the same shape. None of them tells what others asked for about a person.
"""

from rialto.wire.errors import Catalogue


class PrivacyError(Catalogue):
    """What requests about one's own data are refused with."""

    CONSENT_NEEDED = (-41401, 400, "To sign up, read and accept: {}.")
    NO_SUCH_DOCUMENT = (-41402, 400, "There is no such document, or it has another version now: {}.")
    CONSENT_REQUIRED = (-41403, 400, "This document holds for as long as there is your account.")
    NO_SUCH_EXPORT = (-41404, 400, "You have no such export.")
    EXPORT_NOT_THERE = (-41405, 409, "The export cannot be fetched: it is {}.")
    TOO_MANY = (-41406, 429, "You have asked for this often enough for now; try again tomorrow.")
    NOT_TO_BE_CLOSED = (-41407, 409, "Your account cannot be closed yet: {}.")
    NOTHING_TO_CANCEL = (-41408, 400, "Your account is not to be closed.")
    CLOSING_ALREADY = (-41409, 409, "Your account is to be closed already.")
