"""The operator halts and resumes markets of a running exchange, from the command line."""

import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rialto.admin.requests import SOCKET_NAME
from rialto.core import journal
from tests.contract.test_watching import signed
from tests.demo_process import DemoProcess, rialto

ORDER = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=20&price=0.4"


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    demo = DemoProcess(tmp_path_factory.mktemp("markets") / "data")
    yield demo
    assert demo.stop() == 0
    assert not (demo.data / SOCKET_NAME).exists()
    journal.verify(demo.data / "journal")


def asked(exchange: DemoProcess, line: bytes) -> Any:
    """Ask something over the channel, as any program could."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(exchange.data / SOCKET_NAME))
        connection.sendall(line)
        return json.loads(connection.makefile().readline())


def status_of(exchange: DemoProcess, symbol: str) -> Any:
    shown = httpx.get(f"{exchange.url}/api/v3/exchangeInfo", params={"symbol": symbol}, trust_env=False)
    return shown.json()["symbols"][0]["status"]


@pytest.mark.timeout(300)
def test_a_market_is_halted_and_resumed(exchange: DemoProcess) -> None:
    data = ("--data", str(exchange.data))
    order = signed(exchange, "POST", "/api/v3/order", f"symbol=XRPUSDT&{ORDER}").json()
    halted = rialto("market", "halt", "XRPUSDT", "ADAUSDT", *data)
    assert halted.returncode == 0, halted.stderr
    said = [line.partition(" from sequence ")[0] for line in halted.stdout.splitlines()]
    assert said == ["XRPUSDT is HALT", "ADAUSDT is HALT"]
    assert status_of(exchange, "XRPUSDT") == "HALT"
    cancel = f"symbol=XRPUSDT&orderId={order['orderId']}"
    assert signed(exchange, "POST", "/api/v3/order", f"symbol=XRPUSDT&{ORDER}").json()["code"] == -2010
    assert signed(exchange, "DELETE", "/api/v3/order", cancel).status_code == 400
    assert rialto("market", "halt", "--cancel-only", "XRPUSDT", *data).returncode == 0
    assert signed(exchange, "POST", "/api/v3/order", f"symbol=XRPUSDT&{ORDER}").status_code == 400
    assert signed(exchange, "DELETE", "/api/v3/order", cancel).status_code == 200
    listed = rialto("market", "list", *data).stdout
    assert "XRPUSDT          CANCEL_ONLY\n" in listed
    assert "ADAUSDT          HALT\n" in listed
    assert "BTCUSDT          TRADING\n" in listed
    assert rialto("market", "resume", "XRPUSDT", "ADAUSDT", *data).returncode == 0
    assert signed(exchange, "POST", "/api/v3/order", f"symbol=XRPUSDT&{ORDER}").status_code == 200
    logged = [json.loads(line) for line in Path(exchange.log.name).read_text().splitlines()]
    changes = [line for line in logged if line["event"] == "market status set"]
    assert [(line["symbol"], line["now"]) for line in changes] == [
        ("XRPUSDT", "halt"),
        ("ADAUSDT", "halt"),
        ("XRPUSDT", "cancel_only"),
        ("XRPUSDT", "trading"),
        ("ADAUSDT", "trading"),
    ]
    assert all(line["sequence"] > 0 for line in changes)


def test_what_cannot_be_done_is_said(exchange: DemoProcess, tmp_path: Path) -> None:
    unknown = rialto("market", "halt", "NOPE", "--data", str(exchange.data))
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == "rialto: there is no symbol 'NOPE'; rialto market list names them\n"
    nobody = rialto("market", "list", "--data", str(tmp_path))
    assert nobody.returncode == 1
    assert f"no exchange runs on {tmp_path}" in nobody.stderr


def test_the_channel_is_its_owners_alone(exchange: DemoProcess) -> None:
    assert stat.S_IMODE((exchange.data / SOCKET_NAME).stat().st_mode) == 0o600
    if os.geteuid() != 0:
        pytest.skip("only the administrator can try as somebody else")
    (exchange.data / SOCKET_NAME).chmod(0o666)
    exchange.data.chmod(0o755)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(65_534)
        try:
            os.write(writer, json.dumps(asked(exchange, b'{"ask":"list_markets"}\n')).encode())
        except Exception as refused:
            os.write(writer, f"refused: {type(refused).__name__}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 1_000).startswith(b"refused"), "the mode of the file is not all that keeps others out"
    exchange.data.chmod(0o700)


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{}\n",
        b'{"ask":"halt_everything"}\n',
        b'{"ask":"set_market_status","symbol":"BTCUSDT"}\n',
        b'{"ask":"set_market_status","symbol":"BTCUSDT","status":"open"}\n',
        b'{"ask":"set_market_status","symbol":"BTCUSDT","status":"halt","more":1}\n',
        b"\xff\xfe\n",
    ],
)
def test_what_is_no_request_changes_nothing(exchange: DemoProcess, line: bytes) -> None:
    assert "this cannot be asked" in asked(exchange, line)["refusal"]
    assert status_of(exchange, "BTCUSDT") == "TRADING"


def test_a_socket_left_behind_is_taken_over(tmp_path: Path) -> None:
    demo = DemoProcess(tmp_path / "data")
    demo.kill()
    assert (demo.data / SOCKET_NAME).exists()
    again = DemoProcess(demo.data)
    try:
        assert len(asked(again, b'{"ask":"list_markets"}\n')["markets"]) == 16
    finally:
        assert again.stop() == 0
