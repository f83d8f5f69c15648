"""Exports as their people fetch them: asked for, waited for, put together, unpacked."""

import asyncio
import base64
import hashlib
import io
import json
import zipfile
from typing import Any

from tests.person import Someone

PATH = "/account/v1/privacy/exports"
WAIT_S = 120


async def ready_export(person: Someone, path: str = PATH) -> Any:
    """Wait until the newest export is made."""
    async with asyncio.timeout(WAIT_S):
        while True:
            newest = (await person.do("GET", path))[0]
            if newest["state"] != "waiting":
                assert newest["state"] == "ready", newest
                return newest
            await asyncio.sleep(0.05)


async def fetched(person: Someone, export: Any, path: str = f"{PATH}/piece") -> bytes:
    """Fetch an export."""
    pieces = [
        base64.b64decode((await person.do("GET", path, exportId=export["exportId"], number=number))["data"])
        for number in range(export["pieces"])
    ]
    content = b"".join(pieces)
    assert len(content) == export["size"]
    assert hashlib.sha256(content).hexdigest() == export["sha256"]
    return content


def unpacked(content: bytes) -> dict[str, Any]:
    """Every file of an export, JSON read, once the manifest was found to be true of all of them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert {each["file"] for each in manifest["files"]} | {"manifest.json"} == set(files)
    for each in manifest["files"]:
        assert hashlib.sha256(files[each["file"]]).hexdigest() == each["sha256"], each
        assert len(files[each["file"]]) == each["bytes"]
    return {name: json.loads(held) if name.endswith(".json") else held for name, held in files.items()}


async def exported(person: Someone) -> dict[str, Any]:
    """Ask for an export of oneself and return its files."""
    await person.step_up()
    await person.do("POST", PATH)
    return unpacked(await fetched(person, await ready_export(person)))
