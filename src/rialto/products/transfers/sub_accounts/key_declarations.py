"""How the calls about sub-accounts' API keys are declared."""

from typing import Annotated, Any, Final

import msgspec

from rialto.products.transfers.parameters import Email, PageNumber, PageSize
from rialto.wire import errors
from rialto.wire.endpoints import Budget, Endpoint, Security, Urgency
from rialto.wire.kinds import Boolean, Integer, Text
from rialto.wire.parameters import Parameters

UNRESTRICTED: Final = 1
RESTRICTED: Final = 2
THIRD_PARTY: Final = 3

KeyName = Annotated[str, Text("^[0-9A-Za-z]{1,128}$")]
AddressList = Annotated[str, Text(r"^[0-9A-Fa-f.:/,]{1,500}$")]
Truth = Annotated[bool, Boolean()]


class CreateKeyParameters(Parameters, frozen=True):
    """A key for which sub-account, what it may do, and from where."""

    email: Email
    api_name: Annotated[str, Text("^[ -~]{1,64}$")]
    status: Annotated[int, Integer(UNRESTRICTED, THIRD_PARTY)]
    can_trade: Truth = False
    can_margin_loan_repay: Truth = False
    can_futures_trade: Truth = False
    can_universal_transfer: Truth = False
    can_vanilla_options: Truth = False
    ip_address: AddressList | None = None
    third_party_name: Annotated[str, Text("^[ -~]{1,64}$")] | None = None
    public_key: Annotated[str, Text(r"^[ -~\n\r]{1,2048}$")] | None = None

    def check(self) -> None:
        """Refuse a restriction without addresses; no third party's addresses are known."""
        if self.status == RESTRICTED and self.ip_address is None:
            raise errors.mandatory("ipAddress")
        if self.status == THIRD_PARTY:
            raise (
                errors.mandatory("thirdPartyName")
                if self.third_party_name is None
                else errors.invalid_value("thirdPartyName")
            )


class KeyParameters(Parameters, frozen=True):
    """Which key of which sub-account."""

    email: Email
    sub_account_api_key: KeyName


class ListKeysParameters(Parameters, frozen=True):
    """Which keys of which sub-account."""

    email: Email
    sub_account_api_key: KeyName | None = None
    page: PageNumber = 1
    size: PageSize = 30


class PermitParameters(Parameters, frozen=True):
    """What which key may do; what is not said stays."""

    email: Email
    sub_account_api_key: KeyName
    can_trade: Truth | None = None
    can_margin_loan_repay: Truth | None = None
    can_futures_trade: Truth | None = None
    can_universal_transfer: Truth | None = None
    can_vanilla_options: Truth | None = None


class RestrictParameters(Parameters, frozen=True):
    """From where which key may be used: from anywhere, or from these addresses too."""

    email: Email
    sub_account_api_key: KeyName
    status: Annotated[int, Integer(UNRESTRICTED, RESTRICTED)]
    ip_address: AddressList | None = None

    def check(self) -> None:
        """Refuse a restriction without addresses."""
        if self.status == RESTRICTED and self.ip_address is None:
            raise errors.mandatory("ipAddress")


class UnlistParameters(Parameters, frozen=True):
    """From where which key may be used no longer."""

    email: Email
    sub_account_api_key: KeyName
    ip_address: AddressList


class CreatedKey(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A new key. Its secret is never shown again; one with a public key has none."""

    api_name: str
    api_key: str
    can_trade: bool
    can_margin_loan_repay: bool
    can_futures_trade: bool
    can_universal_transfer: bool
    can_vanilla_options: bool
    status: int
    ip_list: list[str]
    secret_key: str | msgspec.UnsetType = msgspec.UNSET


class ListedKey(msgspec.Struct, frozen=True, rename="camel"):
    """A key and what it may do, without its secret."""

    email: str
    api_name: str
    apikey: str
    can_trade: bool
    can_margin_loan_repay: bool
    can_futures_trade: bool
    can_universal_transfer: bool
    can_vanilla_options: bool
    timestamp: int


class ListedKeys(msgspec.Struct, frozen=True, rename="camel"):
    """A page of keys, and how many there are."""

    total: int
    rows: list[ListedKey]


class PermittedKey(msgspec.Struct, frozen=True, rename="camel"):
    """What a key may do from now on."""

    api_name: str
    apikey: str
    can_trade: bool
    can_margin_loan_repay: bool
    can_futures_trade: bool
    can_universal_transfer: bool
    can_vanilla_options: bool
    timestamp: int


class RestrictedKey(msgspec.Struct, frozen=True, rename="camel"):
    """From where a key may be used from now on."""

    status: str
    ip_list: list[str]
    update_time: int
    api_key: str


class Restriction(msgspec.Struct, frozen=True, rename="camel"):
    """From where a key may be used."""

    ip_restrict: str
    ip_list: list[str]
    update_time: int
    api_key: str


class Nothing(msgspec.Struct, frozen=True):
    """Done, and nothing to say."""


def _keys(method: str, path: str, summary: str, parameters: type[Any], response: Any) -> Endpoint[Any]:
    return Endpoint(
        method,
        path,
        summary=summary,
        parameters=parameters,
        response=response,
        weight=3_000,
        budget=Budget.OWNER,
        security=Security.USER_DATA if method == "GET" else Security.TRADE,
        urgency=Urgency.READ,
    )


_KEY: Final = "/sapi/v1/sub-account/subAccountApi"
_ADDRESSES: Final = f"{_KEY}/ipRestriction"

CREATE_KEY: Final = _keys("POST", _KEY, "Make a key for a sub-account.", CreateKeyParameters, CreatedKey)
LIST_KEYS: Final = _keys("GET", _KEY, "List the keys of a sub-account.", ListKeysParameters, ListedKeys)
END_KEY: Final = _keys("DELETE", _KEY, "End a key of a sub-account.", KeyParameters, Nothing)
PERMIT: Final = _keys(
    "POST",
    "/sapi/v1/sub-account/subAccountApiPermission",
    "Change what a key of a sub-account may do.",
    PermitParameters,
    PermittedKey,
)
RESTRICT: Final = _keys(
    "POST",
    "/sapi/v2/sub-account/subAccountApi/ipRestriction",
    "Restrict a key of a sub-account to addresses.",
    RestrictParameters,
    RestrictedKey,
)
RESTRICTION: Final = _keys(
    "GET", _ADDRESSES, "Show from where a key of a sub-account may be used.", KeyParameters, Restriction
)
UNLIST: Final = _keys(
    "DELETE",
    f"{_ADDRESSES}/ipList",
    "Let a key of a sub-account be used from addresses no longer.",
    UnlistParameters,
    Restriction,
)

KEYS_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    CREATE_KEY,
    LIST_KEYS,
    END_KEY,
    PERMIT,
    RESTRICT,
    RESTRICTION,
    UNLIST,
)
