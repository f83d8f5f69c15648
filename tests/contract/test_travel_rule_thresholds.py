"""From which value on the travel rule asks: by asset, by where somebody lives, by worth; what has no price is asked."""

import asyncio
from pathlib import Path

import pytest

from tests.contract.test_deposits import ETHER, address, eventually, followed, free
from tests.contract.test_travel_rule import OWN, TRAVEL
from tests.contract.test_withdrawals import APPLY, HISTORY, MAY, exchange
from tests.custody_exchange import custody_exchange
from tests.gateway import refusal

RULE = '[verification]\nquestionnaire_country = "AE"\n'
WORTH = '[withdrawals]\nvaluations = { LTC = "100", ETH = "1000" }\n'
ASKED = {"coin": "LTC", "address": "ltc:theirs"}


@pytest.mark.parametrize(
    ("settings", "free", "asked"),
    [
        ("questionnaire_from = 200\n" + WORTH, "1.99999999", "2"),
        ('questionnaire_from = 1\nquestionnaire_from_by_asset = { LTC = "3" }\n' + WORTH, "2.9", "3"),
        ("questionnaire_from_by_country = { SE = 1000 }\n" + WORTH, None, "0.1"),
        ("questionnaire_from = 1000000\n", None, "0.1"),
        ("", None, "0.1"),
    ],
)
async def test_less_leaves_without_a_questionnaire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, free: str | None, asked: str
) -> None:
    (tmp_path / "rialto.toml").write_text(RULE + settings, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="20")
        if free is not None:
            await alice.do("POST", APPLY, **ASKED, amount=free)
        assert refusal(await alice.send("POST", APPLY, {**ASKED, "amount": asked}))[1] == -4001
        await alice.do("POST", f"{TRAVEL}/withdraw/apply", **ASKED, amount=asked, questionnaire=OWN)
        assert len(await alice.do("GET", HISTORY)) == (1 if free is None else 2)


async def test_where_somebody_lives_decides(tmp_path: Path) -> None:
    settings = "questionnaire_from = 10\nquestionnaire_from_by_country = { SE = 1000 }\n"
    (tmp_path / "rialto.toml").write_text(RULE + settings + WORTH, encoding="utf-8")
    async with custody_exchange(tmp_path) as funded:
        parts = funded.whole.exchange.parts
        person = parts.identity.people.register("alice@example.com", 1)
        thresholds = funded.whole.exchange.families.travel_rule.thresholds
        unit = 10**8
        for country, expected in ((None, [True, True]), ("SE", [False, True]), ("NO", [True, True])):
            parts.identity.people.set_country(person.owner, country)
            asks = await asyncio.to_thread(thresholds.of_owner, person.owner)
            assert [asks("LTC", unit), asks("LTC", 10 * unit)] == expected, country


async def test_small_deposits_wait_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(RULE + "questionnaire_from = 1000\n" + WORTH, encoding="utf-8")
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", MAY)
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(where, ETHER // 2)
        funded.eth.pay(where, ETHER)
        funded.eth.mine(5)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "ETH"), "1.50000000")
        found = await alice.do("GET", f"{TRAVEL}/deposit/history")
        assert {each["amount"]: each["requireQuestionnaire"] for each in found} == {"0.5": False, "1": True}
        asked = {"coin": "ETH", "network": "ETH", "address": "eth:theirs"}
        assert refusal(await alice.send("POST", APPLY, {**asked, "amount": "0.6"}))[1] == -4060
        await alice.do("POST", APPLY, **asked, amount="0.4")
