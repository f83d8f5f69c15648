"""Files of banks: written as they must be, read as they come, refused where they do not add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from rialto.products.fiat.iso20022.payments import NAMESPACE, Account, OutgoingPayment, write_payments
from rialto.products.fiat.iso20022.statements import UnreadableStatement, read_statements
from tests.bank import Booked, statement_file

CENT = 1_000_000
WITH_ENTITY = (
    b'<!DOCTYPE a [<!ENTITY b "c">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&b;</Document>'
)
OUR_IBAN = "DE89370400440532013000"


def test_a_statement_is_read_in_both_versions() -> None:
    entries = [
        Booked("B1", 12_345, name="Ann Lee", account="FR1420041010050500013M02606", text="RF18 5390 0754 7034 thanks"),
        Booked("B2", -500, end_to_end="O42", name="Bob"),
        Booked("B3", 500, end_to_end="O42", return_reason="AC04"),
    ]
    for version in ("02", "08"):
        (read,) = read_statements(statement_file("S1", OUR_IBAN, 100_000, entries, version=version))
        assert (read.id, read.account, read.currency) == ("S1", OUR_IBAN, "EUR")
        assert (read.opening, read.closing) == (100_000 * CENT, 112_345 * CENT)
        first, second, third = read.entries
        assert (first.units, first.party.name, first.text) == (12_345 * CENT, "Ann Lee", "RF18 5390 0754 7034 thanks")
        assert first.party.account == "FR1420041010050500013M02606"
        assert (second.units, second.end_to_end_id, second.party.name) == (-500 * CENT, "O42", "Bob")
        assert (third.return_reason, third.booked_on) == ("AC04", "2026-11-29")


def test_a_batch_is_taken_apart() -> None:
    content = statement_file("S1", OUR_IBAN, 0, [Booked("B1", 300, parts=(100, 200))])
    (read,) = read_statements(content)
    assert [(entry.reference, entry.units) for entry in read.entries] == [("B1/1", 100 * CENT), ("B1/2", 200 * CENT)]
    with pytest.raises(UnreadableStatement, match="parts of entry B1 do not add up"):
        read_statements(statement_file("S1", OUR_IBAN, 0, [Booked("B1", 301, parts=(100, 200))]))


def test_what_is_only_expected_waits() -> None:
    content = statement_file("S1", OUR_IBAN, 0, [Booked("B1", 300, status="PDNG")], closing=0)
    assert read_statements(content)[0].entries == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no XML"),
        (b"<Document/>", "of no namespace"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>', "holds no statement"),
        (WITH_ENTITY, "declares a document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "declares a document type"),
        (statement_file("S1", OUR_IBAN, 0, [Booked("B1", 300)], closing=299), "does not add up"),
        (statement_file("S1", OUR_IBAN, 0, [Booked("B1", 1), Booked("B1", 1)]), "one reference to two entries"),
        (statement_file("S1", OUR_IBAN, 0, [Booked("B1", 1)]).replace(b">0.01<", b">0.O1<"), "is no amount"),
        (statement_file("S1", OUR_IBAN, 0, [Booked("B1", 1)]).replace(b"CRDT", b"CREDIT"), "neither CRDT nor DBIT"),
        (statement_file("S1", OUR_IBAN, 0, [Booked("B1", 1)]).replace(b"OPBD", b"ITBD"), "lacks its balance OPBD"),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableStatement, match=reason):
        read_statements(content)


def test_entities_that_grow_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
    with pytest.raises(UnreadableStatement):
        read_statements(bomb + b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&c;</Document>')


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=20))
def test_a_file_of_payments_adds_up(cents: list[int]) -> None:
    payments = [
        OutgoingPayment(
            f"O{number}", Account("Zoë & Co <x>", "FR1420041010050500013M02606", "BNPAFRPP"), each * CENT, "p"
        )
        for number, each in enumerate(cents)
    ]
    payer = Account("Rialto", OUR_IBAN, "COBADEFF")
    content = write_payments("M1", "2026-11-29T12:00:00", "2026-11-30", payer, "EUR", payments)
    root = etree.fromstring(content)
    names = {"p": NAMESPACE}
    amounts = [Decimal(each.text) for each in root.iterfind(".//p:InstdAmt", names)]
    assert [Decimal(each).scaleb(-2) for each in cents] == amounts
    assert {each.text for each in root.iterfind(".//p:CtrlSum", names)} == {f"{sum(amounts):.2f}"}
    assert {each.text for each in root.iterfind(".//p:NbOfTxs", names)} == {str(len(cents))}
    assert root.findtext(".//p:Cdtr/p:Nm", namespaces=names) == "Zoë & Co <x>"
    assert root.findtext(".//p:DbtrAcct/p:Id/p:IBAN", namespaces=names) == OUR_IBAN


def test_accounts_without_iban_are_named_otherwise() -> None:
    payments = [OutgoingPayment("O1", Account("Ana", "1056894222"), 20 * CENT, "p")]
    content = write_payments("M1", "2026-11-29T12:00:00", "2026-11-30", Account("R", "0001", ""), "BRL", payments)
    root = etree.fromstring(content)
    assert (
        root.findtext(f".//{{{NAMESPACE}}}CdtrAcct/{{{NAMESPACE}}}Id/{{{NAMESPACE}}}Othr/{{{NAMESPACE}}}Id")
        == "1056894222"
    )
    assert root.find(f".//{{{NAMESPACE}}}SvcLvl") is None
