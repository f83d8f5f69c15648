"""Deposits of sub-accounts, as their master and their investor see them."""

from pathlib import Path
from typing import Any

from rialto.identity.restrictions import Permission
from rialto.identity.sub_accounts import SubAccounts
from tests.custody_exchange import custody_exchange
from tests.gateway import refusal
from tests.whole_exchange import MADE_AT_US

PERMISSIONS = (Permission.READ, Permission.TRADE)
ETHER = 10**18
HISTORY = "/sapi/v1/capital/deposit/subHisrec"


async def test_a_deposit_to_a_sub_account_is_its_own_and_its_masters_to_see(tmp_path: Path) -> None:
    async with custody_exchange(tmp_path) as funded:
        whole = funded.whole
        alice = await whole.trader("alice", PERMISSIONS)
        bob = await whole.trader("bob", PERMISSIONS)
        member = await alice.do("POST", "/sapi/v1/sub-account/virtualSubAccount", subAccountString="desk")
        email = member["email"]
        asked: dict[str, Any] = {"email": email, "coin": "ETH", "network": "ETH"}
        found = await alice.do("GET", "/sapi/v1/capital/deposit/subAddress", **asked)
        own = await alice.do("GET", "/sapi/v1/capital/deposit/address", coin="ETH", network="ETH")
        assert found["coin"] == "ETH"
        assert found["address"] != own["address"]
        assert (await alice.do("GET", "/sapi/v1/capital/deposit/subAddress", **asked)) == found
        made = funded.eth.pay(found["address"], ETHER)
        funded.eth.mine(4)
        follower = whole.exchange.families.custody.followers["ETH"]
        told: list[Any] = []
        for _ in range(10):
            await follower.step()
            told = await alice.do("GET", HISTORY, email=email, includeSource="true")
            if told and told[0]["status"] == 1:
                break
        (deposit,) = told
        assert (deposit["txId"], deposit["amount"], deposit["status"]) == (made, "1", 1)
        assert (deposit["address"], deposit["sourceAddress"]) == (found["address"], "outside")
        held = await alice.do("GET", "/sapi/v4/sub-account/assets", email=email)
        assert held["balances"][0]["free"] == "1"
        assert await alice.do("GET", HISTORY, email=email, status=0) == []
        assert len(await alice.do("GET", HISTORY, email=email, status=1, coin="ETH", txId=made)) == 1
        assert await alice.do("GET", "/sapi/v1/capital/deposit/hisrec") == []
        assert refusal(await alice.send("GET", HISTORY, {"email": email, "status": 3}))[1] == -1130
        sub_accounts = SubAccounts(whole.exchange.parts.identity.people)
        managed = sub_accounts.create(alice.key.owner, "fund", MADE_AT_US, investor=bob.key.owner)
        asked["email"] = managed.email
        theirs = await bob.do("GET", "/sapi/v1/managed-subaccount/deposit/address", **asked)
        assert theirs["address"] not in (found["address"], own["address"])
        response = await alice.send("GET", "/sapi/v1/managed-subaccount/deposit/address", asked)
        assert refusal(response)[1] == -5021
