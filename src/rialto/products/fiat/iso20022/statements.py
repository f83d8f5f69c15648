"""Statements of account: camt.053, versions 02 to 08. Parsed strictly: what does not add up is refused as a whole.

Amounts are whole numbers of units of 1e-8, so that they are the ledger's. Times are dates of the bank.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from lxml import etree

from rialto.products.fiat.iso20022.reasons import stated
from rialto.wire.decimals import PLACES, to_units

BYTES_MAX: Final = 32 * 1024 * 1024
ENTRIES_MAX: Final = 100_000
TEXT_MAX: Final = 500
REASON_MAX: Final = 35
NO_REASON: Final = "NARR"
"""The code of a reason that only the bank's text tells."""

VERSIONS: Final = ("02", "03", "04", "05", "06", "07", "08")

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


class UnreadableStatement(Exception):
    """A file that is no statement, or one that does not add up. Nothing of it may be booked."""


class Party(NamedTuple):
    """The other side of an entry, as the bank names it."""

    name: str
    account: str


class Entry(NamedTuple):
    """One movement on the account. Positive came in, negative went out."""

    reference: str
    """The bank's own reference of it: unique on the account."""
    units: int
    booked_on: str
    """The date, as 2026-11-29."""
    end_to_end_id: str
    party: Party
    creditor_reference: str
    """The structured reference, where there is one."""
    text: str
    return_reason: str
    """Why a payment came back, where this is one that did: the code, such as AC04, and what the bank adds to one that
    tells nothing.
    """
    is_reversal: bool = False
    """Whether the bank takes back what it had booked. What went out then was a credit before, what came in a debit."""
    original: str = ""
    """The bank's reference of what a reversal takes back, where it gives one."""


class Statement(NamedTuple):
    """What happened on an account between two balances."""

    id: str
    account: str
    currency: str
    opening: int
    closing: int
    entries: tuple[Entry, ...]


def read_statements(content: bytes) -> list[Statement]:
    """Read a file; it may hold several statements. Errors: `UnreadableStatement`."""
    root = _parse(content)
    statements = [_Reader(element).statement() for element in _all(root, "BkToCstmrStmt", "Stmt")]
    if not statements:
        raise UnreadableStatement("the file holds no statement")
    return statements


def _parse(content: bytes) -> etree._Element:
    if len(content) > BYTES_MAX:
        raise UnreadableStatement(f"the file has {len(content):,} bytes; at most {BYTES_MAX:,} are read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableStatement(f"the file is no XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableStatement("the file declares a document type, which no statement does; it is not read")
    namespace = etree.QName(root).namespace or ""
    version = namespace.removeprefix(_NAMESPACE)
    if etree.QName(root).localname != "Document" or version not in VERSIONS:
        raise UnreadableStatement(f"the file is {namespace or 'of no namespace'}, not a camt.053 of version 02 to 08")
    return root


class _Reader:
    """Reads one statement."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element
        self._currency = ""

    def statement(self) -> Statement:
        identity = _text(self._element, "Id")
        account = _text(self._element, "Acct", "Id", "IBAN") or _text(self._element, "Acct", "Id", "Othr", "Id")
        if not identity or not account:
            raise UnreadableStatement("a statement names neither itself nor its account")
        opening, closing = self._balance("OPBD", "PRCD"), self._balance("CLBD")
        entries = tuple(entry for element in _all(self._element, "Ntry") for entry in self._entries(element))
        if len(entries) > ENTRIES_MAX:
            raise UnreadableStatement(f"statement {identity} has more than {ENTRIES_MAX:,} entries")
        moved = sum(entry.units for entry in entries)
        if opening + moved != closing:
            raise UnreadableStatement(
                f"statement {identity} does not add up: {opening} and entries of {moved} are not {closing}, in 1e-8"
            )
        references = [entry.reference for entry in entries]
        if len(set(references)) != len(references):
            raise UnreadableStatement(f"statement {identity} gives one reference to two entries")
        return Statement(identity, account.replace(" ", ""), self._currency, opening, closing, entries)

    def _balance(self, *kinds: str) -> int:
        for element in _all(self._element, "Bal"):
            if _text(element, "Tp", "CdOrPrtry", "Cd") in kinds:
                return self._signed(element)
        raise UnreadableStatement(f"a statement lacks its balance {kinds[0]}")

    def _signed(self, element: etree._Element) -> int:
        amount = _one(element, "Amt")
        if amount is None:
            raise UnreadableStatement("an amount is missing")
        currency = amount.get("Ccy") or ""
        self._currency = self._currency or currency
        if currency != self._currency or not currency:
            raise UnreadableStatement(f"amounts in {currency!r} and in {self._currency!r} stand in one statement")
        direction = _text(element, "CdtDbtInd")
        if direction not in ("CRDT", "DBIT"):
            raise UnreadableStatement(f"{direction[:20]!r} is neither CRDT nor DBIT")
        units = _units((amount.text or "").strip())
        return units if direction == "CRDT" else -units

    def _entries(self, element: etree._Element) -> Iterator[Entry]:
        if (_text(element, "Sts") or _text(element, "Sts", "Cd")) != "BOOK":
            return  # Expected only: it comes again when it is booked.
        units = self._signed(element)
        reference = _text(element, "AcctSvcrRef") or _text(element, "NtryRef")
        if not reference:
            raise UnreadableStatement("an entry has no reference of the bank's")
        booked_on = (_text(element, "BookgDt", "Dt") or _text(element, "BookgDt", "DtTm"))[:10]
        is_reversal = _flag(element, "RvslInd")
        details = list(_all(element, "NtryDtls", "TxDtls"))
        if len(details) <= 1:
            yield self._entry(details[0] if details else element, reference, units, booked_on, is_reversal)
            return
        parts = [self._part(detail, units) for detail in details]
        if sum(parts) != units:
            raise UnreadableStatement(f"the parts of entry {reference} do not add up to it")
        for number, (detail, part) in enumerate(zip(details, parts, strict=True), start=1):
            yield self._entry(detail, f"{reference}/{number}", part, booked_on, is_reversal)

    def _part(self, detail: etree._Element, whole: int) -> int:
        amount = _one(detail, "Amt")
        if amount is None:
            amount = _one(detail, "AmtDtls", "TxAmt", "Amt")
        if amount is None:
            raise UnreadableStatement("a part of an entry has no amount of its own")
        units = _units((amount.text or "").strip())
        direction = _text(detail, "CdtDbtInd") or ("CRDT" if whole >= 0 else "DBIT")
        return units if direction == "CRDT" else -units

    def _entry(self, detail: etree._Element, reference: str, units: int, booked_on: str, is_reversal: bool) -> Entry:
        # Parties keep the places that they had in what a reversal takes back.
        side = "Dbtr" if (units >= 0) is not is_reversal else "Cdtr"
        name = _text(detail, "RltdPties", side, "Nm") or _text(detail, "RltdPties", side, "Pty", "Nm")
        account = _text(detail, "RltdPties", f"{side}Acct", "Id", "IBAN") or _text(
            detail, "RltdPties", f"{side}Acct", "Id", "Othr", "Id"
        )
        text = " ".join(_clean(each.text) for each in _all(detail, "RmtInf", "Ustrd"))
        return Entry(
            reference,
            units,
            booked_on,
            _text(detail, "Refs", "EndToEndId"),
            Party(name, account.replace(" ", "")),
            _text(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref").replace(" ", ""),
            text[:TEXT_MAX],
            _reason(detail),
            is_reversal,
            _text(detail, "Refs", "AcctSvcrRef") if is_reversal else "",
        )


def _all(element: etree._Element, *path: str) -> list[etree._Element]:
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if _name(child) == name]
    return found


def _one(element: etree._Element, *path: str) -> "etree._Element | None":
    found = _all(element, *path)
    return found[0] if found else None


def _text(element: etree._Element, *path: str) -> str:
    found = _one(element, *path)
    return "" if found is None else _clean(found.text)[:TEXT_MAX]


def _reason(detail: etree._Element) -> str:
    code = _text(detail, "RtrInf", "Rsn", "Cd") or _text(detail, "RtrInf", "Rsn", "Prtry")[:REASON_MAX]
    text = " ".join(_clean(each.text) for each in _all(detail, "RtrInf", "AddtlInf"))
    return stated(code or NO_REASON, text) if code or text else ""


def _flag(element: etree._Element, name: str) -> bool:
    text = _text(element, name)
    if text not in ("", "true", "false", "1", "0"):
        raise UnreadableStatement(f"{name} is {text[:20]!r}, which is neither true nor false")
    return text in ("true", "1")


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _clean(text: str | None) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in (text or "").strip())


def _units(text: str) -> int:
    whole, _, fraction = text.partition(".")
    is_number = (whole + fraction).isascii() and (whole + fraction).isdigit() and whole != ""
    if not is_number or len(fraction) > PLACES or len(whole) > 18:
        raise UnreadableStatement(f"{text[:40]!r} is no amount")
    return to_units(text)
