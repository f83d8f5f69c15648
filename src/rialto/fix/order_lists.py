"""Order lists in tags as the parameters that REST reads, and the instructions that hold a list together.

FIX states how each order depends on the others; the exchange knows five kinds of lists. A list is taken if its
instructions are those of its kind. Orders stand in the order of the API: working, below, above. Pure.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from rialto.fix.dictionary import Dictionary, Values
from rialto.fix.orders import order_parameters, side_of, tag_of_order, word_of
from rialto.fix.refusals import Reason, Rejected, needless, required
from rialto.fix.validation import Body, Message
from rialto.wire.errors import ErrorCode

INSTRUCTION: Final = "ListTriggeringInstruction"
INSTRUCTIONS: Final = "NoListTriggeringInstructions"

_LISTS: Final = "/api/v3/orderList"
_LIMIT_TYPES: Final = ("LIMIT", "LIMIT_MAKER")
_LEG_PREFIXES: Final = ("pendingAbove", "pendingBelow", "pending", "working", "above", "below")


class Instruction(NamedTuple):
    """What happens to an order when something happened to another of its list."""

    trigger: str
    order: int
    """Which other, counted from 0."""
    action: str


class _Leg(NamedTuple):
    """Where an order stands in a kind of list: how its parameters begin, and those it shares with others."""

    prefix: str
    side: str
    quantity: str


class _Kind(NamedTuple):
    path: str
    legs: tuple[_Leg, ...]
    one_pays_the_other: bool = False


_WORKING: Final = _Leg("working", "workingSide", "workingQuantity")
_PENDING: Final = _Leg("pending", "pendingSide", "pendingQuantity")
_PENDING_PAIR: Final = (
    _Leg("pendingBelow", "pendingSide", "pendingQuantity"),
    _Leg("pendingAbove", "pendingSide", "pendingQuantity"),
)
_CANCELS: Final = "ONE_CANCELS_THE_OTHER"
_TRIGGERS: Final = "ONE_TRIGGERS_THE_OTHER"
_KINDS: Final[Mapping[tuple[str, bool, int], _Kind]] = MappingProxyType(
    {
        (_CANCELS, False, 2): _Kind(
            f"{_LISTS}/oco", (_Leg("below", "side", "quantity"), _Leg("above", "side", "quantity"))
        ),
        (_TRIGGERS, False, 2): _Kind(f"{_LISTS}/oto", (_WORKING, _PENDING)),
        (_TRIGGERS, False, 3): _Kind(f"{_LISTS}/otoco", (_WORKING, *_PENDING_PAIR)),
        (_TRIGGERS, True, 2): _Kind(f"{_LISTS}/opo", (_WORKING, _PENDING), True),
        (_TRIGGERS, True, 3): _Kind(f"{_LISTS}/opoco", (_WORKING, *_PENDING_PAIR), True),
    }
)
"""The kinds of lists, by contingency, whether one pays the other, and how many orders there are."""


def list_parameters(message: Message, dictionary: Dictionary) -> tuple[str, dict[str, str]]:
    """Return the path of REST that places a list, and its parameters. Raises `Rejected`."""
    orders = message.entries("NoOrders")
    if not orders:
        raise required(dictionary.field("NoOrders").tag)
    contingency = dictionary.field("ContingencyType").words[message.values["ContingencyType"]]
    kind = _KINDS.get((contingency, message.get("OPO") == "Y", len(orders)))
    if kind is None or len({order.values["Symbol"] for order in orders}) > 1:
        raise _unsupported()
    pairs = {"symbol": orders[0].values["Symbol"], "listClientOrderId": message.values["ClListID"]}
    types = []
    for order, leg in zip(orders, kind.legs, strict=True):
        said = order_parameters(order, dictionary)
        types.append(said["type"])
        _check_leg(order, leg, kind, dictionary)
        _add_leg(pairs, leg, said, side_of(order, dictionary), order.values["ClOrdID"])
    _check_prevention(orders, dictionary, pairs)
    _check_instructions(orders, contingency, types, dictionary)
    return kind.path, pairs


def tag_of_list(dictionary: Dictionary, parameter: str) -> int | None:
    """Return the tag that a parameter of a list comes from, if it comes from one."""
    if parameter == "listClientOrderId":
        return dictionary.field("ClListID").tag
    for prefix in _LEG_PREFIXES:
        rest = parameter.removeprefix(prefix)
        if rest != parameter and rest:
            return tag_of_order(dictionary, f"{rest[0].lower()}{rest[1:]}")
    return tag_of_order(dictionary, parameter)


def instructions(contingency: str, types: Sequence[str]) -> list[list[Instruction]]:
    """Return the instructions of each order of a list, from the types of its orders as REST calls them."""
    if contingency == _CANCELS:
        return _pair(types, 0, 1)
    released = Instruction("FILLED", 0, "RELEASE")
    if len(types) == 2:
        return [[], [released]]
    below, above = _pair(types, 1, 2)
    return [[], [released, *below], [released, *above]]


def written(steps: Sequence[Instruction], dictionary: Dictionary) -> list[Values]:
    """Write instructions as the entries of their group."""
    return [
        {
            "ListTriggerType": dictionary.code("ListTriggerType", step.trigger),
            "ListTriggerTriggerIndex": step.order,
            "ListTriggerAction": dictionary.code("ListTriggerAction", step.action),
        }
        for step in steps
    ]


def _pair(types: Sequence[str], below: int, above: int) -> list[list[Instruction]]:
    """Return what ends each of two orders: the other starting to trade, or to work if it waits."""

    def ended_by(other: int) -> list[Instruction]:
        trigger = "PARTIALLY_FILLED" if types[other] in _LIMIT_TYPES else "ACTIVATED"
        return [Instruction(trigger, other, "CANCEL")]

    return [ended_by(above), ended_by(below)]


def _add_leg(pairs: dict[str, str], leg: _Leg, said: dict[str, str], side: str, client_order_id: str) -> None:
    """Add the parameters of an order to those of its list. Raises `Rejected` if what it shares is not the same."""
    quantity = said.pop("quantity", None)
    said.pop("selfTradePreventionMode", None)
    shared = {leg.side: side} if quantity is None else {leg.side: side, leg.quantity: quantity}
    for name, value in shared.items():
        if pairs.setdefault(name, value) != value:
            raise _unsupported()
    said["clientOrderId"] = client_order_id
    for name, value in said.items():
        pairs[f"{leg.prefix}{name[0].upper()}{name[1:]}"] = value


def _check_leg(order: Body, leg: _Leg, kind: _Kind, dictionary: Dictionary) -> None:
    cash, quantity = dictionary.field("CashOrderQty").tag, dictionary.field("OrderQty").tag
    if order.get("CashOrderQty") is not None:
        raise needless(cash)
    if not kind.one_pays_the_other:
        if order.get("OrderQty") is None:
            raise required(quantity)
    elif leg is _WORKING:
        if order.get("OrderQty") is None:
            raise Rejected(ErrorCode.WORKING_PARAM_REQUIRED.error(quantity), Reason.REQUIRED_TAG_MISSING, quantity)
    elif order.get("OrderQty") is not None:
        raise Rejected(ErrorCode.PENDING_PARAM_NOT_REQUIRED.error(quantity), Reason.OTHER, quantity)


def _check_prevention(orders: Sequence[Body], dictionary: Dictionary, pairs: dict[str, str]) -> None:
    """Let a list have one mode of self-trade prevention: the exchange knows no other lists."""
    name = "SelfTradePreventionMode"
    modes = {word_of(order, dictionary, name) for order in orders}
    if len(modes) > 1:
        tag = dictionary.field(name).tag
        raise Rejected(ErrorCode.PARAMS_BAD_COMBO.error(tag), Reason.OTHER, tag)
    mode = modes.pop()
    if mode is not None:
        pairs["selfTradePreventionMode"] = mode


def _check_instructions(orders: Sequence[Body], contingency: str, types: Sequence[str], dictionary: Dictionary) -> None:
    for order, type_name, expected in zip(orders, types, instructions(contingency, types), strict=True):
        stated = {
            Instruction(
                dictionary.field("ListTriggerType").words[entry.values["ListTriggerType"]],
                int(entry.values["ListTriggerTriggerIndex"]),
                dictionary.field("ListTriggerAction").words[entry.values["ListTriggerAction"]],
            )
            for entry in order.entries(INSTRUCTIONS)
        }
        # The API's own table has pending pairs canceled by what releases them; both are taken to mean the same.
        normal = {step._replace(action="RELEASE") if step.trigger == "FILLED" else step for step in stated}
        if normal != set(expected):
            tag = dictionary.field(INSTRUCTIONS).tag
            recommendation = "|".join(
                f"{dictionary.field(name).tag}={value}"
                for entry in written(expected, dictionary)
                for name, value in entry.items()
            )
            error = ErrorCode.INVALID_COMPONENT.error(
                INSTRUCTION, type_name, f"{tag}={len(expected)}|{recommendation}" if expected else "leave it out"
            )
            raise Rejected(error, Reason.OTHER, tag)


def _unsupported() -> Rejected:
    return Rejected(ErrorCode.UNKNOWN_ORDER_COMPOSITION.error(), Reason.OTHER)
