"""Parameters that several calls about people's accounts share."""

from typing import Annotated, Final

from rialto.identity.email_proofs import CODE_DIGITS
from rialto.identity.factors.kinds import FactorKind, FactorProof
from rialto.wire.kinds import TURNING, Choice, Text
from rialto.wire.parameters import Parameters

EMAIL_RANGE: Final = rf"^[^\s\x00-\x1f\x7f{TURNING}]{{3,254}}$"
PASSWORD_RANGE: Final = r"^[^\x00-\x1f\x7f]{1,1024}$"  # noqa: S105 - a pattern
TOKEN_RANGE: Final = "^[A-Za-z0-9_-]{1,64}$"  # noqa: S105 - a pattern
CREDENTIAL_RANGE: Final = r"^\{.{2,8000}\}$"

Email = Annotated[str, Text(EMAIL_RANGE)]
Password = Annotated[str, Text(PASSWORD_RANGE)]
Token = Annotated[str, Text(TOKEN_RANGE)]
MailedCode = Annotated[str, Text(f"^[0-9]{{{CODE_DIGITS}}}$")]


class ProofParameters(Parameters, frozen=True):
    """What a mail said: the token of its link, or the address with the code."""

    token: Annotated[str | None, Text(TOKEN_RANGE)] = None
    email: Annotated[str | None, Text(EMAIL_RANGE)] = None
    code: Annotated[str | None, Text(f"^[0-9]{{{CODE_DIGITS}}}$")] = None


class FactorParameters(Parameters, frozen=True):
    """What proves a second factor: a code, or a passkey's answer to a challenge."""

    factor: Annotated[FactorKind | None, Choice(FactorKind)] = None
    factor_code: Annotated[str | None, Text("^[A-Za-z0-9-]{1,64}$")] = None
    challenge: Annotated[str | None, Text("^[A-Za-z0-9_-]{1,128}$")] = None
    credential: Annotated[str | None, Text(CREDENTIAL_RANGE)] = None

    def proof(self) -> FactorProof | None:
        """Return the proof; None if none was sent."""
        if self.factor is None:
            return None
        return FactorProof(self.factor, self.factor_code or "", self.challenge or "", self.credential or "")
