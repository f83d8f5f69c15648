"""The error codes of `/account`: signing up, logging in, sessions (-41xxx).

A catalogue beside `errors.ErrorCode`, of the same shape. The messages are for people: what was wrong and what to do.
None of them tells whether an address has an account.
"""

from rialto.wire.errors import Catalogue


class PeopleError(Catalogue):
    """What signing up, logging in and sessions are refused with."""

    BUSY = (-41001, 503, "Too many people are signing up or logging in right now; try again in {} seconds.")
    TRY_LATER = (-41002, 429, "Too many attempts; try again in {} seconds.")
    WRONG_CREDENTIALS = (-41003, 401, "The e-mail address or the password is wrong.")
    INVALID_EMAIL = (-41004, 400, "This is no e-mail address that mail can be sent to.")
    WEAK_PASSWORD = (-41005, 400, "Choose another password: {}")
    INVALID_PROOF = (-41006, 400, "This link or code is not valid, or no longer; ask for a new one.")
    NO_SESSION = (-41007, 401, "You are not logged in, or your session has ended; log in.")
    CSRF = (-41008, 403, "The request does not carry its session's x-csrf-token.")
    FOREIGN_SITE = (-41009, 403, "The request comes from another site than this exchange's.")
    FROZEN = (-41010, 403, "This account is frozen; set a new password by mail, or write to the exchange.")
    LOGIN_EXPIRED = (-41011, 401, "This login has expired; enter your e-mail address and password again.")
    FACTOR_REFUSED = (-41012, 401, "The second factor was not accepted.")
    NO_SUCH_SESSION = (-41013, 400, "You have no such session.")
    NO_SUCH_DEVICE = (-41014, 400, "You have no such device.")
    NO_MAILBOX = (-41015, 404, "There is no local mailbox here: mail is sent, or the exchange is open to the network.")
    SECRET_IN_QUERY = (-41016, 400, "Send passwords, codes and tokens in the body, not in the address.")
    EMAIL_UNCHANGED = (-41017, 400, "This is your e-mail address already.")
    CLOSED = (-41018, 403, "This account is closed.")
