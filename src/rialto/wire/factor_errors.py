"""The error codes of `/account` about second factors and API keys (-412xx).

A catalogue beside `errors.ErrorCode`, of the same shape. The messages are for people: what was wrong and what to do.
"""

from rialto.wire.errors import Catalogue


class FactorError(Catalogue):
    """What second factors and API keys are refused with."""

    STEP_UP_REQUIRED = (
        -41201,
        403,
        "Show that it is you: prove a second factor, or your password if you have none, at /account/v1/step-up.",
    )
    REFUSED = (-41202, 401, "This was not accepted: {}.")
    WAIT = (-41203, 429, "Too many wrong codes; try again in {} seconds, or use a passkey or a recovery code.")
    EXISTS = (-41204, 400, "This cannot be added: {}.")
    NO_SUCH_FACTOR = (-41205, 400, "There is nothing to change: {}.")
    PASSWORD_NOT_ENOUGH = (-41206, 400, "You have a second factor: show it instead of the password.")
    PASSWORD_WRONG = (-41207, 401, "The password is wrong.")
    PROOF_INCOMPLETE = (-41208, 400, "Send a code, or the challenge and credential of a passkey, of the kind named.")
    INVALID_KEY = (-41209, 400, "The key cannot be made so: {}.")
    NO_SUCH_KEY = (-41210, 400, "You have no such API key.")
