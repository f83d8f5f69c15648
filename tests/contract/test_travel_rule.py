"""The travel rule as the official connector meets it, unmodified: what must be said, what waits until it is said."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from binance_sdk_wallet.wallet import Wallet

from tests.connectors import dumped, rest_configuration
from tests.contract.test_deposits import ETHER, address, eventually, followed, free
from tests.contract.test_withdrawals import APPLY, MAY, exchange
from tests.contract.test_withdrawals import HISTORY as WITHDRAWALS
from tests.custody_exchange import custody_exchange
from tests.gateway import Trader, refusal
from tests.whole_exchange import Whole

RULE = '[verification]\nquestionnaire_country = "AE"\nrefused_countries = ["KP"]\nvasps = { BINANCE = "Binance" }\n'
TRAVEL = "/sapi/v1/localentity"
OWN = json.dumps({"isAddressOwner": 1, "sendTo": 1})
OTHERS = {
    "isAddressOwner": 2,
    "bnfType": 0,
    "bnfName": "Zoë Ångström",
    "country": "se",
    "city": "Uppsala",
    "sendTo": 2,
    "vasp": "BINANCE",
}
FROM_SELF = json.dumps({"depositOriginator": 1, "receiveFrom": 2, "vasp": "others", "vaspName": "Elsewhere"})

Calling = Callable[..., Awaitable[Any]]


def connector(whole: Whole, trader: Trader) -> Calling:
    """Return what calls the official connector."""
    configuration = rest_configuration(f"http://127.0.0.1:{whole.exchange.port}", trader.key.key, trader.secret)
    api = Wallet(config_rest_api=configuration).rest_api

    async def call(name: str, **parameters: Any) -> Any:
        response = await asyncio.to_thread(getattr(api, name), **parameters)
        return dumped(response.data())

    return call


async def test_the_connector_withdraws_and_says_to_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(RULE, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="10")
        call = connector(whole, alice)
        assert await call("check_questionnaire_requirements") == {"questionnaireCountryCode": "AE"}
        countries = {each["countryCode"]: each for each in (await call("get_country_list"))["countries"]}
        assert (countries["au"]["blockType"], countries["kp"]["blockType"]) == ("supported", "blocked")
        regions = await call("get_region_list", country_code="au")
        assert "New South Wales" in [each["regionName"] for each in regions["regions"]]
        assert await call("vasp_list") == [{"vaspName": "Binance", "vaspCode": "BINANCE", "identifier": "BINANCE"}]
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": 1.5, "withdraw_order_id": "w-1"}
        made = await call("withdraw_travel_rule", questionnaire=json.dumps(OTHERS), **asked)
        assert (made["accepted"], made["info"]) == (True, "Withdraw request accepted")
        assert await call("withdraw_travel_rule", questionnaire=json.dumps(OTHERS), **asked) == made
        of_broker = {**asked, "withdraw_order_id": "w-2", "originator_pii": '{"piiType": 0}'}
        second = await call("broker_withdraw", questionnaire=OWN, **of_broker)
        for name in ("withdraw_history_v1", "withdraw_history_v2"):
            found = {each["trId"]: each for each in await call(name)}
            assert set(found) == {made["trId"], second["trId"]}
            assert json.loads(found[made["trId"]]["questionnaire"]) == OTHERS
            (one,) = await call(name, tr_id=str(second["trId"]))
            assert (one["withdrawOrderId"], one["network"], one["travelRuleStatus"]) == ("w-2", "LTC", 0)
            assert await call(name, tx_id="none") == []
        assert len(await alice.do("GET", WITHDRAWALS)) == 2
        bob = await whole.trader("bob", MAY)
        assert await connector(whole, bob)("withdraw_history_v2", tr_id=str(made["trId"])) == []
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("rialto.sqlite*"))
    assert "Ångström".encode() not in kept


@pytest.mark.parametrize(
    ("questionnaire", "code"),
    [
        ('{"isAddressOwner": 2, "sendTo": 1}', -4001),
        ('{"isAddressOwner": 1, "sendTo": 2}', -4001),
        ('{"isAddressOwner": 1, "sendTo": 2, "vasp": "NOBODY"}', -4001),
        ('{"isAddressOwner": 1, "sendTo": 2, "vasp": "others"}', -4001),
        ('{"isAddressOwner": 3, "sendTo": 1}', -4001),
        ("{}", -4001),
        ("{broken}", -4001),
        ("[]", -1100),
        (json.dumps({**OTHERS, "country": "KP"}), -4044),
        (json.dumps({**OTHERS, "country": "QQ"}), -4001),
        (json.dumps({**OTHERS, "bnfName": "Zo\u202eë"}), -4001),
        (json.dumps({**OTHERS, "city": "Upp\u2066sala"}, ensure_ascii=False), -4001),
    ],
)
async def test_without_good_answers_nothing_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, questionnaire: str, code: int
) -> None:
    (tmp_path / "rialto.toml").write_text(RULE, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="10")
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "1"}
        assert refusal(await alice.send("POST", APPLY, asked))[1] == -4001
        response = await alice.send("POST", f"{TRAVEL}/withdraw/apply", {**asked, "questionnaire": questionnaire})
        assert refusal(response)[1] == code
        beyond = {**asked, "amount": "11", "questionnaire": OWN}
        assert refusal(await alice.send("POST", f"{TRAVEL}/withdraw/apply", beyond))[1] == -4026
        assert await alice.do("GET", WITHDRAWALS) == []
        assert await alice.do("GET", f"{TRAVEL}/withdraw/history") == []


async def test_a_deposit_waits_until_it_is_said_whom_it_is_from(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(RULE, encoding="utf-8")
    async with custody_exchange(tmp_path) as funded:
        alice = await funded.whole.trader("alice", MAY)
        call = connector(funded.whole, alice)
        where, _ = await address(alice, "ETH", "ETH")
        made = funded.eth.pay(where, ETHER)
        funded.eth.mine(5)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "ETH"), "1.00000000")
        (found,) = await call("deposit_history_travel_rule", pending_questionnaire=True)
        assert (found["txId"], found["travelRuleStatusV2"], found["trId"]) == (made, "PENDING", 0)
        (second,) = await call("deposit_history_v2", deposit_id=int(found["tranId"]))
        assert (second["requireQuestionnaire"], second["travelRuleReqStatus"]) == (True, 1)
        asked = {"coin": "ETH", "network": "ETH", "address": "eth:theirs", "amount": "0.5", "questionnaire": OWN}
        assert refusal(await alice.send("POST", f"{TRAVEL}/withdraw/apply", asked))[1] == -4060
        mallory = await funded.whole.trader("mallory", MAY)
        said = {"tranId": found["tranId"], "questionnaire": FROM_SELF}
        assert refusal(await mallory.send("PUT", f"{TRAVEL}/deposit/provide-info", said))[1] == -4001
        broken = {**said, "questionnaire": '{"depositOriginator": 2, "receiveFrom": 1}'}
        assert refusal(await alice.send("PUT", f"{TRAVEL}/deposit/provide-info", broken))[1] == -4001
        told = await call("submit_deposit_questionnaire_travel_rule", tran_id=found["tranId"], questionnaire=FROM_SELF)
        assert told["accepted"] is True
        again = await call("submit_deposit_questionnaire_v2", deposit_id=found["tranId"], questionnaire=FROM_SELF)
        assert again["trId"] == told["trId"]
        (after,) = await call("deposit_history_v2", retrieve_questionnaire=True)
        assert (after["requireQuestionnaire"], after["questionnaire"]["vaspName"]) == (False, "Elsewhere")
        taken = await alice.do("POST", f"{TRAVEL}/withdraw/apply", **asked)
        assert taken["accepted"] is True
        of_nobody = {"subAccountId": "1", "depositId": "1", "questionnaire": FROM_SELF, "beneficiaryPii": '{"a":1}'}
        assert refusal(await alice.send("PUT", f"{TRAVEL}/broker/deposit/provide-info", of_nobody))[1] == -5021
