"""Walks a path through the page in a real browser, and does what the script on its way asks for.

The scripts are in `web/tests/browser`. Each says on its output where it is, one word a line; a word that is `asked` for
here comes with what is asked, and the script waits for a line in return.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from rialto.gateway.page.files import BUILT, INDEX

WEB = Path(__file__).parents[2] / "web"
COMPILED = WEB / "node_modules" / ".browser"
WALK_TIMEOUT_S = 600
PICTURES = os.environ.get("RIALTO_TEST_PICTURES")

Answering = Callable[[str], Awaitable[str]]


def needs_the_page() -> None:
    """Skip a test where the page is not built."""
    if not (BUILT / INDEX.removeprefix("/")).exists() or not (WEB / "node_modules").exists():
        pytest.skip("the page is not built; say make page")


async def walk(script: str, url: str, asked: Mapping[str, Answering], *others: str) -> list[str]:
    """Walk a script's path; return the words it said. Fails with what went wrong and where."""
    chromium, node = _program("chromium", "chromium-browser", "google-chrome"), _program("node")
    path = await asyncio.create_subprocess_exec(
        node, str(await asyncio.to_thread(_compiled, script)), url, chromium, PICTURES or "", *others,
        cwd=WEB, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert path.stdin is not None
    assert path.stdout is not None
    assert path.stderr is not None
    complaints = asyncio.create_task(path.stderr.read())
    words = []
    try:
        async for line in path.stdout:
            word, _, what = line.decode().strip().partition(" ")
            words.append(word)
            if word in asked:
                path.stdin.write(f"{await asked[word](what)}\n".encode())
        assert await path.wait() == 0, f"{words}: {(await complaints).decode()[-6000:]}"
    finally:
        if path.returncode is None:
            path.kill()
            await path.wait()
        await complaints
    return words


def _compiled(script: str) -> Path:
    """Compile a script, where it finds its packages."""
    there = COMPILED / script
    source = f"tests/browser/{script}.ts"
    bundler = [_program("npx"), "vite", "build", "--logLevel", "warn", "--ssr", source, "--outDir", str(there)]
    subprocess.run(bundler, cwd=WEB, check=True, capture_output=True)
    return there / f"{script}.js"


def _program(*names: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    return found or pytest.skip(f"there is no {names[0]} here")
