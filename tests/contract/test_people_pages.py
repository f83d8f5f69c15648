"""The pages that mails lead to, as any browser without scripts uses them: looked at, filled in, refused."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest_asyncio

from rialto.gateway.people.pages.forms import FORMS, PAGES
from rialto.gateway.people.pages.site import MAILBOX_PATH
from tests.browser import PASSWORD, Browser
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "alice@example.com"
OTHER_PASSWORD = "nine Loud harbours at noon"


@pytest_asyncio.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path) as running:
        yield running


class Read(HTMLParser):
    """What stands on a page: forms with their fields, labels, what is told, and whether anything runs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.labelled: set[str] = set()
        self.fields: set[str] = set()
        self.alerts = 0
        self.scripts = 0
        self._form = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.scripts += tag == "script" or any(name.startswith("on") for name in given)
        self.alerts += given.get("role") == "alert"
        if tag == "form":
            assert given["method"] == "post"
            self._form = given["action"]
            self.forms[self._form] = {}
        elif tag == "label":
            self.labelled.add(given["for"])
        elif tag in ("input", "select"):
            self.forms[self._form][given["name"]] = given.get("value", "")
            if given.get("type") != "hidden":
                self.fields.add(given["id"])


def browser(whole: Whole) -> Browser:
    return Browser(f"http://127.0.0.1:{whole.exchange.port}")


async def sent(page: Browser, path: str, **fields: str) -> httpx.Response:
    """Send a form as a browser does."""
    headers = {"origin": str(page.http.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    return await page.http.post(path, data=fields, headers=headers)


async def link_in_mail(page: Browser, what: str) -> str:
    """The newest link to a page, as a path."""
    for mail in await page.mails(EMAIL):
        found = re.search(rf"https?://[^/]+(/account/{what}\S*)", mail["body"])
        if found:
            return found[1]
    raise AssertionError(what)


async def test_the_link_leads_to_a_page_whose_button_freezes(whole: Whole) -> None:
    async with browser(whole) as alice, browser(whole) as anyone:
        owner = (await alice.sign_up(EMAIL))["userId"]
        await alice.post("password", password=PASSWORD, newPassword=OTHER_PASSWORD)
        link = await link_in_mail(anyone, "freeze")
        people = whole.exchange.parts.identity.people
        # Whoever scans mails looks at links, and freezes nobody.
        assert (await anyone.http.get(link)).status_code == 200
        page = await anyone.http.get(link)
        assert (page.status_code, people.is_active(owner)) == (200, True)
        (path, fields), *others = Read(page.text).forms.items()
        assert others == []
        done = await sent(anyone, path, **fields)
        assert (done.status_code, "is frozen" in done.text) == (200, True)
        assert not people.is_active(owner)
        again = await sent(anyone, path, **fields)
        assert (again.status_code, Read(again.text).alerts, Read(again.text).forms) == (400, 1, {})


async def test_signing_up_and_setting_a_new_password_take_no_script(whole: Whole) -> None:
    async with browser(whole) as alice:
        assert (await sent(alice, "/account/sign-up/mail", email=EMAIL)).status_code == 200
        confirm = "/account/sign-up/confirm"
        proof = {"email": EMAIL, "code": await alice.code(EMAIL)}
        weak = await sent(alice, confirm, **proof, password="password1")
        assert (weak.status_code, Read(weak.text).alerts, confirm in Read(weak.text).forms) == (400, 1, True)
        assert "password1" not in weak.text
        done = await sent(alice, confirm, **proof, password=PASSWORD)
        assert (done.status_code, "you are logged in" in done.text) == (200, True)
        assert (await alice.http.get("/account/v1/sessions")).status_code == 200
    async with browser(whole) as later:
        assert (await sent(later, "/account/reset/mail", email=EMAIL)).status_code == 200
        proof = {"email": EMAIL, "code": await later.code(EMAIL)}
        done = await sent(later, "/account/reset/confirm", **proof, password=OTHER_PASSWORD, factor="", factorCode="")
        assert (done.status_code, "password is set" in done.text) == (200, True)
        await later.post("login", email=EMAIL, password=OTHER_PASSWORD)


async def test_a_page_of_another_site_sends_no_form_here(whole: Whole) -> None:
    async with browser(whole) as alice:
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
            refused = await alice.http.post("/account/sign-up/mail", data={"email": EMAIL}, headers=headers)
            assert (refused.status_code, Read(refused.text).alerts) == (403, 1)
        assert await alice.mails(EMAIL) == []


async def test_pages_run_nothing_and_every_field_has_its_label(whole: Whole) -> None:
    async with browser(whole) as anyone:
        for path in (*PAGES, *FORMS):
            page = await anyone.http.get(path, params={"token": "x"})
            assert page.status_code == 200, path
            policy = page.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'sha256-")
            assert "form-action 'self'; frame-ancestors 'none'" in policy
            kept = [page.headers[name] for name in ("cache-control", "referrer-policy", "x-content-type-options")]
            assert kept == ["no-store", "same-origin", "nosniff"]
            read = Read(page.text)
            assert (read.scripts, read.fields - read.labelled) == (0, set())
            assert (await anyone.http.head(path, params={"token": "x"})).content == b""


async def test_what_is_not_whole_is_told_and_not_repeated(whole: Whole) -> None:
    async with browser(whole) as anyone:
        for query in ("", '?token="><script>alert(1)</script>', "?token=a&token=b", "?token=%ff"):
            page = await anyone.http.get(f"/account/freeze{query}")
            assert (page.status_code, Read(page.text).forms, Read(page.text).scripts) == (400, {}, 0), query
        for fields in ({}, {"token": "x"}, {"token": "'><b>"}):
            refused = await sent(anyone, "/account/freeze/confirm", **fields)
            assert (refused.status_code, Read(refused.text).alerts, "<b>" in refused.text) == (400, 1, False)
        assert (await anyone.http.post("/account/freeze", data={"token": "x"})).status_code == 405
        assert (await anyone.http.put("/account/freeze/confirm")).status_code == 405


async def test_every_link_that_is_mailed_leads_somewhere(whole: Whole) -> None:
    async with browser(whole) as alice:
        await alice.sign_up(EMAIL)
        await alice.post("sign-up", email=EMAIL)
        await alice.post("password/forgotten", email=EMAIL)
        await alice.post("password/forgotten", email="nobody@example.com")
        await alice.post("password", password=PASSWORD, newPassword=OTHER_PASSWORD)
        await alice.post("freeze", token=await alice.token(EMAIL, "freeze"))
        mails = await alice.get("mailbox")
        found = [link for mail in mails for link in re.findall(r"https?://[^/]+(/account/[^\s,]*)", mail["body"])]
        links = {link.rstrip(".") for link in found}
        assert len({link.partition("?")[0].partition("#")[0] for link in links}) == len(PAGES)
        for link in links:
            assert (await alice.http.get(link)).status_code == 200, link


async def test_the_local_mailbox_is_a_page_whose_links_can_be_opened(whole: Whole) -> None:
    async with browser(whole) as anyone:
        assert "No mail yet" in (await anyone.http.get(MAILBOX_PATH)).text
        await anyone.post("sign-up", email=EMAIL)
        await anyone.post("sign-up", email="o'hara@example.com")
        page = await anyone.http.get(MAILBOX_PATH, params={"to": EMAIL})
        link = await link_in_mail(anyone, "sign-up")
        assert re.search(rf'<a href="https?://[^/"]+{link}"', page.text), page.text
        assert (await anyone.code(EMAIL)) in page.text
        assert "hara" not in page.text
        assert Read((await anyone.http.get(MAILBOX_PATH)).text).scripts == 0
        elsewhere = await anyone.http.get(MAILBOX_PATH, headers={"host": "rebound.example"})
        assert (elsewhere.status_code, EMAIL in elsewhere.text, Read(elsewhere.text).alerts) == (403, False, 1)


async def test_with_a_mail_server_there_is_no_mailbox(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, smtp_host="127.0.0.1", smtp_port=1) as whole, browser(whole) as anyone:
        page = await anyone.http.get(MAILBOX_PATH)
        assert (page.status_code, Read(page.text).alerts) == (404, 1)
