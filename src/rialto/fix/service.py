"""The three services of the FIX API, each on a port of its own: what distinguishes them."""

from enum import Enum
from typing import Final, NamedTuple

from rialto.fix.dictionary import Dictionary, market_data_dictionary, order_entry_dictionary
from rialto.fix.limits import FixLimits, ServiceLimits
from rialto.fix.refusals import Reason, Rejected
from rialto.identity.restrictions import Permission
from rialto.wire.errors import ErrorCode


class ServiceKind(Enum):
    """What a service is for."""

    ORDER_ENTRY = "order entry"
    DROP_COPY = "drop copy"
    MARKET_DATA = "market data"


class Service(NamedTuple):
    """A service: its dictionary, its limits, and who may use it."""

    kind: ServiceKind
    dictionary: Dictionary
    limits: ServiceLimits
    permissions: frozenset[Permission]
    """A key needs one of these."""
    taken: frozenset[str]
    """The types of messages it takes from clients, beside those every session takes."""
    not_taken: ErrorCode
    """What it answers to messages that another service takes, or that only the exchange sends."""

    def tag(self, field: str) -> int:
        """Return the tag of a field. Raises `KeyError`."""
        return self.dictionary.field(field).tag

    def refuse(self, message_type: str) -> Rejected:
        """Say that a message is none for this service: of another service, one that only we send, or none at all."""
        is_known = any(message_type in known().messages for known in (order_entry_dictionary, market_data_dictionary))
        error = self.not_taken.error() if is_known else ErrorCode.UNSUPPORTED_OPERATION.error()
        return Rejected(error, Reason.OTHER if is_known else Reason.VALUE_IS_INCORRECT, _MSG_TYPE)


_ANY: Final = frozenset((Permission.FIX, Permission.FIX_READ_ONLY))
_LIMIT_QUERY: Final = "XLQ"
_MSG_TYPE: Final = 35


def services(limits: FixLimits) -> dict[ServiceKind, Service]:
    """Describe every service."""
    described = (
        Service(
            ServiceKind.ORDER_ENTRY,
            order_entry_dictionary(),
            limits.order_entry,
            frozenset((Permission.FIX,)),
            frozenset(("D", "E", "F", "q", "XAK", "XCN", _LIMIT_QUERY)),
            ErrorCode.NOT_ALLOWED_IN_ORDER_ENTRY_SESSIONS,
        ),
        Service(
            ServiceKind.DROP_COPY,
            order_entry_dictionary(),
            limits.drop_copy,
            _ANY,
            frozenset((_LIMIT_QUERY,)),
            ErrorCode.NOT_ALLOWED_IN_DROP_COPY_SESSIONS,
        ),
        Service(
            ServiceKind.MARKET_DATA,
            market_data_dictionary(),
            limits.market_data,
            _ANY,
            frozenset(("V", "x", _LIMIT_QUERY)),
            ErrorCode.NOT_ALLOWED_IN_MARKET_DATA_SESSIONS,
        ),
    )
    return {service.kind: service for service in described}
