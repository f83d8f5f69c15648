"""Who is taken as a customer, and what must be said about where money goes: the table `[verification]` of the file."""

from typing import Annotated

import msgspec
from msgspec import Meta

Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class VerificationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can set about it. Countries are two letters of ISO 3166."""

    refused_countries: Annotated[tuple[Country, ...], Meta(max_length=300)] = ()
    """Whose people are not taken, neither at sign-up nor when they are verified, and where nothing may be sent by the
    travel rule."""

    limited_countries: Annotated[tuple[Country, ...], Meta(max_length=300)] = ()
    """Whose people are verified to the first level at most, and get no deposit addresses."""

    watch_lists: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=500)], ...], Meta(max_length=20)] = ()
    """Files of people nobody may deal with; relative to the data directory. Who may be on one is approved by two.

    Read are SDN.XML of the US Treasury, the consolidated lists of the United Nations and the European Union (XML), the
    UK Sanctions List (CSV), and one's own (CSV)."""

    watch_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 60
    """How often it is looked whether one of them has changed."""

    source_of_funds_from_level: Annotated[int, Meta(ge=0, le=2)] = 0
    """From which level on it must be stated where one's money comes from. 0: never."""

    provider_url: Annotated[
        str, Meta(pattern=r"^(https://[^\s]{1,300}|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?(/[^\s]{0,300})?)?$")
    ] = ""
    """Where a provider verifies people, beside operators. Empty: operators alone. Its secrets are settings by
    themselves."""

    provider_name: Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$")] = "external"
    """By which name it is written down what the provider decided."""

    provider_poll_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 600
    """How often the provider is asked about a check that it has sent no message of."""

    questionnaire_country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    """Whose travel rule the exchange is under. Empty: none, and nothing is asked."""

    questionnaire_from: Annotated[int, Meta(ge=0, le=1_000_000_000_000)] = 0
    """From which value on it is asked, in whole units of the asset withdrawals are valued in. 0: always."""

    questionnaire_from_by_country: Annotated[
        dict[Country, Annotated[int, Meta(ge=0, le=1_000_000_000_000)]], Meta(max_length=300)
    ] = {}
    """The same for people who live in some countries."""

    questionnaire_from_by_asset: Annotated[
        dict[str, Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,8})?$")]], Meta(max_length=1_000)
    ] = {}
    """From how much on it is asked of some assets, whatever they are worth, such as `{ BTC = "0.1" }`."""

    questionnaire_window_hours: Annotated[int, Meta(ge=0, le=8_760)] = 24
    """Within how many hours transfers to one destination count together towards that. 0: each counts by itself."""

    vasp_name: Annotated[str, Meta(max_length=100)] = ""
    """The exchange's own legal name, for what is told to counterparts."""

    vasp_lei: Annotated[str, Meta(pattern="^([A-Z0-9]{18}[0-9]{2})?$")] = ""
    """Its legal entity identifier."""

    vasps: Annotated[dict[str, Annotated[str, Meta(max_length=128)]], Meta(max_length=2_000)] = {}
    """Counterpart exchanges: the name of each by its code."""
