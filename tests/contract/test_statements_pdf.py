"""Statements of account as PDF over the API: what they say, who gets them, and what is refused."""

import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from rialto.foundation.settings.statements import StatementSettings
from rialto.gateway.statements import ledger, words
from rialto.identity.operators import Role
from rialto.identity.restrictions import Permission
from tests.contract.test_operators import operators
from tests.contract.test_screening_people import verified
from tests.gateway import Trader, refusal
from tests.person import someone
from tests.statements import needs_the_fonts, text_of
from tests.whole_exchange import Whole, whole_exchange

PATH = "/account/v1/statement/pdf"
YEAR_MS = 365 * 86_400_000
PERMISSIONS = (Permission.READ, Permission.TRADE, Permission.TRANSFER)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def period(**more: Any) -> dict[str, Any]:
    """The last year, to a time that is still to come."""
    return {"startTime": now_ms() - YEAR_MS, "endTime": now_ms() + 60_000, **more}


async def traded(whole: Whole) -> Trader:
    """Somebody in whose accounts something moved for several reasons."""
    ann = await whole.trader("ann", PERMISSIONS, USDT="1000")
    bob = await whole.trader("bob", BTC="2")
    await bob.place("SELL", "100.00", "2")
    await ann.place("BUY", "100.00", "1.234")
    await ann.do("POST", "/sapi/v1/asset/transfer", type="MAIN_FUNDING", asset="USDT", amount="50.12345678")
    return ann


async def pdf(response: httpx.Response) -> bytes:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith('attachment; filename="statement-')
    assert response.headers["cache-control"] == "no-store"
    return response.content


async def test_a_pdf_says_all_that_the_statement_says(tmp_path: Path) -> None:
    needs_the_fonts()
    async with whole_exchange(tmp_path) as whole:
        ann = await traded(whole)
        shown = await ann.do("GET", "/account/v1/statement", **period(entries="true"))
        text = text_of(await pdf(await ann.send("GET", PATH, period())))
        assert "Statement of account for ann" in text
        names = {"spot": "Spot", "funding": "Funding"}
        reasons = {"deposit": "Deposits", "trade": "Trades", "fee": "Fees", "transfer": "Transfers"}
        assert len(shown["lines"]) >= 3
        for line in shown["lines"]:
            place = f"{names[line['account']]} {line['asset']}"
            assert f"{place} Opening balance {line['opening']}" in text
            assert f"{place} Closing balance {line['closing']}" in text
            for move in line["movements"]:
                assert f"{place} {reasons[move['reason']]} {move['amount']} {move['count']}" in text
        for entry in shown["entries"]:
            assert f"{reasons[entry['reason']]} {entry['amount']} {entry['balance']}" in text
        another = await whole.trader("eve")
        hers = text_of(await pdf(await another.send("GET", PATH, period())))
        assert "Nothing in this period." in hers
        assert "50.12345678" not in hers
        assert refusal(await another.send("GET", PATH, period(owner=ann.key.owner)))[1] == -1104


async def test_a_person_is_named_as_verified_in_their_language(tmp_path: Path) -> None:
    needs_the_fonts()
    settings = StatementSettings(issuer="Banco #let di Rialto", address="VAT 1\nVenice")
    async with whole_exchange(tmp_path, statements=settings) as whole, someone(whole, "zoe@example.com") as zoe:
        stranger = text_of(await pdf(await zoe.send("GET", PATH, **period())))
        assert "zoe@example.com" in stranger
        assert "Zoë" not in stranger
        await verified(whole, zoe)
        made = await pdf(await zoe.send("GET", PATH, **period(language="ar")))
        assert "Zoë Ångström" in text_of(made)
        assert "Banco #let di Rialto VAT 1 Venice" in text_of(made)
        assert "كشف" not in stranger
        assert set("كشف") <= set(text_of(made))


async def test_a_period_under_way_ends_when_it_is_printed(tmp_path: Path) -> None:
    needs_the_fonts()
    async with whole_exchange(tmp_path) as whole:
        ann = await traded(whole)
        text = text_of(await pdf(await ann.send("GET", PATH, period())))
        told = text.split("Period ")[1].split(" (UTC)")[0]
        assert told.split(" to ")[1] < time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 59))
        later = {"startTime": now_ms() + 60_000, "endTime": now_ms() + 120_000}
        assert refusal(await ann.send("GET", PATH, later))[1] == -1128


async def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_the_fonts()
    async with whole_exchange(tmp_path) as whole:
        ann = await traded(whole)
        assert refusal(await whole.client.get(PATH, params=period()))[:2] == (401, -2014)
        assert refusal(await ann.send("GET", PATH, period(startTime=now_ms() - 2 * YEAR_MS)))[1] == -1128
        assert refusal(await ann.send("GET", PATH, period(language="xx")))[1] == -1130
        assert refusal(await ann.send("GET", PATH, period(language="../en")))[1] == -1100
        monkeypatch.setattr(ledger, "ENTRIES_MAX", 2)
        told = refusal(await ann.send("GET", PATH, period()))
        assert told == (400, -1010, "more than 2 movements; ask for a shorter period")


async def test_a_package_without_fonts_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "FONTS_STAMP", tmp_path / "nothing")
    async with whole_exchange(tmp_path) as whole:
        ann = await whole.trader("ann")
        told = refusal(await ann.send("GET", PATH, period()))
        assert told == (400, -1010, "this exchange was built without the fonts that PDFs need")


async def test_an_operator_confirms_a_print_by_its_reference(tmp_path: Path) -> None:
    needs_the_fonts()
    async with whole_exchange(tmp_path) as whole, operators(whole, Role.SUPPORT, count=1) as (sam,):
        ann = await traded(whole)
        prints = [text_of(await pdf(await ann.send("GET", PATH, period(language=each)))) for each in ("en", "de")]
        for text in prints:
            told = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", text)[:2]
            start, end = (round(datetime.fromisoformat(f"{each}+00:00").timestamp() * 1000) for each in told)
            asked = {"owner": ann.key.owner, "startTime": start, "endTime": end, "reason": "a bank asks"}
            shown = await sam.do("GET", "/admin/v1/people/statement", **asked)
            assert shown["reference"] in text
            changed = await sam.do("GET", "/admin/v1/people/statement", **{**asked, "endTime": end - 1})
            assert changed["reference"] not in text
