"""Every endpoint of custody that is declared."""

from typing import Any, Final

from rialto.custody.addresses.coins import COINS
from rialto.custody.addresses.network_states import NETWORKS
from rialto.custody.addresses.routes import ADDRESS_ENDPOINTS
from rialto.custody.deposits.routes import DEPOSIT_ENDPOINTS
from rialto.custody.deposits.shortfall_routes import SHORTFALL_ENDPOINTS
from rialto.custody.recovery.routes import RECOVERY_ENDPOINTS
from rialto.wire.endpoints import Endpoint

CUSTODY_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    COINS,
    NETWORKS,
    *ADDRESS_ENDPOINTS,
    *DEPOSIT_ENDPOINTS,
    *RECOVERY_ENDPOINTS,
    *SHORTFALL_ENDPOINTS,
)
