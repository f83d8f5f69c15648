"""`rialto keys create | list | restrict | revoke | reseal`: the API keys of an exchange, running or not.

A running exchange takes changes over within a second.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, app, fail, settings_of
from rialto.foundation.clock import SystemClock
from rialto.identity.api_key import KEEP
from rialto.identity.restrictions import Permission, Restrictions

if TYPE_CHECKING:
    from rialto.identity.api_keys import ApiKey
    from rialto.identity.owners import Owners

DAY_US: Final = 86_400_000_000

keys = typer.Typer(no_args_is_help=True, help="Create, list, restrict and revoke API keys.")
app.add_typer(keys, name="keys")

Owner = Annotated[str, typer.Argument(help="The name of who the key is for.")]
Key = Annotated[str, typer.Argument(help="The API key, whole.")]
Permissions = Annotated[
    list[Permission] | None, typer.Option("--permission", help="What it may be used for; repeatable.")
]
Addresses = Annotated[
    list[str] | None,
    typer.Option("--address", help="An address or network it may be used from; repeatable.", show_default="any"),
]
Symbols = Annotated[
    list[str] | None,
    typer.Option("--symbol", help="A symbol it may trade; repeatable.", show_default="all"),
]
Days = Annotated[
    int | None,
    typer.Option("--days", min=1, max=36_500, help="In how many days it expires.", show_default="never"),
]


@keys.command()
def create(
    owner: Owner,
    label: Annotated[str, typer.Option(help="What to remember it by.")] = "key",
    public_key: Annotated[
        Path | None,
        typer.Option(help="A file with an Ed25519 or RSA public key in PEM. Without, an HMAC secret is made."),
    ] = None,
    permission: Permissions = None,
    address: Addresses = None,
    symbol: Symbols = None,
    days: Days = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a key. Without --permission it may read and not trade; the secret of an HMAC key is shown this once."""
    settings = settings_of(data_directory=data, database_url=database_url)
    restrictions = Restrictions.read(address or [], symbol or [])
    permissions = permission or [Permission.READ]
    now_us = SystemClock().now_us()
    expires_at_us = _expiry(days, now_us)
    with bootstrap.identity(settings) as (owners, api_keys):
        number = _number(owners, owner)
        if public_key is not None:
            pem = public_key.read_text(errors="replace")
            made = api_keys.register(
                *(number, label, permissions, now_us, pem), restrictions=restrictions, expires_at_us=expires_at_us
            )
            print(f"API key    {made.key}")
            return
        made, secret = api_keys.create(
            *(number, label, permissions, now_us), restrictions=restrictions, expires_at_us=expires_at_us
        )
    print(f"API key    {made.key}\nsecret key {secret}")


@keys.command("list")
def list_keys(owner: Owner, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the keys of one owner: what each is for, and where it may be used."""
    settings = settings_of(data_directory=data, database_url=database_url)
    with bootstrap.identity(settings) as (owners, api_keys):
        held = api_keys.of_owner(_number(owners, owner))
    for api_key in held:
        print(_described(api_key))
    if not held:
        print(f"{owner} has no keys")


@keys.command()
def restrict(
    key: Key,
    permission: Permissions = None,
    address: Addresses = None,
    symbol: Symbols = None,
    days: Days = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Say anew from where a key may be used and on which symbols, where not given: any. The rest stays if not given."""
    settings = settings_of(data_directory=data, database_url=database_url)
    restrictions = Restrictions.read(address or [], symbol or [])
    with bootstrap.identity(settings) as (_, api_keys):
        expires_at_us = KEEP if days is None else _expiry(days, SystemClock().now_us())
        print(_described(api_keys.restrict(key, permission or None, restrictions, expires_at_us=expires_at_us)))


@keys.command()
def revoke(key: Key, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """End a key for ever."""
    settings = settings_of(data_directory=data, database_url=database_url)
    with bootstrap.identity(settings) as (_, api_keys):
        api_keys.revoke(key, SystemClock().now_us())
    print("revoked; a running exchange refuses it within a second")


@keys.command()
def reseal(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Make a new master key and seal every secret under it. A running exchange takes it over; cut off, do it again."""
    settings = settings_of(data_directory=data, database_url=database_url)
    count = bootstrap.reseal_secrets(settings)
    path = bootstrap.master_key_path(settings)
    print(f"sealed {count} secrets under a new master key in {path}; back it up, apart from the database")


def _number(owners: "Owners", name: str) -> int:
    owner = owners.find_named(name)
    if owner is None:
        fail(f"there is nobody named {name!r}")
    return owner.id


def _expiry(days: int | None, now_us: int) -> int | None:
    return None if days is None else now_us + days * DAY_US


def _described(api_key: "ApiKey") -> str:
    permissions = ", ".join(sorted(permission.value for permission in api_key.permissions))
    addresses = ", ".join(map(str, api_key.restrictions.networks)) or "any"
    symbols = ", ".join(sorted(api_key.restrictions.symbols)) or "all"
    return (
        f"{api_key.key}\n  {api_key.label}: {api_key.type.value}; may {permissions}; "
        f"addresses: {addresses}; symbols: {symbols}; expires: {_date(api_key.expires_at_us)}"
    )


def _date(time_us: int | None) -> str:
    return "never" if time_us is None else datetime.fromtimestamp(time_us // 1_000_000, UTC).isoformat()
