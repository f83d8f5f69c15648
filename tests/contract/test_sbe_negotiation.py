"""Who gets SBE over REST, in which headers, and what refusals look like, against a live server."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from rialto.contracts.commands import Post, RegisterAsset
from rialto.contracts.vocabulary import PostingReason
from rialto.gateway.limits import RateLimit, RateLimits
from tests.gateway import Live, live
from tests.sbe import Decoded, decode

TIME = "/api/v3/time"


async def ask(
    exchange: Live, accept: str, schema: str | None = "3:5", path: str = TIME, **parameters: Any
) -> httpx.Response:
    headers = {"Accept": accept} | ({} if schema is None else {"X-MBX-SBE": schema})
    return await exchange.client.get(path, headers=headers, params=parameters)


def refused(response: httpx.Response) -> tuple[int, int, str]:
    decoded = decode(response.content)
    assert (decoded.message, response.headers["content-type"]) == ("ErrorResponse", "application/sbe")
    return response.status_code, decoded["code"], decoded["msg"]


async def test_times_are_in_microseconds_whatever_unit_is_asked_for(exchange: Live) -> None:
    for unit in ({}, {"X-MBX-TIME-UNIT": "MILLISECOND"}):
        headers = {"Accept": "application/sbe", "X-MBX-SBE": "3:5", **unit}
        response = await exchange.client.get(TIME, headers=headers)
        assert abs(decode(response.content)["serverTime"] - exchange.runtime.now_us()) < 60_000_000
    wrong = {"Accept": "application/sbe", "X-MBX-SBE": "3:5", "X-MBX-TIME-UNIT": "SECOND"}
    assert refused(await exchange.client.get(TIME, headers=wrong))[:2] == (400, -1194)


async def test_a_deprecated_version_gets_the_newest_and_is_told(exchange: Live) -> None:
    for schema, is_told in (("3:5", False), ("3:4", True), ("3:2", True)):
        response = await ask(exchange, "application/sbe", schema)
        decoded = decode(response.content)
        assert (response.status_code, decoded.version) == (200, 5)
        assert ("x-mbx-sbe-deprecated" in response.headers) is is_told
        assert response.headers["x-mbx-used-weight"]
    refusal = await ask(exchange, "application/sbe", "3:4", "/api/v3/depth", symbol="NOSUCH")
    assert refused(refusal)[1] == -1121
    assert "x-mbx-sbe-deprecated" in refusal.headers


@pytest.mark.parametrize(
    ("schema", "code", "message"),
    [
        (None, -1152, "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`."),
        ("3-5", -1152, "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`."),
        ("3:1", -1153, "Unsupported SBE schema ID or version specified in the `X-MBX-SBE` header."),
        ("7:0", -1153, "Unsupported SBE schema ID or version specified in the `X-MBX-SBE` header."),
    ],
)
async def test_a_wrong_schema_is_refused_in_sbe_or_answered_in_json(
    exchange: Live, schema: str | None, code: int, message: str
) -> None:
    assert refused(await ask(exchange, "application/sbe", schema)) == (400, code, message)
    fallen_back = await ask(exchange, "application/sbe, application/json", schema)
    assert (fallen_back.status_code, fallen_back.headers["content-type"]) == (200, "application/json;charset=UTF-8")
    assert fallen_back.json()["serverTime"] < 10**14


async def test_both_types_and_a_good_schema_get_sbe(exchange: Live) -> None:
    response = await ask(exchange, "application/json, application/sbe;q=0.9")
    assert (response.headers["content-type"], decode(response.content).message) == (
        "application/sbe",
        "ServerTimeResponse",
    )


async def test_who_does_not_ask_gets_json_with_the_header_or_without(exchange: Live) -> None:
    for accept in ("*/*", "application/json"):
        assert set((await ask(exchange, accept)).json()) == {"serverTime"}


async def test_unknown_paths_and_methods_are_refused_in_sbe(exchange: Live) -> None:
    assert refused(await ask(exchange, "application/sbe", path="/api/v3/nothing"))[:2] == (404, -1020)
    headers = {"Accept": "application/sbe", "X-MBX-SBE": "3:5"}
    response = await exchange.client.post(TIME, headers=headers)
    assert refused(response)[:2] == (405, -1020)
    assert response.headers["allow"] == "GET"


async def test_a_refusal_by_a_rate_limit_says_until_when(tmp_path: Path) -> None:
    limits = RateLimits(request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 2))
    async with live(tmp_path, limits=limits) as exchange:
        answers = [await ask(exchange, "application/sbe") for _ in range(3)]
        decoded: Decoded = decode(answers[-1].content)
        assert (answers[-1].status_code, decoded["code"]) == (429, -1003)
        wait_s = int(answers[-1].headers["retry-after"])
        assert decoded["retryAfter"] - decoded["serverTime"] == wait_s * 1_000_000


async def test_amounts_beyond_what_eight_places_leave_room_for_are_exact(exchange: Live) -> None:

    await exchange.runtime.submit(RegisterAsset("SHIB"))
    await exchange.runtime.submit(Post(5, 2, "589735030408322.5", PostingReason.DEPOSIT))
    plain = await exchange.alice.do("GET", "/api/v3/account")
    response = await exchange.alice.send(
        "GET", "/api/v3/account", headers={"Accept": "application/sbe", "X-MBX-SBE": "3:5"}
    )
    shown = {each["asset"]: each["free"] for each in decode(response.content)["balances"]}
    assert {asset: f"{free:.8f}" for asset, free in shown.items()} == {
        each["asset"]: each["free"] for each in plain["balances"]
    }


async def test_an_amount_that_fits_in_no_exponent_is_refused_rather_than_rounded(exchange: Live) -> None:
    await exchange.runtime.submit(RegisterAsset("SHIB"))
    await exchange.runtime.submit(Post(5, 2, "92233720368.54775809", PostingReason.DEPOSIT))
    headers = {"Accept": "application/sbe", "X-MBX-SBE": "3:5"}
    assert refused(await exchange.alice.send("GET", "/api/v3/account", headers=headers))[:2] == (500, -1000)
    assert (await exchange.alice.do("GET", "/api/v3/account"))["balances"][2]["free"] == "92233720368.54775809"
