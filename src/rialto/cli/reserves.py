"""`rialto verify-reserves`: checks a proof of reserves, and the signed statements of addresses, without an exchange."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from rialto.cli.application import app, fail


@app.command()
def verify_reserves(
    files: Annotated[
        list[Path], typer.Argument(metavar="[PROOF.json] PUBLICATION.json", help="Your proof, and what was published.")
    ],
) -> None:
    """Check that your balances are part of what an exchange states to owe, and who signed for its addresses."""
    if len(files) not in (1, 2):
        fail("give a proof and a publication, or a publication alone")
    sound = _check_addresses(files[-1])
    if len(files) == 2:
        from rialto.custody.reserves import verifier

        code = verifier.main([str(file) for file in files])
        raise SystemExit(code or (0 if sound else 1))
    raise SystemExit(0 if sound else 1)


def _check_addresses(file: Path) -> bool:
    """Say of every address whether its key signed the statement; return whether no signature is false."""
    from rialto.custody.reserves.documents import Publication
    from rialto.custody.reserves.documents import statement as worded
    from rialto.custody.reserves.statements import is_signed

    try:
        publication = msgspec.json.decode(file.read_bytes(), type=Publication)
    except msgspec.DecodeError as error:
        fail(f"{file} is no publication: {error}")
    expected = worded(publication.publication, publication.root, publication.sequence)
    sound = True
    for held in publication.addresses:
        if not held.signature:
            verdict = "no statement"
        elif held.statement == expected and is_signed(held):
            verdict = "signed by its key"
        else:
            verdict, sound = "THE SIGNATURE IS FALSE", False
        amounts = ", ".join(f"{amount} {asset}" for asset, amount in held.balances.items())
        print(f"{held.network:<8} {held.address}  {amounts}  at block {held.block_height}  ({held.purpose}, {verdict})")
    return sound
