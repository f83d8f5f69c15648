"""What the calls about privacy have in common: how they are declared, and how refusals become errors."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from rialto.gateway.people.desk import Desk
from rialto.identity.privacy.closings import ClosingAlready, NothingToCancel
from rialto.identity.privacy.consents import ConsentRequired, MissingConsent, NoSuchDocument, TooManyConsents
from rialto.identity.privacy.exports import ExportNotThere, NoSuchExport, TooManyExports
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ApiError
from rialto.wire.parameters import Parameters
from rialto.wire.privacy_errors import PrivacyError

T = TypeVar("T")

WEIGHT: Final = 5
REFUSALS: Final = (
    *(MissingConsent, NoSuchDocument, ConsentRequired, TooManyConsents),
    *(NoSuchExport, ExportNotThere, TooManyExports),
    *(ClosingAlready, NothingToCancel),
)


def declare(
    method: str,
    path: str,
    summary: str,
    parameters: type[Parameters],
    response: Any,
    security: Security = Security.SESSION,
) -> Endpoint[Any]:
    """Declare a call about privacy."""
    return Endpoint(
        method,
        f"/account/v1/privacy{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=WEIGHT,
        security=security,
        refused_with=(401, 403, 409, 429, 503) if security is Security.SESSION else (503,),
    )


async def run(desk: Desk, do: Callable[[], T]) -> T:
    """Do something that blocks; what refuses it becomes an `ApiError`."""
    try:
        return await desk.run(do)
    except REFUSALS as refusal:
        raise error_of(refusal) from None


def error_of(refusal: Exception) -> ApiError:
    """Return the error for a refusal."""
    match refusal:
        case MissingConsent():
            return PrivacyError.CONSENT_NEEDED.error(refusal)
        case NoSuchDocument():
            return PrivacyError.NO_SUCH_DOCUMENT.error(refusal)
        case ConsentRequired():
            return PrivacyError.CONSENT_REQUIRED.error()
        case NoSuchExport():
            return PrivacyError.NO_SUCH_EXPORT.error()
        case ExportNotThere():
            return PrivacyError.EXPORT_NOT_THERE.error(refusal)
        case ClosingAlready():
            return PrivacyError.CLOSING_ALREADY.error()
        case NothingToCancel():
            return PrivacyError.NOTHING_TO_CANCEL.error()
        case _:
            return PrivacyError.TOO_MANY.error()
