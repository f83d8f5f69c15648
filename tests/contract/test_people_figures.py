"""Figures about people and their deposits, as Prometheus reads them."""

from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from rialto.foundation import periodic
from tests.browser import Browser
from tests.contract.test_deposits import address, eventually, followed
from tests.contract.test_verification import show, submit
from tests.custody_exchange import custody_exchange
from tests.person import PASSWORD, someone


async def figures(client: httpx.AsyncClient) -> dict[tuple[str, ...], int]:
    """Every figure, by its name and the values of its labels."""
    text = (await client.get("/metrics")).text
    return {
        (sample.name, *sorted(sample.labels.values())): int(sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }


async def test_what_people_do_and_wait_for_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "READ_EVERY_S", 0.1)
    async with custody_exchange(tmp_path) as funded, someone(funded.whole, "zoe@example.com") as zoe:
        client = funded.whole.client
        before = await figures(client)
        assert before["rialto_people_acts_total", "done", "login"] == 0
        assert before["rialto_deposits_waiting", "pending"] == 0
        url = f"http://127.0.0.1:{funded.whole.exchange.port}"
        async with Browser(url) as alice:
            await alice.sign_up("alice@example.com")
            await alice.refused("POST", "login", email="zoe@example.com", password="a wrong guess")
            await alice.post("login", email="zoe@example.com", password=PASSWORD)
        await zoe.with_app()
        await submit(zoe, (await show(zoe))["documentId"])
        trader = await funded.whole.trader("trader")
        where, _ = await address(trader, "ETH", "ETH")
        funded.eth.pay(where, 10**18)
        funded.eth.mine(1)
        await followed(funded, funded.eth)
        wanted = {
            ("rialto_people_acts_total", "done", "sign-up"): 1,
            ("rialto_people_acts_total", "done", "sign-up-confirmed"): 1,
            ("rialto_people_acts_total", "login", "refused"): 1,
            ("rialto_people_acts_total", "done", "factor-added"): 1,
            ("rialto_verification_cases", "submitted"): 1,
            ("rialto_deposits_waiting", "pending"): 1,
            ("rialto_deposits_waiting", "held"): 0,
            ("rialto_mails", "failed"): 0,
        }

        async def those() -> dict[tuple[str, ...], int | None]:
            found = await figures(client)
            return {figure: found.get(figure) for figure in wanted}

        await eventually(those, wanted)
        found = await figures(client)
        assert found["rialto_people_acts_total", "done", "login"] >= 1
        assert found["rialto_mails", "kept"] >= 2
        assert found["rialto_verification_oldest_case_seconds",] < 600
