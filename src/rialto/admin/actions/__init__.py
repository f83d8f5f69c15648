"""Every action an operator can propose, by name."""

from typing import Final

from rialto.admin.action import AnyAction
from rialto.admin.actions.announcements import ANNOUNCEMENT_ACTIONS
from rialto.admin.actions.custody import CUSTODY_ACTIONS
from rialto.admin.actions.fees import FEE_ACTIONS
from rialto.admin.actions.fiat import FIAT_ACTIONS
from rialto.admin.actions.markets import MARKET_ACTIONS
from rialto.admin.actions.money import MONEY_ACTIONS
from rialto.admin.actions.people import PEOPLE_ACTIONS
from rialto.admin.actions.privacy import PRIVACY_ACTIONS
from rialto.admin.actions.refills import REFILL_ACTIONS
from rialto.admin.actions.screening import SCREENING_ACTIONS
from rialto.admin.actions.shortfalls import SHORTFALL_ACTIONS
from rialto.admin.actions.verification import VERIFICATION_ACTIONS

ACTIONS: Final[dict[str, AnyAction]] = {
    action.name: action
    for action in (
        *MARKET_ACTIONS,
        *FEE_ACTIONS,
        *ANNOUNCEMENT_ACTIONS,
        *PEOPLE_ACTIONS,
        *PRIVACY_ACTIONS,
        *MONEY_ACTIONS,
        *FIAT_ACTIONS,
        *CUSTODY_ACTIONS,
        *REFILL_ACTIONS,
        *VERIFICATION_ACTIONS,
        *SCREENING_ACTIONS,
        *SHORTFALL_ACTIONS,
    )
}
