"""What being verified takes, and what it allows: told to anybody, so that nobody says for nothing who they are."""

from typing import Any, Final

import msgspec
import pycountry

from rialto.foundation.settings.verification import VerificationSettings
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.identity.countries import Countries
from rialto.identity.verification.cases import NEEDED
from rialto.identity.verification.documents import DOCUMENT_BYTES_MAX, ContentType
from rialto.identity.verification.model import ADULT_YEARS, LEVEL_MAX
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import NoParameters


class LevelRules(msgspec.Struct, frozen=True, rename="camel"):
    """A level: how much it lets one take out in 24 hours, which kind of document it needs, and whether it must be said
    where one's money comes from.
    """

    level: int
    withdrawal_limit: str
    document: str | None
    needs_funds: bool


class CountryRules(msgspec.Struct, frozen=True, rename="camel"):
    """How far people of a country are verified; 0: they are not taken. `mayDeposit` from chains."""

    country: str
    level_max: int
    may_deposit: bool


class RulesAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """All of it; limits are told in `asset`."""

    asset: str
    levels: list[LevelRules]
    countries: list[CountryRules]
    content_types: list[str]
    document_bytes_max: int
    age_min: int
    has_provider: bool
    """Whether a provider may ask one to go on with it."""


RULES: Final = Endpoint(
    "GET",
    "/account/v1/verification/rules",
    summary="Tell what being verified takes, and what it allows.",
    parameters=NoParameters,
    response=RulesAnswer,
    weight=5,
)

RULES_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (RULES,)


class RulesCalls:
    """Serves them: they are settings, and the same for as long as the exchange runs."""

    def __init__(
        self, countries: Countries, verification: VerificationSettings, withdrawals: WithdrawalSettings
    ) -> None:
        limits = withdrawals.limits
        self._answer = RulesAnswer(
            withdrawals.valuation_asset,
            [
                LevelRules(
                    level,
                    str(limits[min(level, len(limits) - 1)]),
                    None if level == 0 else NEEDED[level].value,
                    0 < verification.source_of_funds_from_level <= level,
                )
                for level in range(LEVEL_MAX + 1)
            ],
            [_rules_of(countries, each.alpha_2) for each in pycountry.countries],
            [each.value for each in ContentType],
            DOCUMENT_BYTES_MAX,
            ADULT_YEARS,
            bool(verification.provider_url),
        )

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(RULES, self.rules)]

    async def rules(self, _call: Call, _parameters: NoParameters) -> RulesAnswer:
        """Tell them."""
        return self._answer


def _rules_of(countries: Countries, country: str) -> CountryRules:
    level_max = 0 if countries.are_refused(country) else countries.level_max(country, LEVEL_MAX)
    return CountryRules(country, level_max, countries.may_deposit(country))
