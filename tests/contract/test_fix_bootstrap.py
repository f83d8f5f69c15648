"""The FIX API of a whole exchange, as `rialto run` starts it: opened by settings, on the ports they name."""

import asyncio
from pathlib import Path

from rialto import bootstrap
from rialto.contracts.commands import OpenAccount
from rialto.contracts.vocabulary import AccountClass, AccountKind
from rialto.fix.service import ServiceKind
from rialto.foundation.configuration import read_settings
from tests.demo_process import free_port
from tests.fix import FixClient, FixKey


async def test_settings_open_the_services_and_warn_their_clients(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "RIALTO_PORT": "0",
        "RIALTO_DATA_DIRECTORY": str(tmp_path),
        "RIALTO_FIX_ORDER_ENTRY_PORT": str(port),
        "RIALTO_FIX_NOTICE_SECONDS": "1",
        "RIALTO_UNRESTRICTED_KEY_TRADE_DAYS": "0",  # Its key is of long ago.
    }
    async with bootstrap.running_exchange(read_settings(environment, {})) as exchange:
        assert exchange.fix_ports == {ServiceKind.ORDER_ENTRY: port}
        owner = exchange.owners.create("carol", 1).id
        await exchange.runtime.submit(OpenAccount(owner, AccountKind(AccountClass.SPOT)))
        client = FixClient(*await asyncio.open_connection("127.0.0.1", port), "CAROL")
        assert (await client.log_on(FixKey(exchange.api_keys, owner))).type == "A"
        answer = await client.ask("D", (11, "x"), (38, 1), (40, 1), (54, 1), (55, "BTCUSDT"))
        assert answer.only(35, 371, 25016) == {35: "3", 371: "55", 25016: "-1121"}
    assert (await client.receive("B"))[148] == "Your connection is about to be closed. Please reconnect."
    assert (await client.receive("5")).type == "5"
    assert await client.is_closed()
    client.close()


async def test_nothing_is_open_unless_asked_for(tmp_path: Path) -> None:
    settings = read_settings({"RIALTO_PORT": "0", "RIALTO_DATA_DIRECTORY": str(tmp_path)}, {})
    async with bootstrap.running_exchange(settings) as exchange:
        assert exchange.fix_ports == {}
