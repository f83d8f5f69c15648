"""Payments out: pain.001.001.09, one file for what leaves one account on one day.

Every payment has an end-to-end id, which the bank's statement repeats: by it we know what became of it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from lxml import etree
from stdnum import bic as bic_numbers
from stdnum import iban

from rialto.contracts.amounts import text_of
from rialto.wire.decimals import plain

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
PAYMENTS_MAX: Final = 10_000
NAME_MAX: Final = 70
NUMBER_MAX: Final = 40
TEXT_MAX: Final = 140


class Account(NamedTuple):
    """An account with a bank: by IBAN where it has one."""

    name: str
    number: str
    bic: str = ""

    @property
    def is_iban(self) -> bool:
        """Whether the number is an IBAN."""
        return self.number[:2].isalpha()


def account_of(name: str, number: str, bic: str = "") -> Account:
    """Read an account as people write it. Errors: ValueError for a number that is none."""
    compact = number.replace(" ", "").upper()
    if not 4 <= len(compact) <= NUMBER_MAX or not compact.isalnum() or not compact.isascii():
        raise ValueError("an account number has 4 to 40 letters and digits")
    if compact[:2].isalpha():
        compact = str(iban.validate(compact))
    return Account(name or "Account holder", compact, str(bic_numbers.validate(bic)) if bic else "")


class OutgoingPayment(NamedTuple):
    """One payment: to whom, how much (units of 1e-8), under which id."""

    end_to_end_id: str
    to: Account
    units: int
    text: str


def write_payments(
    message_id: str, created_at: str, on: str, payer: Account, currency: str, payments: Sequence[OutgoingPayment]
) -> bytes:
    """Write a file. `created_at` is ISO 8601 without zone, `on` the date of execution.

    Precondition: there are 1 to `PAYMENTS_MAX` payments, of whole cents.
    """
    assert 1 <= len(payments) <= PAYMENTS_MAX, "a file has a bounded number of payments"
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    root = _add(document, "CstmrCdtTrfInitn")
    total = _amount(sum(payment.units for payment in payments))
    head = _add(root, "GrpHdr")
    _add(head, "MsgId", message_id)
    _add(head, "CreDtTm", created_at)
    _add(head, "NbOfTxs", str(len(payments)))
    _add(head, "CtrlSum", total)
    _add(_add(head, "InitgPty"), "Nm", payer.name[:NAME_MAX])
    batch = _add(root, "PmtInf")
    _add(batch, "PmtInfId", message_id)
    _add(batch, "PmtMtd", "TRF")
    _add(batch, "BtchBookg", "false")  # Each is booked by itself, so that each can be told.
    _add(batch, "NbOfTxs", str(len(payments)))
    _add(batch, "CtrlSum", total)
    if currency == "EUR":
        _add(_add(_add(batch, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(batch, "ReqdExctnDt"), "Dt", on)
    _add(_add(batch, "Dbtr"), "Nm", payer.name[:NAME_MAX])
    _add_number(_add(batch, "DbtrAcct"), payer)
    _add_bank(_add(batch, "DbtrAgt"), payer)
    _add(batch, "ChrgBr", "SLEV")
    for payment in payments:
        _add_payment(batch, currency, payment)
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add_payment(batch: etree._Element, currency: str, payment: OutgoingPayment) -> None:
    element = _add(batch, "CdtTrfTxInf")
    _add(_add(element, "PmtId"), "EndToEndId", payment.end_to_end_id)
    _add(_add(element, "Amt"), "InstdAmt", _amount(payment.units)).set("Ccy", currency)
    if payment.to.bic:
        _add_bank(_add(element, "CdtrAgt"), payment.to)
    _add(_add(element, "Cdtr"), "Nm", payment.to.name[:NAME_MAX])
    _add_number(_add(element, "CdtrAcct"), payment.to)
    _add(_add(element, "RmtInf"), "Ustrd", payment.text[:TEXT_MAX])


def _add_number(element: etree._Element, account: Account) -> None:
    identity = _add(element, "Id")
    if account.is_iban:
        _add(identity, "IBAN", account.number)
    else:
        _add(_add(identity, "Othr"), "Id", account.number)


def _add_bank(element: etree._Element, account: Account) -> None:
    bank = _add(element, "FinInstnId")
    if account.bic:
        _add(bank, "BICFI", account.bic)
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _amount(units: int) -> str:
    whole, _, cents = plain(text_of(units)).partition(".")
    assert len(cents) <= 2, "banks pay whole cents"
    return f"{whole}.{cents.ljust(2, '0')}"
