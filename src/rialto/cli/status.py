"""`rialto status`: how one exchange or several fare, live in the terminal, read from their `/metrics`."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Final

import msgspec
import typer
from rich.console import Console
from rich.live import Live

from rialto.cli.application import app
from rialto.watch.board import board
from rialto.watch.following import Followed, Seen

EVERY_S: Final = 1.0
EXCHANGES_MAX: Final = 8

Urls = Annotated[
    list[str] | None,
    typer.Option("--url", help="An exchange; several are shown side by side.", show_default="http://127.0.0.1:8000"),
]


@app.command()
def status(
    url: Urls = None,
    once: Annotated[bool, typer.Option("--once", help="Show it once and end: 0 if all are well, else 1.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line for each look.")] = False,
    token: Annotated[
        str, typer.Option(help="The metrics token, if one is needed.", envvar="RIALTO_METRICS_TOKEN")
    ] = "",
) -> None:
    """Show how an exchange fares, until interrupted. Goes on while one is down, and when it is back."""
    urls = (url or [f"http://127.0.0.1:{os.environ.get('RIALTO_PORT', '8000')}"])[:EXCHANGES_MAX]
    followed = [Followed(each, token) for each in urls]
    with ThreadPoolExecutor(len(followed)) as threads:

        def look() -> list[Seen]:
            list(threads.map(Followed.look, followed))
            return [each.seen for each in followed]

        try:
            _show(look, once=once, as_json=as_json)
        except KeyboardInterrupt:
            return


def _show(look: Callable[[], list[Seen]], *, once: bool, as_json: bool) -> None:
    console = Console()
    look()
    if once:
        time.sleep(EVERY_S)
        seen = look()
        print(_json(seen)) if as_json else console.print(board(seen, console.width))
        is_well = all(each.reading and not each.trouble and not each.reading.failing_checks for each in seen)
        raise SystemExit(0 if is_well else 1)
    if as_json:
        while True:
            time.sleep(EVERY_S)
            print(_json(look()), flush=True)
    with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
        while True:
            live.update(board(look(), console.width), refresh=True)
            time.sleep(EVERY_S)


def _json(seen: Sequence[Seen]) -> str:
    return msgspec.json.encode(seen).decode()
