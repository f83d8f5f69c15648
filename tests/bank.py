"""A bank for tests: writes statements of account as banks do."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Booked:
    """A movement, in cents: positive came in."""

    reference: str
    cents: int
    end_to_end: str = ""
    name: str = ""
    account: str = ""
    text: str = ""
    structured: str = ""
    return_reason: str = ""
    return_text: str = ""
    status: str = "BOOK"
    parts: tuple[int, ...] = ()
    is_reversal: bool = False
    original: str = ""


def euros(cents: int) -> str:
    """Spell cents without sign."""
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"


def statement_file(
    identity: str,
    iban: str,
    opening: int,
    entries: Sequence[Booked],
    *,
    closing: int | None = None,
    version: str = "02",
    currency: str = "EUR",
) -> bytes:
    """Write a statement; balances in cents, the closing one that which follows unless said otherwise."""
    booked = sum(entry.cents for entry in entries if entry.status == "BOOK")
    end = opening + booked if closing is None else closing
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(cents, currency)}"
        "<Dt><Dt>2026-11-29</Dt></Dt></Bal>"
        for kind, cents in (("OPBD", opening), ("CLBD", end))
    )
    body = "".join(_entry(entry, version, currency) for entry in entries)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-29T20:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{identity}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        f"{balances}{body}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _amount(cents: int, currency: str) -> str:
    direction = "CRDT" if cents >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{euros(cents)}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'


def _entry(entry: Booked, version: str, currency: str) -> str:
    status = f"<Sts>{entry.status}</Sts>" if version == "02" else f"<Sts><Cd>{entry.status}</Cd></Sts>"
    reversal = "<RvslInd>true</RvslInd>" if entry.is_reversal else ""
    details = "".join(_details(entry, part, version, currency) for part in entry.parts or (entry.cents,))
    return (
        f"<Ntry>{_amount(entry.cents, currency)}{reversal}{status}<BookgDt><Dt>2026-11-29</Dt></BookgDt>"
        f"<AcctSvcrRef>{entry.reference}</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def _details(entry: Booked, cents: int, version: str, currency: str) -> str:
    side = "Dbtr" if (entry.cents >= 0) is not entry.is_reversal else "Cdtr"
    original = f"<AcctSvcrRef>{entry.original}</AcctSvcrRef>" if entry.original else ""
    name = f"<Nm>{escape(entry.name)}</Nm>"
    party = f"<{side}>{name}</{side}>" if version == "02" else f"<{side}><Pty>{name}</Pty></{side}>"
    account = f"<{side}Acct><Id><IBAN>{entry.account}</IBAN></Id></{side}Acct>" if entry.account else ""
    structured = f"<Strd><CdtrRefInf><Ref>{entry.structured}</Ref></CdtrRefInf></Strd>" if entry.structured else ""
    text = f"<Ustrd>{escape(entry.text)}</Ustrd>" if entry.text else ""
    kind, said = "Cd" if len(entry.return_reason) == 4 else "Prtry", escape(entry.return_text)
    code = f"<Rsn><{kind}>{entry.return_reason}</{kind}></Rsn>" if entry.return_reason else ""
    told = f"<AddtlInf>{said}</AddtlInf>" if said else ""
    returned = f"<RtrInf>{code}{told}</RtrInf>" if code or told else ""
    return (
        f"<TxDtls><Refs>{original}<EndToEndId>{entry.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f'<Amt Ccy="{currency}">{euros(cents)}</Amt><RltdPties>{party}{account}</RltdPties>'
        f"<RmtInf>{text}{structured}</RmtInf>{returned}</TxDtls>"
    )
