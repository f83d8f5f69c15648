"""Every call about sub-accounts."""

from typing import Any, Final

from rialto.products.transfers.sub_accounts.assets import ASSETS_ENDPOINTS
from rialto.products.transfers.sub_accounts.deposits import DEPOSITS_ENDPOINTS
from rialto.products.transfers.sub_accounts.futures_declarations import FUTURES_ENDPOINTS
from rialto.products.transfers.sub_accounts.histories import HISTORIES_ENDPOINTS
from rialto.products.transfers.sub_accounts.key_declarations import KEYS_ENDPOINTS
from rialto.products.transfers.sub_accounts.managed import MANAGED_ENDPOINTS
from rialto.products.transfers.sub_accounts.management import MANAGEMENT_ENDPOINTS
from rialto.products.transfers.sub_accounts.margin import MARGIN_ENDPOINTS
from rialto.products.transfers.sub_accounts.move_declarations import MOVES_ENDPOINTS
from rialto.products.transfers.sub_accounts.own import OWN_ENDPOINTS
from rialto.products.transfers.sub_accounts.statistics import STATISTICS_ENDPOINTS
from rialto.wire.endpoints import Endpoint

SUB_ACCOUNTS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    *MANAGEMENT_ENDPOINTS,
    *KEYS_ENDPOINTS,
    *MOVES_ENDPOINTS,
    *HISTORIES_ENDPOINTS,
    *ASSETS_ENDPOINTS,
    *MARGIN_ENDPOINTS,
    *FUTURES_ENDPOINTS,
    *STATISTICS_ENDPOINTS,
    *DEPOSITS_ENDPOINTS,
    *MANAGED_ENDPOINTS,
    *OWN_ENDPOINTS,
)
