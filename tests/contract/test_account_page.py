"""What the page keeps for a person and shows of their account, as their browser asks for it."""

from pathlib import Path

from rialto.identity.restrictions import Permission
from tests.gateway import Trader, refusal
from tests.person import someone
from tests.whole_exchange import whole_exchange

PREFERENCES = "/account/v1/preferences"
SECURITY = "/account/v1/security"
FREEZE = "/account/v1/freeze/own"


async def test_what_one_chose_is_kept_and_added_to(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        nothing = dict.fromkeys(("language", "currency", "mode", "palette", "rising", "motion"))
        assert await alice.do("GET", PREFERENCES) == {**nothing, "loginMail": False}
        await alice.do("PUT", PREFERENCES, language="pt-BR", mode="dark", palette="colour-blind")
        chosen = await alice.do("PUT", PREFERENCES, rising="red", motion="reduced", currency="EUR", loginMail="true")
        assert chosen == await alice.do("GET", PREFERENCES)
        assert chosen == {
            "language": "pt-BR",
            "currency": "EUR",
            "mode": "dark",
            "palette": "colour-blind",
            "rising": "red",
            "motion": "reduced",
            "loginMail": True,
        }
        for wrong in ({"mode": "loud"}, {"language": "<b>"}, {"currency": "euro"}, {"loginMail": "perhaps"}):
            assert (await alice.send("PUT", PREFERENCES, **wrong)).status_code == 400, wrong


async def test_what_protects_an_account_and_holds_it_back(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        before = await alice.do("GET", SECURITY)
        assert before == {
            "antiPhishingCode": None,
            "withdrawalsLockedUntil": None,
            "lockReason": None,
            "tradingLockedUntil": None,
            "isUnderReview": False,
        }
        await alice.do("POST", "/account/v1/anti-phishing-code", code="blue heron")
        await alice.with_app()
        after = await alice.do("GET", SECURITY)
        assert after["antiPhishingCode"] == "b•••n", "the whole is for mails"
        assert after["lockReason"] == "factor-changed"
        assert after["withdrawalsLockedUntil"] > whole.exchange.parts.wall_clock_us() // 1_000


async def test_one_freezes_ones_own_account_after_a_step_up(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        assert refusal(await alice.send("POST", FREEZE))[:2] == (403, -41201)
        await alice.step_up()
        await alice.do("POST", FREEZE)
        assert refusal(await alice.send("GET", "/account/v1/session"))[:2] == (401, -41007)
        identity = whole.exchange.parts.identity
        assert not identity.people.is_active(alice.owner)
        assert [mail.template for mail in identity.mailer.local_mailbox()] == ["account-frozen"]


async def test_the_log_is_read_by_kind_result_and_time(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        await alice.send("POST", "/account/v1/step-up", password="wrong password")
        await alice.step_up()
        await alice.do("POST", "/account/v1/anti-phishing-code", code="blue heron")
        path = "/account/v1/behaviour"
        every = await alice.do("GET", path)
        assert [entry["action"] for entry in every] == ["anti-phishing-code-changed", "step-up", "step-up"]
        assert await alice.do("GET", path, action="step-up") == every[1:]
        assert await alice.do("GET", path, result="refused") == every[2:]
        middle = every[1]["time"]
        assert every[1] in await alice.do("GET", path, startTime=middle, endTime=middle)
        assert await alice.do("GET", path, endTime=middle - 60_000) == []
        assert await alice.do("GET", "/account/v1/logins", result="done") == []


async def test_a_key_tells_when_it_was_last_used(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        keys = whole.exchange.parts.api_keys
        await alice.step_up()
        made = await alice.do("POST", "/account/v1/keys", label="bot", permissions=Permission.READ.value)
        name = made["key"]["apiKey"]
        assert made["key"]["usedAt"] is None
        bot = Trader(alice.client, keys.held_by(alice.owner, name), made["secretKey"])
        await bot.send("GET", "/api/v3/account")
        [shown] = await alice.do("GET", "/account/v1/keys")
        assert abs(shown["usedAt"] - whole.exchange.parts.wall_clock_us() // 1_000) < 60_000
        keys.flush_uses()
        thief = Trader(alice.client, keys.held_by(alice.owner, name), "not the secret")
        assert refusal(await thief.send("GET", "/api/v3/account"))[:2] == (400, -1022)
        assert (await alice.do("GET", "/account/v1/keys"))[0]["usedAt"] == shown["usedAt"]


async def test_who_wishes_is_told_of_every_login(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        mailer, form = whole.exchange.parts.identity.mailer, {"email": "alice@example.com"}
        password = "seven quiet herons over water"
        await alice.send("POST", "/account/v1/login", **form, password=password)
        first = len(mailer.local_mailbox())
        logged_in = (await alice.send("POST", "/account/v1/login", **form, password=password)).json()["session"]
        assert len(mailer.local_mailbox()) == first, "of a known device nobody is told unasked"
        alice.session = whole.exchange.parts.identity.sessions.by_id(logged_in["sessionId"], 0) or alice.session
        await alice.do("PUT", PREFERENCES, loginMail="true")
        await alice.send("POST", "/account/v1/login", **form, password=password)
        assert mailer.local_mailbox()[0].template == "login"
