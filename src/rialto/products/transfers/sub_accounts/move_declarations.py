"""The API's calls that move amounts within families, declared once."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass
from rialto.gateway.spot.parameters import SymbolName
from rialto.products.transfers.parameters import Amount, AssetName, ClientId, Email
from rialto.products.transfers.sub_accounts.parameters import COIN_MARGINED, USD_MARGINED, FuturesType
from rialto.wire import errors
from rialto.wire.endpoints import Budget, Endpoint, Security, Urgency
from rialto.wire.kinds import Choice, Integer, Timestamp
from rialto.wire.parameters import Parameters

ACCOUNT_TYPES: Final = {
    "SPOT": AccountClass.SPOT,
    "USDT_FUTURE": AccountClass.USD_MARGINED_FUTURES,
    "COIN_FUTURE": AccountClass.COIN_MARGINED_FUTURES,
    "MARGIN": AccountClass.CROSS_MARGIN,
    "ISOLATED_MARGIN": AccountClass.ISOLATED_MARGIN,
}
FUTURES: Final = {
    USD_MARGINED: AccountClass.USD_MARGINED_FUTURES,
    COIN_MARGINED: AccountClass.COIN_MARGINED_FUTURES,
}

AccountType = Annotated[AccountClass, Choice(ACCOUNT_TYPES)]


class FuturesMoveParameters(Parameters, frozen=True):
    """What to move into a sub-account's futures account or out of it."""

    email: Email
    asset: AssetName
    amount: Amount
    type: Annotated[int, Integer(1, 4)]


class MarginMoveParameters(Parameters, frozen=True):
    """What to move into a sub-account's margin account or out of it."""

    email: Email
    asset: AssetName
    amount: Amount
    type: Annotated[int, Integer(1, 2)]


class BetweenFuturesParameters(Parameters, frozen=True):
    """What to move between futures accounts of the family."""

    from_email: Email
    to_email: Email
    futures_type: FuturesType
    asset: AssetName
    amount: Amount


class UniversalParameters(Parameters, frozen=True):
    """What to move from which account of the family to which; the master's own where there is no address."""

    from_account_type: AccountType
    to_account_type: AccountType
    asset: AssetName
    amount: Amount
    from_email: Email | None = None
    to_email: Email | None = None
    client_tran_id: ClientId | None = None
    symbol: SymbolName | None = None

    def check(self) -> None:
        """Refuse a transfer to where it comes from, and isolated accounts without their symbol."""
        if self.from_account_type is self.to_account_type and self.from_email is None and self.to_email is None:
            raise errors.one_of("fromEmail", "toEmail")
        isolated = AccountClass.ISOLATED_MARGIN in (self.from_account_type, self.to_account_type)
        if isolated and self.symbol is None:
            raise errors.mandatory("symbol")
        if self.symbol is not None and not isolated:
            raise errors.not_required("symbol")


class ToMasterParameters(Parameters, frozen=True):
    """What to give to the master."""

    asset: AssetName
    amount: Amount


class ToSiblingParameters(Parameters, frozen=True):
    """What to give to which sibling."""

    to_email: Email
    asset: AssetName
    amount: Amount


class InvestParameters(Parameters, frozen=True):
    """What to put into which managed sub-account."""

    to_email: Email
    asset: AssetName
    amount: Amount


class DivestParameters(Parameters, frozen=True):
    """What to take out of which managed sub-account; now, or on a day."""

    from_email: Email
    asset: AssetName
    amount: Amount
    transfer_date: Annotated[int, Timestamp()] | None = None


class Moved(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer's number."""

    txn_id: str


class MovedFutures(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer's number, and that it happened."""

    success: bool
    txn_id: str


class MovedUniversally(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A transfer's number, and its client's own id if there is one."""

    tran_id: int
    client_tran_id: str | msgspec.UnsetType = msgspec.UNSET


class MovedManaged(msgspec.Struct, frozen=True, rename="camel"):
    """A transfer's number."""

    tran_id: int


def _move(path: str, summary: str, parameters: type[Any], response: type, **more: Any) -> Endpoint[Any]:
    usual: dict[str, Any] = {"weight": 1, "budget": Budget.ADDRESS, "security": Security.TRADE}
    return Endpoint(
        "POST",
        path,
        summary=summary,
        parameters=parameters,
        response=response,
        urgency=Urgency.READ,
        **{**usual, **more},
    )


FUTURES_MOVE: Final = _move(
    "/sapi/v1/sub-account/futures/transfer",
    "Move an amount between a sub-account's spot and futures accounts.",
    FuturesMoveParameters,
    Moved,
)
MARGIN_MOVE: Final = _move(
    "/sapi/v1/sub-account/margin/transfer",
    "Move an amount between a sub-account's spot and margin accounts.",
    MarginMoveParameters,
    Moved,
)
BETWEEN_FUTURES: Final = _move(
    "/sapi/v1/sub-account/futures/internalTransfer",
    "Move an amount between futures accounts of the family.",
    BetweenFuturesParameters,
    MovedFutures,
)
UNIVERSAL: Final = _move(
    "/sapi/v1/sub-account/universalTransfer",
    "Move an amount between any accounts of the family.",
    UniversalParameters,
    MovedUniversally,
    weight=360,
    budget=Budget.OWNER,
    security=Security.TRANSFER,
)
TO_MASTER: Final = _move(
    "/sapi/v1/sub-account/transfer/subToMaster", "Give an amount to the master.", ToMasterParameters, Moved
)
TO_SIBLING: Final = _move(
    "/sapi/v1/sub-account/transfer/subToSub",
    "Give an amount to a sub-account of the same master.",
    ToSiblingParameters,
    Moved,
)
INVEST: Final = _move(
    "/sapi/v1/managed-subaccount/deposit",
    "Put an amount into a managed sub-account.",
    InvestParameters,
    MovedManaged,
)
DIVEST: Final = _move(
    "/sapi/v1/managed-subaccount/withdraw",
    "Take an amount out of a managed sub-account.",
    DivestParameters,
    MovedManaged,
)

MOVES_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    FUTURES_MOVE,
    MARGIN_MOVE,
    BETWEEN_FUTURES,
    UNIVERSAL,
    TO_MASTER,
    TO_SIBLING,
    INVEST,
    DIVEST,
)
