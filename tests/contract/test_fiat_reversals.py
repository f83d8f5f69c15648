"""Entries that a bank takes back: once, by their references, from whoever has it, and over the books."""

from pathlib import Path
from typing import Any

import pytest

from rialto.bootstrap.families.fiat import FiatFamily
from rialto.contracts.commands import OpenAccount, Post
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT, AccountClass, AccountKind, PostingReason
from rialto.identity.operators import Role
from rialto.products.fiat.accounts import held_of
from rialto.products.fiat.iso20022.payments import Account
from rialto.products.fiat.references import reference_of, unordered_id
from rialto.products.fiat.rules import FiatRefused
from tests.bank import Booked, statement_file
from tests.contract.test_fiat import (
    BANKS,
    EVERYTHING,
    IBAN,
    THEIRS,
    detail,
    euros,
    open_bank,
    ordered,
    paid_out,
    prepared,
)
from tests.contract.test_operators import agreed, operators
from tests.gateway import Trader, refusal
from tests.person import someone
from tests.whole_exchange import Whole, whole_exchange

CENT = 1_000_000


class Bank:
    """Statements that follow one another."""

    def __init__(self, fiat: FiatFamily) -> None:
        self.fiat = fiat
        self.balance = 0
        self.count = 0
        self.newest = b""

    async def books(self, *entries: Booked) -> dict[str, int]:
        """Book entries as the next statement; what it says twice is the same the second time, and the books add up."""
        self.count += 1
        self.newest = statement_file(f"S{self.count}", IBAN, self.balance, entries)
        self.balance += sum(entry.cents for entry in entries)
        counts = dict((await self.fiat.statements.take(self.newest)).counts)
        again = (await self.fiat.statements.take(self.newest)).counts
        assert again == {"known": len(entries)}
        assert await self.fiat.reconciliation.difference("main") == 0
        return counts

    async def holds(self, account: int) -> tuple[int, int]:
        """Return what an account of the ledger holds, free and locked, in cents."""
        runtime = self.fiat.service._runtime
        euro = runtime.catalog.asset_named("EUR")
        assert euro is not None
        free, locked = await held_of(runtime, account, euro.id)
        return free // CENT, locked // CENT


async def deposited(bank: Bank, trader: Trader, reference: str, cents: int = 10_000) -> str:
    """Have a deposit credited; return its order."""
    order = await ordered(trader, f"{cents // 100}")
    named = (await detail(trader, order))["ext"]["reference"]
    assert await bank.books(Booked(reference, cents, structured=named)) == {"credited": 1}
    return order


async def give_treasury(whole: Whole, euros: str) -> None:
    euro = whole.exchange.runtime.catalog.asset_named("EUR")
    assert euro is not None
    await whole.exchange.runtime.submit(Post(TREASURY_ACCOUNT, euro.id, euros, PostingReason.ADJUSTMENT))


def taken_back(reference: str, cents: int, **more: Any) -> Booked:
    return Booked(reference, cents, is_reversal=True, **more)


async def test_a_credit_that_is_reversed_is_taken_back_with_its_fee(tmp_path: Path) -> None:
    (tmp_path / "banks.toml").write_text(BANKS + 'deposit_fee = "2.00"\n')
    async with whole_exchange(tmp_path) as whole:
        bank = Bank(await open_bank(whole))
        ann = await whole.trader("ann", EVERYTHING)
        order = await deposited(bank, ann, "B1")
        assert (await euros(ann), await bank.holds(FEES_ACCOUNT)) == (("98", "0"), (200, 0))
        assert await bank.books(taken_back("B2", -10_000, original="B1")) == {"reversed": 1}
        assert (await euros(ann), await bank.holds(FEES_ACCOUNT)) == (("0", "0"), (0, 0))
        shown = await detail(ann, order)
        assert (shown["orderStatus"], shown["errorMessage"]) == ("ORDER_REFUNDED", "the bank reversed it")
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/orders", transactionType="0"))["data"]
        assert row["status"] == "Refunded"
    async with whole_exchange(tmp_path) as whole:
        fiat = await open_bank(whole)
        assert (await fiat.statements.take(bank.newest)).counts == {"known": 1}
        assert await fiat.reconciliation.difference("main") == 0


@pytest.mark.parametrize(
    ("original", "is_named", "cents", "expected"),
    [
        ("B1", False, -10_000, "reversed"),
        ("", True, -10_000, "reversed"),
        ("unheard of", True, -10_000, "reversed"),
        ("B1", True, -9_999, "unexplained"),
        ("unheard of", False, -10_000, "unexplained"),
        ("", False, -10_000, "unexplained"),
    ],
)
async def test_an_original_is_found_by_its_references_and_its_amount(
    tmp_path: Path, original: str, is_named: bool, cents: int, expected: str
) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        ann = await whole.trader("ann", EVERYTHING)
        order = await ordered(ann, "100")
        named = (await detail(ann, order))["ext"]["reference"]
        await bank.books(Booked("B1", 10_000, structured=named))
        entry = taken_back("B2", cents, original=original, structured=named if is_named else "")
        assert await bank.books(entry) == {expected: 1}
        assert await euros(ann) == (("0", "0") if expected == "reversed" else ("100", "0"))


async def test_what_was_reversed_is_not_reversed_twice(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        ann = await whole.trader("ann", EVERYTHING)
        await deposited(bank, ann, "B1")
        await deposited(bank, ann, "B2")
        back = taken_back("B3", -10_000, original="B1")
        assert await bank.books(back) == {"reversed": 1}
        # In another statement under another reference: it is not taken from the same deposit, nor from another.
        assert await bank.books(taken_back("B4", -10_000, original="B1")) == {"unexplained": 1}
        assert await euros(ann) == ("100", "0")


async def test_of_two_transfers_for_one_order_the_one_meant_is_taken_back(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        ann = await whole.trader("ann", EVERYTHING)
        order = await deposited(bank, ann, "B1")
        named = reference_of(order)
        assert await bank.books(Booked("B2", 10_000, structured=named)) == {"credited": 1}
        assert await bank.books(taken_back("B3", -10_000, original="B2", structured=named)) == {"reversed": 1}
        assert await euros(ann) == ("100", "0")
        assert (await detail(ann, order))["orderStatus"] == "ORDER_SUCCESS"
        assert (await detail(ann, unordered_id("main", "B2")))["orderStatus"] == "ORDER_REFUNDED"


async def test_what_was_spent_is_owed_until_it_is_made_good(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        await bank.fiat.folders.stop()
        ann = await whole.trader("ann", EVERYTHING)
        order = await deposited(bank, ann, "B1")
        gone = await paid_out(ann, "60")
        (file,) = await bank.fiat.payments.export("main")
        assert gone.encode() in file.read_bytes()
        await bank.books(Booked("B2", -5_900, end_to_end=gone))
        assert await bank.books(taken_back("B3", -10_000, original="B1")) == {"reversed": 1}
        assert await euros(ann) == ("0", "0")
        to = f'{{"accountNumber":"{THEIRS}"}}'
        asked = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "20", "accountInfo": to}
        assert refusal(await ann.send("POST", "/sapi/v2/fiat/withdraw", asked)) == (
            *(400, -44004),
            "A payment that was taken back is to be made good first.",
        )
        await give_treasury(whole, "20")
        cover = {"order": order, "reason": "agreed on the telephone"}
        async with operators(whole, Role.FINANCE) as (alice, bob):
            (claim,) = await alice.do("GET", "/admin/v1/fiat/claims")
            assert (claim["order"], claim["source"], claim["owner"]) == (order, "bank", ann.key.owner)
            assert (claim["claim"], claim["lacking"]) == ("60.00000000", "60.00000000")
            assert {each["name"]: each["count"] for each in await alice.do("GET", "/admin/v1/queues")}["claims"] == 1
            await agreed(alice, bob, "cover-card-claim", **cover, source="TREASURY", amount="20")
            too_much = {**cover, "source": "OWNER", "amount": "41"}
            failed = await alice.do("POST", "/admin/v1/actions/cover-card-claim", **too_much)
            assert (await bob.do("POST", "/admin/v1/approvals/approve", id=failed["id"]))["status"] == "failed"
            await deposited(bank, ann, "B4", 5_000)
            await agreed(alice, bob, "cover-card-claim", **cover, source="OWNER", amount="40")
            assert await alice.do("GET", "/admin/v1/fiat/claims") == []
        assert await euros(ann) == ("10", "0")
        assert await bank.fiat.reconciliation.difference("main") == 0
        await paid_out(ann, "10")


async def test_operators_say_whose_an_unknown_reversal_is_or_have_the_treasury_bear_it(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        ann = await whole.trader("ann", EVERYTHING)
        await deposited(bank, ann, "B1")
        await bank.books(taken_back("B2", -7_000), taken_back("B3", -2_000))
        first, second = unordered_id("main", "B2"), unordered_id("main", "B3")
        await give_treasury(whole, "20")
        async with operators(whole, Role.FINANCE) as (alice, bob):
            shown = {each["order"]: each for each in await alice.do("GET", "/admin/v1/fiat/claims")}
            assert (shown[first]["owner"], shown[first]["lacking"], shown[first]["claim"]) == (
                *(None, "70.00000000"),
                "0.00000000",
            )
            assert await alice.do("GET", "/admin/v1/fiat/suspended") == []
            given = {"order": first, "code": "MS03", "reason": "no", "account": THEIRS, "holder": "Ann"}
            wrong = await alice.do("POST", "/admin/v1/actions/return-fiat", **given)
            assert (await bob.do("POST", "/admin/v1/approvals/approve", id=wrong["id"]))["status"] == "failed"
            whose = {"order": first, "owner": ann.key.owner, "reason": "it was Ann's"}
            proposed = await alice.do("POST", "/admin/v1/actions/assign-fiat", **whose)
            if proposed["status"] == "pending":
                await bob.do("POST", "/admin/v1/approvals/approve", id=proposed["id"])
            await agreed(
                *(alice, bob, "cover-card-claim"),
                order=second,
                source="TREASURY",
                amount="20",
                reason="a fee, it seems",
            )
            assert await alice.do("GET", "/admin/v1/fiat/claims") == []
        assert (await euros(ann), await bank.holds(TREASURY_ACCOUNT)) == (("30", "0"), (0, 0))
        assert await bank.fiat.reconciliation.difference("main") == 0
        with pytest.raises(FiatRefused, match="known already whose it was"):
            await bank.fiat.service.assign(first, ann.key.owner, "operator")
        with pytest.raises(FiatRefused, match="say so first"):
            await bank.fiat.service.cover(second, CENT, "operator", by_treasury=False)


async def test_what_waits_in_suspense_or_was_assigned_is_taken_back_from_there(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        ann = await whole.trader("ann", EVERYTHING)
        await bank.fiat.folders.stop()
        await bank.books(Booked("B1", 1_000), Booked("B2", 2_000), Booked("B3", 3_000))
        await bank.fiat.service.assign(unordered_id("main", "B2"), ann.key.owner, "operator")
        await bank.fiat.service.give_back(unordered_id("main", "B3"), "operator", "MS03", Account("Who", THEIRS))
        assert len(await bank.fiat.payments.export("main")) == 1
        counts = await bank.books(*(taken_back(f"R{n}", -n * 1_000, original=f"B{n}") for n in (1, 2, 3)))
        assert counts == {"reversed": 2, "unexplained": 1}, "what is on its way back to its sender is told to operators"
        assert (await euros(ann), await bank.holds(TREASURY_ACCOUNT)) == (("0", "0"), (0, 3_000))


async def test_a_return_that_was_not_sent_yet_is_not_sent_any_more(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        await bank.fiat.folders.stop()
        await bank.books(Booked("B1", 1_000))
        await bank.fiat.service.give_back(unordered_id("main", "B1"), "operator", "MS03", Account("Who", THEIRS))
        assert await bank.books(taken_back("R1", -1_000, original="B1")) == {"reversed": 1}
        assert await bank.fiat.payments.export("main") == []
        assert await bank.holds(TREASURY_ACCOUNT) == (0, 0)


async def sent_out(whole: Whole, amount: str) -> tuple[Bank, Trader, str]:
    """A bank whose files nobody reads by themselves, somebody with a hundred deposited, and their payment in a file."""
    bank = Bank(await open_bank(whole))
    await bank.fiat.folders.stop()
    ann = await whole.trader("ann", EVERYTHING)
    await deposited(bank, ann, "B1")
    order = await paid_out(ann, amount)
    await bank.fiat.payments.export("main")
    return bank, ann, order


async def test_a_debit_that_is_reversed_is_given_back_once(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank, ann, order = await sent_out(whole, "60")
        await bank.books(Booked("B2", -5_900, end_to_end=order))
        assert await bank.books(taken_back("B3", 5_900, original="B2")) == {"reversed": 1}
        assert await euros(ann) == ("99", "0")
        assert (await detail(ann, order))["orderStatus"] == "ORDER_REFUNDED"
        # Under another reference it is nobody's until operators say so.
        assert await bank.books(taken_back("B4", 5_900, end_to_end=order)) == {"suspended": 1}
        assert await euros(ann) == ("99", "0")
        # The bank corrects its correction: it went out after all, and what came back is owed.
        assert await bank.books(Booked("B5", -5_900, end_to_end=order)) == {"paid again": 1}
        assert await bank.fiat.claims.has(ann.key.owner)
        await bank.fiat.service.cover(order, 5_900 * CENT, "operator", by_treasury=False)
        assert not await bank.fiat.claims.has(ann.key.owner)
        assert await euros(ann) == ("40", "0")
        assert await bank.fiat.reconciliation.difference("main") == 0


async def test_a_payment_that_a_bank_made_twice_lacks_until_it_comes_back(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank, ann, order = await sent_out(whole, "40")
        await bank.books(Booked("B2", -3_900, end_to_end=order))
        assert await bank.books(Booked("B3", -3_900, end_to_end=order)) == {"paid again": 1}
        assert not await bank.fiat.claims.has(ann.key.owner), "it is the bank's mistake, and not theirs"
        assert [each.shortfall for each in await bank.fiat.claims.listed(10)] == ["39.00000000"]
        assert await bank.books(taken_back("B4", 3_900, end_to_end=order)) == {"reversed": 1}
        assert await bank.fiat.claims.listed(10) == []
        assert (await euros(ann), (await detail(ann, order))["orderStatus"]) == (("60", "0"), "ORDER_SUCCESS")


async def test_a_charge_that_is_reversed_is_the_treasurys_again(tmp_path: Path) -> None:
    async with whole_exchange(prepared(tmp_path)) as whole:
        bank = Bank(await open_bank(whole))
        await give_treasury(whole, "5")
        await bank.books(Booked("F1", -300, text="fees"))
        assert await bank.holds(TREASURY_ACCOUNT) == (200, 0)
        assert await bank.books(taken_back("F2", 300, original="F1")) == {"reversed": 1}
        assert await bank.holds(TREASURY_ACCOUNT) == (500, 0)
        assert await bank.books(taken_back("F3", 300, original="F1")) == {"suspended": 1}
        assert await bank.holds(TREASURY_ACCOUNT) == (500, 300)


@pytest.mark.parametrize(
    ("code", "text", "error", "said"),
    [
        ("AC04", "", "AC04", "the account is closed (AC04)"),
        ("AC04", "see branch", "AC04", "the account is closed (AC04)"),
        ("MS03", "", "MS03", "no reason is given (MS03)"),
        ("MS03", "ask the receiver", "MS03", "MS03: ask the receiver"),
        ("", "CONTA ENCERRADA", "NARR", "NARR: CONTA ENCERRADA"),
        ("XX99", "", "XX99", "XX99"),
        ("CARD HOUSE 7", "no such wallet", "CARD HOUSE 7: no such wallet", "CARD HOUSE 7: no such wallet"),
    ],
)
async def test_why_a_payment_came_back_is_told_in_words_and_by_mail(
    tmp_path: Path, code: str, text: str, error: str, said: str
) -> None:
    (prepared(tmp_path) / "rialto.toml").write_text("[withdrawals]\n[withdrawals.valuations]\nEUR = '1'\n")
    async with whole_exchange(tmp_path, endpoint_weight_per_owner_max=100_000_000) as whole, someone(whole) as ann:
        bank = Bank(await open_bank(whole))
        await bank.fiat.folders.stop()
        whole.exchange.parts.identity.people.set_level(ann.owner, 1, 1)
        await whole.exchange.runtime.submit(OpenAccount(ann.owner, AccountKind(AccountClass.SPOT)))
        await ann.step_up()
        given = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "100"}
        named = reference_of((await ann.do("POST", "/sapi/v1/fiat/deposit", **given))["data"]["orderId"])
        await bank.books(Booked("B0", 10_000, structured=named))
        to = f'{{"accountNumber":"{THEIRS}","accountHolder":"Ann Lee"}}'
        asked = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "60", "accountInfo": to}
        order = (await ann.do("POST", "/sapi/v2/fiat/withdraw", **asked))["data"]["orderId"]
        await bank.fiat.payments.export("main")
        await bank.books(Booked("B1", -5_900, end_to_end=order))
        back = Booked("B2", 5_900, end_to_end=order, return_reason=code, return_text=text)
        assert await bank.books(back) == {"sent back": 1}
        shown = (await ann.do("GET", "/sapi/v1/fiat/get-order-detail", orderNo=order))["data"]
        assert (shown["errorCode"], shown["errorMessage"]) == (error, said)
        mailer = whole.exchange.parts.identity.mailer
        mails = {each.template: each.body for each in mailer.local_mailbox(10)}
        assert f"The reason: {said}\n" in mails["payment-returned"]
        assert "59.00 EUR" in mails["payment-returned"]
        if not code:
            await bank.books(taken_back("B3", -10_000, original="B0"))
            told = (mailer.local_mailbox(1))[0].body
            assert "took back 100.00 EUR" in told
            assert "Still to be made good: 1.00 EUR" in told
