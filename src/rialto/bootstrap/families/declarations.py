"""Every endpoint that is declared, without the parts that serve them: for documents, checks and tests."""

from typing import Any, Final

from rialto.admin.reads import READ_ENDPOINTS
from rialto.admin.routes import DESK_ENDPOINTS
from rialto.custody.declarations import CUSTODY_ENDPOINTS
from rialto.custody.reserves.routes import RESERVES_ENDPOINTS
from rialto.custody.travel_rule.declarations import TRAVEL_RULE_ENDPOINTS
from rialto.custody.withdrawals.declarations import WITHDRAWAL_ENDPOINTS
from rialto.custody.withdrawals.people_routes import PEOPLE_WITHDRAWAL_ENDPOINTS
from rialto.gateway.people.declarations import PEOPLE_ENDPOINTS
from rialto.gateway.privacy.declarations import PRIVACY_ENDPOINTS
from rialto.gateway.security.factors import FACTOR_ENDPOINTS
from rialto.gateway.security.keys import KEY_ENDPOINTS
from rialto.gateway.security.step_up import STEP_UP
from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.gateway.spot.past import PAST_ENDPOINTS
from rialto.gateway.standing.account import STANDING_ENDPOINTS
from rialto.gateway.verification.calls import VERIFICATION_ENDPOINTS
from rialto.gateway.verification.funds_calls import FUNDS_ENDPOINTS
from rialto.gateway.verification.provider_calls import PROVIDER_ENDPOINTS
from rialto.gateway.verification.rules_calls import RULES_ENDPOINTS
from rialto.gateway.wallet.declarations import WALLET_ENDPOINTS
from rialto.products.distributions.routes import DISTRIBUTION_ENDPOINTS
from rialto.products.dust.routes import DUST_ENDPOINTS
from rialto.products.fiat.routes import FIAT_ENDPOINTS
from rialto.products.transfers.routes import TRANSFERS_ENDPOINTS
from rialto.products.transfers.sub_accounts.declarations import SUB_ACCOUNTS_ENDPOINTS
from rialto.wire.endpoints import Endpoint

ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    *DESK_ENDPOINTS,
    *READ_ENDPOINTS,
    *DISTRIBUTION_ENDPOINTS,
    *DUST_ENDPOINTS,
    *FIAT_ENDPOINTS,
    *PEOPLE_ENDPOINTS,
    *PRIVACY_ENDPOINTS,
    *RESERVES_ENDPOINTS,
    *FACTOR_ENDPOINTS,
    *KEY_ENDPOINTS,
    *PAST_ENDPOINTS,
    *SPOT_ENDPOINTS,
    *CUSTODY_ENDPOINTS,
    *STANDING_ENDPOINTS,
    STEP_UP,
    *SUB_ACCOUNTS_ENDPOINTS,
    *TRANSFERS_ENDPOINTS,
    *TRAVEL_RULE_ENDPOINTS,
    *VERIFICATION_ENDPOINTS,
    *FUNDS_ENDPOINTS,
    *RULES_ENDPOINTS,
    *PROVIDER_ENDPOINTS,
    *WALLET_ENDPOINTS,
    *PEOPLE_WITHDRAWAL_ENDPOINTS,
    *WITHDRAWAL_ENDPOINTS,
)
"""Each family adds its own tuple."""
