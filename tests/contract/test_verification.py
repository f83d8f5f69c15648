"""Being verified, as a person does it and as others try to: documents, cases, the review, and what runs out."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rialto.identity.resealing import reseal
from rialto.identity.verification.cases import Cases
from rialto.identity.verification.documents import PIECE_BYTES
from rialto.identity.verification.model import CaseRefused, CaseState, Decision
from tests.gateway import refusal
from tests.person import Someone, someone
from tests.whole_exchange import Whole, whole_exchange

PATH = "/account/v1/verification"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40_000) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
PDF = b"%PDF-1.7\nsomething\n%%EOF\n"
ABOUT = {
    "firstName": "Zoë",
    "lastName": "Ångström",
    "birthDate": "1990-02-28",
    "country": "SE",
    "address": "Storgatan 1, Uppsala",
    "documentType": "passport",
    "documentNumber": "X1234567",
}


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    (tmp_path / "rialto.toml").write_text('[verification]\nrefused_countries = ["KP"]\n', encoding="utf-8")
    async with whole_exchange(tmp_path) as whole:
        yield whole


def cases_of(whole: Whole) -> Cases:
    return whole.exchange.families.verification.cases


async def show(
    someone_: Someone,
    content: bytes = PNG,
    content_type: str = "image/png",
    kind: str = "identity",
    **more: object,
) -> Any:
    """Send a document; return the last answer."""
    about = {"kind": kind, "contentType": content_type, "size": len(content), **more}
    begun = await someone_.do("POST", f"{PATH}/documents", **about)
    response = None
    for number in range(begun["pieces"]):
        piece = content[number * PIECE_BYTES : (number + 1) * PIECE_BYTES]
        data = base64.urlsafe_b64encode(piece).decode().rstrip("=")
        response = await someone_.send(
            "POST", f"{PATH}/documents/piece", documentId=begun["documentId"], number=number, data=data
        )
        if response.status_code != 200:
            break
    assert response is not None
    return response.json()


async def submit(someone_: Someone, document: str, level: int = 1, **changes: object) -> Any:
    return await someone_.do("POST", PATH, **{**ABOUT, "level": level, "documents": document, **changes})


async def refused(someone_: Someone, document: str, level: int = 1, **changes: object) -> int:
    about = {**ABOUT, "level": level, "documents": document, **changes}
    return int(refusal(await someone_.send("POST", PATH, **about))[1])


async def test_a_person_is_verified_to_both_levels(whole: Whole) -> None:
    cases, now_us = cases_of(whole), whole.exchange.parts.wall_clock_us()
    async with someone(whole) as alice:
        assert await alice.do("GET", PATH) == {"level": 0, "country": None, "case": None, "fundsGiven": None}
        shown = await show(alice)
        assert shown["isWhole"] is True
        assert await refused(alice, shown["documentId"]) == -41201
        await alice.step_up()
        case = (await submit(alice, shown["documentId"]))["case"]
        assert (case["level"], case["state"]) == (1, "submitted")
        assert await refused(alice, shown["documentId"]) == -41303
        (waiting,) = cases.waiting()
        assert cases.documents.content(shown["documentId"]) == PNG
        with pytest.raises(CaseRefused):
            cases.decide(waiting.id, "olga", Decision.APPROVE, "", now_us)
        cases.take(waiting.id, "olga", now_us)
        assert cases.stated(waiting.id, "olga", now_us).last_name == "Ångström"
        with pytest.raises(CaseRefused):
            cases.stated(waiting.id, "otto", now_us)
        cases.decide(waiting.id, "olga", Decision.WANT_MORE, "The picture is dark.", now_us)
        assert (await alice.do("GET", PATH))["case"]["reason"] == "The picture is dark."
        await submit(alice, (await show(alice, PDF, "application/pdf"))["documentId"])
        cases.take(waiting.id, "olga", now_us)
        cases.decide(waiting.id, "olga", Decision.APPROVE, "", now_us)
        verified = await alice.do("GET", PATH)
        assert (verified["level"], verified["country"], verified["case"]["state"]) == (1, "SE", "approved")
        second = await submit(alice, (await show(alice, kind="address"))["documentId"], level=2)
        number = second["case"]["caseId"]
        cases.take(number, "olga", now_us)
        assert cases.decide(number, "olga", Decision.APPROVE, "", now_us).state is CaseState.SUBMITTED
        assert (await alice.do("GET", PATH))["level"] == 1
        with pytest.raises(CaseRefused):
            cases.take(number, "olga", now_us)
        cases.take(number, "otto", now_us)
        cases.decide(number, "otto", Decision.APPROVE, "", now_us)
        assert (await alice.do("GET", PATH))["level"] == 2
    templates = [mail.template for mail in whole.exchange.parts.identity.mailer.local_mailbox()]
    assert templates.count("verification-approved") == 2
    log = whole.exchange.parts.identity.behaviour
    assert {"verification-submitted", "verification-viewed", "verification-agreed"} <= {
        entry.action for entry in log.of_owner(alice.owner)
    }


async def test_what_it_takes_is_told_to_anybody(whole: Whole) -> None:
    told = (await whole.client.get(f"{PATH}/rules")).json()
    assert [(each["level"], each["document"], each["withdrawalLimit"]) for each in told["levels"]] == [
        (0, None, "0"),
        (1, "identity", "50000"),
        (2, "address", "1000000"),
    ]
    by_country = {each["country"]: each["levelMax"] for each in told["countries"]}
    assert (by_country["KP"], by_country["SE"]) == (0, 2)
    assert told["documentBytesMax"] == 5_242_880
    assert told["hasProvider"] is False


async def test_documents_are_listed_and_taken_back_until_they_are_in_a_case(whole: Whole) -> None:
    documents = f"{PATH}/documents"
    async with someone(whole) as alice, someone(whole, "mallory@example.com") as mallory:
        await alice.step_up()
        first, second = (await show(alice))["documentId"], (await show(alice, PDF, "application/pdf"))["documentId"]
        listed = await alice.do("GET", documents)
        assert {(each["documentId"], each["contentType"]) for each in listed} == {
            (first, "image/png"),
            (second, "application/pdf"),
        }
        assert refusal(await mallory.send("DELETE", documents, documentId=first))[1] == -41302
        assert await mallory.do("GET", documents) == []
        (left,) = await alice.do("DELETE", documents, documentId=first)
        assert (left["documentId"], left["isWhole"], left["caseId"]) == (second, True, None)
        assert await refused(alice, first) == -41302
        await submit(alice, second)
        assert refusal(await alice.send("DELETE", documents, documentId=second))[1] == -41302
        (kept,) = await alice.do("GET", documents)
        assert kept["caseId"] is not None


async def test_documents_are_their_owners_alone(whole: Whole) -> None:
    async with someone(whole) as alice, someone(whole, "mallory@example.com") as mallory:
        theirs = (await show(alice))["documentId"]
        begun = await alice.do("POST", f"{PATH}/documents", kind="identity", contentType="image/png", size=len(PNG))
        piece = {"documentId": begun["documentId"], "number": 0, "data": "aaaa"}
        assert refusal(await mallory.send("POST", f"{PATH}/documents/piece", **piece))[1] == -41302
        await mallory.step_up()
        assert await refused(mallory, theirs) == -41302
        assert await refused(mallory, "../../master.key") == -1100
        assert (await mallory.do("GET", PATH))["case"] is None


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<html><script>alert(1)</script>", "image/png"),
        (PNG + b"<script>alert(1)</script>", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(100) + b"\xff\xd9PK\x03\x04", "image/jpeg"),
        (PDF + b"PK\x03\x04", "application/pdf"),
        (b"MZ" + PDF, "application/pdf"),
        (PDF, "image/png"),
    ],
)
async def test_what_is_two_things_at_once_is_refused(whole: Whole, content: bytes, content_type: str) -> None:
    async with someone(whole) as alice:
        assert (await show(alice, content, content_type))["code"] == -41301


async def test_a_case_states_what_is_asked_for_and_no_more(whole: Whole) -> None:
    async with someone(whole) as alice:
        await alice.step_up()
        document = (await show(alice))["documentId"]
        assert await refused(alice, document, country="KP") == -4044
        assert await refused(alice, document, country="QQ") == -41303
        assert await refused(alice, document, birthDate="2020-01-01") == -41303
        assert await refused(alice, document, birthDate="1990-02-30") == -41303
        assert await refused(alice, document, level=2) == -41303
        assert await refused(alice, document, state="approved") == -1104
        assert await refused(alice, document, owner="1") == -1104
        assert (await alice.do("GET", PATH))["case"] is None
        late = {"kind": "identity", "contentType": "image/png", "size": 10, "expires": 1_000_000_000_000}
        assert refusal(await alice.send("POST", f"{PATH}/documents", **late))[1] == -41301


async def test_what_is_kept_is_sealed_and_survives_a_new_master_key(whole: Whole, tmp_path: Path) -> None:
    parts = whole.exchange.parts
    async with someone(whole) as alice:
        await alice.step_up()
        document = (await show(alice, PDF, "application/pdf"))["documentId"]
        await submit(alice, document)
        reseal(parts.people, parts.master_key)
        assert cases_of(whole).documents.content(document) == PDF
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("rialto.sqlite*"))
        assert b"Storgatan" not in kept
        assert b"X1234567" not in kept
        assert b"%PDF" not in kept


async def test_a_document_that_runs_out_takes_its_level_along(whole: Whole) -> None:
    cases, now_us = cases_of(whole), whole.exchange.parts.wall_clock_us()
    expires_ms = now_us // 1000 + 86_400_000
    async with someone(whole) as alice:
        await alice.step_up()
        document = (await show(alice, expires=expires_ms))["documentId"]
        number = (await submit(alice, document))["case"]["caseId"]
        cases.take(number, "olga", now_us)
        cases.decide(number, "olga", Decision.APPROVE, "", now_us)
        assert cases.expire(now_us) == 0
        assert cases.expire(expires_ms * 1000) == 1
        assert cases.expire(expires_ms * 1000) == 0
        after = await alice.do("GET", PATH)
        assert (after["level"], after["case"]["state"]) == (0, "expired")


async def test_who_may_be_on_a_list_is_approved_by_two(tmp_path: Path) -> None:
    listed = "name,aliases,birth_date,countries,reference\nZoe Angstrom,,1990,SE,L-7\n"
    (tmp_path / "list.csv").write_text(listed, encoding="utf-8")
    (tmp_path / "rialto.toml").write_text('[verification]\nwatch_lists = ["list.csv"]\n', encoding="utf-8")
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        cases, now_us = cases_of(whole), whole.exchange.parts.wall_clock_us()
        await alice.step_up()
        number = (await submit(alice, (await show(alice))["documentId"]))["case"]["caseId"]
        cases.take(number, "olga", now_us)
        (hit,) = cases.hits(cases.stated(number, "olga", now_us))
        assert hit.reference == "L-7"
        assert cases.decide(number, "olga", Decision.APPROVE, "", now_us).state is CaseState.SUBMITTED
        assert (await alice.do("GET", PATH))["level"] == 0
        cases.take(number, "otto", now_us)
        cases.decide(number, "otto", Decision.APPROVE, "", now_us)
        assert (await alice.do("GET", PATH))["level"] == 1
