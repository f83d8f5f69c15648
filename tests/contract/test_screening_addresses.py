"""Addresses on a list: nothing leaves for one and nothing that came from one is credited before two operators agree."""

from pathlib import Path

import pytest

from rialto.custody.recovery.service import NothingToRecover
from rialto.identity.operators import Role
from tests.contract.test_deposits import ETHER, address, eventually, followed, free
from tests.contract.test_operators import operators
from tests.contract.test_withdrawals import APPLY, MAY, exchange
from tests.custody_exchange import custody_exchange
from tests.gateway import refusal

LIST = (
    "<sdnList><sdnEntry><uid>7</uid><lastName>EXAMPLE MIXER</lastName><sdnType>Entity</sdnType><idList>"
    "<id><idType>Digital Currency Address - ETH</idType><idNumber>{address}</idNumber></id>"
    "</idList></sdnEntry></sdnList>"
)
SETTINGS = '[verification]\nwatch_lists = ["sdn.xml"]\nwatch_seconds = 1\n'
APPROVE, REFUSE = "/admin/v1/actions/approve-withdrawal", "/admin/v1/actions/refuse-withdrawal"
DEPOSITS, RELEASE = "/admin/v1/screening/deposits", "/admin/v1/actions/release-deposit"


async def test_a_withdrawal_to_a_listed_address_waits_for_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "sdn.xml").write_text(LIST.format(address="ltc:listed"), encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _), operators(whole, Role.RISK) as (olga, otto):
        alice = await whole.trader("alice", MAY, LTC="10")
        asked = {"coin": "LTC", "amount": "1"}
        await alice.do("POST", APPLY, address="ltc:theirs", **asked)
        held = (await alice.do("POST", APPLY, address="ltc:listed", **asked))["id"]
        (waiting,) = await olga.do("GET", "/admin/v1/withdrawals")
        assert (waiting["id"], waiting["approvalsMissing"], waiting["risk"]["listed_address"]) == (held, 2, 100)
        assert (await olga.do("POST", APPROVE, withdrawal=held))["status"] == "done"
        (waiting,) = await otto.do("GET", "/admin/v1/withdrawals")
        assert waiting["approvalsMissing"] == 1
        assert (await otto.do("POST", REFUSE, id=held, reason="It is on a list."))["status"] == "done"


async def test_a_deposit_from_a_listed_address_is_held_until_two_release_it(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "sdn.xml").write_text(LIST.format(address="eth:nobody"), encoding="utf-8")
    async with custody_exchange(tmp_path) as funded, operators(funded.whole, Role.RISK) as (olga, otto):
        whole = funded.whole
        lists = whole.exchange.parts.identity.lists
        version = lists.version
        # It is put on the list while the exchange runs.
        (tmp_path / "sdn.xml").write_text(LIST.format(address="eth:mixer"), encoding="utf-8")

        async def is_read() -> bool:
            return lists.version != version

        await eventually(is_read, True)
        alice = await whole.trader("alice", MAY)
        where, _ = await address(alice, "ETH", "ETH")
        funded.eth.pay(where, ETHER, sender="eth:mixer")
        funded.eth.pay(where, 2 * ETHER)
        funded.eth.mine(5)
        await followed(funded, funded.eth)
        await eventually(lambda: free(alice, "ETH"), "2.00000000")
        (held,) = await olga.do("GET", DEPOSITS)
        assert (held["owner"], held["asset"], held["amount"]) == (alice.key.owner, "ETH", "1.00000000")
        (mine,) = [
            each for each in await alice.do("GET", "/sapi/v1/capital/deposit/hisrec") if each["id"] == held["deposit"]
        ]
        assert mine["status"] not in (1, 6)
        await alice.do("POST", "/sapi/v1/capital/deposit/credit-apply", depositId=held["deposit"])
        recoveries = whole.exchange.families.custody.recoveries
        (filed,) = await recoveries.of()
        with pytest.raises(NothingToRecover):
            await recoveries.settle(filed.id, "finn")
        proposed = await olga.do("POST", RELEASE, deposit=held["deposit"], reason="Not theirs any more.")
        assert proposed["status"] == "pending"
        own = await olga.send("POST", "/admin/v1/approvals/approve", id=proposed["id"])
        assert refusal(own)[1] == -42006
        assert (await otto.do("POST", "/admin/v1/approvals/approve", id=proposed["id"]))["status"] == "done"
        await eventually(lambda: free(alice, "ETH"), "3.00000000")
        assert await otto.do("GET", DEPOSITS) == []
        other = await olga.do("POST", RELEASE, deposit=int(held["deposit"]) + 1, reason="No such one.")
        failed = await otto.do("POST", "/admin/v1/approvals/approve", id=other["id"])
        assert (failed["status"], "held" in failed["result"]) == ("failed", True)
        told = (await whole.client.get("/metrics")).text
        assert "rialto_screening_entries 1.0" in told
        assert "rialto_screening_lists_unreadable 0.0" in told
