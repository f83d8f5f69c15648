"""Sub-accounts as their masters, their siblings and strangers meet them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.queries import Balances, BalancesAnswer
from rialto.contracts.vocabulary import AccountClass
from rialto.identity.restrictions import Permission
from rialto.identity.sub_accounts import SubAccount, SubAccounts
from rialto.products.transfers.sub_accounts.declarations import SUB_ACCOUNTS_ENDPOINTS
from rialto.products.transfers.sub_accounts.own import PATH as OWN_PATH
from rialto.wire.endpoints import Endpoint
from tests.gateway import Trader, refusal
from tests.whole_exchange import MADE_AT_US, Whole, whole_exchange

PERMISSIONS = (Permission.READ, Permission.TRADE, Permission.TRANSFER)
UNIVERSAL = "/sapi/v1/sub-account/universalTransfer"
NO_RELATION = (400, -5021, "This parent sub have no relation")
MASTER_ONLY = (400, -4006, "Support main account only.")


@dataclass
class Family:
    """Alice with two sub-accounts and a managed one for bob; the keys of each."""

    whole: Whole
    alice: Trader
    bob: Trader
    first: SubAccount
    second: SubAccount
    managed: SubAccount
    first_key: Trader
    managed_key: Trader

    @property
    def sub_accounts(self) -> SubAccounts:
        return SubAccounts(self.whole.exchange.parts.identity.people)

    async def held(self, owner: int, asset: int = 1) -> str:
        runtime = self.whole.exchange.runtime
        answer = await runtime.ask(Balances(await runtime.account_of(owner, AccountClass.SPOT)))
        assert isinstance(answer, BalancesAnswer)
        return next((each.free for each in answer.balances if each.asset == asset), "0.00000000")


async def family(whole: Whole) -> Family:
    """Found the family, and give the first sub-account 50 USDT and the managed one 30 of bob's."""
    alice = await whole.trader("alice", PERMISSIONS, USDT="1000")
    bob = await whole.trader("bob", PERMISSIONS, USDT="100")
    sub_accounts = SubAccounts(whole.exchange.parts.identity.people)
    made = []
    for name in ("first", "second"):
        answer = await alice.do("POST", "/sapi/v1/sub-account/virtualSubAccount", subAccountString=name)
        made.append(sub_accounts.find_by_email(answer["email"]))
    first, second = made
    assert first is not None
    assert second is not None
    managed = sub_accounts.create(alice.key.owner, "fund", MADE_AT_US, investor=bob.key.owner)
    keys = whole.exchange.parts.api_keys
    first_key, managed_key = (
        Trader(whole.client, *keys.create(each.owner, "tests", PERMISSIONS, MADE_AT_US)) for each in (first, managed)
    )
    spot = {"fromAccountType": "SPOT", "toAccountType": "SPOT", "asset": "USDT"}
    await alice.do("POST", UNIVERSAL, **spot, amount="50", toEmail=first.email)
    await bob.do("POST", "/sapi/v1/managed-subaccount/deposit", toEmail=managed.email, asset="USDT", amount="30")
    return Family(whole, alice, bob, first, second, managed, first_key, managed_key)


SAMPLES: dict[str, object] = {
    "email": None,
    "fromEmail": None,
    "toEmail": None,
    "fromUserEmail": None,
    "toUserEmail": None,
    "asset": "USDT",
    "coin": "USDT",
    "amount": "1",
    "type": 1,
    "futuresType": 1,
    "page": 1,
    "limit": 7,
    "rows": 1,
    "startTime": 1_700_000_000_000,
    "endTime": 1_700_000_000_001,
    "status": 1,
    "apiName": "x",
    "subAccountApiKey": "k" * 64,
    "ipAddress": "192.0.2.1",
    "fromAccountType": "SPOT",
    "toAccountType": "SPOT",
    "productType": "UM",
    "orderArgs": "[]",
    "subAccountString": "grandchild",
    "symbol": "BTCUSDT",
}
"""What a parameter is sent as; an address is somebody else's."""

NAMED = ("email", "fromEmail", "toEmail", "fromUserEmail", "toUserEmail")
OTHERS_MAY_BE_NAMED = {"/sapi/v1/sub-account/list", "/sapi/v1/managed-subaccount/info"}
"""These filter one's own by the address, and so find nothing."""


def naming() -> list[Endpoint[Any]]:
    """Every call that names a sub-account by its address."""
    return [
        endpoint
        for endpoint in SUB_ACCOUNTS_ENDPOINTS
        if not endpoint.path.startswith(OWN_PATH) and endpoint.reader.names & set(NAMED)
    ]


def request(endpoint: Endpoint[Any], email: str) -> dict[str, object]:
    """The parameters that a call must have, with every address it could name being this one, but one end only."""
    sent = {each.name: SAMPLES[each.name] for each in endpoint.reader.parameters if each.is_required}
    named = [name for name in NAMED if name in endpoint.reader.names]
    must = [name for name in named if name in sent]
    for name in must or named[:1]:
        sent[name] = email
    if endpoint.path.endswith("accountSnapshot"):
        sent["type"] = "SPOT"
    return sent


async def test_nobody_reaches_another_familys_sub_account_by_any_call(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        mallory = await whole.trader("mallory", PERMISSIONS, USDT="100")
        answer = await mallory.do("POST", "/sapi/v1/sub-account/virtualSubAccount", subAccountString="own")
        key = whole.exchange.parts.api_keys.of_owner(them.first.owner)[0]
        before = [await them.held(each) for each in (them.first.owner, them.managed.owner, mallory.key.owner)]
        assert len(naming()) > 30
        for endpoint in naming():
            for email in (them.first.email, them.managed.email, "nobody@example.com"):
                sent = request(endpoint, email)
                if "subAccountApiKey" in sent:
                    sent["subAccountApiKey"] = key.key
                response = await mallory.send(endpoint.method, endpoint.path, sent)
                if endpoint.path in OTHERS_MAY_BE_NAMED:
                    assert response.status_code == 200
                    assert [] in response.json().values()
                else:
                    assert refusal(response) == NO_RELATION, (endpoint, email)
        # Nor with one end of one's own.
        for ends in (
            {"fromEmail": them.first.email, "toEmail": answer["email"]},
            {"fromEmail": answer["email"], "toEmail": them.first.email},
            {"fromEmail": "alice", "toEmail": answer["email"]},
        ):
            sent = {**ends, "fromAccountType": "SPOT", "toAccountType": "SPOT", "asset": "USDT", "amount": "1"}
            assert refusal(await mallory.send("POST", UNIVERSAL, sent)) == NO_RELATION
        after = [await them.held(each) for each in (them.first.owner, them.managed.owner, mallory.key.owner)]
        assert after == before
        assert key.key in {each.key for each in whole.exchange.parts.api_keys.of_owner(them.first.owner)}


async def test_a_sub_account_acts_for_nobody_but_itself(tmp_path: Path) -> None:
    own = {
        "/sapi/v1/sub-account/transfer/subToMaster",
        "/sapi/v1/sub-account/transfer/subToSub",
        "/sapi/v1/sub-account/transfer/subUserHistory",
        "/sapi/v1/managed-subaccount/query-trans-log",
    }
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        for endpoint in SUB_ACCOUNTS_ENDPOINTS:
            if endpoint.path in own or endpoint.path.startswith(OWN_PATH):
                continue
            sent = request(endpoint, them.second.email)
            response = await them.first_key.send(endpoint.method, endpoint.path, sent)
            assert refusal(response) == MASTER_ONLY, endpoint
        # A master has nothing to say as a sub-account.
        sent = {"asset": "USDT", "amount": "1"}
        response = await them.alice.send("POST", "/sapi/v1/sub-account/transfer/subToMaster", sent)
        assert refusal(response) == NO_RELATION
        assert refusal(await them.alice.send("GET", "/sapi/v1/sub-account/transfer/subUserHistory")) == NO_RELATION
        # An unmanaged one has no investor's log.
        sent = {"startTime": 1, "endTime": 2, "page": 1, "limit": 1}
        response = await them.first_key.send("GET", "/sapi/v1/managed-subaccount/query-trans-log", sent)
        assert refusal(response) == NO_RELATION
        # It gives to its siblings, and not to others' sub-accounts or its master's investor.
        carol = await whole.trader("carol", PERMISSIONS)
        other = await carol.do("POST", "/sapi/v1/sub-account/virtualSubAccount", subAccountString="other")
        for email in (other["email"], "bob", "alice"):
            sent = {"toEmail": email, "asset": "USDT", "amount": "1"}
            response = await them.first_key.send("POST", "/sapi/v1/sub-account/transfer/subToSub", sent)
            assert refusal(response) == NO_RELATION
        assert await them.held(them.first.owner) == "50.00000000"


async def test_an_investors_money_is_moved_by_nobody_else(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        managed, first = them.managed.email, them.first.email
        spot = {"fromAccountType": "SPOT", "toAccountType": "SPOT", "asset": "USDT", "amount": "1"}
        for ends in ({"fromEmail": managed}, {"toEmail": managed}, {"fromEmail": managed, "toEmail": first}):
            code, number, said = refusal(await them.alice.send("POST", UNIVERSAL, {**spot, **ends}))
            assert (code, number) == (400, -4001)
            assert "investor's" in said
        for path, more in (
            ("subToMaster", {}),
            ("subToSub", {"toEmail": first}),
        ):
            sent = {"asset": "USDT", "amount": "1", **more}
            response = await them.managed_key.send("POST", f"/sapi/v1/sub-account/transfer/{path}", sent)
            assert refusal(response)[:2] == (400, -4001)
        sent = {"toEmail": managed, "asset": "USDT", "amount": "1"}
        response = await them.first_key.send("POST", "/sapi/v1/sub-account/transfer/subToSub", sent)
        assert refusal(response)[:2] == (400, -4001)
        # The master is not the investor, and the investor not the master.
        sent = {"fromEmail": managed, "asset": "USDT", "amount": "1"}
        response = await them.alice.send("POST", "/sapi/v1/managed-subaccount/withdraw", sent)
        assert refusal(response) == NO_RELATION
        key = {"email": managed, "apiName": "x", "status": 1}
        assert refusal(await them.bob.send("POST", "/sapi/v1/sub-account/subAccountApi", key)) == NO_RELATION
        # Within it, it may be moved for trading.
        await them.alice.do(
            "POST", "/sapi/v1/sub-account/margin/transfer", email=managed, asset="USDT", amount="5", type=1
        )
        await them.managed_key.do("POST", "/sapi/v1/asset/transfer", type="MARGIN_MAIN", asset="USDT", amount="5")
        sent = {"fromEmail": managed, "asset": "USDT", "amount": "30.00000001"}
        response = await them.bob.send("POST", "/sapi/v1/managed-subaccount/withdraw", sent)
        assert refusal(response) == (400, -5013, "Asset transfer failed: insufficient balance")
        await them.bob.do("POST", "/sapi/v1/managed-subaccount/withdraw", fromEmail=managed, asset="USDT", amount="30")
        assert await them.held(them.bob.key.owner) == "100.00000000"


async def test_a_transfer_with_its_clients_id_happens_once(tmp_path: Path) -> None:
    asked = {"fromAccountType": "SPOT", "toAccountType": "SPOT", "asset": "USDT", "amount": "7", "clientTranId": "a-1"}
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        asked["toEmail"] = them.second.email
        answers = await asyncio.gather(*(them.alice.do("POST", UNIVERSAL, **asked) for _ in range(8)))
        assert len({answer["tranId"] for answer in answers}) == 1
        assert await them.held(them.second.owner) == "7.00000000"
        for other in ({"amount": "8"}, {"asset": "BTC"}, {"toEmail": them.first.email}):
            response = await them.alice.send("POST", UNIVERSAL, {**asked, **other})
            assert refusal(response) == (400, -1130, "Data sent for parameter 'clientTranId' is not valid.")
        second = them.second.owner
        alice = them.alice
    async with whole_exchange(tmp_path) as whole:
        alice.client = whole.client
        assert await alice.do("POST", UNIVERSAL, **asked) == answers[0]
        found = await alice.do("GET", UNIVERSAL, clientTranId="a-1")
        assert (found["totalCount"], found["result"][0]["tranId"]) == (1, answers[0]["tranId"])
        assert (await alice.do("GET", UNIVERSAL, clientTranId="a-2"))["result"] == []
        bob = await whole.trader("stranger", PERMISSIONS)
        assert (await bob.do("GET", UNIVERSAL, clientTranId="a-1"))["result"] == []
        them.whole = whole
        assert await them.held(second) == "7.00000000"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"fromAccountType": "USDT_FUTURE", "toAccountType": "COIN_FUTURE"}, -5010),
        ({"fromAccountType": "MARGIN"}, -5010),
        ({"toAccountType": "USDT_FUTURE"}, -5011),
        ({"toAccountType": "ISOLATED_MARGIN"}, -1102),
        ({"symbol": "BTCUSDT"}, -1106),
        ({"toEmail": ""}, -1105),
        ({"amount": "0"}, -5007),
        ({"asset": "NONE"}, -4018),
        ({"clientTranId": "a b"}, -1100),
        ({"amount": "1001"}, -5013),
    ],
)
async def test_what_a_master_cannot_move_is_refused(tmp_path: Path, parameters: dict[str, str], code: int) -> None:
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        usual = {"fromAccountType": "SPOT", "toAccountType": "SPOT", "asset": "USDT", "amount": "1"}
        if parameters.get("fromAccountType") == "USDT_FUTURE":
            await them.alice.do("POST", "/sapi/v1/sub-account/futures/enable", email=them.first.email)
        sent = {**usual, "toEmail": them.first.email, **parameters}
        assert refusal(await them.alice.send("POST", UNIVERSAL, sent))[1] == code
        if "amount" not in parameters:
            return
        response = await them.alice.send("POST", UNIVERSAL, usual)
        assert refusal(response)[1] == -1102


async def test_a_key_of_a_sub_account_does_what_it_is_permitted_from_where_it_may(tmp_path: Path) -> None:
    path = "/sapi/v1/sub-account/subAccountApi"
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        email = {"email": them.first.email}
        made = await them.alice.do("POST", path, **email, apiName="bot", status=1, canTrade="true")
        bot = Trader(whole.client, whole.exchange.parts.api_keys.find(made["apiKey"]), made["secretKey"])  # type: ignore[arg-type]
        await bot.place("BUY", "20000", "0.001")
        sent = {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "1"}
        assert refusal(await bot.send("POST", "/sapi/v1/asset/transfer", sent))[:2] == (401, -2015)
        key = {**email, "subAccountApiKey": made["apiKey"]}
        await them.alice.do("POST", f"{path}Permission", **key, canUniversalTransfer="true", canTrade="false")
        await bot.do("POST", "/sapi/v1/asset/transfer", **sent)
        order = {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "price": "1",
            "quantity": "1",
        }
        assert refusal(await bot.send("POST", "/api/v3/order", order))[:2] == (401, -2015)
        restrict = "/sapi/v2/sub-account/subAccountApi/ipRestriction"
        await them.alice.do("POST", restrict, **key, status=2, ipAddress="192.0.2.1")
        assert refusal(await bot.send("GET", "/api/v3/account"))[:2] == (401, -2015)
        only = {**key, "ipAddress": "192.0.2.1"}
        response = await them.alice.send("DELETE", f"{path}/ipRestriction/ipList", only)
        assert refusal(response)[:2] == (400, -4001)
        await them.alice.do("POST", restrict, **key, status=1)
        await bot.do("GET", "/api/v3/account")
        await them.alice.do("DELETE", path, **key)
        assert refusal(await bot.send("GET", "/api/v3/account"))[:2] == (401, -2015)
        assert refusal(await them.alice.send("DELETE", path, key))[:2] == (400, -1130)
        for wrong, code in (
            ({"status": 2}, -1102),
            ({"status": 3}, -1102),
            ({"status": 3, "thirdPartyName": "someone"}, -1130),
            ({"status": 2, "ipAddress": "192.0.2.1/7"}, -1130),
            ({"status": 1, "publicKey": "nonsense"}, -1130),
        ):
            response = await them.alice.send("POST", path, {**email, "apiName": "x", **wrong})
            assert refusal(response)[1] == code, wrong


async def test_a_sub_account_goes_into_futures_and_options_only_when_allowed(tmp_path: Path) -> None:
    path = "/sapi/v1/asset/transfer"
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        kinds = {"UMFUTURE": "futures", "CMFUTURE": "futures", "OPTION": "eoptions"}
        for kind in kinds:
            sent = {"type": f"MAIN_{kind}", "asset": "USDT", "amount": "1"}
            response = await them.first_key.send("POST", path, sent)
            assert refusal(response) == (400, -5011, "future account not exists.")
        for kind, word in kinds.items():
            await them.alice.do("POST", f"/sapi/v1/sub-account/{word}/enable", email=them.first.email)
            await them.first_key.do("POST", path, type=f"MAIN_{kind}", asset="USDT", amount="1")
        await them.first_key.do("POST", path, type="MAIN_FUNDING", asset="USDT", amount="1")


async def test_a_sub_account_that_traded_shows_in_the_statistics(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        them = await family(whole)
        seller = await whole.trader("seller", BTC="1")
        await seller.place("SELL", "20000", "0.002")
        await them.first_key.place("BUY", "20000", "0.002")
        told = await them.alice.do("GET", "/sapi/v1/sub-account/transaction-statistics")
        assert (told["recent30BtcTotal"], told["recent30BusdTotal"]) == ("0.002", "40")
        (day,) = told["tradeInfoVos"]
        assert (day["userId"], day["btc"], day["busd"]) == (them.first.owner, 0.002, 40)
        summary = await them.alice.do("GET", "/sapi/v1/sub-account/spotSummary", email=them.first.email)
        (total,) = summary["spotSubUserAssetBtcVoList"]
        assert total["totalAsset"] == "0.00249800"
        numbers = await them.alice.do("GET", "/sapi/v3/sub-account/assets", email=them.first.email)
        assert {row["asset"]: row["free"] for row in numbers["balances"]} == {"USDT": 10, "BTC": 0.001998}
