"""Logging on: who a client is, by an Ed25519 signature over the head of its Logon<A>, and how it wants its session.

Checks, in this order: what the message says, the key (-2014, -2015), its type, the time (-1021), the signature (-1022).
Owns nothing.
"""

from typing import Final, NamedTuple

from rialto.fix import times
from rialto.fix.limits import FixLimits
from rialto.fix.refusals import Reason, Rejected, in_tags, incorrect, needless, required
from rialto.fix.service import Service, ServiceKind
from rialto.fix.validation import Message
from rialto.gateway.authentication import RECEIVE_WINDOW_DEFAULT_US, Authenticator, Timing, key_name, read_window
from rialto.identity.api_keys import ApiKey
from rialto.identity.signatures import KeyType
from rialto.wire.errors import ApiError, ErrorCode

LOGON: Final = "A"
TARGET: Final = "SPOT"
"""What the exchange calls itself."""

FOREVER_US: Final = 1 << 62
"""The window of a request that does not say for how long it is valid."""

_ONLY_ACKNOWLEDGEMENTS: Final = "ONLY_ACKS"
_REQUIRED: Final = ("EncryptMethod", "RawDataLength", "RawData", "ResetSeqNumFlag", "Username", "MessageHandling")
"""What a client's Logon<A> must say, beyond the dictionary, which is that of the exchange's answer too."""


class Logon(NamedTuple):
    """A session as it was agreed on."""

    key: ApiKey
    sender: str
    """What the client calls itself."""
    heartbeat_s: int
    only_acknowledgements: bool
    """Whether the client is told only of what it asked for itself."""


def timing_of(message: Message, window_default_us: int = FOREVER_US) -> Timing:
    """Return when a message was sent, and for how long after it is valid. Raises `Rejected`."""
    sent_at_us = times.to_us(message.header["SendingTime"])
    assert sent_at_us is not None, "the time was validated"
    window = message.header.get("RecvWindow")
    return Timing(sent_at_us, window_default_us if window is None else read_window(window))


def check_time(message: Message, service: Service, authenticator: Authenticator, window_default_us: int) -> Timing:
    """Raise `Rejected` -1021 if a message is too old or from the future."""
    try:
        timing = timing_of(message, window_default_us)
        authenticator.check_time(timing)
    except ApiError as error:
        raise in_tags(error, lambda _name: service.tag("RecvWindow")) from None
    return timing


def read_logon(
    message: Message, service: Service, authenticator: Authenticator, limits: FixLimits, address: str
) -> Logon:
    """Read and check a client's Logon<A>. Raises `Rejected`."""
    _check_demands(message, service)
    heartbeat_s = _heartbeat(message, service, limits)
    key = _authenticated(message, service, authenticator, address)
    mode = message.get("ResponseMode")
    words = service.dictionary.field("ResponseMode").words if mode is not None else {}
    return Logon(key, message.header["SenderCompID"], heartbeat_s, words.get(mode or "") == _ONLY_ACKNOWLEDGEMENTS)


def _check_demands(message: Message, service: Service) -> None:
    tag = service.tag
    for name in _REQUIRED:
        if message.get(name) is None:
            raise required(tag(name))
    if message.get("ResetSeqNumFlag") != "Y":
        raise Rejected(ErrorCode.RESET_SEQ_NUM_SUPPORT.error(), Reason.VALUE_IS_INCORRECT, tag("ResetSeqNumFlag"))
    if message.get("SBESchemaID") is not None or message.get("SBESchemaVersion") is not None:
        raise Rejected(ErrorCode.SBE_DISABLED.error(), Reason.OTHER, tag("SBESchemaID"))
    if message.get("ExecutionReportType") is not None:
        raise needless(tag("ExecutionReportType"))
    is_drop_copy = message.get("DropCopyFlag") == "Y"
    if is_drop_copy and service.kind is not ServiceKind.DROP_COPY:
        raise Rejected(ErrorCode.DROP_COPY_SESSION_NOT_ALLOWED.error(), Reason.VALUE_IS_INCORRECT, tag("DropCopyFlag"))
    if not is_drop_copy and service.kind is ServiceKind.DROP_COPY:
        raise Rejected(ErrorCode.DROP_COPY_SESSION_REQUIRED.error(), Reason.VALUE_IS_INCORRECT, tag("DropCopyFlag"))


def _heartbeat(message: Message, service: Service, limits: FixLimits) -> int:
    seconds, tag = int(message.values["HeartBtInt"]), service.tag("HeartBtInt")
    if seconds > limits.heartbeat_seconds_max:
        error = ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED.error(tag, limits.heartbeat_seconds_max, form=5)
        raise Rejected(error, Reason.VALUE_IS_INCORRECT, tag)
    if seconds < limits.heartbeat_seconds_min:
        raise incorrect(tag)
    return seconds


def _authenticated(message: Message, service: Service, authenticator: Authenticator, address: str) -> ApiKey:
    tag = service.tag
    try:
        name = key_name(message.values["Username"].encode())
        key = authenticator.find_key_with(name, service.permissions, address)
    except ApiError as error:
        raise Rejected(error, Reason.OTHER, tag("Username")) from None
    check_time(message, service, authenticator, RECEIVE_WINDOW_DEFAULT_US)
    header = message.header
    payload = "\x01".join(
        (LOGON, header["SenderCompID"], header["TargetCompID"], header["MsgSeqNum"], header["SendingTime"])
    )
    if key.type is not KeyType.ED25519 or not key.verify(payload.encode(), message.values["RawData"]):
        raise Rejected(ErrorCode.INVALID_SIGNATURE.error(), Reason.SIGNATURE_PROBLEM, tag("RawData"))
    return key
