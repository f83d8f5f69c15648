"""Every metric on the dashboard and in the alerts is served, and every metric served is on the dashboard."""

import json
import re
from pathlib import Path

import httpx
import msgspec

from rialto.core.replica_status import FILE_NAME, ReplicaStatus
from tests.contract.test_watching import eventually, signed
from tests.demo_process import DemoProcess, free_port
from tests.served_metrics import IN_A_CLUSTER, WITH_BANKS, WITH_NETWORKS, served
from tools.dashboard import DOCUMENT

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\b(?:rialto|process)_[a-z_]+\b")
OFF_THE_DASHBOARD = {"process_virtual_memory_bytes", "process_start_time_seconds"}
"""What Prometheus' client tells of every process, and nobody needs to see."""

ABSENT = IN_A_CLUSTER | WITH_NETWORKS | WITH_BANKS
"""What a demonstration on one machine does not serve."""


def names_in(text: str) -> set[str]:
    return {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in NAME.findall(text)}


def test_dashboard_and_metrics_agree(tmp_path: Path) -> None:
    settings = {"RIALTO_FIX_ORDER_ENTRY_PORT": str(free_port()), "RIALTO_REPLICA": "false"}
    exchange = DemoProcess(tmp_path / "data", settings)
    try:
        status = ReplicaStatus(sequence=10, checked_sequence=10, state_hash="ab" * 32, snapshot_sequence=5)
        (exchange.data / FILE_NAME).write_bytes(msgspec.json.encode(status))
        order = "symbol=XRPUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.4"
        assert signed(exchange, "POST", "/api/v3/order", order).status_code == 400
        cancel = "symbol=XRPUSDT&orderId=999999"
        assert signed(exchange, "DELETE", "/api/v3/order", cancel).status_code == 400
        eventually(lambda: "rialto_replica_sequence" in served(exchange.url))
        on_dashboard = names_in(DOCUMENT.read_text())
        found = served(exchange.url)
        assert on_dashboard - found == ABSENT, "the dashboard shows what nobody serves"
        assert found - on_dashboard == OFF_THE_DASHBOARD, "what is served belongs on the dashboard"
        alerts = (ROOT / "deploy" / "prometheus" / "rialto.rules.yml").read_text()
        assert names_in(alerts) - found <= ABSENT
        checks = httpx.get(f"{exchange.url}/ready", trust_env=False).json()["checks"]
        assert checks["conservation"]["detail"].endswith("; replica up to 10")
        broken = msgspec.structs.replace(status, audit="account 3 asset 0: 5 is locked, 4 is held")
        (exchange.data / FILE_NAME).write_bytes(msgspec.json.encode(broken))
        eventually(lambda: httpx.get(f"{exchange.url}/ready", trust_env=False).status_code == 503)
    finally:
        assert exchange.stop() == 0
    logged = [json.loads(line) for line in Path(exchange.log.name).read_text().splitlines()]
    line = next(line for line in logged if line["event"] == "replica found the state unsound")
    assert (line["level"], line["sequence"], line["wrong_is"]) == ("error", 10, broken.audit)
