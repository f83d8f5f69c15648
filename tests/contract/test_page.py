"""The page as it is served: what comes under which name, with which headers, and that nothing else does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.bootstrap.families.declarations import ENDPOINTS
from rialto.gateway.page import files
from rialto.gateway.page.site import PageSite
from tests.whole_exchange import Whole, whole_exchange

DOCUMENT = b"<!doctype html><title>Rialto</title>"
SCRIPT = b"export const one = 1;\n" * 100


def build(directory: Path) -> Path:
    """What a build leaves, in small; the compressed forms are only told apart here."""
    (directory / "assets").mkdir(parents=True)
    (directory / "index.html").write_bytes(DOCUMENT)
    (directory / "icon.svg").write_bytes(b"<svg/>")
    (directory / "icon-192.png").write_bytes(b"png")
    (directory / "manifest.webmanifest").write_bytes(b"{}")
    (directory / "worker.js").write_bytes(b"self;")
    (directory / "assets" / "page-abc.js").write_bytes(SCRIPT)
    (directory / "assets" / "page-abc.js.br").write_bytes(b"brotli")
    (directory / "assets" / "page-abc.js.gz").write_bytes(b"gzip")
    (directory / "assets" / "page-abc.js.map").write_bytes(b"{}")
    (directory.parent / "secret.txt").write_bytes(b"secret")
    (directory / "assets" / "linked.js").symlink_to(directory.parent / "secret.txt")
    return directory


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path / "data", page_directory=build(tmp_path / "built"), portal=True) as whole:
        yield whole


@pytest.mark.parametrize("path", ["/", "/markets", "/trade/BTCUSDT", "/account/sign-up", "/index.html", "/wsx"])
async def test_every_page_is_the_one_document(whole: Whole, path: str) -> None:
    response = await whole.client.get(path)
    assert (response.status_code, response.content) == (200, DOCUMENT)
    assert response.headers["content-type"] == "text/html;charset=UTF-8"
    assert response.headers["cache-control"] == "no-store"


async def test_the_document_may_run_only_what_is_here_and_be_framed_nowhere(whole: Whole) -> None:
    headers = (await whole.client.get("/")).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/worker.js", "text/javascript;charset=UTF-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icon-192.png", "image/png"),
    ],
)
async def test_what_installs_the_page_is_asked_for_each_time(whole: Whole, path: str, kind: str) -> None:
    response = await whole.client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, kind)
    assert response.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("br, gzip", "br", b"brotli"),
        ("gzip;q=1.0, br;q=0", "gzip", b"gzip"),
        ("gzip;q=0.000, identity", None, SCRIPT),
        ("zstd", None, SCRIPT),
    ],
)
async def test_a_file_comes_as_the_client_takes_it(
    whole: Whole, accepted: str, encoding: str | None, body: bytes
) -> None:
    request = whole.client.build_request("GET", "/assets/page-abc.js", headers={"accept-encoding": accepted})
    response = await whole.client.send(request, stream=True)
    assert b"".join([piece async for piece in response.aiter_raw()]) == body
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["vary"] == "accept-encoding"


async def test_what_a_client_has_is_not_sent_again(whole: Whole) -> None:
    headers = {"accept-encoding": "identity"}
    first = await whole.client.get("/icon.svg", headers=headers)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    headers["if-none-match"] = f'"other", {first.headers["etag"]}'
    again = await whole.client.get("/icon.svg", headers=headers)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/", "/assets/linked.js", "/robots.txt", "/favicon.ico"])
async def test_a_file_that_is_not_there_is_not_the_document(whole: Whole, path: str) -> None:
    response = await whole.client.get(path)
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets//etc/passwd",
        "/assets/page-abc.js.map",
        "/assets/page-abc.js.br",
        "/%00",
    ],
)
async def test_no_spelling_leads_out_of_the_build(whole: Whole, path: str) -> None:
    with socket.create_connection(("127.0.0.1", whole.exchange.port)) as raw:
        raw.setblocking(False)
        raw.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        said = await _read_all(raw)
    assert b"secret" not in said.replace(b"secret.txt", b"")
    assert said.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")) or DOCUMENT in said, said


async def _read_all(raw: socket.socket) -> bytes:
    said = b""
    while piece := await asyncio.get_running_loop().sock_recv(raw, 65_536):
        said += piece
    return said


async def test_the_page_is_only_read(whole: Whole) -> None:
    refused = await whole.client.post("/markets", data={"a": "b"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    head = await whole.client.head("/markets")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(DOCUMENT)))


@pytest.mark.parametrize(
    "path", ["/api/v3/nothing", "/sapi/v1/nothing", "/account/v1/nothing", "/admin/v1/nothing", "/ws"]
)
async def test_the_names_of_others_stay_theirs(whole: Whole, path: str) -> None:
    response = await whole.client.get(path)
    assert (response.status_code, response.json()["code"]) == (404, -1020)


async def test_sites_that_were_there_still_answer(whole: Whole) -> None:
    assert "swagger" not in (await whole.client.get("/docs")).text
    assert (await whole.client.get("/health")).json()
    assert b"<ListBucketResult" in (await whole.client.get("/?prefix=data/")).content
    assert (await whole.client.get("/data/none.zip")).headers["content-type"] == "application/xml"


def test_no_call_is_taken_for_a_page(tmp_path: Path) -> None:
    site = PageSite(build(tmp_path / "built"))
    assert [each.path for each in ENDPOINTS if each.is_http and site.serves(each.path, b"")] == []


async def test_without_a_build_there_is_no_page(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path / "data", page_directory=tmp_path / "none") as whole:
        assert (await whole.client.get("/")).json()["code"] == -1020


def test_what_is_too_large_is_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BUILT_BYTES_MAX", 1_000)
    with pytest.raises(ValueError, match="at most 1000 are served"):
        PageSite(build(tmp_path / "built"))
