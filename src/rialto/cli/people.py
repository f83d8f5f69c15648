"""`rialto people show | freeze | unfreeze | verify-log`: the people of an exchange, running or not.

A running exchange takes a freeze over within a second.
"""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, app, fail, settings_of
from rialto.foundation.clock import SystemClock

if TYPE_CHECKING:
    from rialto.identity.people import People, Person

OPERATOR: Final = "operator on the command line"

people = typer.Typer(no_args_is_help=True, help="Show, freeze and unfreeze people; check the log of what they did.")
app.add_typer(people, name="people")

Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@people.command()
def show(email: Email, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Show who has an address."""
    with bootstrap.open_people(settings_of(data_directory=data, database_url=database_url)) as (everyone, _):
        person = _person(everyone, email)
    print(f"user {person.owner}, {person.status.value}, verified to level {person.level}")


@people.command()
def freeze(email: Email, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Let a person do nothing any more: their sessions end, their keys rest. Only an operator undoes it."""
    now_us = SystemClock().now_us()
    with bootstrap.open_people(settings_of(data_directory=data, database_url=database_url)) as (everyone, log):
        person = _person(everyone, email)
        if not everyone.freeze(person.owner, now_us):
            fail(f"the account of user {person.owner} is closed")
        log.note(person.owner, OPERATOR, "account-frozen", "", "", "done", "", now_us)
    print(f"froze user {person.owner}")


@people.command()
def unfreeze(email: Email, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Let a frozen person act again."""
    now_us = SystemClock().now_us()
    with bootstrap.open_people(settings_of(data_directory=data, database_url=database_url)) as (everyone, log):
        person = _person(everyone, email)
        if not everyone.unfreeze(person.owner, now_us):
            fail(f"the account of user {person.owner} is closed, or frozen by its master")
        log.note(person.owner, OPERATOR, "account-unfrozen", "", "", "done", "", now_us)
    print(f"unfroze user {person.owner}")


@people.command()
def verify_log(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Check that nobody changed, removed or inserted an entry of the log of what people did."""
    with bootstrap.open_people(settings_of(data_directory=data, database_url=database_url)) as (_, log):
        entries = log.verify()
    print(f"the behaviour log is whole: {entries:,} entries")


def _person(everyone: "People", email: str) -> "Person":
    person = everyone.find_by_email(email)
    if person is None:
        fail("there is nobody with this address")
    return person
