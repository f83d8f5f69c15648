"""The parameters that calls about wallets share."""

from typing import Annotated, Final

from rialto.core.catalog import Asset, Catalog
from rialto.wire.errors import ApiError
from rialto.wire.kinds import Integer, Text, Timestamp
from rialto.wire.wallet_errors import WalletError

ASSET_RANGE: Final = r"^[A-Za-z0-9]{1,16}$"

AssetName = Annotated[str, Text(ASSET_RANGE)]
StartTime = Annotated[int, Timestamp()]
EndTime = Annotated[int, Timestamp(is_end=True)]
Current = Annotated[int, Integer(1, 1_000_000)]
Size = Annotated[int, Integer(1, 100, clamp=True)]

DAY_US: Final = 86_400_000_000


def find_asset(catalog: Catalog, name: str) -> Asset:
    """Return the asset of a name, in any case. Raises `ApiError` -4018."""
    asset = catalog.asset_named(name.upper())
    if asset is None:
        raise WalletError.NO_SUCH_ASSET.error()
    return asset


def check_days(start_us: int | None, end_us: int | None, days_max: int, error: ApiError) -> None:
    """Raise `error` for a range of times that ends before it starts, or is longer than so many days."""
    if start_us is not None and end_us is not None and not 0 <= end_us - start_us <= days_max * DAY_US:
        raise error
