"""Sub-accounts of who is logged in: made, frozen, given keys."""

from pathlib import Path

from rialto.contracts.vocabulary import AccountClass
from tests.gateway import Trader, refusal
from tests.person import someone
from tests.whole_exchange import whole_exchange

PATH = "/account/v1/sub-accounts"


async def test_a_master_makes_a_sub_account_gives_it_a_key_and_freezes_it(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        made = await alice.do("POST", PATH, name="desk", remark="the first")
        assert (made["isFreeze"], made["remark"], made["isManagedSubAccount"]) == (False, "the first", False)
        await whole.exchange.runtime.account_of(made["subUserId"], AccountClass.SPOT)
        asked = {"email": made["email"], "apiName": "bot", "status": 1, "canTrade": "true"}
        assert refusal(await alice.send("POST", f"{PATH}/keys", **asked))[1] == -41201
        await alice.step_up()
        key = await alice.do("POST", f"{PATH}/keys", **asked)
        found = whole.exchange.api_keys.find(key["apiKey"])
        assert found is not None
        bot = Trader(whole.client, found, key["secretKey"])
        await bot.do("GET", "/api/v3/account")
        listed = await alice.do("GET", f"{PATH}/keys", email=made["email"])
        assert (listed["total"], "secretKey" in listed["rows"][0]) == (1, False)
        frozen = await alice.do("POST", f"{PATH}/freeze", email=made["email"])
        assert frozen["isFreeze"]
        assert refusal(await bot.send("GET", "/api/v3/account"))[:2] == (401, -2015)
        assert (await alice.do("GET", PATH))["subAccounts"] == [frozen]
        assert not (await alice.do("POST", f"{PATH}/unfreeze", email=made["email"]))["isFreeze"]
        await bot.do("GET", "/api/v3/account")
        await alice.do("DELETE", f"{PATH}/keys?email={made['email']}&subAccountApiKey={key['apiKey']}")
        assert refusal(await bot.send("GET", "/api/v3/account"))[:2] == (401, -2015)
        behaviour = whole.exchange.parts.identity.behaviour
        for owner in (alice.owner, made["subUserId"]):
            written = behaviour.of_owner(owner)
            actions = [entry.action for entry in reversed(written) if entry.action.startswith("sub-account")]
            assert actions == [
                "sub-account-made",
                "sub-account-key-made",
                "sub-account-frozen",
                "sub-account-unfrozen",
                "sub-account-key-ended",
            ]
            assert key["secretKey"] not in str(written)
            assert {entry.address for entry in written if entry.action.startswith("sub-account")} == {"127.0.0.1"}


async def test_what_the_exchange_froze_stays_frozen(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        made = await alice.do("POST", PATH, name="desk")
        people = whole.exchange.parts.identity.people
        people.freeze(made["subUserId"], whole.exchange.parts.wall_clock_us())
        await alice.step_up()
        assert refusal(await alice.send("POST", f"{PATH}/unfreeze", email=made["email"]))[:2] == (400, -4001)
        assert not people.is_active(made["subUserId"])


async def test_a_sub_account_for_an_investor_is_seen_by_both(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, someone(whole) as alice:
        bob = await whole.trader("bob", USDT="100")
        made = await alice.do("POST", PATH, name="fund", investorId=bob.key.owner)
        assert made["isManagedSubAccount"]
        seen = await bob.do("GET", "/sapi/v1/managed-subaccount/info")
        (info,) = seen["managerSubUserInfoVoList"]
        assert (info["email"], info["bindParentEmail"]) == (made["email"], "alice@example.com")
        for investor in (9_999, alice.owner, made["subUserId"]):
            assert refusal(await alice.send("POST", PATH, name="fund", investorId=investor))[:2] == (400, -5021)
        async with someone(whole, "carol@example.com") as carol:
            for path in ("freeze", "unfreeze"):
                await carol.step_up()
                response = await carol.send("POST", f"{PATH}/{path}", email=made["email"])
                assert refusal(response) == (400, -5021, "This parent sub have no relation")
            response = await carol.send("GET", f"{PATH}/keys", email=made["email"])
            assert refusal(response)[:2] == (400, -5021)
            assert (await carol.do("GET", PATH))["subAccounts"] == []


async def test_no_key_opens_these_calls(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        bob = await whole.trader("bob")
        for method, path in (("POST", PATH), ("GET", PATH)):
            sent = {"name": "x"} if method == "POST" else {}
            assert refusal(await bob.send(method, path, sent))[0] == 401
