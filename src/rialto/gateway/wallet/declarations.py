"""What the wallet family of the API answers, in one list."""

from typing import Any, Final

from rialto.gateway.rates.routes import DISPLAY_RATES
from rialto.gateway.statements.routes import STATEMENT, STATEMENT_PDF
from rialto.gateway.wallet import announcements, balances, elsewhere, fees, snapshots
from rialto.wire.endpoints import Endpoint

WALLET_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    snapshots.ACCOUNT_SNAPSHOT,
    fees.ASSET_DETAIL,
    elsewhere.MINING,
    announcements.ANNOUNCEMENTS,
    announcements.OPENINGS,
    announcements.TAGS,
    elsewhere.DELEGATION_HISTORY,
    DISPLAY_RATES,
    balances.WALLET_BALANCE,
    fees.DISCOUNT,
    fees.TRADE_FEE,
    balances.USER_ASSET,
    announcements.DELISTINGS,
    announcements.SYSTEM_STATUS,
    STATEMENT,
    STATEMENT_PDF,
)
