"""The API's error codes and messages, and the exception that carries one to the client.

`ErrorCode` is the whole documented catalogue; a message with places is filled by `error`. The functions below name the
errors the edge raises most, so that callers read as prose. Codes are universal, messages are what clients match on:
both are part of the protocol and change only when the API's do.
"""

from enum import Enum


class ApiError(Exception):
    """A refusal as the client sees it: a code, a message and an HTTP status.

    `retry_after_s` is stated with refusals by rate limits, `data` is JSON that explains the refusal further.
    """

    def __init__(
        self,
        code: int,
        message: str,
        status: int = 400,
        retry_after_s: int | None = None,
        data: bytes | None = None,
    ) -> None:
        super().__init__(f"{code} {message}")
        self.kind: Catalogue | None = None
        """The code it was made from, by which form of its message and with what in its places."""
        self.form = 0
        self.places: tuple[object, ...] = ()
        self.code = code
        self.message = message
        self.status = status
        self.retry_after_s = retry_after_s
        self.data = data


class Catalogue(Enum):
    """A catalogue of codes: each has its number, its HTTP status, and its messages with `{}` for each place."""

    def __init__(self, number: int, status: int, *messages: str) -> None:
        self.number = number
        self.status = status
        self.messages = messages

    def error(self, *places: object, form: int = 0, retry_after_s: int | None = None) -> ApiError:
        """Build the error with the message of the given form, its places filled in order."""
        error = ApiError(self.number, self.messages[form].format(*places), self.status, retry_after_s)
        error.kind, error.form, error.places = self, form, places
        return error


class ErrorCode(Catalogue):
    """The documented codes that every family of the API shares."""

    UNKNOWN = (-1000, 500, "An unknown error occurred while processing the request.")
    DISCONNECTED = (-1001, 500, "Internal error; unable to process your request. Please try again.")
    UNAUTHORIZED = (-1002, 401, "You are not authorized to execute this request.")
    TOO_MANY_REQUESTS = (
        -1003,
        429,
        "Too many requests queued.",
        (
            "Too much request weight used; current limit is {} request weight per {}. "
            "Please use WebSocket Streams for live updates to avoid polling the API."
        ),
        (
            "Way too much request weight used; IP banned until {}. "
            "Please use WebSocket Streams for live updates to avoid bans."
        ),
    )
    UNEXPECTED_RESP = (
        -1006,
        500,
        "An unexpected response was received from the message bus. Execution status unknown.",
    )
    TIMEOUT = (
        -1007,
        504,
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    )
    SERVER_BUSY = (
        -1008,
        503,
        "Server is currently overloaded with other requests. Please try again in a few minutes.",
    )
    ERROR_MSG_RECEIVED = (-1010, 400, "{}")
    INVALID_MESSAGE = (-1013, 400, "{}")
    UNKNOWN_ORDER_COMPOSITION = (-1014, 400, "Unsupported order combination.")
    TOO_MANY_ORDERS = (
        -1015,
        429,
        "Too many new orders.",
        "Too many new orders; current limit is {} orders per {}.",
    )
    SERVICE_SHUTTING_DOWN = (-1016, 503, "This service is no longer available.")
    UNSUPPORTED_OPERATION = (-1020, 400, "This operation is not supported.")
    INVALID_TIMESTAMP = (
        -1021,
        400,
        "Timestamp for this request is outside of the recvWindow.",
        "Timestamp for this request was 1000ms ahead of the server's time.",
    )
    INVALID_SIGNATURE = (-1022, 400, "Signature for this request is not valid.")
    COMP_ID_IN_USE = (
        -1033,
        400,
        (
            "`SenderCompId(49)` is currently in use. "
            "Concurrent use of the same SenderCompId within one account is not allowed."
        ),
    )
    TOO_MANY_CONNECTIONS = (
        -1034,
        429,
        "Too many concurrent connections; current limit is '{}'.",
        "Too many connection attempts for account; current limit is {} per '{}'.",
        "Too many connection attempts from IP; current limit is {} per '{}'.",
    )
    LOGGED_OUT = (-1035, 400, "Please send Logout<5> message to close the session.")
    ILLEGAL_CHARS = (
        -1100,
        400,
        "Illegal characters found in a parameter.",
        "Illegal characters found in parameter '{}'; legal range is '{}'.",
    )
    TOO_MANY_PARAMETERS = (
        -1101,
        400,
        "Too many parameters sent for this endpoint.",
        "Too many parameters; expected '{}' and received '{}'.",
        "Duplicate values for a parameter detected.",
        "Duplicate values for parameter '{}'.",
        "Too many values sent for parameter '{}', maximum allowed up to {}.",
    )
    MANDATORY_PARAM_EMPTY_OR_MALFORMED = (
        -1102,
        400,
        "A mandatory parameter was not sent, was empty/null, or malformed.",
        "Mandatory parameter '{}' was not sent, was empty/null, or malformed.",
        "Param '{}' or '{}' must be sent, but both were empty/null!",
        "Required tag '{}' missing.",
        "Field value was empty or malformed.",
        "'{}' contains unexpected value. Cannot be greater than {}.",
    )
    UNKNOWN_PARAM = (-1103, 400, "An unknown parameter was sent.", "Undefined Tag.")
    UNREAD_PARAMETERS = (
        -1104,
        400,
        "Not all sent parameters were read.",
        "Not all sent parameters were read; read '{}' parameter(s) but was sent '{}'.",
    )
    PARAM_EMPTY = (-1105, 400, "A parameter was empty.", "Parameter '{}' was empty.")
    PARAM_NOT_REQUIRED = (
        -1106,
        400,
        "A parameter was sent when not required.",
        "Parameter '{}' sent when not required.",
        "A tag '{}' was sent when not required.",
    )
    PARAM_OVERFLOW = (-1108, 400, "Parameter '{}' overflowed.")
    BAD_PRECISION = (-1111, 400, "Parameter '{}' has too much precision.")
    NO_DEPTH = (-1112, 400, "No orders on book for symbol.")
    TIF_NOT_REQUIRED = (-1114, 400, "TimeInForce parameter sent when not required.")
    INVALID_TIF = (-1115, 400, "Invalid timeInForce.")
    INVALID_ORDER_TYPE = (-1116, 400, "Invalid orderType.")
    INVALID_SIDE = (-1117, 400, "Invalid side.")
    EMPTY_NEW_CL_ORD_ID = (-1118, 400, "New client order ID was empty.")
    EMPTY_ORG_CL_ORD_ID = (-1119, 400, "Original client order ID was empty.")
    BAD_INTERVAL = (-1120, 400, "Invalid interval.")
    BAD_SYMBOL = (-1121, 400, "Invalid symbol.")
    INVALID_SYMBOLSTATUS = (-1122, 400, "Invalid symbolStatus.")
    INVALID_LISTEN_KEY = (-1125, 400, "This listenKey does not exist.")
    MORE_THAN_XX_HOURS = (
        -1127,
        400,
        "Lookup interval is too big.",
        "More than {} hours between startTime and endTime.",
    )
    OPTIONAL_PARAMS_BAD_COMBO = (
        -1128,
        400,
        "Combination of optional parameters invalid.",
        "Combination of optional fields invalid. Recommendation: '{}' and '{}' must both be sent.",
        "Fields [{}] must be sent together or omitted entirely.",
        "Invalid `MDEntryType (269)` combination. BID and OFFER must be requested together.",
        "Conflicting fields: ['{}'...]",
    )
    INVALID_PARAMETER = (
        -1130,
        400,
        "Invalid data sent for a parameter.",
        "Data sent for parameter '{}' is not valid.",
    )
    BAD_STRATEGY_TYPE = (
        -1134,
        400,
        "`strategyType` was less than 1000000.",
        "`TargetStrategy (847)` was less than 1000000.",
    )
    INVALID_JSON = (-1135, 400, "Invalid JSON Request", "JSON sent for parameter '{}' is not valid")
    INVALID_TICKER_TYPE = (-1139, 400, "Invalid ticker type.")
    INVALID_CANCEL_RESTRICTIONS = (-1145, 400, "Invalid cancelRestrictions")
    DUPLICATE_SYMBOLS = (-1151, 400, "Symbol is present multiple times in the list.")
    INVALID_SBE_HEADER = (
        -1152,
        400,
        "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`.",
        "Invalid SBE message header.",
    )
    UNSUPPORTED_SCHEMA_ID = (
        -1153,
        400,
        "Unsupported SBE schema ID or version specified in the `X-MBX-SBE` header.",
        "Invalid SBE schema ID or version specified.",
    )
    SBE_DISABLED = (-1155, 400, "SBE is not enabled.")
    OCO_ORDER_TYPE_REJECTED = (-1158, 400, "Order type not supported in OCO.")
    OCO_ICEBERGQTY_TIMEINFORCE = (
        -1160,
        400,
        "Parameter '{}' is not supported if `aboveTimeInForce`/`belowTimeInForce` is not GTC.",
        "`TimeInForce (59)` must be `GTC (1)` when `MaxFloor (111)` is used.",
    )
    DEPRECATED_SCHEMA = (
        -1161,
        400,
        "Unable to encode the response in SBE schema '{}'. Please use schema '{}' or higher.",
    )
    BUY_OCO_LIMIT_MUST_BE_BELOW = (-1165, 400, "A limit order in a buy OCO must be below.")
    SELL_OCO_LIMIT_MUST_BE_ABOVE = (-1166, 400, "A limit order in a sell OCO must be above.")
    BOTH_OCO_ORDERS_CANNOT_BE_LIMIT = (-1168, 400, "At least one OCO order must be contingent.")
    INVALID_TAG_NUMBER = (-1169, 400, "Invalid tag number.")
    TAG_NOT_DEFINED_IN_MESSAGE = (-1170, 400, "Tag '{}' not defined for this message type.")
    TAG_APPEARS_MORE_THAN_ONCE = (-1171, 400, "Tag '{}' appears more than once.")
    TAG_OUT_OF_ORDER = (-1172, 400, "Tag '{}' specified out of required order.")
    GROUP_FIELDS_OUT_OF_ORDER = (-1173, 400, "Repeating group '{}' fields out of order.")
    INVALID_COMPONENT = (
        -1174,
        400,
        "Component '{}' is incorrectly populated on '{}' order. Recommendation: '{}'",
    )
    RESET_SEQ_NUM_SUPPORT = (
        -1175,
        400,
        (
            "Continuation of sequence numbers to new session is currently unsupported. "
            "Sequence numbers must be reset for each new session."
        ),
    )
    ALREADY_LOGGED_IN = (-1176, 400, "Logon<A> should only be sent once.")
    GARBLED_MESSAGE = (
        -1177,
        400,
        "`CheckSum(10)` contains an incorrect value.",
        "`BeginString (8)` is not the first tag in a message.",
        "`MsgType (35)` is not the third tag in a message.",
        "`BodyLength (9)` does not contain the correct byte count.",
        "Only printable ASCII characters and SOH (Start of Header) are allowed.",
        "Tag specified without a value.",
        "Invalid encodingType.",
    )
    BAD_SENDER_COMPID = (
        -1178,
        400,
        (
            "`SenderCompId(49)` contains an incorrect value. "
            "The SenderCompID value should not change throughout the lifetime of a session."
        ),
    )
    BAD_SEQ_NUM = (-1179, 400, "`MsgSeqNum(34)` contains an unexpected value. Expected: '{}'.")
    EXPECTED_LOGON = (-1180, 400, "Logon<A> must be the first message in the session.")
    TOO_MANY_MESSAGES = (-1181, 429, "Too many messages; current limit is '{}' messages per '{}'.")
    PARAMS_BAD_COMBO = (-1182, 400, "Conflicting fields: [{}]")
    NOT_ALLOWED_IN_DROP_COPY_SESSIONS = (-1183, 400, "Requested operation is not allowed in DropCopy sessions.")
    DROP_COPY_SESSION_NOT_ALLOWED = (
        -1184,
        400,
        "DropCopy sessions are not supported on this server. Please reconnect to a drop copy server.",
    )
    DROP_COPY_SESSION_REQUIRED = (
        -1185,
        400,
        (
            "Only DropCopy sessions are supported on this server. "
            "Either reconnect to order entry server or send `DropCopyFlag (9406)` field."
        ),
    )
    NOT_ALLOWED_IN_ORDER_ENTRY_SESSIONS = (-1186, 400, "Requested operation is not allowed in order entry sessions.")
    NOT_ALLOWED_IN_MARKET_DATA_SESSIONS = (-1187, 400, "Requested operation is not allowed in market data sessions.")
    INCORRECT_NUM_IN_GROUP_COUNT = (-1188, 400, "Incorrect NumInGroup count for repeating group '{}'.")
    DUPLICATE_ENTRIES_IN_A_GROUP = (-1189, 400, "Group '{}' contains duplicate entries.")
    INVALID_REQUEST_ID = (
        -1190,
        400,
        "`MDReqID (262)` contains a subscription request id that is already in use on this connection.",
        "`MDReqID (262)` contains an unsubscription request id that does not match any active subscription.",
    )
    TOO_MANY_SUBSCRIPTIONS = (
        -1191,
        400,
        "Too many subscriptions. Connection may create up to '{}' subscriptions at a time.",
        "Similar subscription is already active on this connection. Symbol='{}', active subscription id: '{}'.",
    )
    INVALID_TIME_UNIT = (
        -1194,
        400,
        "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
    )
    BUY_OCO_STOP_LOSS_MUST_BE_ABOVE = (-1196, 400, "A stop loss order in a buy OCO must be above.")
    SELL_OCO_STOP_LOSS_MUST_BE_BELOW = (-1197, 400, "A stop loss order in a sell OCO must be below.")
    BUY_OCO_TAKE_PROFIT_MUST_BE_BELOW = (-1198, 400, "A take profit order in a buy OCO must be below.")
    SELL_OCO_TAKE_PROFIT_MUST_BE_ABOVE = (-1199, 400, "A take profit order in a sell OCO must be above.")
    INVALID_PEG_PRICE_TYPE = (-1210, 400, "Invalid pegPriceType.")
    INVALID_PEG_OFFSET_TYPE = (-1211, 400, "Invalid pegOffsetType.")
    SYMBOL_DOES_NOT_MATCH_STATUS = (
        -1220,
        400,
        "The symbol's status does not match the requested symbolStatus.",
    )
    INVALID_SBE_MESSAGE_FIELD = (-1221, 400, "Invalid/missing field(s) in SBE message.")
    OPO_WORKING_MUST_BE_BUY = (-1222, 400, "Working order in an OPO list must be a bid.")
    OPO_PENDING_MUST_BE_SELL = (-1223, 400, "Pending orders in an OPO list must be asks.")
    WORKING_PARAM_REQUIRED = (-1224, 400, "Working order must include the '{}' tag.")
    PENDING_PARAM_NOT_REQUIRED = (-1225, 400, "Pending orders should not include the '{}' tag.")
    NEW_ORDER_REJECTED = (-2010, 400, "{}")
    CANCEL_REJECTED = (-2011, 400, "{}")
    NO_SUCH_ORDER = (-2013, 400, "Order does not exist.")
    BAD_API_KEY_FMT = (-2014, 401, "API-key format invalid.")
    REJECTED_MBX_KEY = (-2015, 401, "Invalid API-key, IP, or permissions for action.")
    NO_TRADING_WINDOW = (
        -2016,
        400,
        "No trading window could be found for the symbol. Try ticker/24hrs instead.",
    )
    CANCEL_REPLACE_PARTIALLY_FAILED = (-2021, 409, "Order cancel-replace partially failed.")
    CANCEL_REPLACE_FAILED = (-2022, 400, "Order cancel-replace failed.")
    ORDER_ARCHIVED = (
        -2026,
        400,
        "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
    )
    SUBSCRIPTION_ACTIVE = (-2035, 400, "User Data Stream subscription already active.")
    SUBSCRIPTION_INACTIVE = (-2036, 400, "User Data Stream subscription not active.")
    ORDER_AMEND_REJECTED = (-2038, 400, "{}")
    CLIENT_ORDER_ID_INVALID = (-2039, 400, "Client order ID is not correct for this order ID.")
    MAXIMUM_SUBSCRIPTION_IDS = (-2042, 400, "Maximum subscription ID reached for this connection.")
    NO_REFERENCE_PRICE = (-2043, 400, "This symbol doesn't have a reference price.")


def illegal_characters(name: str, legal_range: str) -> ApiError:
    """State that a value has characters its parameter does not allow."""
    return ErrorCode.ILLEGAL_CHARS.error(name, legal_range, form=1)


def mandatory(name: str) -> ApiError:
    """State that a mandatory parameter is missing."""
    return ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED.error(name, form=1)


def one_of(first: str, second: str) -> ApiError:
    """State that one of two parameters must be sent."""
    return ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED.error(first, second, form=2)


def greater_than(name: str, maximum: int) -> ApiError:
    """State that a value is above its maximum."""
    return ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED.error(name, maximum, form=5)


def empty(name: str) -> ApiError:
    """State that a parameter was sent without a value."""
    return ErrorCode.PARAM_EMPTY.error(name, form=1)


def not_required(name: str) -> ApiError:
    """State that a parameter does not belong to what was asked."""
    return ErrorCode.PARAM_NOT_REQUIRED.error(name, form=1)


def invalid_value(name: str) -> ApiError:
    """State that a value is not one the parameter can take."""
    return ErrorCode.INVALID_PARAMETER.error(name, form=1)


def bad_combination() -> ApiError:
    """State that the optional parameters sent do not go together."""
    return ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error()


def filter_failure(name: str) -> ApiError:
    """State that an order breaks a filter of its symbol or of the exchange."""
    return ErrorCode.INVALID_MESSAGE.error(f"Filter failure: {name}")


def new_order_rejected(message: str) -> ApiError:
    """State why an order was refused."""
    return ErrorCode.NEW_ORDER_REJECTED.error(message)
