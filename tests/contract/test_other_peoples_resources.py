"""What is another person's is to everybody else as if it were not there, on every call and for every parameter.

Made from the declarations: each parameter of each call either names something that belongs to someone, and is tried
with another person's and with what nobody has, or is listed as one that does not.
"""

import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from rialto.bootstrap.families.declarations import ENDPOINTS
from rialto.contracts.commands import OpenAccount, Post, RegisterAsset
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import AccountClass, AccountKind, PostingReason
from rialto.products.fiat.cards.keeping import KeptCards
from rialto.products.fiat.cards.provider import Card
from rialto.wire.endpoints import Endpoint, Security
from tests.contract.test_account_security import with_passkey
from tests.contract.test_every_call_is_guarded import UNLIMITED, parameters_of
from tests.contract.test_fiat import BANKS
from tests.contract.test_verification import show
from tests.contract.test_withdrawals import exchange
from tests.person import Someone, someone
from tests.whole_exchange import ASSETS, Whole

OWNED: Final[dict[str, str]] = {
    "apiKey": "key",
    "cancelOrderId": "order",
    "card": "card",
    "cancelOrigClientOrderId": "client order",
    "challenge": "challenge",
    "clientTranId": "client transfer",
    "depositId": "deposit",
    "deviceId": "device",
    "documentId": "document",
    "documents": "document",
    "email": "sub-account",
    "exportId": "export",
    "fromEmail": "sub-account",
    "fromUserEmail": "sub-account",
    "toEmail": "sub-account",
    "toUserEmail": "sub-account",
    "id": "allowed address",
    "idList": "withdrawal",
    "listClientOrderId": "client list",
    "orderId": "order",
    "orderListId": "list",
    "orderNo": "fiat order",
    "origClientOrderId": "client order",
    "passkey": "passkey",
    "sessionId": "session",
    "subAccountApiKey": "sub-account's key",
    "subAccountId": "sub-account's number",
    "subUserId": "sub-account's number",
    "trId": "withdrawal number",
    "tranId": "transfer",
    "txId": "transaction",
    "withdrawOrderId": "client withdrawal",
    "withdrawalId": "withdrawal",
}
"""Parameters that name something of somebody's, and what."""

NOBODYS: Final = {
    "allowed address": "999999999",
    "card": "b" * 24,
    "challenge": "C" * 43,
    "client list": "list-of-nobody",
    "client order": "order-of-nobody",
    "client transfer": "transfer-of-nobody",
    "client withdrawal": "withdrawal-of-nobody",
    "deposit": "999999999",
    "device": "d" * 64,
    "document": "e" * 32,
    "export": "9" * 32,
    "fiat order": "F" * 16,
    "key": "K" * 64,
    "list": "999999999",
    "order": "999999999",
    "passkey": "a" * 16,
    "session": "f" * 32,
    "sub-account": "nobody_virtual@qqqqqqqqnoemail.com",
    "sub-account's key": "S" * 64,
    "sub-account's number": "999999999",
    "transaction": "transaction-of-nobody",
    "transfer": "999999999",
    "withdrawal": "0" * 32,
    "withdrawal number": "999999999",
}

ORDER_FIELDS: Final = re.compile(
    "(Above|Below|Limit|Pending|Stop|Working)?"
    "(ClientOrderId|IcebergQty|PegOffsetType|PegOffsetValue|PegPriceType|Price|StopPrice|StrategyId|StrategyType"
    "|TimeInForce|TrailingDelta|Type|Quantity|Side|LimitPrice|LimitTimeInForce|AboveClientOrderId|AboveIcebergQty"
    "|(Above|Below)(ClientOrderId|IcebergQty|PegOffsetType|PegOffsetValue|PegPriceType|Price|StopPrice|StrategyId"
    "|StrategyType|TimeInForce|TrailingDelta|Type))"
)
"""The parts of orders and lists of orders; the ids in them are new ones, and everybody's own."""

NOT_OWNED: Final = frozenset(
    """
    accountInfo accountType action address addressName addressTag addresses amount apiName apiPaymentMethod asset
    before beforeId beginTime beneficiaryPii birthDate canFuturesTrade canMarginLoanRepay canTrade
    canUniversalTransfer canVanillaOptions cancelNewClientOrderId cancelReplaceMode cancelRestrictions clientId code
    coin computeCommissionRates contentType country countryCode credential currency current data details document
    documentNumber documentType dustQuotaAssetToTargetAssetPrice enabled endTime entries expectedDeposits
    expectedTrades expires expiresAt ext firstName fromAccountType fromAllocationId fromExecutionId fromId
    fromPreventedMatchId fromSymbol futuresType icebergQty includeSource interestBNBBurn interestBnbBurn investorId
    ipAddress isFreeze kind label language lastName level limit loginMail mode motion name needBalanceDetail
    needBtcValuation network newClientOrderId newCode newOrderRespType newPassword newQty number occupation offset
    oldCode omitZeroBalances orderArgs orderRateLimitExceededMode origin originatorPii page palette password
    pendingQuestionnaire permissions preventedMatchId price productType publicKey publication quantity questionnaire
    quoteAsset quoteOrderQty remark result retrieveQuestionnaire returnAddress returnAddressTag returnFailHistory
    returnUrl rising rows selfTradePreventionMode side size source spotBNBBurn spotBnbBurn startTime status
    stopPrice strategyId strategyType subAccountString symbol symbols targetAsset thirdPartyClientId thirdPartyName
    timeInForce toAccountType toSymbol trailingDelta transactionFeeFlag transactionType transferDate
    transferFunctionAccountType transfers travelRuleStatus type version walletType wealthSource withdrawalsOpen
    """.split()  # noqa: SIM905 - a list of so many words would be a page long
)
"""Parameters that name nothing of anybody's: what is asked for, what is given, the pages of what is one's own."""

NEW: Final = frozenset(
    (
        ("/account/v1/email", "email"),
        ("/account/v1/email/confirm", "email"),
        ("/api/v3/order/oco", "listClientOrderId"),
        *((f"/api/v3/orderList/{kind}", "listClientOrderId") for kind in ("oco", "oto", "otoco", "opo", "opoco")),
        ("/sapi/v1/capital/withdraw/apply", "withdrawOrderId"),
        ("/sapi/v1/localentity/withdraw/apply", "withdrawOrderId"),
        ("/sapi/v1/localentity/broker/withdraw/apply", "withdrawOrderId"),
        ("/sapi/v1/sub-account/universalTransfer", "clientTranId"),
    )
)
"""Where a parameter names what is to be: an address someone wants, an id that is everybody's own."""

CALLS: Final = [
    each for each in ENDPOINTS if each.is_http and each.is_signed and each.security is not Security.OPERATOR
]
TRIED: Final = [
    (each, parameter.name)
    for each in CALLS
    for parameter in each.reader.parameters
    if parameter.name in OWNED and (each.method == "GET" or (each.path, parameter.name) not in NEW)
]
GIVEN: Final[dict[str, str]] = {
    "accountType": "SPOT",
    "amount": "1",
    "asset": "USDT",
    "canTrade": "true",
    "coin": "LTC",
    "currency": "EUR",
    "data": "QUJD",
    "fromAccountType": "SPOT",
    "futuresType": "1",
    "ipAddress": "192.0.2.1",
    "isIpRestrict": "true",
    "kind": "PASSKEY",
    "credential": "{}",
    "limit": "10",
    "network": "LTC",
    "page": "1",
    "permissions": "read",
    "quantity": "0.01",
    "price": "20000",
    "questionnaire": "{}",
    "size": "10",
    "status": "1",
    "symbol": "BTCUSDT",
    "toAccountType": "SPOT",
    "transfers": "from,to",
    "transferFunctionAccountType": "SPOT",
    "beneficiaryPii": "{}",
    "birthDate": "1990-02-28",
    "country": "SE",
    "documentNumber": "X1234567",
    "documentType": "passport",
    "address": "ltc:mallorys",
    "orderArgs": '[{"symbol":"BTCUSDT","quantity":"1","positionSide":"BOTH"}]',
    "originatorPii": "{}",
    "passkey": "a" * 16,
}
FURTHER: Final[dict[str, dict[str, str]]] = {
    "/api/v3/order/cancelReplace": {"type": "MARKET", "quantity": "0.01"},
    "/sapi/v1/capital/deposit/credit-apply": {"depositId": "999999998"},
    "/sapi/v1/localentity/broker/deposit/provide-info": {"depositId": "999999998"},
    "/sapi/v1/managed-subaccount/accountSnapshot": {"type": "SPOT"},
    "/sapi/v1/sub-account/universalTransfer": {"clientTranId": "mallorys"},
}
"""What is sent along, so that a call gets as far as looking for what is named."""


class Theirs(NamedTuple):
    """What bob has, by kind, and everything he sees of it."""

    bob: Someone
    resources: Mapping[str, str]

    async def seen(self) -> str:
        """Read everything that is his."""
        found = []
        for path, parameters in (
            ("/api/v3/account", {}),
            ("/api/v3/openOrders", {}),
            ("/api/v3/openOrderList", {}),
            ("/account/v1/keys", {}),
            ("/account/v1/factors", {}),
            ("/account/v1/devices", {}),
            ("/account/v1/allow-list", {}),
            ("/account/v1/verification", {}),
            ("/sapi/v1/capital/withdraw/history", {}),
            ("/sapi/v1/capital/deposit/hisrec", {}),
            ("/sapi/v1/fiat/orders", {"transactionType": "0"}),
            ("/sapi/v1/sub-account/list", {}),
            ("/sapi/v1/asset/transfer", {"type": "MAIN_FUNDING"}),
        ):
            found.append(await self.bob.do("GET", path, **parameters))
        sub = {"email": self.resources["sub-account"]}
        found.append(await self.bob.do("GET", "/sapi/v4/sub-account/assets", **sub))
        text = json.dumps(found)
        return re.sub(r'"(lastSeenTime|usedAt)": \d+', "", text)


async def account(whole: Whole, person: Someone, **funds: str) -> None:
    """Give a person a spot account that holds something."""
    runtime = whole.exchange.runtime
    opened = (await runtime.submit(OpenAccount(person.owner, AccountKind(AccountClass.SPOT)))).events[0]
    assert isinstance(opened, AccountOpened)
    for name, amount in funds.items():
        await runtime.submit(Post(opened.account, ASSETS.index(name), amount, PostingReason.DEPOSIT))


async def resources_of(bob: Someone, chain: Any) -> dict[str, str]:
    """Have bob own one of everything that can be owned."""
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "10000"}
    placed = await bob.do("POST", "/api/v3/order", **order, quantity="0.01", newClientOrderId="bobs-order")
    oco = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01", "aboveType": "LIMIT_MAKER", "abovePrice": "40000"}
    oco |= {"belowType": "STOP_LOSS", "belowStopPrice": "5000", "listClientOrderId": "bobs-list"}
    listed = await bob.do("POST", "/api/v3/orderList/oco", **oco)
    email = (await bob.do("POST", "/sapi/v1/sub-account/virtualSubAccount", subAccountString="one"))["email"]
    number = (await bob.do("GET", "/sapi/v1/sub-account/list"))["subAccounts"][0]["subUserId"]
    moved = {"fromAccountType": "SPOT", "toAccountType": "SPOT", "asset": "USDT", "amount": "5", "toEmail": email}
    transfer = await bob.do("POST", "/sapi/v1/sub-account/universalTransfer", **moved, clientTranId="bobs-transfer")
    sub_key = await bob.do(
        "POST", "/sapi/v1/sub-account/subAccountApi", email=email, apiName="k", canTrade="true", status="1"
    )
    key = await bob.do("POST", "/account/v1/keys", label="bot", permissions="read")
    entry = await bob.do("POST", "/account/v1/allow-list", network="LTC", address="ltc:bobs")
    asked = {"coin": "LTC", "address": "ltc:bobs", "amount": "1", "withdrawOrderId": "bobs-withdrawal"}
    withdrawal = (await bob.do("POST", "/sapi/v1/capital/withdraw/apply", **asked))["id"]
    where = (await bob.do("GET", "/sapi/v1/capital/deposit/address", coin="LTC"))["address"]
    chain.pay(where, 2_00000000)
    deposit: list[Any] = []
    while not deposit:
        chain.mine()
        deposit = await bob.do("GET", "/sapi/v1/capital/deposit/hisrec")
    fiat = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "10"}
    ordered = (await bob.do("POST", "/sapi/v1/fiat/deposit", **fiat))["data"]["orderId"]
    document = (await show(bob))["documentId"]
    device = await bob.do("GET", "/account/v1/devices")
    _, added = await with_passkey(bob)
    challenge = (await bob.do("POST", "/account/v1/factors/challenge"))["challenge"]
    export = (await bob.do("POST", "/account/v1/privacy/exports"))["exportId"]
    parts = bob.whole.exchange.parts
    card = KeptCards(parts.people, parts.master_key).keep(bob.owner, Card("bobs-card", "visa", "4242"), 1)
    return {
        "allowed address": str(entry["id"]),
        "card": card,
        "challenge": challenge,
        "client list": "bobs-list",
        "client order": "bobs-order",
        "client transfer": "bobs-transfer",
        "client withdrawal": "bobs-withdrawal",
        "deposit": str(deposit[0]["id"]),
        "device": device[0]["deviceId"] if device else bob.session.device,
        "document": document,
        "export": export,
        "fiat order": ordered,
        "key": key["key"]["apiKey"],
        "list": str(listed["orderListId"]),
        "order": str(placed["orderId"]),
        "passkey": added["passkey"]["id"],
        "session": bob.session.id,
        "sub-account": email,
        "sub-account's key": sub_key["subaccountApiKey"] if "subaccountApiKey" in sub_key else sub_key["apiKey"],
        "sub-account's number": str(number),
        "transaction": deposit[0]["txId"],
        "transfer": str(transfer["tranId"]),
        "withdrawal": withdrawal,
        "withdrawal number": "1",
    }


@asynccontextmanager
async def two_people(data: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Someone, Theirs]]:
    """Mallory, who has only money, and bob, who has everything."""
    (data / "banks.toml").write_text(BANKS)
    (data / "rialto.toml").write_text("[withdrawals]\n[withdrawals.valuations]\nLTC = '100'\n", encoding="utf-8")
    unlimited: dict[str, Any] = {
        name: value for name, value in UNLIMITED.items() if name != "endpoint_weight_per_owner_max"
    }
    async with AsyncExitStack() as stack:
        whole, chain = await stack.enter_async_context(
            exchange(data, monkeypatch, **unlimited, public_url="http://exchange.example")
        )
        await whole.exchange.runtime.submit(RegisterAsset("EUR"))
        people = whole.exchange.parts.identity.people
        both = []
        for email in ("bob@example.com", "mallory@example.com"):
            person = await stack.enter_async_context(someone(whole, email))
            people.set_level(person.owner, 1, 1)
            await account(whole, person, USDT="1000", BTC="1", LTC="100")
            await person.step_up()
            both.append(person)
        bob, mallory = both
        yield mallory, Theirs(bob, await resources_of(bob, chain))


def form_for(endpoint: Endpoint[Any]) -> dict[str, str]:
    """What a call is sent beside what it names."""
    now_ms = time.time_ns() // 1_000_000
    given = {**GIVEN, "startTime": str(now_ms - 1_000), "endTime": str(now_ms)}
    required = {name: given.get(name, value) for name, value in parameters_of(endpoint).items()}
    return {**required, **FURTHER.get(endpoint.path, {})}


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def test_every_parameter_is_known_to_name_something_or_nothing() -> None:
    names = {parameter.name for each in CALLS for parameter in each.reader.parameters}
    known = {name for name in names if name in OWNED or name in NOT_OWNED or ORDER_FIELDS.fullmatch(_capital(name))}
    unknown = names - known
    assert unknown == set(), "does it name something of somebody's? Say it in this file"
    assert set(NOBODYS) == set(OWNED.values())
    assert set(OWNED) <= names | {"challenge"}


async def test_what_is_anothers_is_as_if_it_were_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_people(tmp_path, monkeypatch) as (mallory, theirs):
        before = await theirs.seen()
        told: list[str] = []
        unlooked: list[str] = []
        for endpoint, name in TRIED:
            kind = OWNED[name]
            answers = []
            for value in (theirs.resources[kind], NOBODYS[kind]):
                response = await mallory.send(endpoint.method, endpoint.path, **{**form_for(endpoint), name: value})
                answers.append(
                    (response.status_code, re.sub(rf"(?<![\w-]){re.escape(value)}(?!\w)", "…", response.text))
                )
            label = f"{endpoint.method} {endpoint.path} {name}"
            # What is done twice has ids and times of its own.
            is_done = endpoint.method != "GET" and {status for status, _ in answers} == {200}
            if answers[0] != answers[1] and not is_done:
                told.append(f"{label}: {answers}")
            if re.search(r'"code":-11\d\d\b', answers[0][1]):
                unlooked.append(f"{label}: {answers[0][1]}")
        assert told == []
        assert await theirs.seen() == before
        assert unlooked == []
