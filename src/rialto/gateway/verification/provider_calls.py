"""What a provider calls: that something happened to a check. Public, and believed by its signature alone.

The message decides nothing: it has the check asked about now instead of later.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.security.proofs import on_clerks
from rialto.identity.clerks import Clerks
from rialto.identity.verification.checks import Checks
from rialto.identity.verification.webhooks import InvalidMessage, message_id
from rialto.wire.endpoints import Body, Endpoint
from rialto.wire.parameters import NoParameters
from rialto.wire.verification_errors import VerificationError

BODY_BYTES_MAX: Final = 8_192


class Taken(msgspec.Struct, frozen=True):
    """The message was taken, or had been before."""


class _Message(msgspec.Struct, frozen=True):
    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]{1,128}$")]


MESSAGE: Final = Endpoint(
    "POST",
    "/account/v1/verification/provider",
    summary="Take a signed message of the provider that verifies people.",
    parameters=NoParameters,
    response=Taken,
    weight=1,
    refused_with=(401, 503),
    body=Body.RAW,
)

PROVIDER_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (MESSAGE,)


class ProviderCalls:
    """Serves them. Without a provider every message is refused."""

    def __init__(
        self,
        checks: Checks | None,
        secret: str,
        clerks: Clerks,
        now_us: Callable[[], int],
        nudge: Callable[[], None],
    ) -> None:
        """`nudge` has checks looked at now."""
        self._checks = checks
        self._secret = secret
        self._clerks = clerks
        self._now_us = now_us
        self._nudge = nudge

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(MESSAGE, self.message)]

    async def message(self, call: Call, _parameters: NoParameters) -> Taken:
        """Take a message."""
        checks, body = self._checks, call.request.body
        if checks is None or len(body) > BODY_BYTES_MAX:
            raise VerificationError.NOT_THE_PROVIDER.error()
        try:
            id_ = message_id(self._secret, call.request.headers, body, self._now_us())
            told = msgspec.json.decode(body, type=_Message)
        except (InvalidMessage, msgspec.DecodeError):
            raise VerificationError.NOT_THE_PROVIDER.error() from None
        if await on_clerks(self._clerks, self._now_us(), lambda: checks.note_message(id_, told.id)):
            self._nudge()
        return Taken()
