"""`rialto operator fetch-export`: what two operators agreed to give an authority, as a file on this machine.

Asks the running exchange, piece by piece, which writes every piece down.
"""

import base64
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from rialto import bootstrap
from rialto.cli.application import Data, fail, settings_of
from rialto.cli.operators import operator


@operator.command()
def fetch_export(
    export: Annotated[str, typer.Argument(help="The export's id, as rialto operator look lawful-requests tells it.")],
    file: Annotated[Path, typer.Argument(help="Where to write it: a file that is not there yet.")],
    data: Data = None,
) -> None:
    """Write an export for an authority into a file, a zip, readable by its owner alone."""
    import msgspec

    from rialto.admin.asking import ask
    from rialto.admin.requests import Look

    channel = bootstrap.control_socket(settings_of(data_directory=data))

    def look(at: str, **pairs: str) -> Any:
        return msgspec.json.decode(ask(channel, Look(at, pairs)).said)

    made = [each["export"] for each in look("lawful-requests") if each["export"] is not None]
    found = next((each for each in made if each["exportId"] == export), None)
    if found is None or found["state"] != "ready":
        fail("there is no such export that is ready; rialto operator look lawful-requests tells of them")
    if file.exists():
        fail(f"{file} is there already")
    with open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as target:
        for number in range(found["pieces"]):
            piece = look("lawful-requests/piece", exportId=export, number=str(number))
            target.write(base64.b64decode(piece["data"]))
    print(f"wrote {found['size']:,} bytes to {file}")
