"""`rialto verification list | take | show | document | decide`: the cases that wait to be reviewed.

An operator takes a case before they see or decide it. What they do is in the behaviour log, by the name they give.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rialto import bootstrap
from rialto.cli.application import Data, DatabaseUrl, app, settings_of
from rialto.foundation.clock import SystemClock

if TYPE_CHECKING:
    from rialto.identity.verification.cases import Cases

verification = typer.Typer(no_args_is_help=True, help="Review what people hand in to be verified.")
app.add_typer(verification, name="verification")

CaseId = Annotated[int, typer.Argument(metavar="CASE", min=1, help="The number of the case.")]
Operator = Annotated[str, typer.Option(help="Who you are, without spaces.")]
Choice = Annotated[str, typer.Argument(metavar="DECISION", help="approve, refuse or want-more")]
Reason = Annotated[str, typer.Option(help="What the person is told; needed unless it is approved.")]


@verification.command(name="list")
def list_cases(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the cases that wait or are with an operator, the oldest first."""
    with _open(data, database_url) as cases:
        for case in cases.waiting():
            held = f", with {case.taken_by}" if case.taken_by else ""
            agreed = f", {case.agreed_by} agreed" if case.agreed_by else ""
            print(f"case {case.id}: user {case.owner}, level {case.level}, {case.state.value}{held}{agreed}")


@verification.command()
def take(case_id: CaseId, operator: Operator, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Take a case to review it."""
    with _open(data, database_url) as cases:
        case = cases.take(case_id, operator, SystemClock().now_us())
        print(f"case {case.id} is with {operator}")


@verification.command()
def show(case_id: CaseId, operator: Operator, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Show what was stated, and which documents there are."""
    with _open(data, database_url) as cases:
        stated = cases.stated(case_id, operator, SystemClock().now_us())
        for field in stated.__struct_fields__:
            print(f"{field.replace('_', ' ')}: {getattr(stated, field)}")
        for hit in cases.hits(stated):
            print(f"may be on a list: {hit.name} ({hit.reference}), score {hit.score}: {hit.why}")
        for document in cases.documents.of_case(case_id):
            print(
                f"document {document.id}: {document.kind.value}, {document.content_type.value}, {document.size:,} bytes"
            )


@verification.command()
def document(
    case_id: CaseId,
    document_id: Annotated[str, typer.Argument(metavar="DOCUMENT", help="The document's id.")],
    file: Annotated[Path, typer.Argument(help="Where to; a file that is not there yet.")],
    operator: Operator,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write a document of a case into a file, to look at it. Delete the file afterwards."""
    with _open(data, database_url) as cases:
        content = cases.document(case_id, operator, document_id, SystemClock().now_us())
    with file.open("xb") as written:
        written.write(content)
    print(f"wrote {len(content):,} bytes to {file}")


@verification.command()
def decide(
    case_id: CaseId,
    decision: Choice,
    operator: Operator,
    reason: Reason = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Approve or refuse a case, or want more."""
    from rialto.identity.verification.model import CaseRefused, Decision

    try:
        chosen = Decision(decision)
    except ValueError:
        raise CaseRefused(f"{decision!r} is no decision: say {', '.join(each.value for each in Decision)}") from None
    with _open(data, database_url) as cases:
        case = cases.decide(case_id, operator, chosen, reason, SystemClock().now_us())
    agreed = f"; {case.agreed_by} agreed, another operator must too" if case.decided_by is None else ""
    print(f"case {case.id} is {case.state.value}{agreed}")


def _open(data: Data, database_url: DatabaseUrl) -> "AbstractContextManager[Cases]":
    return bootstrap.open_cases(settings_of(data_directory=data, database_url=database_url))
