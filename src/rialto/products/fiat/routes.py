"""Orders of fiat money: deposits and withdrawals over banks. Their histories are in `histories`, cards in `cards`."""

from typing import Annotated, Any, Final

import msgspec

from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.products.fiat.banks import METHODS, Bank
from rialto.products.fiat.cards.routes import CARD_ENDPOINTS
from rialto.products.fiat.histories import HISTORY_ENDPOINTS, SUCCESS, FiatHistories
from rialto.products.fiat.iso20022.payments import NAME_MAX, Account, account_of
from rialto.products.fiat.refusals import CARD_FAILURES, refusal_of
from rialto.products.fiat.service import FiatService
from rialto.wire import errors
from rialto.wire.decimals import plain_of, to_units
from rialto.wire.endpoints import Body, Budget, Endpoint, Security
from rialto.wire.kinds import Choice, Decimal, Document, Text
from rialto.wire.parameters import NoParameters, Parameters

Currency = Annotated[str, Text(r"^[A-Za-z]{3}$")]
Method = Annotated[str, Choice(dict(zip(METHODS, METHODS, strict=True)))]


class AccountInfo(msgspec.Struct, frozen=True, rename="camel"):
    """Where a withdrawal is to be paid to: an IBAN, or a number with what its country wants beside it."""

    account_number: str
    account_holder: str = ""
    bic: str = ""
    agency: str = ""
    account_type: str = ""
    bank_code_for_pix: str = ""


class DepositParameters(Parameters, frozen=True):
    """What is to come in, and how. What else a client adds is not looked at."""

    currency: Currency
    api_payment_method: Method
    amount: Annotated[str, Decimal()]
    ext: Annotated[str, Text(r"^[\s\S]{1,2000}$")] | None = None


class WithdrawalParameters(Parameters, frozen=True):
    """What is to go out, how and where to."""

    currency: Currency
    api_payment_method: Method
    amount: Annotated[str, Decimal()]
    account_info: Annotated[AccountInfo, Document(AccountInfo)]
    ext: Annotated[str, Text(r"^[\s\S]{1,2000}$")] | None = None


class OrderId(msgspec.Struct, frozen=True, rename="camel"):
    """An order's number."""

    order_id: str


class Ordered(msgspec.Struct, frozen=True):
    """An order was taken."""

    code: str
    message: str
    data: OrderId


class BankTerms(msgspec.Struct, frozen=True, rename="camel"):
    """What a bank does, and for what. Amounts are of its currency; `takes_ibans` says where it pays to."""

    currency: str
    deposit_methods: list[str]
    withdrawal_methods: list[str]
    deposit_fee: str
    deposit_min: str
    withdrawal_fee: str
    withdrawal_min: str
    withdrawal_max: str
    takes_ibans: bool
    order_days: int


DEPOSIT: Final = Endpoint(
    "POST",
    "/sapi/v1/fiat/deposit",
    summary="Order a deposit of fiat money.",
    parameters=DepositParameters,
    response=Ordered,
    weight=45_000,
    security=Security.TRADE,
    budget=Budget.OWNER,
    body=Body.FORM_OR_JSON,
)
WITHDRAWAL: Final = Endpoint(
    "POST",
    "/sapi/v2/fiat/withdraw",
    summary="Order a withdrawal of fiat money.",
    parameters=WithdrawalParameters,
    response=Ordered,
    weight=45_000,
    security=Security.WITHDRAW,
    budget=Budget.OWNER,
    body=Body.FORM_OR_JSON,
)
TERMS: Final = Endpoint(
    "GET",
    "/fiat/v1/bank/terms",
    summary="Tell which currencies banks move, how, and for what fee.",
    parameters=NoParameters,
    response=list[BankTerms],
    weight=1,
    security=Security.USER_DATA,
    budget=Budget.ADDRESS,
)
FIAT_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (DEPOSIT, WITHDRAWAL, TERMS, *HISTORY_ENDPOINTS, *CARD_ENDPOINTS)


class FiatRoutes:
    """Serves the calls about fiat money."""

    def __init__(self, service: FiatService, histories: FiatHistories) -> None:
        self._service = service
        self._histories = histories

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(DEPOSIT, self.deposit),
            Route(WITHDRAWAL, self.withdraw),
            Route(TERMS, self.terms),
            *self._histories.routes(),
        ]

    async def terms(self, _call: Call, _parameters: NoParameters) -> list[BankTerms]:
        """Tell on which terms banks move money."""
        return [_terms(bank) for bank in self._service.banks.values()]

    async def deposit(self, call: Call, parameters: DepositParameters) -> Ordered:
        """Order a deposit."""
        call.check_window()
        try:
            order = await self._service.order_deposit(
                call.owner, parameters.currency, parameters.api_payment_method, to_units(parameters.amount)
            )
        except CARD_FAILURES as refused:
            raise refusal_of(refused) from refused
        return Ordered(SUCCESS, "success", OrderId(order))

    async def withdraw(self, call: Call, parameters: WithdrawalParameters) -> Ordered:
        """Order a withdrawal."""
        to = _account(parameters.account_info)
        call.check_window()
        try:
            order = await self._service.order_withdrawal(
                call.owner, parameters.currency, parameters.api_payment_method, to_units(parameters.amount), to
            )
        except CARD_FAILURES as refused:
            raise refusal_of(refused) from refused
        return Ordered(SUCCESS, "success", OrderId(order))


def _terms(bank: Bank) -> BankTerms:
    return BankTerms(
        bank.currency,
        sorted(bank.deposit_methods),
        sorted(bank.withdrawal_methods),
        *(plain_of(bank.deposit_fee), plain_of(bank.deposit_min)),
        *(plain_of(bank.withdrawal_fee), plain_of(bank.withdrawal_min), plain_of(bank.withdrawal_max)),
        takes_ibans=bank.takes_ibans,
        order_days=bank.order_days,
    )


def _account(info: AccountInfo) -> Account:
    """Read where a withdrawal goes to. Raises `ApiError` for a number that is none."""
    name = info.account_holder.strip()
    if len(name) > NAME_MAX or not name.isprintable():
        raise errors.invalid_value("accountInfo.accountHolder")
    try:
        return account_of(name, info.account_number, info.bic)
    except ValueError as error:
        raise errors.invalid_value("accountInfo.accountNumber") from error
