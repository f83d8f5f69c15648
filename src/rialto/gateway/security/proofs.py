"""Proofs as requests carry them, and the errors of the API for those that fail."""

from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from rialto.gateway.call import Call
from rialto.identity.clerks import Clerks, ClerksBusy
from rialto.identity.factors.kinds import (
    FactorExists,
    FactorKind,
    FactorProof,
    FactorRefused,
    NoSuchFactor,
    TooManyAttempts,
    TooManyFactors,
)
from rialto.wire.factor_errors import FactorError
from rialto.wire.kinds import Choice, Text
from rialto.wire.parameters import Parameters
from rialto.wire.people_errors import PeopleError

CODE_RANGE: Final = "^[0-9A-Za-z -]{1,40}$"
CHALLENGE_RANGE: Final = "^[A-Za-z0-9_-]{43}$"
CREDENTIAL_RANGE: Final = "^[ -~\\n\\r\\t]{2,8000}$"

T = TypeVar("T")

Code = Annotated[str, Text(CODE_RANGE)]
Challenge = Annotated[str, Text(CHALLENGE_RANGE)]
Credential = Annotated[str, Text(CREDENTIAL_RANGE)]
Kind = Annotated[FactorKind, Choice(FactorKind)]


class ProofParameters(Parameters, frozen=True):
    """A factor that is shown: its kind, and a code, or a passkey's answer to a challenge."""

    kind: Kind
    code: Annotated[str | None, Text(CODE_RANGE)] = None
    challenge: Annotated[str | None, Text(CHALLENGE_RANGE)] = None
    credential: Annotated[str | None, Text(CREDENTIAL_RANGE)] = None

    def check(self) -> None:
        """Make sure that what the kind needs is there."""
        if self.kind is FactorKind.PASSKEY:
            is_complete = self.challenge is not None and self.credential is not None and self.code is None
        else:
            is_complete = self.code is not None and self.challenge is None and self.credential is None
        if not is_complete:
            raise FactorError.PROOF_INCOMPLETE.error()

    def proof(self) -> FactorProof:
        """Return it as it is checked."""
        return FactorProof(self.kind, self.code or "", self.challenge or "", self.credential or "")


def refuse_secrets_in_query(call: Call) -> None:
    """Raise `ApiError` -41016 if anything was sent in the address."""
    if call.request.query:
        raise PeopleError.SECRET_IN_QUERY.error()


async def on_clerks(clerks: Clerks, now_us: int, do: Callable[[], T]) -> T:
    """Have something about factors done; what goes wrong becomes an `ApiError`."""
    try:
        return await clerks.run(do)
    except ClerksBusy:
        raise PeopleError.BUSY.error(1, retry_after_s=1) from None
    except FactorRefused as refused:
        raise FactorError.REFUSED.error(refused) from None
    except TooManyAttempts as waiting:
        seconds = max(1, -(-(waiting.until_us - now_us) // 1_000_000))
        raise FactorError.WAIT.error(seconds, retry_after_s=seconds) from None
    except (FactorExists, TooManyFactors) as there:
        raise FactorError.EXISTS.error(there) from None
    except NoSuchFactor as missing:
        raise FactorError.NO_SUCH_FACTOR.error(missing) from None
