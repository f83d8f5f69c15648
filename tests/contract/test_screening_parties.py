"""Who is paid and who paid, as the travel rule has them named: screened when they are, and again when lists change."""

import json
from pathlib import Path

import pytest

from rialto.identity.operators import Role
from tests.contract.test_deposits import ETHER, address, eventually, followed, free
from tests.contract.test_operators import operators
from tests.contract.test_screening_people import CASE, listed
from tests.contract.test_travel_rule import OTHERS, OWN, TRAVEL
from tests.contract.test_withdrawals import MAY, exchange
from tests.custody_exchange import custody_exchange

SETTINGS = '[verification]\nquestionnaire_country = "AE"\nwatch_lists = ["list.csv"]\nwatch_seconds = 1\n'
SETTINGS += 'vasps = { BINANCE = "Binance" }\n'
ZOE = "Zoe Angstrom,,,SE,L-7\n"


async def test_a_listed_beneficiary_waits_for_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    listed(tmp_path, ZOE)
    async with exchange(tmp_path, monkeypatch) as (whole, _), operators(whole, Role.RISK) as (olga, _):
        alice = await whole.trader("alice", MAY, LTC="10")
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "1"}
        await alice.do("POST", f"{TRAVEL}/withdraw/apply", **asked, questionnaire=OWN)
        await alice.do("POST", f"{TRAVEL}/withdraw/apply", **asked, questionnaire=json.dumps(OTHERS))
        customer = json.dumps({"latinNames": [{"primaryName": "Ångström", "secondaryName": "Zoë"}]})
        about = {"questionnaire": OWN, "originatorPii": customer, "withdrawOrderId": "w-9"}
        await alice.do("POST", f"{TRAVEL}/broker/withdraw/apply", **asked, **about)
        first, second = await olga.do("GET", "/admin/v1/withdrawals")
        for waiting in (first, second):
            assert (waiting["approvalsMissing"], waiting["risk"]["listed_beneficiary"]) == (2, 100)
        cases = whole.exchange.families.verification.screening
        assert cases.waiting() == []
        # The same entry is not raised again, another is.
        listed(tmp_path, ZOE + "Zoe Angstrom,,,SE,L-8\n")

        async def references() -> list[str]:
            return [each.reference for each in cases.waiting()]

        await eventually(references, ["L-8"])
        (case,) = cases.waiting()
        detail = await olga.do("GET", CASE, case=case.id, reason="It waits.")
        assert (detail["hit"]["source"], detail["hit"]["owner"]) == ("travel-rule", alice.key.owner)
        assert detail["stated"] == {"name": "Zoë Ångström", "birthDate": "", "country": "SE"}


async def test_a_listed_originator_opens_a_case(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    listed(tmp_path, ZOE)
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", MAY)
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(where, ETHER)
        funded.eth.mine(5)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "ETH"), "1.00000000")
        (found,) = await alice.do("GET", f"{TRAVEL}/deposit/history")
        said = {"depositOriginator": 2, "receiveFrom": 1, "orgType": 0, "orgName": "Zoë Ångström"}
        questionnaire = json.dumps({**said, "country": "se", "city": "Uppsala"})
        provided = {"tranId": found["tranId"], "questionnaire": questionnaire}
        await alice.do("PUT", f"{TRAVEL}/deposit/provide-info", **provided)
        (case,) = funded.whole.exchange.families.verification.screening.waiting()
        assert (case.owner, case.reference, case.source) == (alice.key.owner, "L-7", "travel-rule")
