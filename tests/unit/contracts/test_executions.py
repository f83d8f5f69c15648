"""What trades and prevented matches make of an order, and how executions are numbered."""

from msgspec.structs import replace

from rialto.contracts.events import Fill, Prevention
from rialto.contracts.executions import after_fill, after_prevention, after_routing, execution_id
from rialto.contracts.vocabulary import OrderStatus, WorkingFloor
from tests.user_data import ORDER_STATE as ORDER

ONE, TWO = "1.00000000", "2.00000000"


def test_numbers_grow_by_place_and_by_command() -> None:
    numbers = [
        execution_id(sequence, position, is_maker=is_maker)
        for sequence in (1, 2, 3)
        for position in (0, 1, 500_000)
        for is_maker in (False, True)
    ]
    assert numbers == sorted(set(numbers))
    assert execution_id(8_500_000_000, 0) < 2**53


def test_a_fill_restates_what_traded() -> None:
    fill = Fill(7, 5, ONE, TWO, OrderStatus.PARTIALLY_FILLED, "0.00100000", 0)
    assert after_fill(ORDER, fill, 200) == replace(
        ORDER, executed=ONE, executed_quote=TWO, status=OrderStatus.PARTIALLY_FILLED, updated_at_us=200
    )


def test_only_a_filled_order_by_quote_amount_gets_its_quantity() -> None:
    by_quote = replace(ORDER, quote_quantity=TWO, prevented=ONE)
    for status, quantity in ((OrderStatus.PARTIALLY_FILLED, ORDER.quantity), (OrderStatus.FILLED, TWO)):
        assert after_fill(by_quote, Fill(7, 5, ONE, TWO, status, ONE, 0), 200).quantity == quantity


def test_a_prevented_match_restates_what_was_lost() -> None:
    lost = after_prevention(ORDER, 3, Prevention(7, 5, ONE, TWO), 200)
    assert lost == replace(ORDER, prevented=TWO, prevented_match_id=3, updated_at_us=200)


def test_only_an_order_that_was_routed_has_a_floor() -> None:
    assert after_routing(ORDER) is ORDER
    routed = replace(ORDER, working_floor=WorkingFloor.SMART_ORDER_ROUTING)
    assert after_routing(routed).working_floor is WorkingFloor.EXCHANGE
