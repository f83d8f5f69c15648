"""`rialto demo-key`: a demonstration user's key, for people and for scripts."""

from typing import Annotated

import msgspec
import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, app, settings_of


@app.command("demo-key")
def demo_key(
    name: Annotated[str, typer.Option(help="Which demonstration user.")] = "alice",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object with name, apiKey, secretKey.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a demonstration user's API key and secret. Works while the exchange runs."""
    from rialto.demo.demo_keys import demo_key as read_demo_key

    settings = settings_of(data_directory=data, database_url=database_url)
    key = read_demo_key(settings.database_url, bootstrap.master_key_path(settings), name)
    if as_json:
        print(msgspec.json.encode({"name": key.name, "apiKey": key.api_key, "secretKey": key.secret}).decode())
    else:
        print(f"API key    {key.api_key}\nsecret key {key.secret}")
