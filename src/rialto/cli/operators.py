"""`rialto operator add | remove | list | actions | propose | refill-file | look`: who may act, and acting from here.

Naming operators works on an exchange that runs or not, and takes no approval: whoever owns the data may do anything.
A proposal goes to the running exchange; where two must agree, an operator approves it.
"""

from pathlib import Path
from typing import Annotated, Final

import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, app, fail, settings_of
from rialto.foundation.clock import SystemClock

FILE_LENGTH_MAX: Final = 8_192
ACTOR: Final = "operator on the command line"

operator = typer.Typer(no_args_is_help=True, help="Name operators, and propose what takes their approval.")
app.add_typer(operator, name="operator")

Email = Annotated[str, typer.Option(help="The person's e-mail address.")]


@operator.command()
def add(
    email: Email,
    role: Annotated[list[str], typer.Option(help="A role: support, risk, listing, finance, security, owner.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Give a person roles, and no others than these. They need a second factor to use them."""
    from rialto.identity.operators import Role

    try:
        roles = frozenset(Role(word) for word in role)
    except ValueError:
        fail(f"there is no such role; there are {', '.join(each.value for each in Role)}")
    _name(email, roles, data, database_url)


@operator.command()
def remove(email: Email, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Take a person's roles away."""
    _name(email, frozenset(), data, database_url)


@operator.command("list")
def list_operators(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List operators and their roles."""
    from rialto.identity.operators import Operators

    with bootstrap.open_people(settings_of(data_directory=data, database_url=database_url)) as (everyone, _):
        for owner, roles in Operators(everyone.engine).all().items():
            person = everyone.find(owner)
            email = "" if person is None else person.email
            print(f"user {owner:<8} {email:<40} {' '.join(sorted(role.value for role in roles))}")


@operator.command()
def actions() -> None:
    """List the actions, who may propose them, and whether two must agree."""
    from rialto.admin.actions import ACTIONS

    agreeing = {"one": "at once", "two": "two agree", "by worth": "by worth"}
    for action in ACTIONS.values():
        roles = ", ".join(sorted(role.value for role in action.roles))
        print(f"{action.name:<20} {roles:<24} {agreeing[action.agreed_by]:<10} {action.summary}")


@operator.command()
def propose(
    action: Annotated[str, typer.Argument(help="The action's name.")],
    parameters: Annotated[list[str] | None, typer.Argument(metavar="[NAME=VALUE]...")] = None,
    data: Data = None,
) -> None:
    """Propose an action to the running exchange; what takes one operator alone is performed at once.

    A value such as @FILE is read from the file.
    """
    from rialto.admin.asking import ask
    from rialto.admin.requests import Propose

    pairs = _pairs(parameters)
    given = {name: _read(Path(value[1:])) if value.startswith("@") else value for name, value in pairs.items()}
    answer = ask(bootstrap.control_socket(settings_of(data_directory=data)), Propose(action, given))
    print(answer.said)


@operator.command("refill-file")
def refill_file(
    refill: Annotated[str, typer.Argument(help="The refill, such as LTC-LTC-1.")],
    file: Annotated[Path, typer.Argument(help="Where it goes: carry it to the keepers, for rialto signer sign-file.")],
    data: Data = None,
) -> None:
    """Write the transaction of an approved refill to a file, to be signed where its keys are."""
    from rialto.admin.asking import ask
    from rialto.admin.requests import Look

    if file.exists():
        fail(f"{file} is there already; it is not overwritten")
    answer = ask(bootstrap.control_socket(settings_of(data_directory=data)), Look("refills/file", {"refill": refill}))
    file.write_text(answer.said + "\n")
    print(f"{file} is what the keepers sign; bring back what they give with import-refill")


@operator.command()
def look(
    at: Annotated[
        str, typer.Argument(help="What: people, people/ledger, deposits, alerts, log, … none lists all.")
    ] = "",
    parameters: Annotated[list[str] | None, typer.Argument(metavar="[NAME=VALUE]...")] = None,
    data: Data = None,
) -> None:
    """Look at something in the running exchange, as operators do; a line of JSON for each row."""
    import msgspec

    from rialto.admin.asking import ask
    from rialto.admin.reads import READ_ENDPOINTS
    from rialto.admin.requests import Look

    if not at:
        for endpoint in READ_ENDPOINTS:
            names = " ".join(each.name for each in endpoint.reader.parameters)
            print(f"{endpoint.path.removeprefix('/admin/v1/'):<24} {endpoint.summary} {names}".rstrip())
        return
    answer = ask(bootstrap.control_socket(settings_of(data_directory=data)), Look(at, _pairs(parameters)))
    seen = msgspec.json.decode(answer.said)
    for row in seen if isinstance(seen, list) else [seen]:
        print(msgspec.json.encode(row).decode())


def _read(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        text = file.read(FILE_LENGTH_MAX + 1).strip()
    if len(text) > FILE_LENGTH_MAX:
        fail(f"{path} is longer than {FILE_LENGTH_MAX} characters")
    return text


def _pairs(parameters: list[str] | None) -> dict[str, str]:
    pairs = dict(each.partition("=")[::2] for each in parameters or [] if "=" in each)
    if len(pairs) != len(parameters or []):
        fail("give parameters as name=value, each once")
    return pairs


def _name(email: str, roles: frozenset[object], data: Data, database_url: DatabaseUrl) -> None:
    from rialto.identity.operators import Operators, Role

    now_us = SystemClock().now_us()
    with bootstrap.open_people(settings_of(data_directory=data, database_url=database_url)) as (everyone, log):
        person = everyone.find_by_email(email)
        if person is None:
            fail("there is nobody with this address; they sign up first")
        given = [role for role in roles if isinstance(role, Role)]
        words = " ".join(sorted(role.value for role in given)) or "none"
        operators = Operators(everyone.engine)
        with everyone.engine.begin() as connection:
            operators.name(person.owner, given, now_us, connection)
            log.note(
                person.owner, ACTOR, "operator:roles", "", "", "done", words, now_us, connection
            )  # fmt: skip
    print(f"user {person.owner}: {words}")
