"""Fiat money over a bank that exchanges files: in, out, back, unclear, twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from rialto.bootstrap.families.fiat import FiatFamily
from rialto.contracts.commands import OpenAccount, Post, RegisterAsset
from rialto.contracts.events import AccountOpened
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, AccountClass, AccountKind, PostingReason
from rialto.identity.people import LockReason
from rialto.identity.restrictions import Permission
from rialto.products.fiat.iso20022.payments import NAMESPACE, Account
from rialto.products.fiat.iso20022.statements import UnreadableStatement
from rialto.products.fiat.references import order_in, reference_of, unordered_id
from rialto.products.fiat.rules import FiatRefused
from tests.bank import Booked, statement_file
from tests.gateway import Trader, refusal
from tests.person import someone
from tests.whole_exchange import Whole, whole_exchange

IBAN = "DE89370400440532013000"
THEIRS = "FR1420041010050500013M02606"
BANKS = f"""
[banks.main]
scope = 1000001
currency = "EUR"
holder = "Example Exchange Ltd"
account = "{IBAN}"
bic = "COBADEFF"
deposit_methods = ["bank_transfer", "pix"]
withdrawal_fee = "1.00"
withdrawal_min = "10"
withdrawal_max = "5000"
"""
EVERYTHING = (Permission.READ, Permission.TRADE, Permission.WITHDRAW)


async def open_bank(whole: Whole) -> FiatFamily:
    if whole.exchange.runtime.catalog.asset_named("EUR") is None:
        await whole.exchange.runtime.submit(RegisterAsset("EUR"))
    fiat: FiatFamily = whole.exchange.families.fiat
    return fiat


def prepared(tmp_path: Path) -> Path:
    (tmp_path / "banks.toml").write_text(BANKS)
    return tmp_path


async def ordered(trader: Trader, amount: str) -> str:
    parameters = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": amount}
    return str((await trader.do("POST", "/sapi/v1/fiat/deposit", **parameters))["data"]["orderId"])


async def paid_out(trader: Trader, amount: str, number: str = THEIRS) -> str:
    to = f'{{"accountNumber":"{number}","accountHolder":"Ann Lee"}}'
    parameters = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": amount, "accountInfo": to}
    return str((await trader.do("POST", "/sapi/v2/fiat/withdraw", **parameters))["data"]["orderId"])


def order_paid_by(content: bytes) -> str | None:
    found: str | None = etree.fromstring(content).findtext(f".//{{{NAMESPACE}}}EndToEndId")
    return found


async def detail(trader: Trader, order: str) -> Any:
    return (await trader.do("GET", "/sapi/v1/fiat/get-order-detail", orderNo=order))["data"]


async def euros(trader: Trader) -> tuple[str, str]:
    held: list[Any] = await trader.do("POST", "/sapi/v3/asset/getUserAsset", asset="EUR")
    return (str(held[0]["free"]), str(held[0]["locked"])) if held else ("0", "0")


async def test_a_transfer_with_its_reference_is_credited_once(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        order = await ordered(ann, "100")
        shown = await detail(ann, order)
        assert (shown["orderStatus"], shown["ext"]["account"]) == ("ORDER_INITIAL", IBAN)
        spaced = " ".join(shown["ext"]["reference"])
        first = statement_file("S1", IBAN, 0, [Booked("B1", 10_000, name="Ann Lee", text=f"hello {spaced}")])
        assert (await fiat.statements.take(first)).counts == {"credited": 1}
        assert (await fiat.statements.take(first)).counts == {"known": 1}
        assert await euros(ann) == ("100", "0")
        again = statement_file("S2", IBAN, 10_000, [Booked("B2", 500, structured=shown["ext"]["reference"])])
        assert (await fiat.statements.take(again)).counts == {"credited": 1}
        assert await euros(ann) == ("105", "0")
        assert await fiat.reconciliation.difference("main") == 0
        history = await ann.do("GET", "/sapi/v1/fiat/orders", transactionType="0")
        assert sorted((row["status"], row["amount"]) for row in history["data"]) == [
            ("Successful", "100.00"),
            ("Successful", "5.00"),
        ]
        assert history["total"] == 2
    async with whole_exchange(tmp_path) as whole:
        ann.client = whole.client
        assert (await (await open_bank(whole)).statements.take(again)).counts == {"known": 1}
        assert (await detail(ann, order))["orderStatus"] == "ORDER_SUCCESS"


async def test_a_withdrawal_is_held_sent_paid_and_given_back(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        reference = (await detail(ann, await ordered(ann, "100")))["ext"]["reference"]
        await fiat.statements.take(statement_file("S1", IBAN, 0, [Booked("B1", 10_000, structured=reference)]))
        order = await paid_out(ann, "60")
        assert await euros(ann) == ("40", "60")
        (file,) = await fiat.payments.export("main")
        assert await fiat.payments.export("main") == []
        names = {"p": NAMESPACE}
        root = etree.fromstring(file.read_bytes())
        assert root.findtext(".//p:InstdAmt", namespaces=names) == "59.00"
        assert root.findtext(".//p:EndToEndId", namespaces=names) == order
        assert root.findtext(".//p:CdtrAcct//p:IBAN", namespaces=names) == THEIRS
        assert (await detail(ann, order))["orderStatus"] == "ORDER_PROCESSING"
        with pytest.raises(FiatRefused, match="moves 58.00000000, but order"):
            await fiat.statements.take(statement_file("S2", IBAN, 10_000, [Booked("B2", -5_800, end_to_end=order)]))
        paid = statement_file("S2", IBAN, 10_000, [Booked("B3", -5_900, end_to_end=order)])
        assert (await fiat.statements.take(paid)).counts == {"paid": 1}
        assert (await fiat.statements.take(paid)).counts == {"known": 1}
        assert await euros(ann) == ("40", "0")
        assert await fiat.reconciliation.difference("main") == 0
        back = Booked("B4", 5_900, end_to_end=order, return_reason="AC04")
        returned = statement_file("S3", IBAN, 4_100, [back])
        assert (await fiat.statements.take(returned)).counts == {"sent back": 1}
        assert (await fiat.statements.take(returned)).counts == {"known": 1}
        assert await euros(ann) == ("99", "0")  # The fee stays.
        shown = await detail(ann, order)
        assert (shown["orderStatus"], shown["errorCode"]) == ("ORDER_REFUNDED", "AC04")
        assert shown["errorMessage"] == "the account is closed (AC04)"
        assert await fiat.reconciliation.difference("main") == 0


async def test_a_file_lost_in_a_crash_is_written_again(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        reference = (await detail(ann, await ordered(ann, "100")))["ext"]["reference"]
        await fiat.statements.take(statement_file("S1", IBAN, 0, [Booked("B1", 10_000, structured=reference)]))
        await paid_out(ann, "60")
        (file,) = await fiat.payments.export("main")
    content = file.read_bytes()
    file.unlink()
    (file.parent / ".written" / file.stem).unlink()
    async with whole_exchange(tmp_path) as whole:
        (again,) = await (await open_bank(whole)).payments.export("main")
        parts = [
            etree.fromstring(each).findtext(f".//{{{NAMESPACE}}}EndToEndId") for each in (content, again.read_bytes())
        ]
        assert (again, parts[0]) == (file, parts[1])
        file.unlink()  # The bank took it.
        assert await (await open_bank(whole)).payments.export("main") == []


async def test_what_cannot_be_told_waits_for_an_operator(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        unclear = [
            Booked("B1", 7_000, name="Who", text="rent"),
            Booked("B2", 3_000, name="Who", text="RF18539007547034"),
        ]
        assert (await fiat.statements.take(statement_file("S1", IBAN, 0, unclear))).counts == {"suspended": 2}
        assert await fiat.reconciliation.difference("main") == 0

        first, second = unordered_id("main", "B1"), unordered_id("main", "B2")
        await fiat.service.assign(first, ann.key.owner, "operator")
        assert await euros(ann) == ("70", "0")
        with pytest.raises(FiatRefused, match="ORDER_SUCCESS"):
            await fiat.service.assign(first, ann.key.owner, "operator")
        with pytest.raises(FiatRefused, match="named no account"):
            await fiat.service.give_back(second, "operator", "MS03")
        await fiat.service.give_back(second, "operator", "MS03", Account("Who", THEIRS))
        (file,) = await fiat.payments.export("main")
        assert b"30.00" in file.read_bytes()
        gone = statement_file("S2", IBAN, 10_000, [Booked("B3", -3_000, end_to_end=second)])
        assert (await fiat.statements.take(gone)).counts == {"paid": 1}
        assert await fiat.reconciliation.difference("main") == 0
        assert (await ann.send("GET", "/sapi/v1/fiat/get-order-detail", {"orderNo": second})).status_code == 400


async def test_what_does_not_come_in_time_expires_and_is_credited_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        order = await ordered(ann, "100")
        assert await fiat.service.expire() == 0
        monkeypatch.setattr("rialto.products.fiat.service.DAY_US", 0)
        assert await fiat.service.expire() == 1
        assert await fiat.service.expire() == 0
        shown = await detail(ann, order)
        assert (shown["orderStatus"], shown["ext"]) == ("ORDER_EXPIRED", {})
        late = statement_file("S1", IBAN, 0, [Booked("B1", 10_000, structured=reference_of(order))])
        assert (await fiat.statements.take(late)).counts == {"credited": 1}
        assert (await detail(ann, order))["orderStatus"] == "ORDER_SUCCESS"
        assert await euros(ann) == ("100", "0")


async def test_statements_form_a_chain(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        await fiat.statements.take(statement_file("S1", IBAN, 0, [Booked("B1", 100)]))
        with pytest.raises(FiatRefused, match=r"begins with 2\.00000000, but S1 ended with 1\.00000000"):
            await fiat.statements.take(statement_file("S3", IBAN, 200, [Booked("B3", 100)]))
        with pytest.raises(UnreadableStatement, match="which is no bank here"):
            await fiat.statements.take(statement_file("S2", THEIRS, 100, []))
        charge = statement_file("S2", IBAN, 100, [Booked("F1", -30, text="fees")])
        with pytest.raises(FiatRefused, match=r"took 0\.30000000 EUR"):
            await fiat.statements.take(charge)
        eur = whole.exchange.runtime.catalog.asset_named("EUR")
        assert eur is not None
        await whole.exchange.runtime.submit(Post(TREASURY_ACCOUNT, eur.id, "5", PostingReason.ADJUSTMENT))
        assert (await fiat.statements.take(charge)).counts == {"charged": 1}
        assert (await fiat.statements.take(charge)).counts == {"known": 1}
        assert await fiat.reconciliation.difference("main") == 0


async def test_files_are_taken_from_the_folder(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        await fiat.folders.stop()
        inbox = tmp_path / "banks" / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        (inbox / "1.xml").write_bytes(statement_file("S1", IBAN, 0, [Booked("B1", 100)]))
        (inbox / "2.xml").write_bytes(b"<html/>")
        await fiat.folders.look()
        assert {path.name for path in (tmp_path / "banks" / "booked").iterdir()} == {"1.xml"}
        assert {path.name for path in (tmp_path / "banks" / "refused").iterdir()} == {"2.xml", "2.xml.txt"}


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        ("/sapi/v1/fiat/deposit", {"currency": "USD"}, -16010),
        ("/sapi/v1/fiat/deposit", {"amount": "0.001"}, -16007),
        ("/sapi/v1/fiat/deposit", {"apiPaymentMethod": "cash"}, -1130),
        ("/sapi/v2/fiat/withdraw", {"amount": "9"}, -16007),
        ("/sapi/v2/fiat/withdraw", {"amount": "20"}, -4026),
        ("/sapi/v2/fiat/withdraw", {"accountInfo": '{"accountNumber":"DE00370400440532013000"}'}, -1130),
        ("/sapi/v2/fiat/withdraw", {"accountInfo": "[]"}, -1130),
        ("/sapi/v2/fiat/withdraw", {"owner": "2"}, -1104),
    ],
)
async def test_what_cannot_be_ordered_is_refused(tmp_path: Path, path: str, changes: dict[str, str], code: int) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        await open_bank(whole)
        ann = await whole.trader("ann", EVERYTHING)
        usual = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "20"}
        if path.endswith("withdraw"):
            usual["accountInfo"] = f'{{"accountNumber":"{THEIRS}"}}'
        assert refusal(await ann.send("POST", path, {**usual, **changes}))[1] == code


async def test_orders_are_their_owners_alone(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        await open_bank(whole)
        ann, bob = await whole.trader("ann", EVERYTHING), await whole.trader("bob", EVERYTHING)
        order = await ordered(ann, "100")
        refused = refusal(await bob.send("GET", "/sapi/v1/fiat/get-order-detail", {"orderNo": order}))
        assert refused == (400, -16011, "Order not exist")
        assert (await bob.do("GET", "/sapi/v1/fiat/orders", transactionType="0"))["data"] == []


async def test_a_key_that_may_not_withdraw_does_not(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        await open_bank(whole)
        reader = await whole.trader("cleo", [Permission.READ, Permission.TRADE])
        to = f'{{"accountNumber":"{THEIRS}"}}'
        parameters = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "20", "accountInfo": to}
        assert refusal(await reader.send("POST", "/sapi/v2/fiat/withdraw", parameters))[1] == -2015


def test_a_slip_of_the_pen_is_nobody_elses_order() -> None:
    order = "0123456789ABCDEF"
    reference = reference_of(order)
    assert order_in(reference, "") == order_in("", f"for {reference.lower()}, thanks") == order
    for place in range(4, 20):
        wrong = reference[:place] + ("0" if reference[place] != "0" else "1") + reference[place + 1 :]
        assert order_in(wrong, wrong) is None


async def test_what_holds_withdrawals_back_holds_banks_back_too(tmp_path: Path) -> None:
    (prepared(tmp_path) / "rialto.toml").write_text("[withdrawals]\n[withdrawals.valuations]\nEUR = '100'\n")
    async with whole_exchange(tmp_path, endpoint_weight_per_owner_max=100_000_000) as whole, someone(whole) as ann:
        await open_bank(whole)
        runtime, people = whole.exchange.runtime, whole.exchange.parts.identity.people
        euro = runtime.catalog.asset_named("EUR")
        assert euro is not None
        opened = (await runtime.submit(OpenAccount(ann.owner, AccountKind(AccountClass.SPOT)))).events[0]
        assert isinstance(opened, AccountOpened)
        await runtime.submit(Post(opened.account, euro.id, "2000", PostingReason.DEPOSIT))
        await ann.step_up()
        form = {"currency": "EUR", "apiPaymentMethod": "bank_transfer"}
        form["accountInfo"] = f'{{"accountNumber":"{THEIRS}","accountHolder":"Ann Lee"}}'

        async def order(amount: str) -> int:
            response = await ann.send("POST", "/sapi/v2/fiat/withdraw", **form, amount=amount)
            return 200 if response.status_code == 200 else int(response.json()["code"])

        assert await order("60") == -4015, "nobody is verified yet"
        people.set_level(ann.owner, 1, 1)
        answers = await asyncio.gather(order("300"), order("300"), order("300"))
        assert sorted(answers) == [-4023, -4023, 200], "500 of them are what level 1 may take out in a day"
        quota = await ann.do("GET", "/sapi/v1/capital/withdraw/quota")
        assert quota == {"wdQuota": "50000", "usedWdQuota": "30000"}
        until_us = whole.exchange.parts.wall_clock_us() + 86_400_000_000
        for reason, code in ((LockReason.PASSWORD_CHANGED, -4016), (LockReason.FACTOR_CHANGED, -4017)):
            people.lock_withdrawals(ann.owner, until_us, reason)
            assert await order("60") == code
