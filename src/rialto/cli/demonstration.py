"""`rialto demo-key | demo-operators`: what a demonstration's users sign and log in with; who opens its back office."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, app, settings_of

if TYPE_CHECKING:
    from rialto.demo.demo_keys import DemoKey


@app.command("demo-key")
def demo_key(
    name: Annotated[str, typer.Option(help="Which demonstration user.")] = "alice",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object with name, apiKey, secretKey, email, password.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a demonstration user's API key and secret, e-mail address and password. Works while the exchange runs."""
    from rialto.demo.demo_keys import demo_key as read_demo_key

    settings = settings_of(data_directory=data, database_url=database_url)
    key = read_demo_key(settings.database_url, bootstrap.master_key_path(settings), name)
    if as_json:
        email, password = (None, None) if key.login is None else (key.login.email, key.login.password)
        shown = {"name": key.name, "apiKey": key.api_key, "secretKey": key.secret, "email": email, "password": password}
        print(msgspec.json.encode(shown).decode())
    else:
        print(*key_lines(key), sep="\n")


def key_lines(key: "DemoKey") -> list[str]:
    """Say what a demonstration user signs and logs in with."""
    lines = [f"API key    {key.api_key}", f"secret key {key.secret}"]
    if key.login is not None:
        lines += [f"e-mail     {key.login.email}", f"password   {key.login.password or '(changed since)'}"]
    return lines


@app.command("demo-operators")
def demo_operators(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Make two operators of a demonstration, with every role, and print what they log in with. Works while it runs."""
    from rialto.demo.demo_operators import make_operators
    from rialto.foundation.clock import SystemClock

    settings = settings_of(data_directory=data, database_url=database_url)
    with bootstrap.open_people(settings) as (people, _):
        party = bootstrap.relying_party(settings)
        made = make_operators(people.engine, bootstrap.open_master_key(settings), party, SystemClock().now_us())
    for each in made:
        print(f"{each.email}\n  password           {each.password}\n  authenticator app  {each.app_secret}")
        print(f"  or, once each      {' '.join(each.recovery_codes[:4])}")
