"""The files over HTTP: what is served and listed, and that nothing else is."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio

from rialto.gateway.limits import RateLimit, RateLimits
from rialto.gateway.request import Request
from rialto.portal import site as site_module
from rialto.portal.site import PortalSite
from tests.gateway import Live, live

BUCKET = "/data.binance.vision"
S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"
NAMES = [f"BTCUSDT-1m-2026-{month:02}-{day:02}.zip" for month in (10, 11) for day in range(1, 29)]
FOLDER = "data/spot/daily/klines/BTCUSDT/1m"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    portal = tmp_path / "portal"
    for name in NAMES:
        for full in (name, f"{name}.CHECKSUM"):
            write(portal / FOLDER / full, full.encode() * 3)
    write(portal / "data/spot/daily/trades/ETHUSDT/ETHUSDT-trades-2026-11-28.zip", b"")
    write(portal / "data/spot/daily/trades/A-B/A-B-trades-2026-11-28.zip", b"x")
    write(portal / "data/spot/daily/trades/A/A-trades-2026-11-28.zip", b"x")
    write(portal / "data/spot/daily/trades/A/.A-trades-2026-11-29.zip.part", b"hidden")
    write(tmp_path / "secret.zip", b"secret")
    (portal / "data/spot/linked.zip").symlink_to(tmp_path / "secret.zip")
    (portal / "data/spot/linked").symlink_to(tmp_path)
    (portal / "data/spot/empty").mkdir()
    os.mkfifo(portal / "data/spot/pipe.zip")
    return portal


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest_asyncio.fixture
async def exchange(tmp_path: Path, directory: Path) -> AsyncIterator[Live]:
    site = PortalSite(directory)
    async with live(tmp_path, sites=[site]) as running:
        yield running
    site.close()


async def listed(exchange: Live, path: str = BUCKET, **parameters: Any) -> ET.Element:
    response = await exchange.client.get(
        path, params={name.replace("_", "-"): text for name, text in parameters.items()}
    )
    assert (response.status_code, response.headers["content-type"]) == (200, "application/xml")
    return ET.fromstring(response.content)


def keys(answer: ET.Element) -> list[str]:
    return [str(each.text) for each in answer.findall(f"{S3}Contents/{S3}Key")]


def folders(answer: ET.Element) -> list[str]:
    return [str(each.text) for each in answer.findall(f"{S3}CommonPrefixes/{S3}Prefix")]


async def test_files_are_served_whole(exchange: Live) -> None:
    response = await exchange.client.get(f"/{FOLDER}/{NAMES[0]}")
    assert (response.status_code, response.content) == (200, NAMES[0].encode() * 3)
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["content-length"] == str(3 * len(NAMES[0]))
    sums = await exchange.client.get(f"/{FOLDER}/{NAMES[0]}.CHECKSUM")
    assert (sums.status_code, sums.headers["content-type"]) == (200, "text/plain")
    empty = await exchange.client.get("/data/spot/daily/trades/ETHUSDT/ETHUSDT-trades-2026-11-28.zip")
    assert (empty.status_code, empty.content) == (200, b"")
    head = await exchange.client.head(f"/{FOLDER}/{NAMES[0]}")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(3 * len(NAMES[0])))


async def test_a_large_file_comes_in_pieces(exchange: Live, directory: Path) -> None:
    content = bytes(range(256)) * 20_000
    write(directory / "data/spot/large.zip", content)
    for _ in range(2):  # The connection serves on.
        assert (await exchange.client.get("/data/spot/large.zip")).content == content


@pytest.mark.parametrize(
    "path",
    [
        "/data/spot/../../../secret.zip",
        "/data/%2e%2e/%2e%2e/secret.zip",
        "/data/..%2f..%2fsecret.zip",
        "/data//etc/passwd",
        "/data/spot/linked.zip",
        "/data/spot/linked/secret.zip",
        "/data/spot/pipe.zip",
        "/data/spot",
        "/data/spot/",
        "/data/",
        "/data/spot/daily/trades/A/.A-trades-2026-11-29.zip.part",
        "/data/spot/none.zip",
        "/data/spot/%00.zip",
        "/data/" + "a/" * 500 + "b",
        "/data/" + "a" * 300,
        "/data/%F0%9F%92%A9",
    ],
)
async def test_nothing_else_is_served(exchange: Live, path: str) -> None:
    request = exchange.client.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    response = await exchange.client.send(request)
    assert response.status_code == 404
    if response.headers["content-type"] == "application/xml":
        assert ET.fromstring(response.content).findtext("Code") == "NoSuchKey"


async def test_lists_go_by_folder_and_by_prefix(exchange: Live) -> None:
    answer = await listed(exchange, delimiter="/", prefix="data/spot/daily/")
    assert folders(answer) == ["data/spot/daily/klines/", "data/spot/daily/trades/"]
    assert keys(answer) == []
    assert folders(await listed(exchange, delimiter="/")) == ["data/"]
    assert folders(await listed(exchange, delimiter="/", prefix="data/spot/")) == ["data/spot/daily/"]
    # In the order of the keys, not of the names: "A-B/" comes before "A/".
    trades = await listed(exchange, delimiter="/", prefix="data/spot/daily/trades/")
    assert folders(trades) == [f"data/spot/daily/trades/{name}/" for name in ("A-B", "A", "ETHUSDT")]
    assert folders(await listed(exchange, delimiter="/", prefix="data/spot/daily/tr")) == ["data/spot/daily/trades/"]
    assert len(keys(await listed(exchange, delimiter="/", prefix=f"{FOLDER}/"))) == 2 * len(NAMES)
    assert len(keys(await listed(exchange, prefix=f"{FOLDER}/BTCUSDT-1m-2026-11"))) == 2 * 28
    assert keys(await listed(exchange, prefix="data/../")) == keys(await listed(exchange, prefix="/")) == []
    assert keys(await listed(exchange, path="/", prefix="data/spot/daily/trades/ETH"))[0].endswith(".zip")
    everything = keys(await listed(exchange))
    assert everything == sorted(everything)
    assert len(everything) == 2 * len(NAMES) + 3
    size = (await listed(exchange, prefix=f"{FOLDER}/{NAMES[0]}")).findtext(f"{S3}Contents/{S3}Size")
    assert size == str(3 * len(NAMES[0]))


@pytest.mark.parametrize("delimiter", ["", "/"])
@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_long_list_goes_on_from_a_marker(exchange: Live, delimiter: str, version: str) -> None:
    names = (
        ("list_type", "continuation_token", "NextContinuationToken")
        if version == "2"
        else ("x", "marker", "NextMarker")
    )
    prefix = "data/spot/daily/trades/" if delimiter else "data/"
    found: list[str] = []
    beyond = ""
    while True:
        parameters = {names[0]: version, names[1]: beyond} if beyond else {names[0]: version}
        answer = await listed(exchange, prefix=prefix, delimiter=delimiter, max_keys=2, **parameters)
        page = keys(answer) + folders(answer)
        assert 0 < len(page) <= 2
        found += page
        if answer.findtext(f"{S3}IsTruncated") == "false":
            break
        beyond = str(answer.findtext(f"{S3}{names[2]}"))
        assert beyond == page[-1]
    whole = await listed(exchange, prefix=prefix, delimiter=delimiter)
    assert found == keys(whole) + folders(whole)


async def test_a_thousand_keys_at_most(exchange: Live, directory: Path) -> None:
    for number in range(1_100):
        write(directory / f"data/spot/many/{number:04}.zip", b"")
    first = await listed(exchange, prefix="data/spot/many/", max_keys=5_000)
    assert len(keys(first)) == 1_000
    assert first.findtext(f"{S3}IsTruncated") == "true"
    second = await listed(exchange, prefix="data/spot/many/", marker=keys(first)[-1])
    assert len(keys(second)) == 100
    assert keys(await listed(exchange, max_keys=0)) == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", f"/{FOLDER}/{NAMES[0]}", 405, "MethodNotAllowed"),
        ("DELETE", BUCKET, 405, "MethodNotAllowed"),
        ("GET", f"{BUCKET}?max-keys=x", 400, "InvalidArgument"),
        ("GET", f"{BUCKET}?max-keys=99999999999", 400, "InvalidArgument"),
        ("GET", f"{BUCKET}?delimiter=-", 400, "InvalidArgument"),
    ],
)
async def test_what_is_refused(exchange: Live, method: str, path: str, status: int, code: str) -> None:
    response = await exchange.client.request(method, path)
    assert response.status_code == status
    assert ET.fromstring(response.content).findtext("Code") == code


async def test_what_a_client_sends_comes_back_as_text(exchange: Live) -> None:
    answer = await listed(exchange, prefix="<a>&\x00\x1b\ufffe", marker="]]>")
    assert answer.findtext(f"{S3}Prefix") == "<a>&"
    assert answer.findtext(f"{S3}Marker") == "]]>"


async def test_files_weigh_nothing_and_the_rest_is_the_api(exchange: Live) -> None:
    before = int((await exchange.client.get("/api/v3/ping")).headers["x-mbx-used-weight"])
    await exchange.client.get(f"/{FOLDER}/{NAMES[0]}")
    await listed(exchange)
    assert int((await exchange.client.get("/api/v3/ping")).headers["x-mbx-used-weight"]) == before + 1
    assert (await exchange.client.get("/")).json()["code"] == -1020


async def test_files_count_as_requests(tmp_path: Path, directory: Path) -> None:
    site = PortalSite(directory)
    limits = RateLimits(raw_requests=RateLimit("RAW_REQUESTS", "MINUTE", 5, 3))
    async with live(tmp_path, sites=[site], limits=limits) as running:
        answers = [await running.client.get(f"/{FOLDER}/{NAMES[0]}") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].json()["code"] == -1003
        assert int(answers[-1].headers["retry-after"]) > 0
    site.close()


def asked(method: str, path: str) -> Request:
    return Request(method, path, b"", b"", {}, "127.0.0.1")


async def test_more_files_at_once_than_there_may_be(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_module, "ANSWERS_MAX", 2)
    site = PortalSite(directory)
    held = [await site.answer(asked("GET", f"/{FOLDER}/{NAMES[0]}")) for _ in range(2)]
    refused = await site.answer(asked("GET", f"/{FOLDER}/{NAMES[0]}"))
    assert refused.status == 503
    for page in held:
        page.close()
        page.close()
    assert (await site.answer(asked("GET", BUCKET))).status == 200
    again = await site.answer(asked("HEAD", f"/{FOLDER}/{NAMES[0]}"))
    assert again.status == 200
    again.close()
    site.close()


async def test_a_client_that_leaves_lets_go_of_the_file(exchange: Live, directory: Path) -> None:
    write(directory / "data/spot/large.zip", os.urandom(30_000_000))
    for _ in range(3):
        async with exchange.client.stream("GET", "/data/spot/large.zip") as response:
            async for _piece in response.aiter_raw(1024):
                break
    assert (await exchange.client.get("/api/v3/ping")).status_code == 200
