"""An exchange in which every text that somebody could store is hostile, and whose pages all have something to show.

What the exchange refuses to store is not shown to anybody; each text is the worst of `TEXTS` that it takes.
"""

import json
from dataclasses import dataclass
from typing import Any

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import REWARDS_ACCOUNT, TREASURY_ACCOUNT, AccountClass, PostingReason
from rialto.identity.sessions import hash_of
from rialto.products.fiat.references import unordered_id
from tests.bank import Booked, statement_file
from tests.contract.test_account_security import FACTORS, ORIGIN
from tests.contract.test_deposits import eventually
from tests.contract.test_distributions import DAY_US
from tests.contract.test_fiat import IBAN, THEIRS, open_bank, order_paid_by
from tests.contract.test_recoveries import RECOVERIES
from tests.contract.test_screening_people import listed, verified
from tests.contract.test_travel_rule import TRAVEL
from tests.contract.test_verification import ABOUT, show
from tests.contract.test_withdrawals import APPLY, HISTORY
from tests.contract.test_withdrawals_people import code_in, funded, mailed
from tests.page.test_office import picture
from tests.person import Someone
from tests.soft_passkey import SoftPasskey
from tests.whole_exchange import ASSETS, Whole

OVERRIDES = "\u202e\u2066drow a\u2069"
MARKS = "Z" + "\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f" * 4 + "algo"
SCRIPTS = (
    '"><svg onload=hacked()><img src=x onerror=hacked()>{{constructor.constructor("hacked()")()}}'
    "<iframe src=javascript:hacked()></iframe>"
)
ARABIC = "\u0645\u0631\u062d\u0628\u0627"
TEXTS = (
    SCRIPTS + OVERRIDES + MARKS + "W" * 9_000,
    SCRIPTS + ARABIC + MARKS + "W" * 900,
    SCRIPTS + ARABIC + MARKS + "W" * 60,
    SCRIPTS + "W" * 20,
    '"><svg/onload=hacked()>' + OVERRIDES + "W" * 20,
    '"><svg/onload=hacked()>' + ARABIC + "W" * 20,
    '"><svg/onload=hacked()>' + "W" * 20,
    "<img src=x onerror=hacked()>" + "W" * 10,
    "=cmd|'/C calc'!A0 {{7*7}}<b>",
    "javascript:hacked()",
    "<b>" + "W" * 12,
    "W" * 20,
)
TEXT = object()


@dataclass(frozen=True)
class Cast:
    """Who is in it: somebody who has everything, somebody who has nothing yet, operators."""

    rich: Someone
    fresh: Someone
    shy: Someone
    listed: Someone
    alice: Someone
    bob: Someone


def said(it: object, text: str) -> object:
    """Say the text where `TEXT` stands, also within what is sent as JSON."""
    if isinstance(it, dict):
        return json.dumps({name: said(each, text) for name, each in it.items()})
    return text if it is TEXT else it


async def plant(who: Someone, path: str, **form: object) -> Any:
    """Store the worst that is taken wherever `TEXT` is asked for; return the answer."""
    response = None
    for text in TEXTS:
        response = await who.send("POST", path, **{name: said(it, text) for name, it in form.items()})
        # Some is refused only where it is done.
        if response.status_code == 200 and "failed" not in (answer := response.json()).values():
            return answer
    assert response is not None
    raise AssertionError(f"nothing is taken by {path}: {response.text}")


async def act(cast: Cast, action: str, **form: object) -> Any:
    """Have an operator do something, and a second agree where that is needed."""
    done = await plant(cast.alice, f"/admin/v1/actions/{action}", **form)
    if done["status"] == "pending":
        done = await cast.bob.do("POST", "/admin/v1/approvals/approve", id=done["id"])
    assert done["status"] == "done", done
    return done


async def fill(whole: Whole, cast: Cast) -> dict[str, str]:
    """Fill the exchange; return the parts of addresses that lead to what is in it."""
    await _trade(whole, cast.rich)
    sub_account = await _look_after_an_account(whole, cast.rich)
    await _move_money(whole, cast.rich)
    await _answer_for_money(whole, cast)
    await _hold_money_at_a_bank(whole, cast.rich)
    await _have_a_passkey(cast.rich)
    await _ask_to_be_verified(cast.shy)
    await _be_on_a_list(whole, cast)
    proposal = await _run_an_exchange(whole, cast)
    (case,) = await cast.alice.do("GET", "/admin/v1/verification")
    return {
        ":email": sub_account,
        ":id": proposal,
        ":owner": str(cast.rich.owner),
        "case": str(case["id"]),
    }


async def _trade(whole: Whole, rich: Someone) -> None:
    await funded(whole, rich)
    runtime = whole.exchange.runtime
    account = await runtime.account_of(rich.owner, AccountClass.SPOT)
    for asset, amount in (("USDT", "100000"), ("BTC", "10"), ("BNB", "0.001")):
        await runtime.submit(Post(account, ASSETS.index(asset), amount, PostingReason.DEPOSIT))
    await runtime.submit(Post(TREASURY_ACCOUNT, ASSETS.index("USDT"), "1000", PostingReason.DEPOSIT))
    maker = await whole.trader("maker", USDT="100000", BTC="100")
    for price in ("100.00", "99.00"):
        await maker.place("BUY", price, "1")
    order = {"symbol": "BTCUSDT", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}
    await rich.do("POST", "/api/v3/order", **order, side="BUY", price="90", newClientOrderId="-" + "W" * 35)
    await rich.do("POST", "/api/v3/order", **order, side="SELL", price="100", newClientOrderId="-1:cmd")


async def _look_after_an_account(whole: Whole, rich: Someone) -> str:
    """Have every part of an account named; return the address of its sub-account."""
    await rich.step_up()
    await plant(rich, "/account/v1/keys", label=TEXT, permissions="read")
    await plant(rich, "/account/v1/anti-phishing-code", code=TEXT)
    await plant(rich, "/account/v1/allow-list", network="LTC", address="ltc:theirs", name=TEXT)
    made = await plant(rich, "/account/v1/sub-accounts", name="desk", remark=TEXT)
    await rich.do("POST", "/account/v1/privacy/exports")
    parts = whole.exchange.parts
    sessions, now_us = parts.identity.sessions, parts.wall_clock_us()
    sessions.open(rich.owner, hash_of("another"), f"Mozilla/5.0 {TEXTS[0]}", "127.0.0.1", now_us)
    return str(made["email"])


async def _move_money(whole: Whole, rich: Someone) -> None:
    await plant(rich, APPLY, coin="LTC", address="ltc:theirs", amount="3", name=TEXT, withdrawOrderId=TEXT)
    (made,) = await rich.do("GET", HISTORY)
    code = code_in(mailed(whole, "confirm-withdrawal")[0])
    await rich.do("POST", "/account/v1/withdrawals/confirm", withdrawalId=made["id"], code=code)
    await plant(rich, RECOVERIES, network="LTC", txId=TEXT, coin="LTC", returnAddress="ltc:theirs")


async def _answer_for_money(whole: Whole, cast: Cast) -> None:
    """Tell for the travel rule who is paid, refuse a recovery, and divide something among holders."""
    told = {"isAddressOwner": 2, "bnfType": 0, "country": "se", "sendTo": 2, "vasp": "others"}
    questions = {**told, **dict.fromkeys(("bnfName", "city", "vaspName"), TEXT)}
    asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "2", "questionnaire": questions}
    await plant(cast.rich, f"{TRAVEL}/withdraw/apply", **asked)
    request = await cast.rich.do("POST", RECOVERIES, network="LTC", txId="another", coin="LTC")
    await act(cast, "refuse-recovery", id=request["id"], reason=TEXT)
    runtime, parts = whole.exchange.runtime, whole.exchange.parts
    await runtime.submit(Post(REWARDS_ACCOUNT, ASSETS.index("BNB"), "8", PostingReason.ADJUSTMENT))
    await parts.projected.wait_for(runtime.last_sequence, 10)
    today = runtime.now_us() // DAY_US
    shared = {"distribution": "shared", "asset": "BNB", "pool": "1", "heldAsset": "BTC", "day": today}
    await act(cast, "distribute", **shared, label=TEXT)


async def _hold_money_at_a_bank(whole: Whole, rich: Someone) -> None:
    """Have euros come in of which nobody knows whose they are, and go out to somebody with a name."""
    fiat, name, owner = await open_bank(whole), TEXTS[1], rich.owner
    came = [Booked("B1", 7_000, name=name, text=TEXTS[4]), Booked("B2", 90_000, name=name, text=TEXTS[4])]
    await fiat.statements.take(statement_file("S1", IBAN, 0, came))
    await fiat.service.assign(unordered_id("main", "B2"), owner, "alice")
    bank = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "20"}
    await plant(rich, "/sapi/v1/fiat/deposit", **bank, ext=TEXT)
    paid = {"accountNumber": THEIRS, "accountHolder": TEXT}
    await plant(rich, "/sapi/v2/fiat/withdraw", **bank, accountInfo=paid)
    (file,) = await fiat.payments.export("main")
    order = order_paid_by(file.read_bytes())
    assert order is not None
    gone = Booked("B3", -1_900, end_to_end=order, name=name, text=TEXTS[4])
    back = Booked("B4", 1_900, end_to_end=order, return_reason="AC04", name=name, text=TEXTS[4])
    await fiat.statements.take(statement_file("S2", IBAN, 97_000, [gone, back]))
    shown = await rich.do("GET", "/sapi/v1/fiat/get-order-detail", orderNo=order)
    assert shown["data"]["orderStatus"] == "ORDER_REFUNDED"


async def _have_a_passkey(rich: Someone) -> None:
    asked = await rich.do("POST", f"{FACTORS}/passkeys/options")
    made = SoftPasskey(ORIGIN).create(asked["passkeyOptions"])
    await plant(rich, f"{FACTORS}/passkeys", challenge=asked["challenge"], credential=made, label=TEXT)


async def _ask_to_be_verified(shy: Someone) -> None:
    await shy.step_up()
    document = (await show(shy, picture()))["documentId"]
    stated = dict.fromkeys(("firstName", "lastName", "address"), TEXT)
    await plant(shy, "/account/v1/verification", **{**ABOUT, **stated, "level": 1, "documents": document})


async def _be_on_a_list(whole: Whole, cast: Cast) -> None:
    """Have somebody come to be on a list whose every word is hostile."""
    await verified(whole, cast.listed)
    listed(whole.exchange.settings.data_directory, f'Zoe Angstrom,{TEXTS[6][2:]},1990,SE,"{TEXTS[6][2:]}"\n')

    async def waiting() -> int:
        return len(await cast.alice.do("GET", "/admin/v1/screening"))

    await eventually(waiting, 1)


async def _run_an_exchange(whole: Whole, cast: Cast) -> str:
    """Have operators do what is told to everybody, and leave one proposal waiting; return its number."""
    await act(cast, "announce", category="news", title=TEXT, body=TEXTS[1])
    await act(cast, "describe-asset", asset="BTC", name=TEXT, tags='["WWWWWWWWWWWWWWWWWWWW"]')
    for status in ("halt", "trading"):
        await act(cast, "set-symbol-status", symbol="BTCUSDT", status=status, reason=TEXT)
    await act(cast, "lock-withdrawals", owner=cast.shy.owner, hours=1, reason=TEXT)
    await act(cast, "set-legal-hold", owner=cast.shy.owner, reference=TEXT)
    lawful = {"authority": TEXT, "reference": TEXT, "legalBasis": TEXT, "topics": "orders,profile"}
    await act(cast, "answer-lawful-request", **lawful, owners=cast.rich.owner)
    await whole.exchange.families.reserves.publisher.publish(whole.exchange.runtime.now_us())
    given = {"owner": cast.rich.owner, "asset": "USDT", "direction": "GIVE", "amount": "1", "reason": TEXT}
    return str((await plant(cast.alice, "/admin/v1/actions/adjust-balance", **given))["id"])
