"""Transfers as counterparts are told of them: an IVMS101 message, for operators, of what was said and shown."""

import json
from pathlib import Path

import pytest

from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.identity.operators import Role
from tests.contract.test_operators import operators
from tests.contract.test_screening_people import verified
from tests.contract.test_travel_rule import OTHERS, OWN, TRAVEL
from tests.contract.test_withdrawals import MAY, exchange
from tests.gateway import refusal
from tests.person import Someone, someone
from tests.whole_exchange import ASSETS, Whole

RULE = '[verification]\nquestionnaire_country = "AE"\nvasps = { BINANCE = "Binance" }\nvasp_name = "Rialto Ltd"\n'
RULE += 'vasp_lei = "5493001KJTIIGC8Y1R12"\n'
EXPORT = "/admin/v1/travel-rule"
WHY = {"direction": "withdrawal", "reason": "They asked."}


async def funded(whole: Whole, person: Someone) -> None:
    """Give someone money to take out."""
    runtime = whole.exchange.runtime
    opened = (await runtime.submit(OpenAccount(person.owner, AccountKind(AccountClass.SPOT)))).events[0]
    assert isinstance(opened, AccountOpened)
    await runtime.submit(Post(opened.account, ASSETS.index("LTC"), "10", PostingReason.DEPOSIT))


async def test_a_withdrawal_is_told_by_the_standard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(RULE, encoding="utf-8")
    async with (
        exchange(tmp_path, monkeypatch) as (whole, _),
        someone(whole, "zoe@example.com") as zoe,
        operators(whole, Role.RISK, count=1) as (olga,),
    ):
        await verified(whole, zoe)
        await funded(whole, zoe)
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "1"}
        ids = []
        for questionnaire in (OWN, json.dumps({**OTHERS, "bnfType": 1, "bnfName": "Example Ltd"})):
            await zoe.do("POST", f"{TRAVEL}/withdraw/apply", **asked, questionnaire=questionnaire)
            found = await zoe.do("GET", "/sapi/v1/capital/withdraw/history")
            ids.append(next(each["id"] for each in found if each["id"] not in ids))
        own, other = [await olga.do("GET", EXPORT, transfer=each, **WHY) for each in ids]
        assert own["breaks"] == other["breaks"] == []
        sender = own["message"]["originator"]["originatorPersons"][0]["naturalPerson"]
        assert sender["name"]["nameIdentifier"] == [
            {"primaryIdentifier": "Ångström", "nameIdentifierType": "LEGL", "secondaryIdentifier": "Zoë"}
        ]
        assert sender["geographicAddress"][0]["country"] == "SE"
        assert sender["nationalIdentification"] == {"nationalIdentifier": "X1234567", "nationalIdentifierType": "CCPT"}
        assert own["message"]["beneficiary"]["beneficiaryPersons"] == [{"naturalPerson": sender}]
        assert own["message"]["beneficiary"]["accountNumber"] == ["ltc:theirs"]
        assert "beneficiaryVASP" not in own["message"]
        company = other["message"]["beneficiary"]["beneficiaryPersons"][0]["legalPerson"]
        assert company["name"]["nameIdentifier"][0]["legalPersonName"] == "Example Ltd"
        vasps = [
            other["message"][f"{each}VASP"][f"{each}VASP"]["legalPerson"] for each in ("originating", "beneficiary")
        ]
        assert [each["name"]["nameIdentifier"][0]["legalPersonName"] for each in vasps] == ["Rialto Ltd", "Binance"]
        log = whole.exchange.parts.identity.behaviour.search(owner=zoe.owner, action="operator:look-transfer")
        assert [each.actor for each in log] == [f"operator-{olga.owner}"] * 2
        assert refusal(await olga.send("GET", EXPORT, transfer="none", **WHY))[1] == -42012
        # Of who was never verified there is nobody to name.
        trader = await whole.trader("bot", MAY, LTC="10")
        await trader.do("POST", f"{TRAVEL}/withdraw/apply", **asked, questionnaire=OWN)
        (made,) = await trader.do("GET", "/sapi/v1/capital/withdraw/history")
        assert refusal(await olga.send("GET", EXPORT, transfer=made["id"], **WHY))[1] == -42012
