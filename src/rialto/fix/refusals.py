"""What is wrong with a message: the API's error, the reason FIX has for it, and the tag at fault.

Errors that the gateway words in the names of REST are worded here in tags: the same rule, the client's own words.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from rialto.wire.errors import ApiError, ErrorCode

SENDING_TIME: Final = 52
"""The tag of when a message was sent, in every dictionary."""


class Reason(IntEnum):
    """Why the session rejects a message: the values of `SessionRejectReason`."""

    INVALID_TAG_NUMBER = 0
    REQUIRED_TAG_MISSING = 1
    TAG_NOT_DEFINED_FOR_THIS_MESSAGE_TYPE = 2
    UNDEFINED_TAG = 3
    VALUE_IS_INCORRECT = 5
    INCORRECT_DATA_FORMAT_FOR_VALUE = 6
    SIGNATURE_PROBLEM = 8
    SENDINGTIME_ACCURACY_PROBLEM = 10
    TAG_APPEARS_MORE_THAN_ONCE = 13
    TAG_SPECIFIED_OUT_OF_REQUIRED_ORDER = 14
    REPEATING_GROUP_FIELDS_OUT_OF_ORDER = 15
    INCORRECT_NUMINGROUP_COUNT_FOR_REPEATING_GROUP = 16
    OTHER = 99


class Rejected(Exception):
    """A message that is answered with Reject<3>."""

    def __init__(self, error: ApiError, reason: Reason = Reason.OTHER, tag: int | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.reason = reason
        self.tag = tag


class Garbled(Exception):
    """Bytes that are no message. Where the next one begins is unknown."""

    def __init__(self, form: int) -> None:
        """`form` is that of the message of -1177."""
        self.error = ErrorCode.GARBLED_MESSAGE.error(form=form)
        super().__init__(str(self.error))


def required(tag: int) -> Rejected:
    """State that a tag is missing."""
    error = ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED.error(tag, form=3)
    return Rejected(error, Reason.REQUIRED_TAG_MISSING, tag)


def malformed(tag: int) -> Rejected:
    """State that a value is none of its kind."""
    error = ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED.error(form=4)
    return Rejected(error, Reason.INCORRECT_DATA_FORMAT_FOR_VALUE, tag)


def incorrect(tag: int) -> Rejected:
    """State that a value is not one the tag can have."""
    return Rejected(ErrorCode.INVALID_PARAMETER.error(tag, form=1), Reason.VALUE_IS_INCORRECT, tag)


def needless(tag: int) -> Rejected:
    """State that a tag does not belong to what is asked."""
    return Rejected(ErrorCode.PARAM_NOT_REQUIRED.error(tag, form=2), Reason.OTHER, tag)


_MANDATORY: Final = ErrorCode.MANDATORY_PARAM_EMPTY_OR_MALFORMED
_FORMS: Final[Mapping[tuple[ErrorCode, int], tuple[int, Reason]]] = MappingProxyType(
    {
        (_MANDATORY, 1): (3, Reason.REQUIRED_TAG_MISSING),
        (_MANDATORY, 2): (2, Reason.REQUIRED_TAG_MISSING),
        (ErrorCode.PARAM_NOT_REQUIRED, 1): (2, Reason.OTHER),
        (ErrorCode.BAD_STRATEGY_TYPE, 0): (1, Reason.VALUE_IS_INCORRECT),
        (ErrorCode.OCO_ICEBERGQTY_TIMEINFORCE, 0): (1, Reason.VALUE_IS_INCORRECT),
        (ErrorCode.ILLEGAL_CHARS, 1): (1, Reason.INCORRECT_DATA_FORMAT_FOR_VALUE),
    }
)
"""Which form of a message FIX has for one of REST, and its reason."""


_PARAMETERS: Final[Mapping[ErrorCode, str]] = MappingProxyType(
    {
        ErrorCode.BAD_SYMBOL: "symbol",
        ErrorCode.INVALID_SIDE: "side",
        ErrorCode.INVALID_ORDER_TYPE: "type",
        ErrorCode.INVALID_TIF: "timeInForce",
        ErrorCode.INVALID_CANCEL_RESTRICTIONS: "cancelRestrictions",
        ErrorCode.INVALID_PEG_PRICE_TYPE: "pegPriceType",
        ErrorCode.INVALID_PEG_OFFSET_TYPE: "pegOffsetType",
        ErrorCode.BAD_STRATEGY_TYPE: "strategyType",
    }
)
"""The parameter that is at fault where the message does not name it."""


def in_tags(error: ApiError, tag_of: Callable[[str], int | None]) -> Rejected:
    """Say what is wrong with a message in the words of FIX; `tag_of` finds the tag behind a name of REST."""
    code, places = error.kind, error.places
    tags = [tag_of(place) if isinstance(place, str) else None for place in places]
    tag = next((each for each in tags if each is not None), None)
    if not isinstance(code, ErrorCode):
        return Rejected(error, Reason.OTHER, tag)
    if code is ErrorCode.INVALID_TIMESTAMP:
        return Rejected(error, Reason.SENDINGTIME_ACCURACY_PROBLEM, SENDING_TIME)
    if code in _PARAMETERS:
        tag = tag_of(_PARAMETERS[code])
    form, reason = _FORMS.get((code, error.form), (error.form, Reason.VALUE_IS_INCORRECT))
    told = [place if known is None else known for place, known in zip(places, tags, strict=True)]
    return Rejected(code.error(*told, form=form), reason, tag)
