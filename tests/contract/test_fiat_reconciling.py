"""Statements that are not as they should be: twice, corrected, with a reference again, or against the ledger."""

from pathlib import Path

import pytest

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import PostingReason
from rialto.identity.operators import Role
from rialto.products.fiat.iso20022.payments import Account
from rialto.products.fiat.references import unordered_id
from rialto.products.fiat.rules import FiatRefused
from tests.bank import Booked, statement_file
from tests.contract.test_fiat import (
    EVERYTHING,
    IBAN,
    THEIRS,
    detail,
    euros,
    open_bank,
    order_paid_by,
    ordered,
    paid_out,
    prepared,
)
from tests.contract.test_operators import operators
from tests.gateway import refusal
from tests.whole_exchange import Whole, whole_exchange


async def post(whole: Whole, account: int, euros: str) -> None:
    eur = whole.exchange.runtime.catalog.asset_named("EUR")
    assert eur is not None
    await whole.exchange.runtime.submit(Post(account, eur.id, euros, PostingReason.ADJUSTMENT))


async def test_a_corrected_statement_is_refused_as_a_whole(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        first = statement_file("S1", IBAN, 0, [Booked("B1", 100)])
        assert (await fiat.statements.take(first)).counts == {"suspended": 1}
        corrected = statement_file("S1", IBAN, 0, [Booked("B1", 100), Booked("B2", 50)])
        with pytest.raises(FiatRefused, match=r"booked with 1 entries and 1\.00000000 at its end, and says 2 and 1\.5"):
            await fiat.statements.take(corrected)
        assert (await fiat.service.order(unordered_id("main", "B2"))).suspended is None
        assert (await fiat.statements.take(first)).counts == {"known": 1}
        assert await fiat.reconciliation.difference("main") == 0


async def test_what_the_account_held_before_is_the_treasurys(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        for _ in range(2):
            await fiat.statements.take(statement_file("S1", IBAN, 50_000, [Booked("B1", 100)]))
            await fiat.statements.take(statement_file("S2", IBAN, 50_100, [Booked("F1", -300, text="fees")]))
        assert await fiat.reconciliation.difference("main") == 0


async def test_a_difference_to_the_bank_stops_payouts_until_it_is_gone(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        await fiat.folders.stop()
        ann = await whole.trader("ann", EVERYTHING)
        reference = (await detail(ann, await ordered(ann, "100")))["ext"]["reference"]
        await fiat.statements.take(statement_file("S1", IBAN, 0, [Booked("B1", 10_000, structured=reference)]))
        first = await paid_out(ann, "20")
        await post(whole, fiat.service.custody("main"), "7")
        await fiat.folders.look()
        assert fiat.reconciliation.differences == {"main": 700_000_000}
        outbox = tmp_path / "banks" / "outbox"
        assert not list(outbox.glob("*.xml"))
        to = f'{{"accountNumber":"{THEIRS}"}}'
        asked = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "20", "accountInfo": to}
        assert refusal(await ann.send("POST", "/sapi/v2/fiat/withdraw", asked)) == (
            *(400, -16010),
            "Not supported currency or payment method: payouts of EUR are stopped for now",
        )
        async with operators(whole, Role.FINANCE, count=1) as (alice,):
            (alert,) = (each for each in await alice.do("GET", "/admin/v1/alerts") if each["subject"] == "bank main")
            assert (alert["kind"], alert["detail"]) == (
                "reconciliation",
                "7.00000000 more than the ledger says; payouts are stopped",
            )
        figures = (await whole.client.get("/metrics")).text
        assert 'rialto_bank_unreconciled{bank="main"} 1.0' in figures
        await post(whole, fiat.service.custody("main"), "-7")
        await fiat.folders.look()
        (file,) = outbox.glob("*.xml")
        assert order_paid_by(file.read_bytes()) == first
        await paid_out(ann, "20")


async def test_a_reference_that_a_bank_gives_twice_is_booked_once_and_stops_payouts(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        await fiat.folders.stop()
        ann = await whole.trader("ann", EVERYTHING)
        reference = (await detail(ann, await ordered(ann, "100")))["ext"]["reference"]
        await fiat.statements.take(statement_file("S1", IBAN, 0, [Booked("B1", 10_000, structured=reference)]))
        again = statement_file("S2", IBAN, 10_000, [Booked("B1", 2_000, structured=reference)])
        assert (await fiat.statements.take(again)).counts == {"known": 1}
        assert await euros(ann) == ("100", "0")
        await fiat.folders.look()
        assert fiat.reconciliation.differences == {"main": 2_000_000_000}
        assert fiat.reconciliation.is_stopped("EUR")


async def test_a_return_that_comes_back_can_be_sent_again(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        fiat = await open_bank(whole)
        await fiat.folders.stop()
        sender = Booked("B1", 7_000, name="Who", account=THEIRS, text="rent")
        await fiat.statements.take(statement_file("S1", IBAN, 0, [sender]))
        order = unordered_id("main", "B1")
        async with operators(whole, Role.FINANCE) as (alice, bob):
            (shown,) = await alice.do("GET", "/admin/v1/fiat/suspended")
            assert (shown["order"], shown["amount"], shown["senderAccount"]) == (order, "70.00000000", THEIRS)
            given, send = {"order": order, "code": "BE01", "reason": "nobody here"}, "/admin/v1/actions/return-fiat"
            first = await alice.do("POST", send, **given)
            assert first["status"] == "pending"
            assert (await bob.do("POST", "/admin/v1/approvals/approve", id=first["id"]))["status"] == "done"
            assert await alice.do("GET", "/admin/v1/fiat/suspended") == []
            (file,) = await fiat.payments.export("main")
            assert f"RETURN BE01 {order}".encode() in file.read_bytes()
            assert THEIRS.encode() in file.read_bytes()
            gone = statement_file("S2", IBAN, 7_000, [Booked("B2", -7_000, end_to_end=order)])
            assert (await fiat.statements.take(gone)).counts == {"paid": 1}
            back = Booked("B3", 7_000, end_to_end=order, return_reason="AC04")
            returned = statement_file("S3", IBAN, 0, [back])
            assert (await fiat.statements.take(returned)).counts == {"sent back": 1}
            assert await fiat.reconciliation.difference("main") == 0
            other = {**given, "account": "DE89370400440532013000", "holder": "Who Else"}
            wrong = await alice.do("POST", send, **{**other, "account": "DE00370400440532013000"})
            assert (await bob.do("POST", "/admin/v1/approvals/approve", id=wrong["id"]))["status"] == "failed"
            second = await alice.do("POST", send, **other)
            assert (await bob.do("POST", "/admin/v1/approvals/approve", id=second["id"]))["status"] == "done"
        (file,) = await fiat.payments.export("main")
        assert b"DE89370400440532013000" in file.read_bytes()
        assert (await fiat.statements.take(returned)).counts == {"known": 1}
        again = statement_file("S4", IBAN, 7_000, [Booked("B4", -7_000, end_to_end=order)])
        assert (await fiat.statements.take(again)).counts == {"paid": 1}
        assert (await fiat.statements.take(gone)).counts == {"known": 1}
        assert await fiat.reconciliation.difference("main") == 0
    async with whole_exchange(tmp_path) as whole:
        fiat = await open_bank(whole)
        assert (await fiat.statements.take(again)).counts == {"known": 1}
        with pytest.raises(FiatRefused, match="ORDER_REFUNDED"):
            await fiat.service.give_back(order, "operator", "MS03", Account("Who", THEIRS))
        assert await fiat.reconciliation.difference("main") == 0
