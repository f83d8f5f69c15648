"""The API's calls about the travel rule, declared once."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from rialto.custody.travel_rule.questionnaires import QUESTIONNAIRE_LENGTH_MAX
from rialto.custody.withdrawals.declarations import Address, ClientId, Coin, NetworkName, Tag, WithdrawParameters
from rialto.wire.endpoints import Budget, Endpoint, Security
from rialto.wire.kinds import Boolean, Decimal, Integer, Text, Timestamp, line
from rialto.wire.parameters import NoParameters, Parameters

ROWS_MAX: Final = 1_000
NUMBERS: Final = "^[0-9]{1,19}(,[0-9]{1,19}){0,49}$"
OBJECT: Final = rf"^\{{[^\x00]{{0,{QUESTIONNAIRE_LENGTH_MAX}}}\}}$"

Questionnaire = Annotated[str, Text(OBJECT)]
TransactionIds = Annotated[str, Text(r"^[\x20-\x7e]{1,1000}$")]
Number = Annotated[int, Integer(1)]
RuleStatus = Annotated[int, Integer(0, 2)]
Numbers = Annotated[str, Text(NUMBERS)]


class TravelWithdrawParameters(WithdrawParameters, frozen=True, kw_only=True):
    """A withdrawal, and what is said about it."""

    questionnaire: Questionnaire


class BrokerWithdrawParameters(Parameters, frozen=True):
    """A withdrawal of a broker for a customer, who is described."""

    address: Address
    coin: Coin
    amount: Annotated[str, Decimal()]
    withdraw_order_id: ClientId
    questionnaire: Questionnaire
    originator_pii: Questionnaire
    address_tag: Tag | None = None
    network: NetworkName | None = None
    address_name: Annotated[str, Text(line(64))] | None = None
    transaction_fee_flag: Annotated[bool, Boolean()] = False
    wallet_type: Annotated[int, Integer(0, 1)] = 0


class ProvideParameters(Parameters, frozen=True):
    """A deposit, and what is said about it."""

    tran_id: Number
    questionnaire: Questionnaire


class ProvideParametersV2(Parameters, frozen=True):
    """A deposit, and what is said about it."""

    deposit_id: Number
    questionnaire: Questionnaire


class BrokerProvideParameters(Parameters, frozen=True):
    """A deposit of a broker's customer, who is described."""

    sub_account_id: Annotated[str, Text("^[0-9]{1,18}$")]
    deposit_id: Number
    questionnaire: Questionnaire
    beneficiary_pii: Questionnaire
    network: NetworkName | None = None
    coin: Coin | None = None
    amount: Annotated[str, Decimal()] | None = None
    address: Address | None = None
    address_tag: Tag | None = None


class RegionParameters(Parameters, frozen=True):
    """Which country's regions."""

    country_code: Annotated[str, Text("^[A-Za-z]{2}$")]


class WithdrawalsParameters(Parameters, frozen=True):
    """Which withdrawals; numbers and ids with commas between."""

    tr_id: Numbers | None = None
    tx_id: TransactionIds | None = None
    withdraw_order_id: TransactionIds | None = None
    network: NetworkName | None = None
    coin: Coin | None = None
    travel_rule_status: RuleStatus | None = None
    offset: Annotated[int, Integer(0, ROWS_MAX)] = 0
    limit: Annotated[int, Integer(1, ROWS_MAX, clamp=True)] = ROWS_MAX
    start_time: Annotated[int, Timestamp()] | None = None
    end_time: Annotated[int, Timestamp(is_end=True)] | None = None


class DepositsParameters(Parameters, frozen=True):
    """Which deposits; numbers and ids with commas between."""

    tr_id: Numbers | None = None
    tx_id: TransactionIds | None = None
    tran_id: Numbers | None = None
    network: NetworkName | None = None
    coin: Coin | None = None
    travel_rule_status: RuleStatus | None = None
    pending_questionnaire: Annotated[bool, Boolean()] | None = None
    start_time: Annotated[int, Timestamp()] | None = None
    end_time: Annotated[int, Timestamp(is_end=True)] | None = None
    offset: Annotated[int, Integer(0, ROWS_MAX)] = 0
    limit: Annotated[int, Integer(1, ROWS_MAX, clamp=True)] = ROWS_MAX


class DepositsParametersV2(Parameters, frozen=True):
    """Which deposits."""

    deposit_id: Number | None = None
    tx_id: TransactionIds | None = None
    network: NetworkName | None = None
    coin: Coin | None = None
    retrieve_questionnaire: Annotated[bool, Boolean()] = False
    start_time: Annotated[int, Timestamp()] | None = None
    end_time: Annotated[int, Timestamp(is_end=True)] | None = None
    offset: Annotated[int, Integer(0, ROWS_MAX)] = 0
    limit: Annotated[int, Integer(1, ROWS_MAX, clamp=True)] = ROWS_MAX


class Accepted(msgspec.Struct, frozen=True, rename="camel"):
    """What was said is kept under a number."""

    tr_id: int
    accepted: bool
    info: str


class Requirements(msgspec.Struct, frozen=True, rename="camel"):
    """Whose questionnaire is to be answered; NIL: nobody's."""

    questionnaire_country_code: str


class CountryLine(msgspec.Struct, frozen=True, rename="camel"):
    """A country."""

    country_code: str
    country_name: str
    block_type: str
    deposit_allowed: bool
    withdrawal_allowed: bool
    has_region_restrictions: bool


class Countries(msgspec.Struct, frozen=True, rename="camel"):
    """All of them."""

    countries: list[CountryLine]
    last_updated: int


class RegionLine(msgspec.Struct, frozen=True, rename="camel"):
    """A region."""

    region_name: str
    block_type: str
    deposit_allowed: bool
    withdrawal_allowed: bool


class Regions(msgspec.Struct, frozen=True, rename="camel"):
    """A country's."""

    country_code: str
    regions: list[RegionLine]
    last_updated: int


class VaspLine(msgspec.Struct, frozen=True, rename="camel"):
    """A counterpart."""

    vasp_name: str
    vasp_code: str
    identifier: str


class TravelWithdrawal(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A withdrawal about which something was said. Times are those of UTC."""

    id: str
    tr_id: int
    amount: str
    transaction_fee: str
    coin: str
    withdrawal_status: int
    travel_rule_status: int
    address: str
    tx_id: str
    apply_time: str
    network: str
    transfer_type: int
    info: str
    confirm_no: int
    wallet_type: int
    tx_key: str
    questionnaire: str
    address_tag: str | UnsetType = UNSET
    withdraw_order_id: str | UnsetType = UNSET
    complete_time: str | UnsetType = UNSET


class TravelDeposit(msgspec.Struct, frozen=True, rename="camel"):
    """A deposit, and whether something is to be said about it. `tr_id` 0: nothing was."""

    tr_id: int
    tran_id: int
    amount: str
    coin: str
    network: str
    deposit_status: int
    travel_rule_status: int
    travel_rule_status_v2: str = msgspec.field(name="travelRuleStatusV2")
    address: str
    address_tag: str
    tx_id: str
    insert_time: int
    complete_time: int | None
    transfer_type: int
    confirm_times: str
    require_questionnaire: bool
    questionnaire: str


class TravelDepositV2(msgspec.Struct, frozen=True, rename="camel"):
    """A deposit, and whether something is to be said about it."""

    deposit_id: str
    amount: str
    network: str
    coin: str
    deposit_status: int
    travel_rule_req_status: int
    address: str
    address_tag: str
    tx_id: str
    transfer_type: int
    confirm_times: str
    require_questionnaire: bool
    questionnaire: dict[str, Any] | None
    insert_time: int


def _declare(
    method: str,
    path: str,
    summary: str,
    parameters: type[Parameters],
    response: Any,
    *,
    weight: int = 1,
    security: Security = Security.USER_DATA,
) -> Endpoint[Any]:
    return Endpoint(
        method,
        f"/sapi/{path}",
        summary=summary,
        parameters=parameters,
        response=response,
        weight=weight,
        budget=Budget.ADDRESS if weight == 1 else Budget.OWNER,
        security=security,
    )


MAY_WITHDRAW: Final = Security.WITHDRAW
APPLY: Final = _declare(
    "POST",
    "v1/localentity/withdraw/apply",
    "Withdraw, and say to whom.",
    TravelWithdrawParameters,
    Accepted,
    weight=600,
    security=MAY_WITHDRAW,
)
BROKER_APPLY: Final = _declare(
    "POST",
    "v1/localentity/broker/withdraw/apply",
    "Withdraw for a customer, and say for and to whom.",
    BrokerWithdrawParameters,
    Accepted,
    weight=600,
    security=MAY_WITHDRAW,
)
PROVIDE: Final = _declare(
    "PUT",
    "v1/localentity/deposit/provide-info",
    "Say whom a deposit is from.",
    ProvideParameters,
    Accepted,
    weight=600,
)
PROVIDE_V2: Final = _declare(
    "PUT",
    "v2/localentity/deposit/provide-info",
    "Say whom a deposit is from.",
    ProvideParametersV2,
    Accepted,
    weight=600,
)
BROKER_PROVIDE: Final = _declare(
    "PUT",
    "v1/localentity/broker/deposit/provide-info",
    "Say whom a customer's deposit is from.",
    BrokerProvideParameters,
    Accepted,
    weight=600,
)
REQUIREMENTS: Final = _declare(
    "GET",
    "v1/localentity/questionnaire-requirements",
    "Tell whose questionnaire is to be answered.",
    NoParameters,
    Requirements,
)
COUNTRIES: Final = _declare("GET", "v1/localentity/country/list", "List countries.", NoParameters, Countries)
REGIONS: Final = _declare("GET", "v1/localentity/region/list", "List a country's regions.", RegionParameters, Regions)
VASPS: Final = _declare("GET", "v1/localentity/vasp", "List known counterparts.", NoParameters, list[VaspLine])
WITHDRAWALS: Final = _declare(
    "GET",
    "v1/localentity/withdraw/history",
    "List withdrawals about which something was said.",
    WithdrawalsParameters,
    list[TravelWithdrawal],
)
WITHDRAWALS_V2: Final = _declare(
    "GET",
    "v2/localentity/withdraw/history",
    "List withdrawals about which something was said.",
    WithdrawalsParameters,
    list[TravelWithdrawal],
)
DEPOSITS: Final = _declare(
    "GET",
    "v1/localentity/deposit/history",
    "List deposits, and what is to be said about them.",
    DepositsParameters,
    list[TravelDeposit],
)
DEPOSITS_V2: Final = _declare(
    "GET",
    "v2/localentity/deposit/history",
    "List deposits, and what is to be said about them.",
    DepositsParametersV2,
    list[TravelDepositV2],
)

TRAVEL_RULE_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    APPLY,
    BROKER_APPLY,
    PROVIDE,
    PROVIDE_V2,
    BROKER_PROVIDE,
    REQUIREMENTS,
    COUNTRIES,
    REGIONS,
    VASPS,
    WITHDRAWALS,
    WITHDRAWALS_V2,
    DEPOSITS,
    DEPOSITS_V2,
)
