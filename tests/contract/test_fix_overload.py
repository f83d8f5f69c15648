"""FIX when more is asked than can be done: orders are refused in their own messages, cancels are taken."""

from pathlib import Path
from typing import Any

from rialto.gateway.admission import AdmissionRules
from rialto.wire.endpoints import Urgency
from tests.contract.test_overload import BUSY, rest_orders
from tests.fix import FixClient, Received, fix_exchange

NO_ORDERS = AdmissionRules(orders_under_way_max=0)
BUY: dict[int, Any] = {11: "buy", 55: "BTCUSDT", 54: "1", 40: "2", 59: "1", 38: "1", 44: "100"}


async def asked(client: FixClient, message_type: str, fields: dict[int, Any]) -> Received:
    return await client.ask(message_type, *fields.items())


async def test_orders_are_refused_and_cancels_are_taken(tmp_path: Path) -> None:
    async with fix_exchange(tmp_path, admission_rules=NO_ORDERS) as fix:
        await rest_orders(fix.exchange, "one", "two")
        client = await fix.logged_on()
        refused = await asked(client, "D", BUY)
        told = {35: "8", 150: "8", 39: "8", 11: "buy", 25016: str(BUSY[1]), 58: BUSY[2]}
        assert refused.only(*told) == told
        replacing = {**BUY, 11: "new", 25033: "1", 41: "one", 25034: "old"}
        assert (await asked(client, "XCN", replacing)).only(35, 11, 25016) == {35: "8", 11: "new", 25016: "-1008"}
        canceled = await asked(client, "F", {11: "c1", 41: "one", 55: "BTCUSDT"})
        assert canceled.only(35, 39, 41) == {35: "8", 39: "4", 41: "one"}
        canceled = await asked(client, "q", {11: "c2", 55: "BTCUSDT", 530: "1"})
        assert canceled.only(35, 39, 41) == {35: "8", 39: "4", 41: "two"}
        assert fix.exchange.gateway.admission.counters.refused[Urgency.ORDER] == 2
        assert (await client.receive("r"))[533] == "1"
        limits = await client.ask("XLQ", (6136, "q1"))
        assert limits.type == "XLR"
        assert limits.all(25005)[1:] == ["0", "0"], "no order was counted"
        await client.ask("5")
    assert fix.exchange.gateway.admission.under_way == [0, 0, 0]
