"""The parameters that calls about transfers and sub-accounts share."""

from typing import Annotated, Final

from rialto.core.catalog import Asset, Catalog
from rialto.products.transfers.pages import Span
from rialto.wire import errors
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Decimal, Integer, Text
from rialto.wire.wallet_errors import WalletError

ASSET_RANGE: Final = "^[A-Z0-9]{1,16}$"
EMAIL_RANGE: Final = "^[!-~]{1,254}$"
CLIENT_ID_RANGE: Final = r"^[\.A-Z\:/a-z0-9_-]{1,64}$"

PAGES_MAX: Final = 10_000

AssetName = Annotated[str, Text(ASSET_RANGE)]
Email = Annotated[str, Text(EMAIL_RANGE)]
Amount = Annotated[str, Decimal()]
ClientId = Annotated[str, Text(CLIENT_ID_RANGE)]
PageNumber = Annotated[int, Integer(1, PAGES_MAX)]
PageSize = Annotated[int, Integer(1, 100, clamp=True)]
LongPageSize = Annotated[int, Integer(1, 500, clamp=True)]

HOUR_US: Final = 3_600_000_000


def find_asset(catalog: Catalog, name: str) -> Asset:
    """Return the asset of a name. Raises `ApiError` -4018."""
    asset = catalog.asset_named(name)
    if asset is None:
        raise WalletError.NO_SUCH_ASSET.error()
    return asset


def span_of(
    start_us: int | None, end_us: int | None, now_us: int, *, default_us: int, longest_us: int | None = None
) -> Span:
    """Complete a range of which either end may be missing: so long before its end, or up to now.

    Raises `ApiError`: -1128 if it ends before it starts, -1127 if it is longer than it may be.
    """
    if start_us is None:
        end = now_us if end_us is None else end_us
        return Span(end - default_us, end)
    end = now_us if end_us is None else end_us
    if end_us is not None and end_us < start_us:
        raise errors.bad_combination()
    if longest_us is not None and end_us is not None and end // 1000 - start_us // 1000 > longest_us // 1000:
        raise ErrorCode.MORE_THAN_XX_HOURS.error(longest_us // HOUR_US, form=1)
    if longest_us is not None and end_us is None:
        end = min(end, start_us + longest_us)
    return Span(start_us, end)
