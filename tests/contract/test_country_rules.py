"""Whose people are taken, by where they live: at sign-up, when verified, and when they would bring something in."""

from pathlib import Path

from tests.contract.test_people import EMAIL, browser
from tests.contract.test_verification import refused, show, submit
from tests.custody_exchange import custody_exchange
from tests.gateway import refusal
from tests.person import PASSWORD, someone
from tests.whole_exchange import whole_exchange

RULES = '[verification]\nrefused_countries = ["KP"]\nlimited_countries = ["CU"]\n'
CONFIRM = "sign-up/confirm"
ADDRESS = "/sapi/v1/capital/deposit/address"


async def test_who_lives_where_nobody_is_taken_from_does_not_sign_up(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(RULES, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole, browser(whole) as alice:
        people = whole.exchange.parts.identity.people
        await alice.post("sign-up", email=EMAIL)
        about = {"token": await alice.token(EMAIL, "sign-up"), "password": PASSWORD}
        assert refusal(await alice.send("POST", CONFIRM, **about))[1] == -1102
        assert refusal(await alice.send("POST", CONFIRM, **about, country="QQ"))[1] == -1130
        assert refusal(await alice.send("POST", CONFIRM, **about, country="KP"))[1] == -4044
        assert people.find_by_email(EMAIL) is None
        session = await alice.post(CONFIRM, **about, country="CU")
        person = people.find(session["userId"])
        assert person is not None
        assert person.country == "CU"


async def test_nobody_is_asked_where_it_does_not_matter(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, browser(whole) as alice:
        await alice.sign_up(EMAIL)
        assert (await alice.get("session"))["email"] == EMAIL


async def test_no_addresses_are_given_where_nothing_may_come_in_from(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(RULES, encoding="utf-8")
    async with custody_exchange(tmp_path) as funded, someone(funded.whole) as alice:
        people = funded.whole.exchange.parts.identity.people
        assert (await alice.do("GET", ADDRESS, coin="ETH"))["coin"] == "ETH"
        for country in ("CU", "KP"):
            people.set_country(alice.owner, country)
            for path in (ADDRESS, f"{ADDRESS}/list"):
                answer = refusal(await alice.send("GET", path, coin="ETH"))
                assert answer == (400, -4044, "This is a blacklist country.")
        people.set_country(alice.owner, "SE")
        assert (await alice.do("GET", ADDRESS, coin="ETH"))["coin"] == "ETH"
        # Who is no person lives nowhere.
        trader = await funded.whole.trader("bot")
        assert (await trader.do("GET", ADDRESS, coin="ETH"))["coin"] == "ETH"


async def test_people_of_limited_countries_are_verified_to_the_first_level(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").write_text(RULES, encoding="utf-8")
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await alice.step_up()
        document = (await show(alice))["documentId"]
        assert await refused(alice, document, country="KP") == -4044
        assert (await submit(alice, document, country="CU"))["case"]["state"] == "submitted"
    async with whole_exchange(tmp_path) as whole, someone(whole, "bob@example.com") as bob:
        whole.exchange.parts.identity.people.set_level(bob.owner, 1, 1)
        await bob.step_up()
        document = (await show(bob, kind="address"))["documentId"]
        assert await refused(bob, document, level=2, country="CU") == -41303
        assert (await submit(bob, document, level=2))["case"]["level"] == 2
