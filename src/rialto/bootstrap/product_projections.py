"""Every product's projection: what writes the tables of products, in whatever process writes projections."""

from typing import Final

from rialto.custody.deposits.projection import DepositProjection
from rialto.custody.payouts.projection import PayoutProjection
from rialto.custody.recovery.projection import RecoveryProjection
from rialto.custody.refills.projection import RefillProjection
from rialto.custody.withdrawals.projection import WithdrawalProjection
from rialto.products.distributions.projection import DistributionProjection
from rialto.products.dust.projection import DustProjection
from rialto.products.fiat.cards.projection import CardProjection
from rialto.products.fiat.projection import FiatProjection
from rialto.products.transfers.plans.projection import PlansProjection
from rialto.products.transfers.projection import TransfersProjection
from rialto.projections.products import ProductProjection

PRODUCT_PROJECTIONS: Final[tuple[ProductProjection, ...]] = (
    CardProjection(),
    DistributionProjection(),
    DepositProjection(),
    DustProjection(),
    FiatProjection(),
    PayoutProjection(),
    PlansProjection(),
    RecoveryProjection(),
    RefillProjection(),
    TransfersProjection(),
    WithdrawalProjection(),
)
