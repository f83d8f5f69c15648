"""The error codes of `/account` about verification (-413xx).

A catalogue beside `errors.ErrorCode`, of the same shape.
"""

from rialto.wire.errors import Catalogue


class VerificationError(Catalogue):
    """What verification is refused with."""

    DOCUMENT_REFUSED = (-41301, 400, "The document is not taken: {}.")
    NO_SUCH_DOCUMENT = (-41302, 400, "You have no such document.")
    CASE_REFUSED = (-41303, 400, "This cannot be submitted: {}.")
    UNDER_REVIEW = (
        -41304,
        403,
        "This account is under review: you can look at everything, and neither trade nor withdraw for now.",
    )
    NOT_THE_PROVIDER = (-41305, 401, "This is no message of the provider's, or not one of now.")
