"""By what rates the page shows what things are worth: the table `[display]` of the file."""

from typing import Annotated

import msgspec
from msgspec import Meta


class DisplaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can set about it."""

    rates_url: Annotated[
        str,
        Meta(max_length=500, pattern=r"^(https://[^\s]+|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?(/[^\s]*)?)?$"),
    ] = ""
    """Where rates between currencies come from: a file of the form of the European Central Bank's,
    `https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml`. Empty: those that came with the package."""

    rates_seconds: Annotated[int, Meta(ge=60, le=604_800)] = 14_400
    """How often it is asked at most."""
