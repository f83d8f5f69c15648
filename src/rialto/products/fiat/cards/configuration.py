"""The file that says who takes cards and on which terms: `cards.toml` in the data directory, mode 600.

    url = "https://payments.example"
    key = "the provider's API key"
    webhook_secret = "what the provider signs its events with"
    order_minutes = 15
    return_origins = ["https://shop.example"]

    [currencies.EUR]
    scope = 2000001
    assets = ["BTC", "ETH"]
    fee_basis_points = 200
    spread_basis_points = 50
    payment_min = "15"
    payment_max = "5000"
    day_limits = ["0", "1000", "20000"]
    payout_fee = "1.00"

The currency itself can always be bought, which is a deposit; `assets` can beside it, at the dearest that trades and
offers of the last minutes name, and the spread. `day_limits` are by level of verification, higher levels have the last;
owners who are no people, made by the operator, have none. The provider's page goes back to this exchange's own page,
or to one of `return_origins`. A file with anything wrong in it is refused as a whole.
"""

import stat
import tomllib
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from rialto.foundation.configuration import InvalidConfiguration
from rialto.products.fiat.banks import Money
from rialto.wire.decimals import to_units

FILE_NAME: Final = "cards.toml"
SCOPE_MIN: Final = 2_000_001
SCOPE_MAX: Final = 3_000_000
CURRENCIES_MAX: Final = 100
ASSETS_MAX: Final = 100
ORIGINS_MAX: Final = 100

BasisPoints = Annotated[int, Meta(ge=0, le=5_000)]
AssetName = Annotated[str, Meta(pattern="^[A-Z0-9]{1,16}$")]
Origin = Annotated[str, Meta(pattern=r"^https?://[a-z0-9.-]{1,200}(:[0-9]{1,5})?$")]
Secret = Annotated[str, Meta(min_length=16, max_length=200)]


class CurrencyTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The terms of one currency, as they are written."""

    scope: Annotated[int, Meta(ge=SCOPE_MIN, le=SCOPE_MAX)]
    assets: Annotated[tuple[AssetName, ...], Meta(max_length=ASSETS_MAX)] = ()
    fee_basis_points: BasisPoints = 200
    spread_basis_points: BasisPoints = 50
    payment_min: Money = "15"
    payment_max: Money = "5000"
    day_limits: Annotated[tuple[Money, ...], Meta(min_length=1, max_length=10)] = ("0", "1000", "20000")
    payout_fee: Money = "1"


class CardsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    url: Annotated[str, Meta(pattern=r"^https?://[^/?#\s]+$", max_length=200)]
    key: Secret
    webhook_secret: Secret
    currencies: Annotated[
        dict[Annotated[str, Meta(pattern="^[A-Z]{3}$")], CurrencyTable], Meta(min_length=1, max_length=CURRENCIES_MAX)
    ]
    return_origins: Annotated[tuple[Origin, ...], Meta(max_length=ORIGINS_MAX)] = ()
    """Where the provider's page may go back to beside the exchange's own page."""
    order_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 15
    open_orders_max: Annotated[int, Meta(ge=1, le=100)] = 3
    orders_per_hour_max: Annotated[int, Meta(ge=1, le=1_000)] = 10
    declines_per_day_max: Annotated[int, Meta(ge=1, le=1_000)] = 10

    def __repr__(self) -> str:
        return f"CardsFile(url={self.url!r})"


class Terms(NamedTuple):
    """The terms of one currency. Amounts in units of 1e-8."""

    currency: str
    scope: int
    assets: frozenset[str]
    fee_basis_points: int
    spread_basis_points: int
    payment_min: int
    payment_max: int
    day_limits: tuple[int, ...]
    payout_fee: int

    def day_limit(self, level: int | None) -> int | None:
        """Return how much may be paid in 24 hours at a level of verification; no level, no limit."""
        return None if level is None else self.day_limits[min(max(level, 0), len(self.day_limits) - 1)]


def read_cards(directory: Path) -> CardsFile | None:
    """Read the file of a data directory; without one no cards are taken. Errors: `InvalidConfiguration`."""
    path = directory / FILE_NAME
    try:
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise InvalidConfiguration(f"{path} holds secrets and can be used by others; say chmod 600 {path}")
        read = msgspec.convert(tomllib.loads(path.read_text("utf-8")), CardsFile)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InvalidConfiguration(f"{path}: {error}") from error
    scopes = [table.scope for table in read.currencies.values()]
    if len(set(scopes)) != len(scopes):
        raise InvalidConfiguration(f"{path}: two currencies have one scope; each needs its own")
    return read


def terms_of(currency: str, table: CurrencyTable) -> Terms:
    """Read a currency's amounts."""
    return Terms(
        currency,
        table.scope,
        frozenset(table.assets),
        table.fee_basis_points,
        table.spread_basis_points,
        to_units(table.payment_min),
        to_units(table.payment_max),
        tuple(to_units(each) for each in table.day_limits),
        to_units(table.payout_fee),
    )
