"""The dashboard is what its list of panels says, and what an operator's tools can read."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT
from tools.dashboard import DOCUMENT, document


def test_the_dashboard_is_current() -> None:
    assert DOCUMENT.read_text() == document(), "say make docs"


def test_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    panels = json.loads(DOCUMENT.read_text())["panels"]
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not taken & cells, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels}) == len(panels)


def promtool(*arguments: str) -> str:
    """Let Prometheus' own tool check something, and return what it says."""
    path = shutil.which("promtool")
    if path is None:
        pytest.skip("there is no promtool here; it comes with prometheus")
    said = subprocess.run([path, "check", *arguments], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def test_prometheus_takes_configuration_and_alerts() -> None:
    promtool("config", str(ROOT / "deploy" / "prometheus" / "prometheus.yml"))


def test_prometheus_takes_the_queries(tmp_path: Path) -> None:
    queries = [
        target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
        for panel in json.loads(DOCUMENT.read_text())["panels"]
        for target in panel.get("targets", [])
    ]
    recorded = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries)]
    rules = tmp_path / "queries.yml"
    rules.write_text(json.dumps({"groups": [{"name": "panels", "rules": recorded}]}))
    assert f"{len(queries)} rules found" in promtool("rules", str(rules))
