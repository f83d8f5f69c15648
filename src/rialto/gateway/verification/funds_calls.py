"""Stating where one's money comes from. It goes in here and does not come out again."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.security.proofs import on_clerks
from rialto.identity.clerks import Clerks
from rialto.identity.verification.funds import Funds, FundsSource, FundsStatements
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Choice, Integer, Text, line
from rialto.wire.parameters import Parameters

VOLUME_MAX: Final = 1_000_000_000_000

Volume = Annotated[int, Integer(0, VOLUME_MAX)]
Source = Annotated[FundsSource, Choice(FundsSource)]


class FundsParameters(Parameters, frozen=True):
    """What one does, where the money to trade with and all that one has come from, and how much is expected a month."""

    occupation: Annotated[str, Text(line(100))]
    source: Source
    wealth_source: Source
    expected_deposits: Volume
    expected_trades: Volume
    details: Annotated[str, Text(line(500, least=0))] = ""


class FundsGiven(msgspec.Struct, frozen=True, rename="camel"):
    """When it was stated."""

    given: int


FUNDS: Final = Endpoint(
    "POST",
    "/account/v1/verification/source-of-funds",
    summary="State where one's money comes from.",
    parameters=FundsParameters,
    response=FundsGiven,
    weight=5,
    security=Security.SESSION,
    refused_with=(401, 503),
)

FUNDS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (FUNDS,)


class FundsCalls:
    """Serves them."""

    def __init__(self, statements: FundsStatements, clerks: Clerks, now_us: Callable[[], int]) -> None:
        self._statements = statements
        self._clerks = clerks
        self._now_us = now_us

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(FUNDS, self.state)]

    async def state(self, call: Call, parameters: FundsParameters) -> FundsGiven:
        """Take it."""
        call.require_step_up()
        now_us, owner = self._now_us(), call.owner
        funds = Funds(
            occupation=parameters.occupation,
            source=parameters.source,
            details=parameters.details,
            wealth_source=parameters.wealth_source,
            expected_deposits=parameters.expected_deposits,
            expected_trades=parameters.expected_trades,
        )
        await on_clerks(self._clerks, now_us, lambda: self._statements.state(owner, funds, now_us))
        return FundsGiven(call.time(now_us))
