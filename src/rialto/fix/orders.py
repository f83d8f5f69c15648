"""Orders in tags as the parameters that REST reads: one order, whatever message it stands in.

Pure. What the dictionary cannot say is checked here: which instructions make which type of order.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rialto.fix.dictionary import Dictionary
from rialto.fix.refusals import Reason, Rejected, needless, required
from rialto.fix.validation import Body
from rialto.wire.errors import ErrorCode

TIMES_IN_FORCE: Final[Mapping[str, str]] = MappingProxyType(
    {"GOOD_TILL_CANCEL": "GTC", "IMMEDIATE_OR_CANCEL": "IOC", "FILL_OR_KILL": "FOK"}
)
PEG_OFFSET_TYPES: Final[Mapping[str, str]] = MappingProxyType({"PRICE_TIER": "PRICE_LEVEL"})
"""The words that FIX and REST have for the same."""

TRIGGER: Final = "TriggeringInstruction"
_PARAMETERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "OrderQty": "quantity",
        "Price": "price",
        "TimeInForce": "timeInForce",
        "MaxFloor": "icebergQty",
        "CashOrderQty": "quoteOrderQty",
        "TargetStrategy": "strategyType",
        "StrategyID": "strategyId",
        "SelfTradePreventionMode": "selfTradePreventionMode",
        "TriggerPrice": "stopPrice",
        "TriggerTrailingDeltaBips": "trailingDelta",
        "PegOffsetValue": "pegOffsetValue",
        "PegPriceType": "pegPriceType",
        "PegOffsetType": "pegOffsetType",
    }
)
"""The parameter of REST that a field is."""

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{parameter: field for field, parameter in _PARAMETERS.items()},
        "symbol": "Symbol",
        "side": "Side",
        "type": "OrdType",
        "clientOrderId": "ClOrdID",
        "newClientOrderId": "ClOrdID",
    }
)
"""The field that a parameter of an order comes from."""

_TRIGGER_DEMANDS: Final = ("TriggerType", "TriggerAction", "TriggerPriceType")
_TRIGGER_FIELDS: Final = (*_TRIGGER_DEMANDS, "TriggerPrice", "TriggerPriceDirection", "TriggerTrailingDeltaBips")
_PEG_FIELDS: Final = ("PegPriceType", "PegMoveType", "PegOffsetType", "PegOffsetValue")

_RISES: Final = "TRIGGER_IF_THE_PRICE_OF_THE_SPECIFIED_TYPE_GOES_UP_TO_OR_THROUGH_THE_SPECIFIED_TRIGGER_PRICE"


def tag_of_order(dictionary: Dictionary, parameter: str) -> int | None:
    """Return the tag that a parameter of an order comes from, if it comes from one."""
    field = FIELDS.get(parameter)
    return None if field is None else dictionary.field(field).tag


def word_of(body: Body, dictionary: Dictionary, name: str) -> str | None:
    """Return what the value of a field means, or the value itself if no meanings are listed."""
    value = body.get(name)
    return None if value is None else dictionary.field(name).words.get(value, value)


def order_parameters(order: Body, dictionary: Dictionary) -> dict[str, str]:
    """Return the parameters of an order but for its symbol, side and id. Raises `Rejected`."""
    pairs = {"type": _type(order, dictionary)}
    for name, parameter in _PARAMETERS.items():
        word = word_of(order, dictionary, name)
        if word is not None:
            pairs[parameter] = TIMES_IN_FORCE.get(word) or PEG_OFFSET_TYPES.get(word) or word
    return pairs


def side_of(order: Body, dictionary: Dictionary) -> str:
    """Return the side of an order."""
    return dictionary.field("Side").words[order.values["Side"]]


def _type(order: Body, dictionary: Dictionary) -> str:
    """Return the type of an order as REST calls it, from type, instruction and trigger."""
    kind = dictionary.field("OrdType").words[order.values["OrdType"]]
    is_post_only = order.get("ExecInst") is not None
    triggers = [name for name in _TRIGGER_FIELDS if order.get(name) is not None]
    _check_peg(order, dictionary, is_pegged=kind == "PEGGED")
    if kind in ("STOP", "STOP_LIMIT") or (kind == "PEGGED" and triggers):
        if is_post_only:
            raise needless(dictionary.field("ExecInst").tag)
        return _contingent_type(order, dictionary, has_limit=kind != "STOP")
    if triggers:
        raise needless(dictionary.field(triggers[0]).tag)
    if kind == "MARKET":
        if is_post_only:
            raise needless(dictionary.field("ExecInst").tag)
        return "MARKET"
    return "LIMIT_MAKER" if is_post_only else "LIMIT"


def _contingent_type(order: Body, dictionary: Dictionary, *, has_limit: bool) -> str:
    """Return the type of an order that waits: by the way the price must go to reach its trigger."""
    direction = word_of(order, dictionary, "TriggerPriceDirection")
    if direction is None and order.get("TriggerPrice") is not None:
        raise required(dictionary.field("TriggerPriceDirection").tag)
    # One that only follows the market does so in its own favour.
    is_loss = direction is not None and (direction == _RISES) == (side_of(order, dictionary) == "BUY")
    name = f"{'STOP_LOSS' if is_loss else 'TAKE_PROFIT'}{'_LIMIT' if has_limit else ''}"
    missing = [demand for demand in _TRIGGER_DEMANDS if order.get(demand) is None]
    if missing:
        recommendation = ", ".join(f"{each} ({dictionary.field(each).tag})" for each in missing)
        error = ErrorCode.INVALID_COMPONENT.error(TRIGGER, name, f"add {recommendation}")
        raise Rejected(error, Reason.OTHER, dictionary.field(missing[0]).tag)
    return name


def _check_peg(order: Body, dictionary: Dictionary, *, is_pegged: bool) -> None:
    if is_pegged:
        for name in ("PegPriceType", "PegMoveType"):
            if order.get(name) is None:
                raise required(dictionary.field(name).tag)
        return
    for name in _PEG_FIELDS:
        if order.get(name) is not None:
            raise needless(dictionary.field(name).tag)
